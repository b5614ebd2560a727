"""What every `Grader` must keep: subclass `GraderContract`, give it `grader`, run pytest."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from math import isfinite

import pytest
from attrs import evolve

from crmcore import answers
from crmcore.customer import Customer
from crmcore.fields import FieldCatalogue
from crmcore.hooktypes import Grader, Opinion
from crmcore.records import Activity
from crmcore.testing.asking import ask
from crmcore.testing.people import sample_customers

NOW = datetime(2024, 5, 1, 2, tzinfo=UTC)
_OUTSIDE = ("open", "socket.connect", "subprocess.Popen", "os.remove", "os.rename", "os.mkdir")
_watched: ContextVar[list[str] | None] = ContextVar("watched", default=None)
_hooked: list[bool] = []


class GraderContract:
    """Tests of one grader. `seconds` is how long it may take over one customer.

    `namespaces` are those of the fields that your plugin adds, `("medical",)`: rules may read them.
    """

    seconds = 1.0
    namespaces: tuple[str, ...] = ()

    @pytest.fixture
    def grader(self) -> Grader:
        """The grader under test; an author's subclass gives it."""
        raise NotImplementedError("give your GraderContract subclass a fixture grader")

    def asked(self) -> tuple[Customer, ...]:
        """Whom it is asked about; a subclass may add those it is made for."""
        return sample_customers()

    def _opinions(
        self, grader: Grader, customers: tuple[Customer, ...], seconds: float | None = None
    ) -> list[Opinion]:
        def grade(customer: Customer) -> Opinion:
            return grader.grade(customer, NOW)

        return ask(grade, customers, seconds or 10 * self.seconds, lambda c: c.id)

    def test_it_is_pure(self, grader: Grader) -> None:
        """It looks at the customer alone: no file, no network, no other program; and changes nothing."""
        people = self.asked()
        grader.grade(people[0], NOW)  # what it imports when it is first asked
        with _watching() as outside:
            for customer in people:
                before = evolve(customer, extra=dict(customer.extra))
                grader.grade(customer, NOW)
                assert customer == before, f"it changed {customer.id}"
        assert not outside, f"it looked outside: {', '.join(dict.fromkeys(outside))}"

    def test_it_is_deterministic(self, grader: Grader) -> None:
        """The same customer at the same moment is graded the same, whoever was graded in between."""
        people = self.asked()
        first = self._opinions(grader, people)
        again = self._opinions(grader, people[::-1])[::-1]
        for customer, one, other in zip(people, first, again, strict=True):
            assert one == other, f"{customer.id} is graded differently the second time"

    def test_it_is_bounded(self, grader: Grader) -> None:
        """Its answers are grades within their ranges, given in time even for very long records."""
        for customer, opinion in zip(
            self.asked(), self._opinions(grader, self.asked()), strict=True
        ):
            answers.opinion(opinion)
            numbers = [rule.points for rule in opinion.rules if rule.points is not None]
            numbers += [n for n in (opinion.score, opinion.best) if n is not None]
            assert all(map(isfinite, numbers)), f"{customer.id}: {numbers}"
            if opinion.score is not None and opinion.best is not None:
                assert opinion.score <= opinion.best + 1e-9, f"{customer.id} exceeds the best score"
            assert opinion.share_unknown is None or 0 <= opinion.share_unknown <= 1
        self._opinions(grader, _long_ones(), self.seconds)

    def test_it_is_safe_where_something_is_unknown(self, grader: Grader) -> None:
        """Whatever is unknown, it answers; a rule whose value is unknown gives no points."""
        fields = FieldCatalogue()
        known = self.asked()[0]
        less = [
            known.with_values(**{spec.key: None})
            for spec in fields.stored()
            if spec.key not in ("id", "pipeline", "stage", "status", "revision")
            and fields.value(known, spec.key) not in (None, (), "")
        ]
        nothing = Customer(id="nothing")
        for opinion in self._opinions(grader, (*less, nothing)):
            answers.opinion(opinion)
            for rule in opinion.rules:
                assert rule.value or rule.points is None, (
                    f"the rule {rule.rule} gives {rule.points} points for an unknown {rule.field}"
                )

    def test_it_explains(self, grader: Grader) -> None:
        """Each answer says by which rules, in both languages, of which version; all say the same digest."""
        opinions = self._opinions(grader, self.asked())
        fields = FieldCatalogue()
        for opinion in opinions:
            assert opinion.version, "it tells no version"
            assert opinion.digest, "it tells no digest"
            for rule in opinion.rules:
                assert rule.reason_zh, f"the rule {rule.rule} has no reason in Chinese"
                assert rule.reason_en, f"the rule {rule.rule} has no reason in English"
                assert self._is_field(fields, rule.field), f"{rule.field!r} is no field"
            for key in opinion.raise_with:
                assert self._is_field(fields, key), f"{key!r} is no field"
        assert len({opinion.digest for opinion in opinions}) == 1, "the rules change on the way"
        if len({opinion.grade for opinion in opinions}) > 1:
            assert any(o.rules for o in opinions), "grades differ, and no rule says why"

    def _is_field(self, fields: FieldCatalogue, key: str) -> bool:
        return not key or key in fields or key.partition(".")[0] in self.namespaces


def _long_ones() -> tuple[Customer, ...]:
    long = "需求 need " * 3000
    call = Activity(NOW, "call", long, "李娜")
    return (
        Customer(id="long-text", company=long, remarks=long, need_detail=long),
        Customer(id="many-calls", activities=(call,) * 2000),
        Customer(id="many-tags", tags=tuple(f"tag{n}" for n in range(2000))),
    )


@contextmanager
def _watching() -> Iterator[list[str]]:
    """What is opened, connected to, started or removed in this thread meanwhile."""
    if not _hooked:
        sys.addaudithook(_hear)  # there is no taking it off again
        _hooked.append(True)
    seen: list[str] = []
    token = _watched.set(seen)
    try:
        yield seen
    finally:
        _watched.reset(token)


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event in _OUTSIDE and (seen := _watched.get()) is not None:
        what = arguments[1] if event == "socket.connect" else arguments[0]
        seen.append(f"{event} {what}")
