"""Graders against the past: would they have told the deals that were won from those that were lost?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from attrs import frozen

from crmcore.config import GradingConfig
from crmcore.customer import GRADES
from crmcore.errors import NotFoundError, RefusedError
from crmcore.grading.closedcases import ClosedCase, closed_cases
from crmcore.grading.policy import Said, choose, join
from crmcore.hooktypes import Grader, Opinion
from crmcore.intervals import Interval, hanley_mcneil, wilson
from crmcore.timebox import Done, run_each

if TYPE_CHECKING:
    from crmcore.crm import Crm

FEWEST = 30
"""Closed customers below which nothing is said: of 30, a share is known to within 18 points at best."""
FEWEST_EACH = 10
"""How many of them must have been won, and how many lost."""
FEWEST_IN_GRADE = 10
"""Customers of a grade below which its share is not told."""
_MOST_UNDATED = 0.1
HORIZONS = (30, 60)
"""Days within which an A, and a B, is expected to close."""


@frozen
class Share:
    """A part of a whole."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share itself, 0 to 1; 0 of nothing."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> Interval:
        """Where the share lies with 95 % confidence."""
        return wilson(self.value, self.whole)


@frozen
class Auc:
    """How often a won customer has the better score than a lost one, ties half (Mann-Whitney).

    0.5 is chance, 1 is perfect.
    """

    value: float
    won: int
    lost: int

    @property
    def interval(self) -> Interval:
        """Where the figure lies with 95 % confidence."""
        return hanley_mcneil(self.value, self.won, self.lost)


@frozen
class GradeFigures:
    """What became of those of one grade.

    `within` is, by horizon in days, the share that was won within so many days of grading; of nobody
    where the days of more than a tenth of the won are unknown. `lift` is the conversion over that of
    everybody.
    """

    grade: str
    conversion: Share
    within: Mapping[int, Share]
    lift: float

    @property
    def enough(self) -> bool:
        """Whether there are enough of them to tell a share."""
        return self.conversion.whole >= FEWEST_IN_GRADE


@frozen
class Backtest:
    """What one set of graders would have said of the closed customers, and what became of them.

    `matrix` counts by grade and outcome: `won 0-30`, `won 31-60`, `won 61-`, `won` (days unknown),
    `lost`. `auc` is None without scores. `recorded_closed` were closed when they were recorded;
    `unserved` had no grader, on `failed` theirs failed: neither is in the other figures.
    """

    name: str
    base: Share
    grades: tuple[GradeFigures, ...]
    matrix: Mapping[str, Mapping[str, int]]
    auc: Auc | None
    recorded_closed: int
    unserved: int
    failed: int


def backtest(
    name: str, cases: Sequence[ClosedCase], graders: Sequence[Grader], settings: GradingConfig
) -> Backtest:
    """What *graders* would have said of *cases*, each at its moment, against what happened.

    Raises RefusedError when there are too few to tell anything.
    """
    check_enough(cases)
    said, unserved, failed = _opinions(cases, graders, settings)
    check_enough([case for case, _ in said])
    base = Share(sum(case.won for case, _ in said), len(said))
    matrix: dict[str, Counter[str]] = {choice.key: Counter() for choice in GRADES}
    for case, opinion in said:
        matrix[opinion.grade][_outcome(case)] += 1
    return Backtest(
        name=name,
        base=base,
        grades=tuple(
            _figures(choice.key, [c for c, o in said if o.grade == choice.key], base)
            for choice in GRADES
        ),
        matrix=matrix,
        auc=_auc(said),
        recorded_closed=sum(case.recorded_closed for case, _ in said),
        unserved=unserved,
        failed=failed,
    )


