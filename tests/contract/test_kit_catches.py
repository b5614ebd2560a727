"""Each contract finds what is broken: a bad plugin fails the test meant for it, and no other."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from attrs import evolve

from crmcore.customer import Customer
from crmcore.errors import UsageError
from crmcore.hooktypes import (
    Draft,
    Grader,
    IdScheme,
    Importer,
    Notifier,
    Opinion,
    Reading,
    Report,
)
from crmcore.records import RuleEvidence
from crmcore.testing import (
    GraderContract,
    IdSchemeContract,
    ImporterContract,
    NotifierContract,
    ReportContract,
)
from crmcore.text import shown
from crmcore.wording import Text
from crmcore_tui.hooktypes import Panel, Part, fit
from crmcore_tui.testing import PanelContract

WORD = Text("词", "word")


def failing(contract: Any, tmp_path: Path, given: Any, **more: Any) -> set[str]:
    """The tests of *contract* that what it is *given* does not pass."""
    failed = set()
    for name in [name for name in dir(contract) if name.startswith("test_")]:
        for case in cases(contract, name):
            folder = tmp_path / f"{name}-{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            fixtures = {"tmp_path": folder, **more, **given(folder), **case}
            wanted = contract.__class__.__dict__.get(name) or getattr(type(contract), name)
            arguments = wanted.__code__.co_varnames[1 : wanted.__code__.co_argcount]
            opened = []
            for argument in arguments:
                if argument == "crm":
                    opened.append(contract.__class__.crm.__wrapped__(contract, folder))
                    fixtures["crm"] = next(opened[-1])
            try:
                getattr(contract, name)(**{key: fixtures[key] for key in arguments})
            except pytest.skip.Exception:
                continue
            except (Exception, pytest.fail.Exception):
                failed.add(name.removeprefix("test_"))
            finally:
                for each in opened:
                    next(each, None)
    return failed


def cases(contract: Any, name: str) -> list[dict[str, str]]:
    """What a test is parametrised with."""
    marks = getattr(getattr(type(contract), name), "pytestmark", [])
    for mark in marks:
        if mark.name == "parametrize":
            return [{mark.args[0]: value} for value in mark.args[1]]
    return [{}]


# graders


def evidence(value: object, points: float, reason: str = "老板点头") -> RuleEvidence:
    known = value is not None
    return RuleEvidence(
        "size",
        "employees",
        str(value) if known else "",
        points if known else None,
        reason,
        "its size",
    )


def opinion(customer: Customer, **changes: Any) -> Opinion:
    big = (customer.employees or 0) > 100
    rules = (evidence(customer.employees, 3.0 if big else 1.0),)
    return evolve(Opinion("A" if big else "C", rules, "1", "d1", raise_with=()), **changes)


def of_many(customer: Customer) -> Opinion:
    """Takes its time with long records only: work that grows with the square of the text."""
    if sum(map(len, (customer.remarks or "", *customer.tags))) > 5000:
        time.sleep(1)
    return opinion(customer)


def reads_a_file(customer: Customer) -> Opinion:
    Path(__file__).read_bytes()
    return opinion(customer)


def rolls_dice(customer: Customer) -> Opinion:
    return opinion(customer, version=str(random.random()))


def needs_employees(customer: Customer) -> Opinion:
    assert customer.employees >= 0
    return opinion(customer)


GRADERS = {
    "reads a file": (reads_a_file, {"it_is_pure"}),
    "rolls dice": (rolls_dice, {"it_is_deterministic"}),
    "is slow with long texts": (of_many, {"it_is_bounded"}),
    "exceeds its own best": (lambda c: opinion(c, score=9.0, best=5.0), {"it_is_bounded"}),
    "shares more than all": (lambda c: opinion(c, share_unknown=1.5), {"it_is_bounded"}),
    "takes unknown for false": (
        lambda c: opinion(c, rules=(evolve(evidence(c.employees, 0), points=0.0),)),
        {"it_is_safe_where_something_is_unknown"},
    ),
    "gives no reason": (
        lambda c: opinion(c, rules=(evidence(c.employees, 1, ""),)),
        {"it_explains"},
    ),
    "gives no rules": (lambda c: opinion(c, rules=()), {"it_explains"}),
    "names no field": (lambda c: opinion(c, raise_with=("budgets",)), {"it_explains"}),
    "changes its digest": (lambda c: opinion(c, digest=c.id), {"it_explains"}),
    "is good": (opinion, set()),
}


class QuickGraders(GraderContract):
    """Does not wait long."""

    seconds = 0.2


@pytest.mark.parametrize("name", GRADERS)
def test_a_grader(name, tmp_path) -> None:
    grade, expected = GRADERS[name]
    grader = Grader(name, WORD, lambda customer, now: grade(customer))
    assert failing(QuickGraders(), tmp_path, lambda folder: {"grader": grader}) == expected


def test_a_grader_that_raises_where_the_size_is_unknown_is_caught(tmp_path) -> None:
    grader = Grader("x", WORD, lambda customer, now: needs_employees(customer))
    found = failing(QuickGraders(), tmp_path, lambda folder: {"grader": grader})
    assert "it_is_safe_where_something_is_unknown" in found


# ID schemes


def next_number(request: Any) -> str:
    last = request.last_id("T")
    return f"T{int(last[1:]) + 1 if last else 1}"


def remembering() -> Any:
    """Answers for the same customer what it answered before, taken or not."""
    known: dict[tuple[Any, ...], str] = {}

    def new(request: Any) -> str:
        key = (request.customer.company, request.customer.contact)
        if request.customer.contact is None:
            return next_number(request)
        return known.setdefault(key, next_number(request))

    return new


def by_letter_case() -> Any:
    """Tells 1a from 1A, which people at the telephone do not."""
    counter = count()

    def new(request: Any) -> str:
        number = next(counter)
        return f"L{number // 2}{'aA'[number % 2]}"

    return new


def by_name() -> Any:
    """The same name, the same number: also for who comes after one that was removed."""

    def new(request: Any) -> str:
        name = request.customer.company or ""
        return f"N{crc32(name.encode())}" if name == "removed" else next_number(request)

    return new


SCHEMES = {
    "holds a space": (
        lambda: lambda r: next_number(r).replace("T", "T "),
        {"an_id_is_fit_to_be_read_and_typed"},
    ),
    "differs by the case of a letter": (by_letter_case, {"ids_of_one_commit_differ"}),
    "is made of the name": (by_name, {"ids_are_stable"}),
    "remembers what it said": (remembering, {"ids_are_unique_under_four_processes"}),
    "is good": (lambda: next_number, set()),
}


@pytest.mark.parametrize("name", SCHEMES)
def test_an_id_scheme(name, tmp_path) -> None:
    make, expected = SCHEMES[name]

    def given(folder: Path) -> dict[str, Any]:
        return {"scheme": IdScheme("under-test", WORD, make())}

    assert failing(IdSchemeContract(), tmp_path, given) == expected


# notifiers


class Wire:
    """A far end, and a channel to it that can be spoilt."""

    def __init__(self, spoil: Callable[[Any], Sequence[Any]] = lambda note: [note]) -> None:
        self.arrived: list[str] = []
        self.kept: list[Any] = []
        self._spoil = spoil

    def send(self, note: Any) -> None:
        for each in self._spoil(note):
            self.arrived.append(each if isinstance(each, str) else shown(each.title.en))
            self.kept.append(note)

    def recent(self, limit: int) -> list[Any]:
        return self.kept[: -limit - 1 : -1]


def loses(note: Any) -> Sequence[Any]:
    return [] if note.key.endswith("2") else [note]


def unsafe(note: Any) -> Sequence[Any]:
    return [note.title.en]


def chokes(note: Any) -> Sequence[Any]:
    return [note.title.en.encode("ascii") and note] if "line one" not in note.title.en else 1 / 0  # type: ignore[return-value]


def silent(note: Any) -> None:
    return None


def refused(note: Any) -> None:
    raise OSError("connection refused")


def oldest_first(wire: Wire) -> Any:
    return lambda limit: wire.kept[:limit]


NOTIFIERS: dict[str, tuple[Any, Any, Any, set[str]]] = {
    "sends twice": (
        lambda note: [note, note],
        None,
        refused,
        {"each_message_arrives_once"},
    ),
    "passes escapes on": (unsafe, None, refused, {"nothing_in_a_message_acts"}),
    "reads the oldest": (
        lambda note: [note],
        oldest_first,
        refused,
        {"what_is_read_back_is_what_was_sent"},
    ),
    "loses messages in silence": (
        lambda note: [note],
        None,
        silent,
        {"a_far_end_that_is_down_is_told"},
    ),
    "is good": (lambda note: [note], lambda wire: wire.recent, refused, set()),
}


@pytest.mark.parametrize("name", NOTIFIERS)
def test_a_notifier(name, tmp_path) -> None:
    spoil, recent, down, expected = NOTIFIERS[name]

    def given(folder: Path) -> dict[str, Any]:
        wire = Wire(spoil)
        notifier = Notifier("wire", WORD, wire.send, recent(wire) if recent else None)
        broken_line = Notifier("wire", WORD, down)
        return {"notifier": notifier, "delivered": wire.arrived, "unreachable": broken_line}

    assert failing(NotifierContract(), tmp_path, given) == expected


def test_a_notifier_that_chokes_on_a_message_is_caught(tmp_path) -> None:
    def given(folder: Path) -> dict[str, Any]:
        notifier = Notifier("wire", WORD, Wire(chokes).send)
        return {"notifier": notifier, "delivered": None, "unreachable": None}

    expected = {"it_sends_in_time_whatever_is_in_a_message"}
    assert failing(NotifierContract(), tmp_path, given) == expected


# importers


def rows(path: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path.name} is not JSON: {error}.") from error
    if not isinstance(found, list):
        raise UsageError(f"{path.name} holds no list.")
    return found


def drafts(path: Path, start: int = 1, **more: Any) -> list[Draft]:
    return [Draft(number, {**row, **more}) for number, row in enumerate(rows(path), start)]


def touches(path: Path) -> list[Draft]:
    path.with_suffix(".lock").write_text("locked")
    return drafts(path)


def shouts(path: Path) -> list[Draft]:
    return [
        Draft(n, {k: v.upper() if n == 1 else v for k, v in row.items()})
        for n, row in enumerate(rows(path), 1)
    ]


def trusting(path: Path) -> list[Draft]:
    return [Draft(n, row) for n, row in enumerate(json.loads(path.read_text("utf-8")), 1)]


IMPORTERS: dict[str, tuple[Any, tuple[str, ...], set[str]]] = {
    "claims a suffix without its dot": (
        drafts,
        (".people", "people"),
        {"its_suffixes_are_suffixes"},
    ),
    "numbers from zero": (lambda p: drafts(p, 0), (".people",), {"rows_are_numbered_from_one"}),
    "invents fields": (
        lambda p: [evolve(d, values={**d.values, "shoe": None}) for d in drafts(p)],
        (".people",),
        {"what_a_row_states_are_fields", "a_workspace_takes_it"},
    ),
    "alters what it reads": (shouts, (".people",), {"what_a_row_states_are_fields"}),
    "reads once": (lambda p: iter(drafts(p)), (".people",), {"drafts_may_be_read_again"}),
    "leaves a file behind": (touches, (".people",), {"the_file_is_left_as_it_is"}),
    "says where all stand, out of the funnel": (
        lambda p: drafts(p, stage="nowhere"),
        (".people",),
        {"a_workspace_takes_it"},
    ),
    "trusts its file": (trusting, (".people",), {"a_broken_file_is_told"}),
    "is good": (drafts, (".people",), set()),
}


class People(ImporterContract):
    """Two people."""

    expected = {"company": "Acme", "phone": "139"}  # noqa: RUF012


@pytest.mark.parametrize("name", IMPORTERS)
def test_an_importer(name, tmp_path) -> None:
    read, suffixes, expected = IMPORTERS[name]

    def given(folder: Path) -> dict[str, Any]:
        (folder / "in").mkdir()
        file = folder / "in" / "a.people"
        content = [{"company": "Acme", "phone": "139"}, {"company": "某某", "phone": "138"}]
        file.write_text(json.dumps(content), "utf-8")
        importer = Importer("people", WORD, suffixes, lambda path, request: Reading(read(path)))
        return {"importer": importer, "file": file}

    assert failing(People(), tmp_path, given) == expected


# reports


def counted(crm: Any) -> list[dict[str, Any]]:
    return [{"stage": c.stage, "price": str(c.price)} for c in crm.find().customers]


def writes(crm: Any) -> list[dict[str, Any]]:
    for customer in crm.find().customers[:1]:
        crm.log(customer.id, "reported", "note")
    return [{"n": 1}]


REPORTS: dict[str, tuple[Any, Text, set[str]]] = {
    "defines nothing": (counted, Text("", ""), {"it_says_what_it_counts"}),
    "gives objects": (
        lambda crm: [{"who": c} for c in crm.find().customers],
        WORD,
        {"rows_are_plain_data"},
    ),
    "divides by nobody": (
        lambda crm: [{"share": 1 / len(crm.find().customers)}],
        WORD,
        {"an_empty_workspace_has_an_answer"},
    ),
    "rolls dice": (
        lambda crm: [{"n": random.random()}],
        WORD,
        {"the_same_data_give_the_same_figure"},
    ),
    "writes": (writes, WORD, {"it_changes_nothing"}),
    "is good": (counted, WORD, set()),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report(name, tmp_path) -> None:
    run, definition, expected = REPORTS[name]
    report = Report(name, WORD, definition, lambda request: run(request.crm))
    assert failing(ReportContract(), tmp_path, lambda folder: {"report": report}) == expected


# panels


def greeting(customer: Any, width: int, now: Any, dialect: Any) -> Any:
    yield (Part(fit(dialect.say(Text("您好", "Hello")) + f" {customer.title}", width), "dim"),)


def wide(customer: Any, width: int, now: Any, dialect: Any) -> Any:
    yield (Part("-" * 21),)


def knowing(customer: Any, width: int, now: Any, dialect: Any) -> Any:
    if customer.id == "nothing":
        raise TypeError("no company")
    return greeting(customer, width, now, dialect)


def counting() -> Any:
    counter = count()

    def write(customer: Any, width: int, now: Any, dialect: Any) -> Any:
        yield (Part(fit(str(next(counter)), width)),)

    return write


def chinese(customer: Any, width: int, now: Any, dialect: Any) -> Any:
    yield (Part(fit("您好", width)),)


PANELS: dict[str, tuple[Any, set[str]]] = {
    "is too wide": (lambda: wide, {"it_draws_within_its_width"}),
    "wants to know": (
        lambda: knowing,
        {"it_writes_of_a_customer_nothing_is_known_of", "it_speaks_both_languages"},
    ),
    "writes another every time": (counting, {"it_changes_nothing"}),
    "speaks Chinese alone": (lambda: chinese, {"it_speaks_both_languages"}),
    "is good": (lambda: greeting, set()),
}


@pytest.mark.parametrize("name", PANELS)
def test_a_panel(name, tmp_path) -> None:
    make, expected = PANELS[name]
    panel = Panel("mine", WORD, make())
    assert failing(PanelContract(), tmp_path, lambda folder: {"panel": panel}) == expected
