"""The figures above the columns and the funnel dashboard: right, at every size, and never in the way."""

from __future__ import annotations

import re
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from crmcore import hookimpl
from crmcore.changes import Write
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.errors import StoreError
from crmcore.exchangerates import ExchangeRates
from crmcore.figures.gather import read_details, read_overview
from crmcore.figures.rates import Rate
from crmcore.funnel import Standing
from crmcore.hooktypes import Report
from crmcore.money import Money
from crmcore.reports.running import report
from crmcore.wording import Text
from crmcore_tui.cells import Part, width_of
from crmcore_tui.figurepanels import panels
from crmcore_tui.figuretext import Source, share_bar
from crmcore_tui.headings import Heading, Weight, heading_lines, percent
from crmcore_tui.keymap import FUNNEL_KEYS
from crmcore_tui.panelgrid import Grid, Spot, arrange
from crmcore_tui.pastdates import date_words, stepped
from crmcore_tui.reportpanel import report_panel
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.funnel import FunnelScreen
from crmcore_tui.screens.pastboard import PastBoardScreen
from crmcore_tui.screens.pick import PickScreen
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.tabling import table
from crmcore_tui.widgets.statusline import StatusLine

SIZES = [(80, 24), (120, 40), (200, 60)]
EN, ZH = Dialect("en"), Dialect("zh")


def put(crm: Crm, *customers: Customer) -> None:
    count = sum(bucket.count for bucket in crm.tally(by=()))
    writes = [Write(None, evolve(c, id=f"x{count + n:04}")) for n, c in enumerate(customers)]
    crm.writer.commit(writes, "import")


def somebody(crm: Crm, stage: str, status: str = "open", **more: object) -> Customer:
    met = crm.clock() - timedelta(days=50)
    return Customer(
        stage=stage, status=status, company=f"{stage} {status}", first_contact_at=met,
        entered_stage_at=met, **more,
    )  # type: ignore[arg-type] # fmt: skip


def worth(amount: int, currency: str = "CNY") -> Money:
    return Money(Decimal(amount), currency)


def fill(crm: Crm, owner: str = "李娜", source: str = "fair") -> None:
    """60 won, 40 lost in solution; open: 8 leads, 12 in solution worth 1,000 each."""
    own = {"owner": owner, "source": source}
    signed = crm.clock() - timedelta(days=10)
    put(
        crm,
        *(
            somebody(
                crm, "after_sales", "won", contract_signed_at=signed, completed_at=signed, **own
            )
            for _ in range(60)
        ),
        *(somebody(crm, "solution", "lost", **own) for _ in range(40)),
        *(somebody(crm, "lead", **own) for _ in range(8)),
        *(
            somebody(
                crm, "solution", price=worth(1000), **own,
                expected_close_at=crm.clock() + timedelta(days=10),
            )
            for _ in range(12)
        ),
    )  # fmt: skip


# above the columns


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
async def test_the_headers_tell_weight_chance_and_what_goes_on(
    language, size, make_crm, open_board
) -> None:
    crm = make_crm(language)
    fill(crm)
    async with open_board(crm, size) as d:
        lines = d.text().split("\n")
        number, value, weight, onward = lines[1:5]
        label = "Solution" if language == "en" else "需求与方案"
        assert label in number
        money = "¥12k" if language == "en" else "1.2万"
        assert money in value
        assert ("¥7,200" if language == "zh" else "¥7.2k") in weight
        assert "p 60%" in weight
        assert "→  93%" in onward  # 112 of 120 came from the lead stage to the next
        assert "→ 100%" in onward
        assert "→  54%" in onward
        assert all(cell_len(line) <= size[0] for line in lines)


async def test_without_history_p_is_unknown_and_said_to_be(crm: Crm, open_board) -> None:
    put(crm, somebody(crm, "lead", price=worth(1000)))
    async with open_board(crm, (200, 60)) as d:
        assert "weighted p? (not enough history)" in d.text()
        assert "→   0%" in d.text()
        assert "→    –" in d.text()
    async with open_board(crm, (80, 24)) as d:
        assert "not enough history" in d.text()