def backtests(
    crm: Crm,
    contestants: Iterable[tuple[str, Sequence[Grader]]],
    absent: Callable[[str], object] = lambda name: None,
) -> list[Backtest]:
    """Each of *contestants*, a name and graders, on the same closed customers of *crm*.

    *absent* hears which columns said to be known after the fact no closed customer has.
    """
    settings = crm.config.grading
    cases = closed_cases(crm.store, crm.fields, settings.after_the_fact, absent)
    return [backtest(name, cases, graders, settings) for name, graders in contestants]


def check_enough(cases: Sequence[ClosedCase]) -> None:
    """Raise RefusedError unless *cases* are enough to tell anything."""
    won = sum(case.won for case in cases)
    lost = len(cases) - won
    if len(cases) < FEWEST or min(won, lost) < FEWEST_EACH:
        raise RefusedError(
            f"Not enough history: {won} won and {lost} lost. It takes {FEWEST} closed customers, at "
            f"least {FEWEST_EACH} won and {FEWEST_EACH} lost, to say anything."
        )


def _opinions(
    cases: Sequence[ClosedCase], graders: Sequence[Grader], settings: GradingConfig
) -> tuple[list[tuple[ClosedCase, Opinion]], int, int]:
    """Each case with what is said of it; how many nobody serves; on how many a grader failed."""
    said: list[list[Said]] = [[] for _ in cases]
    asked: list[int] = [0] * len(cases)
    places: dict[str, tuple[Grader, list[int]]] = {}
    for place, case in enumerate(cases):
        policy = settings.policy_of(case.customer.pipeline)
        try:
            chosen = choose(case.customer, graders, policy)
        except NotFoundError:
            continue
        asked[place] = len(chosen)
        for grader in chosen:
            places.setdefault(grader.name, (grader, []))[1].append(place)

    for grader, mine in places.values():

        def ask(place: int, grader: Grader = grader) -> Opinion:
            case = cases[place]
            moment = case.at or case.closed_at or case.customer.created_at
            if moment is None:
                raise RefusedError(f"{case.customer.id} has no date at all.")
            return grader.grade(case.customer, moment)

        for place, outcome in zip(mine, run_each(ask, mine, settings.seconds), strict=False):
            if isinstance(outcome, Done) and isinstance(outcome.value, Opinion):
                said[place].append(Said(grader, outcome.value))
    heard = [
        (case, join(said[p], settings.policy_of(case.customer.pipeline), settings.weights).opinion)
        for p, case in enumerate(cases)
        if asked[p] and len(said[p]) == asked[p]
    ]
    return heard, asked.count(0), len(cases) - asked.count(0) - len(heard)


def _outcome(case: ClosedCase) -> str:
    if not case.won:
        return "lost"
    if case.days is None:
        return "won"
    near, far = HORIZONS
    if case.days <= near:
        return f"won 0-{near}"
    return f"won {near + 1}-{far}" if case.days <= far else f"won {far + 1}-"


def _figures(grade: str, cases: Sequence[ClosedCase], base: Share) -> GradeFigures:
    conversion = Share(sum(case.won for case in cases), len(cases))
    dated = [case for case in cases if not case.won or case.days is not None]
    if len(cases) - len(dated) > _MOST_UNDATED * conversion.part:
        dated = []
    within = {
        days: Share(
            sum(case.won and case.days is not None and case.days <= days for case in dated),
            len(dated),
        )
        for days in HORIZONS
    }
    return GradeFigures(grade, conversion, within, conversion.value / base.value)


def _auc(said: Sequence[tuple[ClosedCase, Opinion]]) -> Auc | None:
    scored = sorted((o.score, case.won) for case, o in said if o.score is not None)
    won = sum(is_won for _, is_won in scored)
    lost = len(scored) - won
    if len(scored) < len(said) or not won or not lost:
        return None
    better, lost_below = 0.0, 0
    for _, group in groupby(scored, key=lambda pair: pair[0]):
        outcomes = [is_won for _, is_won in group]
        wins = sum(outcomes)
        losses = len(outcomes) - wins
        better += wins * (lost_below + losses / 2)
        lost_below += losses
    return Auc(better / (won * lost), won, lost)
