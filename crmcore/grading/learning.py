"""Graders learned from the customers that are closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from crmcore.errors import UsageError
from crmcore.fields import undescribed
from crmcore.fieldspec import FieldSpec
from crmcore.grading.closedcases import ClosedCase, closed_cases
from crmcore.hooktypes import GraderFormat, LearnedFile, LearnRequest
from crmcore.wording import Text

if TYPE_CHECKING:
    from crmcore.crm import Crm

MOST_FIELDS = 15
"""As many rules as a person reads."""


def learn(
    crm: Crm,
    path: Path,
    *,
    name: str,
    industries: tuple[str, ...] = (),
    pipelines: tuple[str, ...] = (),
    fields: Sequence[str] = (),
    most_fields: int = MOST_FIELDS,
    absent: Callable[[str], object] = lambda name: None,
) -> LearnedFile:
    """What is to be written into *path*, whose suffix says which format learns it.

    It learns from the closed customers of *industries* and *pipelines* (of all, when none is named), by
    *fields* (by any that may be used, when none is named). Writes nothing. *absent* hears which columns
    said to be known after the fact no closed customer has. Raises UsageError when no
    format learns, a field is none or there is too little to learn from, ConfigError where the format
    needs an extra that is not installed.
    """
    learner = _learner(crm, path)
    known = [crm.fields.named(each) for each in fields]
    cases = [
        case
        for case in closed_cases(crm.store, crm.fields, crm.config.grading.after_the_fact, absent)
        if (not industries or case.customer.industry in industries)
        and (not pipelines or case.customer.pipeline in pipelines)
    ]
    request = LearnRequest(
        cases=cases,
        fields=known or fields_of(crm, cases),
        name=name,
        label=Text(name, name),
        on=crm.clock().astimezone(crm.dialect.zone).date(),
        currency=crm.config.currency,
        most_fields=most_fields,
        industries=industries,
        pipelines=pipelines,
    )
    assert learner.learn is not None
    return learner.learn(request)


def fields_of(crm: Crm, cases: Sequence[ClosedCase]) -> list[FieldSpec]:
    """The fields that *cases* may have: those described, and those only their sheets name."""
    extras = dict.fromkeys(chain.from_iterable(case.customer.extra for case in cases))
    return [*crm.fields.stored(), *(undescribed(key) for key in extras if key not in crm.fields)]


def _learner(crm: Crm, path: Path) -> GraderFormat:
    learners = [each for each in crm.host.grader_formats() if each.learn is not None]
    suffix = path.suffix.casefold()
    for each in learners:
        if suffix in each.suffixes:
            return each
    known = ", ".join(suffix for each in learners for suffix in each.suffixes) or "none"
    raise UsageError(
        f"Nothing that ends in {suffix or 'nothing'!r} can be learned. Known: {known}."
    )
