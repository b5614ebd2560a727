"""Which graders speak on a customer, and how their opinions become one grade."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve, frozen

from crmcore.config import Policy
from crmcore.customer import GRADES, Customer
from crmcore.errors import NotFoundError
from crmcore.hooktypes import Grader, Opinion
from crmcore.records import OpinionRecord

BEST_MATCH: Policy = "best-match"
_RANK = {choice.key: rank for rank, choice in enumerate(GRADES)}


@frozen
class Said:
    """What one grader said."""

    grader: Grader
    opinion: Opinion


@frozen
class Joint:
    """One grade from one or several opinions: the grader's name, what it said, and who said what."""

    grader: str
    opinion: Opinion
    policy: str = ""
    opinions: tuple[OpinionRecord, ...] = ()


def choose(
    customer: Customer, graders: Iterable[Grader], policy: Policy | None
) -> tuple[Grader, ...]:
    """Who speaks on *customer*: of those that serve it, the ones made most specially for it.

    A grader for the customer's industry comes before one for its pipeline, and that before one for
    everybody. Of several, the first speaks under best-match, all of them under other policies.
    Raises NotFoundError.
    """
    fitting = [(_fit(grader, customer), grader) for grader in graders]
    best = max((fit for fit, _ in fitting), default=-1)
    if best < 0:
        raise NotFoundError(
            f"No grader serves {customer.id} (industry {customer.industry or 'unknown'}, pipeline "
            f"{customer.pipeline}). `crmcore plugins` shows what is loaded."
        )
    chosen = tuple(grader for fit, grader in fitting if fit == best)
    return chosen[:1] if policy in (None, BEST_MATCH) else chosen


def _fit(grader: Grader, customer: Customer) -> int:
    """How specially *grader* is made for *customer*; -1 when it does not serve it."""
    industry = (customer.industry or "").casefold()
    fit = 0
    if grader.industries:
        if industry not in (name.casefold() for name in grader.industries):
            return -1
        fit += 2
    if grader.pipelines:
        if customer.pipeline not in grader.pipelines:
            return -1
        fit += 1
    return fit


def giving_way(graders: Iterable[Grader], new: Grader) -> tuple[Grader, ...]:
    """What is left of *graders* once *new* is in force: none of its name, and those that give way
    where it does not serve.

    They give it the industries it names on every pipeline; to one that serves everybody, all.
    """
    left = [grader for grader in graders if grader.name != new.name]
    if new.pipelines:
        return tuple(left)
    taken = {name.casefold() for name in new.industries}
    kept = []
    for grader in left:
        if not grader.gives_way:
            kept.append(grader)
        elif new.industries:
            industries = tuple(n for n in grader.industries if n.casefold() not in taken)
            if industries or not grader.industries:
                kept.append(evolve(grader, industries=industries))
    return tuple(kept)


def join(said: Sequence[Said], policy: Policy | None, weights: Mapping[str, float]) -> Joint:
    """The grade of all who spoke (at least one).

    strictest: the worst grade said. weighted: the mean of the grades' ranks by the graders' weights
    (1 unless *weights* names them), a half rounded to the worse grade.
    """
    first = said[0]
    if len(said) == 1 or policy is None:
        return Joint(first.grader.name, first.opinion)
    ranks = [_RANK[one.opinion.grade] for one in said]
    shares = [weights.get(one.grader.name, 1.0) for one in said]
    if policy == "weighted":
        mean = math.fsum(r * w for r, w in zip(ranks, shares, strict=True)) / math.fsum(shares)
        rank = math.floor(mean + 0.5)
    else:
        rank = max(ranks)
    records = tuple(
        OpinionRecord(
            s.grader.name, s.opinion.version, s.opinion.digest, s.opinion.grade, s.opinion.score, w
        )
        for s, w in zip(said, shares, strict=True)
    )
    digests = "\n".join([policy, *(f"{r.grader} {r.digest} {r.weight!r}" for r in records)])
    opinion = Opinion(
        grade=GRADES[rank].key,
        rules=tuple(
            evolve(rule, rule=f"{s.grader.name}/{rule.rule}")
            for s in said
            for rule in s.opinion.rules
        ),
        version="",
        digest=hashlib.sha256(digests.encode("utf-8", "surrogatepass")).hexdigest(),
        # Who is graded as the whole is, or worse, keeps it from rising.
        raise_with=tuple(
            dict.fromkeys(
                field
                for s, r in zip(said, ranks, strict=True)
                if r >= rank
                for field in s.opinion.raise_with
            )
        ),
    )
    return Joint(" + ".join(record.grader for record in records), opinion, policy, records)