async def test_the_history_is_read_in_workers_and_no_key_reads_it_again(
    crm: Crm, open_board, monkeypatch
) -> None:
    fill(crm)
    asked: list[tuple[str, ...]] = []
    own = threading.get_ident()
    on_own_thread: list[object] = []
    tally = type(crm.store).tally

    def watched(store, where, by):
        asked.append(by)
        if threading.get_ident() == own:
            on_own_thread.append(by)
        return tally(store, where, by)

    monkeypatch.setattr(type(crm.store), "tally", watched)
    monkeypatch.setattr(
        type(crm.store), "find", _watching(type(crm.store).find, own, on_own_thread)
    )
    async with open_board(crm) as d:
        once = [("stage", "status"), ("stage", "status"), ("stage", "furthest_stage", "status")]
        assert sorted(asked) == sorted(once)  # at the same time
        written = []
        write = d.board_screen._write_heading
        monkeypatch.setattr(
            d.board_screen, "_write_heading", lambda n, w: written.append(n) or write(n, w)
        )
        await d.press("l", "l", "h", "j", "k", "G", "1", "3")
        assert (len(asked), written) == (len(once), [])
        await d.press("slash")
        await d.type("owner:李娜")
        await d.press("enter")
        # A page held everybody, so that the filter's columns are counted without the store.
        # What words are looked for in is made ready meanwhile.
        assert asked[3:] == [("stage", "status")]
        crm.add(company="new", phone="1")
        d.board_screen.reload()
        await d.settle()
        assert asked[4:] == once
        await d.press("F", "j", "tab", "escape")
    assert not on_own_thread


def _watching(find: Callable, own: int, seen: list[object]) -> Callable:
    def watched(store, query):
        if threading.get_ident() == own:
            seen.append(query)
        return find(store, query)

    return watched


async def test_who_moves_on_counts_at_once(crm: Crm, open_board) -> None:
    ids = [crm.add(company=f"c{n}", phone="138", source="fair").id for n in range(4)]
    async with open_board(crm) as d:
        assert "→   0%" in d.text()
        d.state.follow(ids[0])
        await d.press("L")
        assert "→  25%" in d.text()
        await d.press("u")
        assert "→   0%" in d.text()


@pytest.mark.parametrize("width", [3, 30, 73, 150])
def test_any_report_is_a_panel_of_any_width(width, crm: Crm) -> None:
    fill(crm)
    for offer in crm.host.reports().values:
        told = report(crm, offer.name)
        rows = report_panel(told, crm.dialect).write(width)
        assert sum(row.drill is not None for row in rows) >= sum(
            row.where is not None or row.ids is not None for row in told.rows
        )
        tables = rows[: 1 + len(told.rows)]
        assert all(width_of(row.line) <= width for row in tables), offer.name
        drawn = "█" in "".join(part.text for row in tables for part in row.line)
        if offer.name == "trend":
            assert drawn == (width > 60)


@given(
    st.integers(1, 60),
    st.integers(0, 10**7),
    st.integers(0, 10**7),
    st.none() | st.fractions(0, 1),
    st.sampled_from([EN, ZH]),
)
def test_headers_fill_their_lines_exactly_whatever_the_figures(width, count, more, p, dialect):
    values = {"CNY": Decimal(count * 1000), "USD": Decimal(more)}
    weight = Weight(p, {} if p is None else values, count, count)
    standing = Standing(count, values, more)
    onward = Rate(min(count, more), max(count, more))
    for heading in (
        Heading(1, "[/red] 线索", standing, count + more, weight, onward),
        Heading(1, "x", standing, count, None, None, waiting=True),
    ):
        lines = heading_lines(heading, width, dialect)
        assert [width_of(line) for line in lines] == [width] * 4


@pytest.mark.parametrize(
    ("share", "said"),
    [(None, "–"), (0.0, "0%"), (0.001, "<1%"), (0.434, "43%"), (0.9999, ">99%"), (1.0, "100%")],
)
def test_all_and_none_are_only_said_when_it_is_so(share, said) -> None:
    assert percent(share) == said


