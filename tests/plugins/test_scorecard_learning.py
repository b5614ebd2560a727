"""Cards learned from closed customers: readable, honest about what they were not shown, ordinary files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("sklearn")

import numpy as np

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.errors import UsageError
from crmcore.fields import FieldCatalogue, undescribed
from crmcore.wording import Text
from crmcore_scorecard.grading import grader_of
from crmcore_scorecard.learning import NothingToLearnError, hold_out, learn, write_card
from crmcore_scorecard.learning.binning import MOST_BINS, codes_of, find_bins, roundest
from crmcore_scorecard.learning.columns import shape_of
from crmcore_scorecard.learning.holdout import measure
from crmcore_scorecard.learning.partition import BIN_COST, best_stretches, likelihood, rising_blocks
from crmcore_scorecard.reading import read_card

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
FIELDS = FieldCatalogue()
NAMES = ("source", "employees", "tags", "priority", "region", "price", "satisfaction", "company")
SPECS = [*map(FIELDS.named, NAMES), undescribed("sheet.Visits"), undescribed("sheet.Noise")]
NOW = datetime(2024, 5, 1, tzinfo=UTC)


def past(count: int = 500) -> tuple[list[dict[str, object]], list[bool]]:
    """Closed customers: sources, sizes, tags and visits tell who won, a third of them unknown; so do a
    price and a survey, which came after; regions and noise tell nothing."""
    random, rows, ends = Random(3), [], []
    for n in range(count):
        source = random.choice(["referral", "fair", "web", f"rare {n}"])
        size, visits = random.randrange(1, 2000), random.randrange(0, 30)
        tags = tuple(t for t in ("vip", "old", "spam") if random.random() < 0.3)
        odds = {"referral": 1.8, "fair": 0.3}.get(source, -0.8) + size / 400 + visits / 5 - 5.5
        odds += 3 * ("vip" in tags) - 3 * ("spam" in tags)
        won = random.random() < 1 / (1 + np.exp(-odds))
        row = {
            "source": source, "tags": tags, "sheet.Visits": str(visits), "company": f"Company {n}",
            "region": random.choice(["north", "south"]), "sheet.Noise": str(random.random()),
            "priority": "high", "price": Decimal(5) if won else None,
            "satisfaction": 5 if won else None,
        }  # fmt: skip
        if random.random() < 0.7:
            row["employees"] = size
        rows.append(row)
        ends.append(bool(won))
    return rows, ends


ROWS, ENDS = past()


@pytest.fixture(scope="module")
def learned():
    return learn(ROWS, ENDS, SPECS)


def written(card) -> str:
    return write_card(card, name="x", label=Text("x", "x"), on=date(2024, 5, 1))


def test_a_card_has_few_fields_of_few_bins_and_numbers_go_one_way(learned):
    fields = {rule.spec.key: rule for rule in learned.rules}
    assert set(fields) == {"source", "employees", "tags", "sheet.Visits"}
    assert all(len(rule.points) <= MOST_BINS for rule in learned.rules)
    for key in ("employees", "sheet.Visits"):
        rule = fields[key]
        assert list(rule.points[:-1]) == sorted(rule.points[:-1])
        assert all(cut == cut.to_integral() for cut in rule.bins.cuts)
    # What is unknown has a bin of its own, of those whose value is.
    assert fields["employees"].customers[-1] == sum("employees" not in row for row in ROWS)
    assert all(type(points) is int for rule in learned.rules for points in rule.points)
    assert all(sum(rule.customers) == len(ROWS) and sum(rule.won) == sum(ENDS)
               for rule in learned.rules)  # fmt: skip
    assert learned.a_from > learned.b_from


def test_what_was_left_out_is_told_with_the_reason(learned):
    reasons = {spec.key: why.en for spec, why in learned.left_out}
    assert reasons == {
        "price": "known only after the fact",
        "satisfaction": "known only after the fact",
        "company": "it only tells which customer it is",
        "priority": "it is the same for all",
        "region": "it tells nothing more that can be confirmed",
        "sheet.Noise": "it tells nothing more that can be confirmed",
    }
    fewer = learn(ROWS, ENDS, SPECS[:4], after_the_fact=["source"], most_fields=1)
    assert [rule.spec.key for rule in fewer.rules] in (["employees"], ["tags"])


def test_the_file_is_an_ordinary_card_that_gives_the_same_points(learned):
    text = written(learned)
    assert text == written(learn(ROWS, ENDS, SPECS))
    card = read_card(text, "x.toml")
    for field in ("source", "employees", "tags"):
        (rule,) = (rule for rule in card.rules if rule.field == field)
        assert rule.unknown is not None and len(rule.bands) <= MOST_BINS
    grader = grader_of(card, Dialect("zh", UTC))
    known = {"source", "employees", "tags", "region", "priority"}
    for row in [*ROWS[:200], {}]:
        customer = Customer(
            id="1",
            extra={key: value for key, value in row.items() if key.startswith("sheet.")},
            **{key: value for key, value in row.items() if key in known},
        )
        said = grader.grade(customer, NOW)
        assert (said.score, said.grade) == (learned.score(row), learned.grade(row))


def test_noise_is_not_learned_and_too_little_is_refused():
    with pytest.raises(NothingToLearnError, match="none of 2 fields"):
        learn(ROWS, ENDS, [SPECS[4], SPECS[9]])
    with pytest.raises(UsageError, match="Too little history to learn from: 99 closed"):
        learn(ROWS[:99], ENDS[:99], SPECS)
    with pytest.raises(UsageError, match="divide nobody"):
        learn(ROWS, ENDS, SPECS, cuts=(0.5, 0.2))


# held out


def test_nobody_held_out_is_learned_from():
    splits = []

    def scorer(taught, asked):
        splits.append((taught, asked))
        return [float(ENDS[n]) for n in asked]

    figures = measure(scorer, ENDS, splits=3)
    assert (figures.auc.value, figures.customers) == (1, 150)
    for taught, asked in splits:
        assert not set(taught) & set(asked)
        assert sorted([*taught, *asked]) == list(range(500))
        share = sum(ENDS[n] for n in asked) / len(asked)
        assert share == pytest.approx(sum(ENDS) / 500, abs=0.01)
    assert len({tuple(asked) for _, asked in splits}) == 3


def test_what_is_known_by_heart_does_not_help_those_held_out():
    # Each word is of two customers who ended alike: known, it tells all, but nothing of others.
    fields = [undescribed("sheet.Word"), undescribed("sheet.Coin")]
    random = Random(1)
    rows = [{"sheet.Word": f"w{n // 2}", "sheet.Coin": random.choice("ab")} for n in range(400)]
    ends = [random.random() < 0.5 for _ in range(200) for _ in range(1)]
    figures = hold_out(rows, [ends[n // 2] for n in range(400)], fields, splits=2)
    assert 0.4 < figures.auc.value < 0.6


@pytest.mark.long
@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
def test_open_leads_are_told_apart_as_well_as_by_trees():
    from benchmarks.leads import read_leads

    leads = read_leads(DATA)
    figures = hold_out(leads.rows, leads.won, leads.fields)
    a, _, c = (figures.rate(place).value for place in range(3))
    assert figures.auc.value >= 0.868
    assert (a >= 0.86, c <= 0.118) == (True, True)
    card = learn(leads.rows, leads.won, leads.fields)
    assert len(card.rules) <= 15
    assert all(len(rule.points) <= 6 for rule in card.rules)


# bins

counts = st.lists(st.tuples(st.integers(1, 60), st.floats(0, 1)), min_size=1, max_size=7)


@settings(max_examples=50)
@given(counts, st.integers(1, 4), st.integers(1, 40))
def test_stretches_are_the_best_there_are(cells, most, smallest):
    count = np.array([n for n, _ in cells], dtype=float)
    won = np.array([round(n * share) for n, share in cells], dtype=float)

    def worth(ends):
        spans = [slice(a, b) for a, b in pairwise((0, *ends))]
        sizes = [float(count[span].sum()) for span in spans]
        if min(sizes) < smallest:
            return -np.inf
        wins = [float(won[span].sum()) for span in spans]
        gain = sum(
            float(likelihood(np.array(n), np.array(w))) for n, w in zip(sizes, wins, strict=True)
        )
        return gain - BIN_COST * len(ends)

    last = len(cells)
    found = best_stretches(count, won, most, smallest)
    every = [(*cuts, last) for k in range(most) for cuts in combinations(range(1, last), k)]
    best = max(map(worth, every))
    assert found[-1] == last and len(found) <= most
    assert found == [last] if best == -np.inf else worth(found) == pytest.approx(best)


@given(counts)
def test_blocks_rise(cells):
    count = [n for n, _ in cells]
    won = [round(n * share) for n, share in cells]
    ends = rising_blocks(np.array(count, dtype=float), np.array(won, dtype=float))
    rates = [sum(won[a:b]) / sum(count[a:b]) for a, b in pairwise((0, *ends))]
    assert ends[-1] == len(cells)
    assert all(low < high for low, high in pairwise(rates))


numbers = st.decimals(-1000, 1000, places=2)


@given(numbers, numbers)
def test_cuts_are_round_and_between(one, other):
    low, high = sorted((one, other))
    if low == high:
        return
    cut = roundest(low, high)
    assert low < cut <= high
    assert len(cut.normalize().as_tuple().digits) <= len(high.normalize().as_tuple().digits)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.none() | st.integers(0, 90), st.booleans()), min_size=40, max_size=90))
def test_every_number_has_a_bin_and_unknown_ones_their_own(known):
    shape = shape_of(undescribed("sheet.n"), [None if n is None else str(n) for n, _ in known])
    if isinstance(shape, Text):
        assert all(n is None for n, _ in known)
        return
    keys = shape.keys([None if n is None else str(n) for n, _ in known])
    bins = find_bins(shape, keys, [won for _, won in known])
    codes = codes_of(bins, keys)
    assert bins.count < MOST_BINS
    assert [code == bins.count for code in codes] == [n is None for n, _ in known]
    in_order = [code for n, code in sorted((n, c) for (n, _), c in zip(known, codes, strict=True)
                if n is not None)]  # fmt: skip
    assert in_order == sorted(in_order)
