"""What is known of lists is used again while a filter is typed, and answers the same as asking anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.crm import Crm
from crmcore.evaluate import matches
from crmcore.fields import FieldCatalogue
from crmcore.query import EVERYBODY, And, Compare, Condition, Not, Or, both
from crmcore.storage.base import Store
from crmcore_tui.boardquery import PAGE, SORTINGS, Lanes, Loaded, load, stages, whole, whom
from crmcore_tui.boardreuse import Known, Place, begun, load_on, narrows

LEAD = {"phone": "138", "source": "fair"}
WORDS = ("", "a", "aB", "ab", "abc", "b", "bc", "é", "ß", "ss")

simple = st.builds(
    Compare, st.sampled_from(["company", "contact"]), st.sampled_from(["contains", "="]),
    st.sampled_from(WORDS),
)  # fmt: skip
conditions = st.recursive(
    simple,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple).map(And)
        | st.lists(inner, max_size=3).map(tuple).map(Or)
        | inner.map(Not)
    ),
    max_leaves=4,
)
texts = st.none() | st.text("abBcéßs", max_size=5)


@given(conditions, conditions, st.fixed_dictionaries({"company": texts, "contact": texts}))
def test_whom_the_narrower_holds_the_wider_holds_too(
    new: Condition, old: Condition, row: dict[str, str | None]
) -> None:
    fields = FieldCatalogue()
    if narrows(new, old) and matches(new, row.get, fields):
        assert matches(old, row.get, fields)


def test_a_longer_word_narrows_and_what_is_not_plain_to_see_does_not() -> None:
    def has(text: str) -> Compare:
        return Compare("words", "contains", text)

    assert narrows(has("acme"), EVERYBODY)
    assert narrows(both(has("acme"), has("x")), has("CM"))
    assert narrows(And((Or((has("a"), has("b"))), has("c"))), Or((has("a"), has("b"))))
    assert not narrows(has("ac"), has("acme"))
    assert not narrows(EVERYBODY, has("a"))
    assert not narrows(Not(has("acme")), Not(has("ac")))
    assert not narrows(Compare("owner", "=", "Lin"), Compare("owner", "=", "Li"))
    assert not narrows(Compare("company", "contains", "acme"), has("ac"))


@pytest.fixture
def some(crm: Crm) -> Crm:
    """A hundred and twenty customers in three stages."""
    names = ("Shanghai Machinery", "Shan Textiles", "Sand & Co", "Acme")
    for n in range(120):
        made = crm.add(company=f"{names[n % 4]} {n % 13}", budget=f"{n % 11 + 1}万", **LEAD)
        for _ in range(n % 3):
            crm.move(made.id, force=True, reason="try")
    return crm


def _lanes(crm: Crm, make: object, text: str, order: int = 0) -> Lanes:
    where = whom(crm.pipeline(), False, crm.condition(text))
    return make(crm.pipeline(), where, SORTINGS[order].order)  # type: ignore[operator,no-any-return]


@pytest.mark.parametrize("make", [stages, whole])
@pytest.mark.parametrize("order", range(len(SORTINGS)))
@pytest.mark.parametrize("limit", [3, PAGE])
def test_going_on_from_what_is_known_is_the_list_from_its_beginning(
    some: Crm, make: object, order: int, limit: int
) -> None:
    known: list[Known] = []
    for text in ("", "s", "sh", "shan", "sha", "shan machinery 1", "shan machinery 12", "nobody"):
        lanes = _lanes(some, make, text, order)
        number = len(lanes.wheres)
        start = begun(some, lanes, known, some.revision)
        assert (start is None) is (not known)
        if start is None:
            told = load(some, lanes, [limit] * number)
        else:
            told = load_on(some, lanes, [Place(0, 5)] * number, start, some.revision)
        everything = load(some, lanes, [10_000] * number)
        for found, whole_list in zip(told.columns, everything.columns, strict=True):
            assert found.customers == whole_list.customers[: len(found.customers)]
            assert len(found.customers) >= min(6, len(whole_list.customers))
            assert found.after is not None or found.customers == whole_list.customers
            assert (found.standing, found.open) == (whole_list.standing, whole_list.open)
        known.insert(0, Known(lanes, told))


def test_what_is_known_to_the_end_is_counted_without_the_store(some: Crm, monkeypatch) -> None:
    wider = _lanes(some, stages, "textiles")
    known = Known(wider, load(some, wider, [PAGE] * len(wider.wheres)))
    lanes = _lanes(some, stages, "textiles 1")
    wanted = load(some, lanes, [PAGE] * len(lanes.wheres))
    for question in ("find", "tally"):
        monkeypatch.setattr(type(some.store), question, None)
    start = begun(some, lanes, [known], some.revision)
    assert start is not None
    assert load_on(some, lanes, [Place(0, 5)] * 5, start, some.revision) == wanted


def test_nothing_is_known_at_another_revision_or_in_another_order(some: Crm) -> None:
    lanes, other = _lanes(some, stages, ""), _lanes(some, stages, "s", 1)
    known = [Known(lanes, load(some, lanes, [PAGE] * 5))]
    assert begun(some, lanes, known, some.revision) is not None
    assert begun(some, lanes, known, some.revision + 1) is None
    assert begun(some, other, known, some.revision) is None
    assert begun(some, _lanes(some, whole, "s"), known, some.revision) is None


def test_rows_are_not_read_up_to_a_cursor_whose_customer_is_gone(some: Crm) -> None:
    lanes, narrower = _lanes(some, stages, ""), _lanes(some, stages, "acme")
    known = Known(lanes, load(some, lanes, [PAGE] * 5))
    start = begun(some, narrower, [known], some.revision)
    assert start is not None
    told = load_on(some, narrower, [Place(35, 2)] * 5, start, some.revision)
    assert [len(c.customers) for c in told.columns] == [10, 10, 10, 0, 0]


# on the board


@pytest.fixture
def asked(crm: Crm, monkeypatch) -> list[str]:
    """The questions the store is asked from now on."""
    made: list[str] = []
    for question in ("find", "tally"):
        ask = getattr(type(crm.store), question)

        def watched(store: Store, *args: object, ask=ask, question=question) -> object:
            made.append(question)
            return ask(store, *args)

        monkeypatch.setattr(type(crm.store), question, watched)
    return made


async def test_letters_ask_for_what_is_not_known_and_deleting_asks_nothing(
    some: Crm, open_board, asked: list[str]
) -> None:
    async with open_board(some) as d:
        await d.press("slash")
        assert d.state.columns[0].count == 40
        seen: list[list[int]] = []
        for letter in "shan":
            asked.clear()
            await d.press(letter)
            assert asked == []  # a page held everybody, so nobody else can be found
            seen.append([column.count for column in d.state.columns])
        assert seen[-1] == [20, 20, 20, 0, 0]
        for before in reversed(seen[:-1]):
            await d.press("backspace")
            assert [column.count for column in d.state.columns] == before
        assert asked == []
        await d.press("escape")
        assert [column.count for column in d.state.columns] == [40, 40, 40, 0, 0]


async def test_what_others_commit_while_a_filter_is_typed_is_found(some: Crm, open_board) -> None:
    other = Crm(some.store, some.host, some.config, some.clock, "Chen")
    async with open_board(some) as d:
        await d.press("slash", "a", "c")
        found = d.state.columns[0].count
        other.add(company="Acre", **LEAD)
        await d.press("r")
        assert [c.company for c in d.state.columns[0].rows] == ["Acre"]
        await d.press("backspace")
        assert d.state.columns[0].count == found + 1


async def test_letters_typed_in_one_burst_find_what_slow_ones_do(some: Crm, open_board) -> None:
    async with open_board(some) as d:
        await d.press("slash")
        await d.burst(*"machinery")
        lanes = _lanes(some, stages, "machinery")
        wanted: Loaded = load(some, lanes, [PAGE] * 5)
        assert [tuple(c.rows) for c in d.state.columns] == [c.customers for c in wanted.columns]


async def test_the_cursor_stays_on_its_customer_and_comes_up_when_it_is_gone(
    some: Crm, open_board
) -> None:
    async with open_board(some) as d:
        await d.press("G")
        while "Acme" not in d.selected().company:
            await d.press("k")
        last = d.selected()
        await d.press("slash", *"acm")
        assert d.selected() == last
        await d.press(*["backspace"] * 3, *"sand")
        assert "Sand" in d.selected().company
        assert d.state.column.at == d.state.column.count - 1


async def test_rows_are_there_when_the_terminal_grows(crm: Crm, open_board) -> None:
    for n in range(400):
        made = crm.add(company="Company" if n % 8 < 2 else "Acme", **LEAD)
        if n % 2:
            crm.move(made.id, force=True, reason="try")
    async with open_board(crm, size=(110, 20)) as d:
        await d.press("slash", "c", "o")
        assert len(d.state.columns[1].rows) < 36 < d.state.columns[1].count
        await d.resize(110, 150)
        assert all(len(c.rows) >= 36 for c in d.state.columns[:2])
        assert "  …  " not in d.text()