# the dashboard


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
async def test_the_dashboard_shows_every_figure_at_every_size(
    language, size, make_crm, open_board
) -> None:
    crm = make_crm(language)
    fill(crm)
    async with open_board(crm, size) as d:
        await d.press("F")
        seen = []
        for _ in range(9):
            seen.append(d.text())
            await d.press("tab")
        text = "\n".join(seen)
        for figure in (
            "60.0%", "60/100", "[50.2–69.1]",  # win rate
            "120", "40.0", "n=60",  # reached; cycle
            "2024-05", "李娜", "fair",
        ):  # fmt: skip
            assert figure in text, figure
        for word in (
            ("win rate", "cycle, median", "stale", "open", "trend by month", "by name")
            if language == "en"
            else ("成交率", "周期中位数", "停滞", "进行中", "月度趋势", "停滞名单")
        ):
            assert word.lower() in text.lower()
        assert {len(screen.split("\n")) for screen in seen} == {size[1]}
        assert all(cell_len(line) <= size[0] for line in text.split("\n"))
        assert seen[0] == d.text()  # around the panels, back to the first
        head = next(
            line
            for line in seen[0].split("\n")
            if ("reached" if language == "en" else "到过") in line
        )
        assert (
            "value" if language == "en" else "金额"
        ) in head  # nothing hides behind the scrollbar


async def test_small_samples_say_that_they_are(crm: Crm, open_board) -> None:
    put(crm, *(somebody(crm, "after_sales", "won") for _ in range(5)), somebody(crm, "lead"))
    async with open_board(crm, (200, 60)) as d:
        await d.press("F")
        text = d.text()
        assert text.count("not enough history") >= 8
        assert "5/5" in text
        assert "100.0%" not in text


async def test_the_dashboard_is_in_one_currency_at_the_workspaces_rates(
    crm: Crm, open_board
) -> None:
    put(
        crm,
        somebody(crm, "solution", price=worth(100, "USD")),
        somebody(crm, "solution", price=worth(1000)),
    )
    crm.config = evolve(crm.config, rates=ExchangeRates("CNY", {"USD": Decimal(7)}))
    async with open_board(crm, (200, 60)) as d:
        await d.press("F")
        text = d.text()
        assert "1 USD = 7 CNY" in text and "¥1,700" in text and "$100" not in text


async def test_an_empty_workspace_has_a_dashboard(crm: Crm, open_board) -> None:
    async with open_board(crm, (80, 24)) as d:
        await d.press("F", "j", "G", "enter")
        assert isinstance(d.screen, FunnelScreen)  # nobody stands behind the last panel
        assert "0 customers" in d.text()
        await d.press("g", "enter")
        assert isinstance(d.screen, BoardScreen)


CASES: dict[str, Callable[..., Awaitable[None]]] = {}


def case(action: str):
    def keep(check):
        CASES[action] = check
        return check

    return keep


def test_every_key_of_the_dashboard_has_a_test() -> None:
    assert set(CASES) == {key.action for key in FUNNEL_KEYS}
    names = [name for key in FUNNEL_KEYS for name in key.keys]
    assert len(names) == len(set(names))


async def test_every_key(crm: Crm, open_board) -> None:
    fill(crm)
    pairs = [
        (key.action, name) for key in FUNNEL_KEYS for name in key.keys if key.action not in PAST
    ]
    async with open_board(crm, (120, 40)) as d:
        for action, key in sorted(pairs, key=lambda pair: pair[0] == "again"):  # it adds somebody
            await d.press("F", "g")
            assert isinstance(d.screen, FunnelScreen)
            await CASES[action](d, key)
            if not isinstance(d.screen, BoardScreen):
                await d.press("escape")


STEPS = {f"{step}_{way}" for step in ("day", "week", "month") for way in ("earlier", "later")}
PAST = {*STEPS, "now", "date", "board"}
"""The keys that need time to have passed."""


@pytest.mark.parametrize("actions", [STEPS, {"now"}, {"date"}, {"board"}], ids=len)
async def test_every_key_into_the_past(actions, crm: Crm, open_board) -> None:
    fill(crm)
    async with open_board(crm, (120, 40)) as d:
        for key in (key for key in FUNNEL_KEYS if key.action in actions):
            for name in key.keys:
                await d.press("F", "g")
                await CASES[key.action](d, name)
                await d.press("escape")


