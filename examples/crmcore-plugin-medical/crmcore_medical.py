"""Medical-device customers: licence fields of their own, and grades by licence and class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from crmcore import Customer, hookimpl
from crmcore.fieldspec import Choice, FieldSpec, Kind
from crmcore.hooktypes import Grader, Opinion
from crmcore.records import RuleEvidence
from crmcore.wording import Text

crmcore_api = "1"
CLASS = Text("{key} 类", "class {key}")
CLASSES = tuple(Choice(key, CLASS.with_(key=key)) for key in ("I", "II", "III"))


@hookimpl
def crm_fields() -> Iterator[FieldSpec]:
    """Fields of the plugin's own, under `medical.`: forms, sheets and filters know them from here."""
    number, expires = Text("许可证号", "Licence no."), Text("许可证有效期", "Licence expires")
    device = Text("器械类别", "Device class")
    yield FieldSpec("medical.licence_no", Kind.TEXT, "basic", number, number, "京械 2024-1")
    yield FieldSpec("medical.licence_expires", Kind.MOMENT, "basic", expires, expires, "2027-12-31")
    yield FieldSpec("medical.device_class", Kind.CHOICE, "needs", device, device, "II", CLASSES)


def rules(customer: Customer, now: datetime) -> Iterator[RuleEvidence]:
    """What each rule says; where its value is unknown it gives no points, and says so."""
    expires, device = (
        customer.extra.get(f"medical.{key}") for key in ("licence_expires", "device_class")
    )
    points = None if expires is None else 3.0 if expires > now else 0.0
    reason = ("许可证在有效期内才能采购", "only who holds a valid licence can buy")
    yield RuleEvidence("licence", "medical.licence_expires", f"{expires or ''}", points, *reason)
    points = None if device is None else {"I": 1.0, "II": 2.0, "III": 3.0}.get(str(device), 0.0)
    reason = ("类别越高，预算越大", "the higher the class, the larger the budget")
    yield RuleEvidence("class", "medical.device_class", str(device or ""), points, *reason)


def grade(customer: Customer, now: datetime) -> Opinion:
    """A from 5 points on, B from 3."""
    said = tuple(rules(customer, now))
    score = sum(rule.points or 0.0 for rule in said)
    unknown = tuple(rule.field for rule in said if rule.points is None)
    best = "A" if score >= 5 else "B" if score >= 3 else "C"
    return Opinion(best, said, "1", "medical-1", score=score, best=6.0, raise_with=unknown)


@hookimpl
def crm_graders() -> Iterable[Grader]:
    """Speaks of medical-device makers; the others keep the grader they had."""
    label = Text("医疗器械", "Medical devices")
    return [Grader("medical", label, grade, industries=("医疗器械", "Medical devices"))]