def spot(d) -> tuple[str, int]:
    sheet = d.screen.sheet
    return sheet.panel.key, sheet.grid.placed[sheet.spot.panel].stops.index(sheet.spot.row)


@case("down")
async def _(d, key):
    assert spot(d) == ("funnel", 0)
    await d.press(key, key)
    assert spot(d) == ("funnel", 2)
    await d.press(key, key, key)
    assert spot(d) == ("chances", 0)


@case("up")
async def _(d, key):
    await d.press("tab", key)
    assert spot(d) == ("funnel", 4)
    await d.press(*[key] * 9)
    assert spot(d) == ("funnel", 0)


@case("right")
async def _(d, key):
    await d.press(key)
    assert spot(d)[0] == "chances"
    await d.press(key)
    assert spot(d)[0] == "chances"


@case("left")
async def _(d, key):
    await d.press("tab", key)
    assert spot(d)[0] == "funnel"


@case("next_panel")
async def _(d, key):
    await d.press(key, key)
    assert spot(d) == ("forecast", 0)


@case("previous_panel")
async def _(d, key):
    await d.press(key)
    assert spot(d) == ("sources", 0)


@case("bottom")
async def _(d, key):
    await d.press(key)
    assert spot(d)[0] == "sources"


@case("top")
async def _(d, key):
    await d.press("G", key)
    assert spot(d) == ("funnel", 0)


@case("open")
async def _(d, key):
    await d.press("j", "j", key)
    assert isinstance(d.screen, BoardScreen)
    counts = [column.standing.count for column in d.state.columns]
    assert counts == [0, 0, 52, 0, 60]  # all who ever reached the solution stage, closed or not
    assert "Figure: reached Solution" in d.text()
    await d.press("F")  # back to where it was
    assert spot(d) == ("funnel", 2)
    await d.press("escape", "escape")
    assert [column.standing.count for column in d.state.columns] == [8, 0, 12, 0, 0]
    assert "Figure" not in d.text()


@case("meaning")
async def _(d, key):
    await d.press("tab", key)
    assert isinstance(d.screen, ReadScreen)
    for text in ("Win rate", "Win probability p", "Of whom", "When", "all time on record"):
        assert text in d.text()
    await d.press("escape")
    assert isinstance(d.screen, FunnelScreen)


@case("again")
async def _(d, key):
    d.crm.add(company="meanwhile", phone="1")
    assert "120 customers" in d.text()
    await d.press(key)
    assert "121 customers" in d.text()


@case("leave")
async def _(d, key):
    await d.press(key)
    assert isinstance(d.screen, BoardScreen)
    assert d.board_screen.drill is None


@case("report")
async def _(d, key):
    def crm_reports():
        def run(request):
            return [{"owner": "[/red]\x1b[31m", "customers": 7, "where": request.where}]

        return [Report("theirs", Text("他们的", "Theirs"), Text("含义", "What they count"), run)]

    d.crm.host.register(SimpleNamespace(crm_reports=hookimpl(crm_reports)), "theirs")
    await d.press(key, *["down"] * (len(d.crm.host.reports().values) - 1), "enter")
    assert "What they count" in d.text() and "[/red]" in d.text()
    await d.press("enter", "F")  # whom a plugin's row stands for is shown as well
    assert spot(d)[0] == "report theirs"
    await d.press("escape", "tab", key)
    assert isinstance(d.screen, PickScreen)
    names = [report.name for report in d.crm.host.reports().values]
    await d.press(*["down"] * names.index("lost"), "enter")
    text = d.text()
    assert "Lost reasons" in text and "Win rate, and p by stage" not in text
    assert "lost customers of this pipeline" in text  # the figure says of whom it is
    await d.press("enter")
    assert [column.standing.count for column in d.state.columns] == [0, 0, 40, 0, 0]
    assert "Figure: Lost reasons" in d.text()
    await d.press("F")
    assert "Lost reasons" in d.text()
    await d.press("escape")
    assert spot(d) == ("funnel", 0)
    await d.press("escape")
    assert isinstance(d.screen, BoardScreen)


def _day_of(d) -> str:
    found = re.search(r"as of (\S+)", d.text().split("\n")[0])
    return found[1] if found else "now"


def _steps(action: str, gone: str) -> None:
    @case(action)
    async def _(d, key):
        if d.crm.clock().month == 5:
            d.crm.clock.forward(days=100)
        if action.endswith("later"):
            await d.press("left_parenthesis", "left_parenthesis")
            assert _day_of(d) == "2024-06-09"
        await d.press(key)
        assert _day_of(d) == gone
        assert "120 customers" in d.text()  # they were all there then
        await d.press("escape", "F")
        assert _day_of(d) == "now"


for _action, _gone in (
    ("day_earlier", "2024-08-08"), ("day_later", "2024-06-10"),
    ("week_earlier", "2024-08-02"), ("week_later", "2024-06-16"),
    ("month_earlier", "2024-07-09"), ("month_later", "2024-07-09"),
):  # fmt: skip
    _steps(_action, _gone)


@case("now")
async def _(d, key):
    d.crm.clock.forward(days=3)
    d.crm.add(company="later", phone="1")
    await d.press("r", "left_square_bracket")
    assert (_day_of(d), "120 customers" in d.text()) == ("2024-05-03", True)
    await d.press(key)
    assert (_day_of(d), "121 customers" in d.text()) == ("now", True)


@case("date")
async def _(d, key):
    d.crm.clock.forward(days=30)
    await d.press(key)
    await d.type("2024-04-30")
    await d.press("enter")
    assert _day_of(d) == "2024-04-30"
    assert "0 customers" in d.text()  # nobody yet
    await d.press(key)
    await d.type("2030-01-01")
    await d.press("enter")
    assert isinstance(d.screen, FormScreen)
    assert "yet to come" in d.text()
    await d.press("escape")


@case("board")
async def _(d, key):
    d.crm.clock.forward(days=3)
    d.crm.add(company="later", phone="1")
    await d.press("r", key)
    assert type(d.screen) is BoardScreen  # as of now it is the board itself
    await d.press("F", "left_square_bracket", key)
    assert isinstance(d.screen, PastBoardScreen)
    assert "as of 2024-05-03" in d.text() and "read only" in d.text()
    counts = [column.standing.count for column in d.screen.state.columns]
    assert counts == [8, 0, 12, 0, 0]
    for change in ("L", "a", "u", "number_sign"):
        await d.press(change)
        assert isinstance(d.screen, PastBoardScreen)
        assert "cannot be changed" in d.text(), change
        d.screen.query_one(StatusLine).clear()
    await d.press("escape")
    assert isinstance(d.screen, FunnelScreen)
    await d.press("j", "j", "enter")  # the third stage: whom it counted then
    assert [c.standing.count for c in d.screen.state.columns] == [0, 0, 52, 0, 60]
    await d.press("q", "n")
    assert d.crm.tally("company:later", by=())[0].count == 1


async def test_the_past_that_is_unknown_leaves_what_is_shown(crm: Crm, open_board, monkeypatch):
    fill(crm)
    crm.clock.forward(days=3)
    async with open_board(crm, (120, 40)) as d:
        await d.press("F")

        def forgotten(moment):
            raise StoreError("was dropped")

        monkeypatch.setattr(crm, "as_of", forgotten)
        await d.press("left_square_bracket")
        assert "was dropped" in d.text() and _day_of(d) == "now"
        await d.press("enter")
        assert type(d.screen) is BoardScreen


async def test_keys_faster_than_the_past_ask_for_the_last_day_alone(
    crm: Crm, open_board, monkeypatch
) -> None:
    fill(crm)
    crm.clock.forward(days=60)
    asked = []
    as_of = crm.as_of
    monkeypatch.setattr(crm, "as_of", lambda moment: asked.append(moment) or as_of(moment))
    async with open_board(crm, (120, 40)) as d:
        await d.press("F")
        await d.burst(*["left_square_bracket"] * 9)
        await d.settle()
        assert _day_of(d) == "2024-06-21"
        assert len(asked) < 9


@pytest.mark.parametrize(
    ("step", "by", "day"),
    [("day", -1, "2024-03-30"), ("week", -1, "2024-03-24"), ("month", -1, "2024-02-29"),
     ("month", -25, "2022-02-28"), ("day", 1, None), ("day", -10**5, "1970-01-01")],
)  # fmt: skip
def test_steps_lead_to_the_end_of_a_day(step, by, day) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    moment = stepped(None, datetime(2024, 3, 31, 9, tzinfo=zone), zone, step, by)
    assert (None if moment is None else date_words(moment, zone)) == day


async def test_every_row_opens_exactly_those_it_counts(crm: Crm, open_board) -> None:
    fill(crm)
    async with open_board(crm, (120, 40)) as d:
        await d.press("F")
        overview, details = d.screen.about.overview, d.screen.about.worked.details
        expected = {
            ("funnel", 3): overview.progress.stages[3].reached,
            ("chances", 0): overview.win_rate.rate.whole,
            ("chances", 3): overview.history.chances.rates["solution"].whole,
            ("forecast", 0): details.forecast.rows[0].customers,
            ("pace", 0): details.cycle.count,
            ("ageing", 2): overview.standing["solution"].count,
            ("ageing", 6): sum(overview.attention.stale.values()),
            ("owners", 0): 120,
            ("sources", 0): 120,
        }
        assert details.forecast.rows[0].customers == 12
        for (panel, stop), count in expected.items():
            grid = d.screen.sheet.grid
            placed = next(p for p in grid.placed if p.panel.key == panel)
            d.screen.sheet.go(Spot(grid.placed.index(placed), placed.stops[stop]))
            await d.press("enter")
            assert sum(c.standing.count for c in d.state.columns) == count, (panel, stop)
            await d.press("F")
            assert spot(d) == (panel, stop)


async def test_the_filter_narrows_the_dashboard_and_the_figure_s_customers(
    crm: Crm, open_board
) -> None:
    fill(crm)
    put(crm, somebody(crm, "lead", owner="Bo"), somebody(crm, "solution", owner="Bo"))
    async with open_board(crm, (120, 40)) as d:
        await d.press("slash")
        await d.type("owner:Bo")
        await d.press("enter", "F")
        assert "2 customers" in d.text()
        assert "Filter: owner:Bo" in d.text()
        assert "60.0%" in d.text()  # p is learned from everybody
        await d.press("j", "j", "enter")
        assert sum(column.standing.count for column in d.state.columns) == 1
        await d.press("slash")
        await d.type("nobody")
        await d.press("enter")
        assert sum(column.standing.count for column in d.state.columns) == 0
        await d.press("escape")
        assert sum(column.standing.count for column in d.state.columns) == 22


async def test_a_change_is_counted_when_the_dashboard_is_opened_again(crm: Crm, open_board) -> None:
    fill(crm)
    async with open_board(crm, (120, 40)) as d:
        await d.press("F", "escape")
        report = d.board_screen._figures
        await d.press("F", "escape")
        assert d.board_screen._figures is report  # nothing happened: it was not asked again
        crm.add(company="new", phone="1")
        await d.press("F")
        assert "121 customers" in d.text()


async def test_the_board_can_be_used_while_figures_are_worked_out(
    crm: Crm, open_board, monkeypatch
) -> None:
    fill(crm)
    held, entered = threading.Event(), threading.Event()
    page = crm.page

    def slow(query):
        entered.set()
        assert held.wait(60)
        return page(query)

    async with open_board(crm, (120, 40)) as d:
        monkeypatch.setattr(crm, "page", slow)
        await d.pilot.press("F")
        while not entered.is_set():
            await d.pilot.pause(0.01)
        while "Working it out" not in d.text():
            await d.pilot.pause(0.01)
        assert "60/100" in d.text()  # what tallies tell is there already
        assert "still reading" in d.text()
        await d.pilot.press("escape")
        await d.pilot.pause()
        assert isinstance(d.screen, BoardScreen)
        before = d.state.column.at
        await d.pilot.press("j")
        assert d.state.column.at == before + 1
        held.set()
        await d.settle()
        assert d.board_screen._figures.worked is None  # it was given up
        monkeypatch.setattr(crm, "page", page)
        await d.press("F")
        assert "n=60" in d.text()


async def test_a_store_that_fails_is_told_and_can_be_asked_again(
    crm: Crm, open_board, monkeypatch
) -> None:
    fill(crm)
    async with open_board(crm, (120, 40)) as d:
        page = crm.page

        def broken(query):
            raise StoreError("The disk is gone. [/red]")

        monkeypatch.setattr(crm, "page", broken)
        await d.press("F")
        assert "The disk is gone. [/red]" in d.text()
        assert "60/100" in d.text()
        monkeypatch.setattr(crm, "page", page)
        await d.press("r")
        assert "The disk" not in d.text()
        assert "n=60" in d.text()


async def test_the_mouse_picks_a_row_and_opens_it(crm: Crm, open_board) -> None:
    fill(crm)
    async with open_board(crm, (120, 40)) as d:
        await d.press("F")
        placed = d.screen.sheet.grid.placed[1]
        line = placed.line_of(placed.stops[0])
        await d.pilot.click("#figures", offset=(placed.x + 5, line))
        await d.settle()
        assert spot(d) == ("chances", 0)
        await d.pilot.click("#figures", offset=(placed.x + 5, line), times=2)
        await d.settle()
        assert isinstance(d.screen, BoardScreen)
        assert sum(column.standing.count for column in d.state.columns) == 100


# drawn purely


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1, 20, 56, 80, 120, 200])
def test_panels_fit_their_width_and_lines_their_panel(language, width, make_crm) -> None:
    crm = make_crm(language)
    fill(crm, owner="啊" * 500)
    overview = read_overview(crm, crm.pipeline())
    details = read_details(crm, overview, lambda count: None)
    for known in (None, details):
        grid = arrange(panels(Source(overview, known, crm.dialect)), width)
        for y in range(grid.height):
            pieces = grid.line(y, Spot(), crm.dialect)
            assert sum(width_of(line) for line, _ in pieces) == width


def test_the_funnel_is_drawn_as_one(crm: Crm) -> None:
    fill(crm)
    overview = read_overview(crm, crm.pipeline())
    (funnel, *_) = panels(Source(overview, None, crm.dialect))
    bars = []
    for row in funnel.write(80):
        if row.drill is not None:
            line = "".join(part.text for part in row.line)
            begin, end = line.index("█"), line.rindex("█") + 1
            bars.append((begin, end))
    widths = [end - begin for begin, end in bars]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[-1] > 0
    assert len({begin + end for begin, end in bars}) == 1  # all on one middle


def test_the_cursor_stays_within_the_panels() -> None:
    nowhere = Grid(80, ())
    assert nowhere.down(Spot(), 1) == nowhere.beside(Spot(), 1) == nowhere.settle(Spot(3, 3))


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 40))
def test_a_share_bar_never_grows_out_of_its_width(part, whole, most, width) -> None:
    numbers = sorted(map(Decimal, (part, whole, most)))
    drawn = share_bar(*numbers, width)
    assert width_of(drawn) == width


@given(
    st.lists(st.lists(st.text(max_size=30), min_size=4, max_size=4), max_size=6),
    st.integers(1, 60),
)
def test_tables_never_grow_out_of_their_width(rows, width) -> None:
    for line in table([[Part(text) for text in row] for row in rows], width):
        assert width_of(line) <= width


def test_a_weight_is_told_as_long_as_there_is_room() -> None:
    weight = Weight(Fraction(1, 2), {"CNY": Decimal(45_000)}, 3, 3)
    heading = Heading(1, "Lead", Standing(3, {"CNY": Decimal(90_000)}, 0), 3, weight, Rate(3, 7))

    def third(width: int) -> str:
        return "".join(part.text for part in heading_lines(heading, width, EN)[2]).strip()

    assert third(30) == "weighted ¥45k · p 50%"
    assert third(15) == "≈¥45k · p 50%"
    assert third(8) == "≈¥45k"
