"""The outbox on a simulated clock: made of history, sent until it is taken, quiet hours, digests."""

from __future__ import annotations

import sqlite3
import stat
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from attrs import evolve
from filelock import FileLock

from crmcore import hookimpl
from crmcore.bootstrap import load_plugins, open_crm
from crmcore.config import load_config
from crmcore.errors import ConfigError, RefusedError, StoreError
from crmcore.hooktypes import DueItem, Notification, Notifier, ReminderRule
from crmcore.wording import Text
from crmcore_notify.delivering import BusyError, Outcome, run, wait
from crmcore_notify.messages import outbox_path
from crmcore_notify.outbox import Outbox

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in Shanghai


class Line:
    """A channel of somebody else's: it takes messages, or is down, or refuses some."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.taken: list[Notification] = []
        self.tries = 0
        self.down = False
        self.refuses: set[str] = set()

    def send(self, note: Notification) -> None:
        self.tries += 1
        if self.down:
            raise OSError("nobody answers")
        if note.to in self.refuses:
            raise RefusedError(f"{note.to} is unknown here")
        self.taken.append(note)


class World:
    """A workspace in a folder, two channels, and the time of day."""

    def __init__(self, folder, notify: str = "", store: str = "json:crm.json") -> None:
        self.now = START
        self.lines = {name: Line(name) for name in ("line", "other")}
        use = "" if "use =" in notify else 'use = ["inbox", "line"]'
        (folder / "crm.toml").write_text(
            f'store = "{store}"\nlanguage = "en"\ntimezone = "Asia/Shanghai"\n[notify]\n{use}\n{notify}\n',
            "utf-8",
        )
        self.config = load_config(folder)
        self.crm = self.open()

    def open(self):
        host = load_plugins(self.config)
        notifiers = [Notifier(n, Text(n, n), line.send) for n, line in self.lines.items()]
        host.register(SimpleNamespace(crm_notifiers=hookimpl(lambda: notifiers)), "lines")
        return open_crm(config=self.config, host=host, actor="mei", clock=lambda: self.now)

    def lead(self, owner: str = "Bo", name: str = "A") -> str:
        return self.crm.add(company=name, phone="13800000000", owner=owner).id

    def run(self, since: int | None = None) -> Outcome:
        return run(self.crm, since)

    def pass_time(self, **length: float) -> None:
        self.now += timedelta(**length)

    def outbox(self) -> Outbox:
        return Outbox(outbox_path(self.config))

    def told(self, name: str = "line") -> list[tuple[str, str]]:
        return [(note.to, note.title.en) for note in self.lines[name].taken]


@pytest.fixture
def world_of(tmp_path):
    made: list[World] = []

    def make(notify: str = "", **options: str) -> World:
        made.append(World(tmp_path, notify, **options))
        return made[-1]

    yield make
    for world in made:
        world.crm.close()


def test_messages_are_made_of_the_commits_after_the_first_run_and_sent_once(world_of) -> None:
    world = world_of()
    world.lead(name="before")
    assert world.run() == Outcome()
    lead = world.lead()
    world.crm.assign(lead, "Eve")
    world.crm.edit(lead, contact="Li")
    assert world.lines["line"].tries == 0, "a commit sends nothing by a channel that is not at once"
    assert world.run() == Outcome(made=2, sent=2)
    assert world.told() == [("Bo", "A is yours now"), ("Eve", "A is yours now")]
    assert world.run() == Outcome()
    assert {note.key.partition(":")[0] for note in world.lines["line"].taken} == {"assigned"}


def test_all_of_history_can_be_asked_for_and_nothing_is_sent_twice(world_of) -> None:
    world = world_of()
    world.lead()
    assert world.run(since=0) == Outcome(made=1, sent=1)
    assert world.run(since=0) == Outcome()
    assert len(world.told()) == 1


def test_a_commit_whose_program_died_before_telling_reaches_the_inbox_too(world_of) -> None:
    world = world_of()
    world.run()
    world.crm.writer._tell = lambda event: None
    world.lead()
    assert world.crm.inbox() == []
    world.run()
    world.run(since=0)
    assert [note.title.en for note in world.crm.inbox()] == ["A is yours now"]
    assert world.told() == [("Bo", "A is yours now")]


def test_what_fails_is_tried_again_later_and_later_under_one_key(world_of) -> None:
    world = world_of()
    world.run()
    world.lead()
    line = world.lines["line"]
    line.down = True
    gaps, before = [], world.now
    while world.now < START + timedelta(hours=3):
        tries = line.tries
        world.run()
        if line.tries > tries:
            gaps.append((world.now - before).total_seconds())
            before = world.now
        world.pass_time(seconds=5 if world.now < START + timedelta(minutes=3) else 60)
    assert gaps[0] == 0
    assert 15 <= gaps[1] <= 40
    assert 30 <= gaps[2] <= 70
    assert max(gaps) >= 600
    assert len(gaps) < 25
    with world.outbox() as outbox:
        [failing] = outbox.failing()
    assert (failing.error, failing.attempts) == ("OSError: nobody answers", line.tries)
    line.down = False
    world.pass_time(hours=1)
    assert world.run().sent == 1
    assert [note.key for note in line.taken] == [failing.key]
    with world.outbox() as outbox:
        assert outbox.failing() == []
        assert outbox.channel("line").error == ""


def test_waits_grow_to_an_hour_and_differ_from_message_to_message() -> None:
    hour = timedelta(hours=1)
    for attempt in range(1, 60):
        full = min(30 * 2 ** (attempt - 1), 3600)
        waits = {wait(f"k{n}", attempt, hour) for n in range(50)}
        assert len(waits) > 40
        assert full / 2 <= min(waits).total_seconds() <= max(waits).total_seconds() <= full
    assert wait("k", 3, hour) == wait("k", 3, hour)


def test_a_channel_that_is_down_for_a_day_loses_nothing_and_is_not_run_against(world_of) -> None:
    world = world_of('use = ["line", "other"]')
    world.run()
    line = world.lines["line"]
    line.down = True
    expected = []
    for minute in range(0, 24 * 60, 5):
        if minute % 30 == 0:
            world.lead(name=f"C{minute}")
            expected.append(("Bo", f"C{minute} is yours now"))
        world.run()
        world.pass_time(minutes=5)
    assert world.told("other") == expected, "the other channel goes on"
    assert world.told() == []
    assert line.tries < 24 * 60 / 7, "about one try in a quarter of an hour"
    [warning] = [line for line in world.crm.warnings if "not sent by line" in line]
    assert "nobody answers" in warning
    line.down = False
    for _ in range(20):
        world.run()
        world.pass_time(minutes=1)
    assert Counter(world.told()) == Counter(expected)
    assert len({note.key for note in line.taken}) == len(expected)


def test_one_message_that_is_refused_does_not_hold_up_the_others(world_of) -> None:
    world = world_of()
    world.run()
    world.lines["line"].refuses = {"Bo"}
    for owner in ["Bo"] * 6 + ["Eve"] * 6:
        world.lead(owner)
    assert world.run() == Outcome(made=12, sent=6, failed=6)
    assert {to for to, _ in world.told()} == {"Eve"}


def test_a_message_that_nobody_takes_is_given_up_after_a_week_and_can_be_sent_again(
    world_of,
) -> None:
    world = world_of()
    world.run()
    world.lines["line"].refuses = {"Bo"}
    world.lead()
    for _ in range(8 * 6):
        world.run()
        world.pass_time(hours=4)
    with world.outbox() as outbox:
        [failing] = outbox.failing()
        assert failing.state == "given up"
        tries = world.lines["line"].tries
        world.run()
        assert world.lines["line"].tries == tries
        outbox.set_waiting(failing.key, world.now)
    world.lines["line"].refuses = set()
    assert world.run().sent == 1


def test_a_channel_that_hangs_is_left_behind_and_the_others_go_on(world_of) -> None:
    world = world_of('use = ["line", "other"]\n[notify.channels.line]\ntimeout = 0.1')
    world.run()
    hung = []

    def hang(note: Notification) -> None:
        hung.append(note)
        time.sleep(30)

    world.lines["line"].send = hang
    world.crm.close()
    world.crm = world.open()
    world.lead()
    before = time.monotonic()
    assert world.run() == Outcome(made=2, sent=1, failed=1)
    assert time.monotonic() - before < 10
    with world.outbox() as outbox:
        assert [m.error for m in outbox.failing()] == ["TimeoutError: it took longer than 0.1 s"]


def test_one_run_at_a_time(world_of) -> None:
    world = world_of()
    path = outbox_path(world.config)
    with FileLock(f"{path}.lock"), pytest.raises(BusyError):
        world.run()
    assert world.run() == Outcome()


# routes


def test_owners_and_channels_pick_what_they_hear_of(world_of) -> None:
    world = world_of(
        """
        use = ["line"]
        [notify.channels.other]
        events = ["lost"]
        owners = ["Bo"]
        [notify.owners.Bo]
        channels = ["line", "other"]
        [notify.owners."李娜"]
        events = ["assigned"]
        """
    )
    world.run()
    for owner in ("Bo", "李娜", "Eve"):
        world.crm.lose(world.lead(owner), "gone")
    world.run()
    assert world.told() == [
        ("Bo", "A is yours now"), ("Bo", "A was lost"), ("李娜", "A is yours now"),
        ("Eve", "A is yours now"), ("Eve", "A was lost"),
    ]  # fmt: skip
    assert world.told("other") == [("Bo", "A was lost")]


def test_what_is_due_is_told_once_where_it_is_asked_for(world_of) -> None:
    world = world_of("reminders = true")
    world.run()
    lead = world.lead()
    world.crm.assign(lead, "Eve")
    world.run()
    world.pass_time(hours=25)
    for _ in range(14):
        world.run()
        world.pass_time(days=5)
    assert [title for _, title in world.told()][2:] == [
        "To do for A: first follow-up",
        "To do for A: stale in Lead for over 7 days",
    ]
    assert world.told()[2][0] == "Eve"


def test_what_a_rule_makes_up_does_not_keep_the_others_back(world_of) -> None:
    world = world_of("reminders = true")
    rule = ReminderRule(
        "odd", Text("怪", "Odd"), lambda asked: [odd(asked.customer), fine(asked.customer)]
    )
    odd = lambda c: DueItem(c.id, c.title, 7, Text("怪", "odd"), world.now)  # noqa: E731
    fine = lambda c: DueItem(c.id, c.title, "Bo", Text("好", "fine"), world.now)  # noqa: E731
    world.crm.host.register(SimpleNamespace(crm_reminders=hookimpl(lambda: [rule])), "odd")
    world.lead()
    world.run()
    assert world.run().sent == 1
    assert world.told() == [("Bo", "To do for A: fine")]
    assert any("cannot be told" in warning for warning in world.crm.warnings)


# quiet hours and digests


def test_nothing_is_sent_in_quiet_hours_and_all_of_it_after(world_of) -> None:
    world = world_of(
        """
        quiet = "22:00-08:00"
        [notify.owners.Eve]
        timezone = "Europe/Berlin"
        [notify.owners.Max]
        quiet = "off"
        """
    )
    world.run()
    world.now = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)  # 07:00 in Shanghai, midnight in Berlin
    for owner in ("Bo", "Eve", "Max"):
        world.lead(owner)
    heard = {}
    for _ in range(12 * 4):
        world.run()
        for to, _ in world.told():
            heard.setdefault(to, world.now)
        world.pass_time(minutes=15)
    assert heard == {
        "Max": datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
        "Bo": datetime(2026, 3, 29, 0, 0, tzinfo=UTC),
        "Eve": datetime(2026, 3, 29, 6, 0, tzinfo=UTC),  # 08:00 after a night of nine hours
    }
    assert len(world.told()) == 3


def test_a_digest_joins_a_day_and_each_owner_has_their_own_time(world_of) -> None:
    world = world_of(
        """
        digest = "18:00"
        [notify.owners.Eve]
        timezone = "Europe/Berlin"
        [notify.owners.Max]
        digest = { line = "hourly" }
        """
    )
    world.run()
    world.now = datetime(2026, 3, 28, 16, 50, tzinfo=UTC)
    heard: list[tuple[datetime, str, str]] = []
    for step in range(26 * 6):
        if step % 12 == 0 and step < 72:
            for owner in ("Bo", "Eve", "Max"):
                world.lead(owner, f"{owner}{step}")
        before = len(world.told())
        world.run()
        heard += [(world.now, *each) for each in world.told()[before:]]
        world.pass_time(minutes=10)
    times = {}
    for moment, to, title in heard:
        times.setdefault(to, []).append((moment.strftime("%d %H:%M"), title))
    assert times["Bo"] == [("29 10:00", "6 notifications")]
    # The clock is put forward in the night: 18:00 is 17:00 UTC on the one day and 16:00 on the next.
    assert times["Eve"] == [("28 17:00", "Eve0 is yours now"), ("29 16:00", "5 notifications")]
    assert [title for _, title in times["Max"]] == [
        f"Max{n} is yours now" for n in range(0, 72, 12)
    ]
    [digest] = [note for note in world.lines["line"].taken if note.to == "Bo"]
    assert digest.body.en.splitlines()[0] == "2026-03-29 00:50  Bo0 is yours now (20260329001)"
    assert digest.body.zh.splitlines()[5].startswith("2026-03-29 10:50  Bo60 分配给你")


def test_a_digest_that_failed_is_the_same_digest_when_it_is_sent_again(world_of) -> None:
    world = world_of('digest = "hourly"')
    world.run()
    line = world.lines["line"]
    world.lead(name="A")
    world.lead(name="B")
    line.down = True
    world.pass_time(hours=1)
    assert world.run() == Outcome(made=2, failed=1)
    world.lead(name="C")
    world.lead(name="D")
    line.down = False
    world.pass_time(hours=1)
    assert world.run() == Outcome(made=2, sent=2)
    assert [n.body.en.count("yours now") for n in line.taken] == [2, 2]
    assert len({n.key for n in line.taken}) == 2
    with world.outbox() as outbox:
        assert outbox.counts() == {"line": {"sent": 6}}


def test_a_digest_waits_for_quiet_hours_to_end(world_of) -> None:
    world = world_of('digest = "7:00"\nquiet = "22:00-08:00"')
    world.run()
    world.lead(name="A")
    world.lead(name="B")
    world.now = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert world.run() == Outcome(made=2, put_off=1)
    world.now = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
    assert world.run() == Outcome(sent=1)


# the file itself, and a history that is not what it was


def test_the_outbox_is_its_owners_alone_and_synced(world_of) -> None:
    world = world_of()
    world.run()
    path = outbox_path(world.config)
    assert path.name == "crm.json.outbox"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with world.outbox() as outbox:
        assert outbox._db.execute("pragma synchronous").fetchone() == (2,)
        assert outbox._db.execute("pragma journal_mode").fetchone() == ("wal",)
        for file in path.parent.glob("crm.json.outbox*"):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_no_outbox_is_told_and_left_alone(world_of) -> None:
    world = world_of()
    path = outbox_path(world.config)
    path.write_bytes(b"no database at all, " * 100)
    with pytest.raises(StoreError, match=r"move it away"):
        world.run()
    assert path.read_bytes().startswith(b"no database")
    path.unlink()
    world.run()
    with sqlite3.connect(path) as db:
        db.execute("pragma user_version = 9")
    with pytest.raises(StoreError, match="newer crmcore"):
        world.run()


def test_what_cannot_be_written_loses_nothing(world_of, monkeypatch) -> None:
    world = world_of()
    world.run()
    lead = world.lead()

    def full(*args: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "set_cursor", full)
        with pytest.raises(StoreError, match="disk is full"):
            world.run()
    world.crm.assign(lead, "Eve")
    assert world.run() == Outcome(made=2, sent=2)


def test_a_store_that_was_restored_is_noticed_and_its_new_commits_are_told(
    world_of, tmp_path
) -> None:
    world = world_of()
    world.run()
    world.lead(name="A")
    world.run()
    world.crm.close()
    kept = {f: f.read_bytes() for f in tmp_path.glob("crm.json*") if "outbox" not in f.name}
    world.crm = world.open()
    for name in "BC":
        world.pass_time(minutes=1)
        world.lead(name=name)
    world.run()
    world.crm.close()
    for file, data in kept.items():
        file.write_bytes(data)
    world.crm = world.open()
    world.pass_time(minutes=1)
    world.lead(name="D")
    assert world.run() == Outcome(made=1, sent=1)
    assert [title for _, title in world.told()] == [f"{n} is yours now" for n in "ABCD"]
    with world.outbox() as outbox:
        [(_, remark)] = outbox.remarks()
    assert "restored or replaced" in remark
    assert world.run() == Outcome()


def test_commits_that_were_forgotten_before_they_were_told_are_counted(world_of) -> None:
    from crmcore.codec import Codec

    world = world_of()
    world.run()
    for name in "ABC":
        world.lead(name=name)
    world.crm.store.forget(2, Codec(world.crm.fields))
    assert world.run() == Outcome(made=1, sent=1)
    with world.outbox() as outbox:
        assert "2 commits were forgotten" in outbox.remarks()[0][1]


def test_sent_messages_are_forgotten_in_the_end_and_those_that_wait_are_not(world_of) -> None:
    world = world_of()
    world.run()
    world.lead("Eve")
    world.run()
    world.lines["line"].refuses = {"Bo"}
    world.lead("Bo")
    world.run()
    world.pass_time(days=61)
    world.run()
    with world.outbox() as outbox:
        assert outbox.counts() == {"line": {"given up": 1}}


@pytest.mark.parametrize(
    ("store", "name"),
    [("sqlite:crm.db", "crm.db.outbox"), ("postgresql://me:hunter2@db/crm", "postgresql.outbox")],
)
def test_where_the_outbox_is(world_of, store, name, tmp_path) -> None:
    config = evolve(world_of().config, store=store)
    assert outbox_path(config) == tmp_path / name


def test_a_store_that_keeps_nothing_has_no_outbox(world_of) -> None:
    with pytest.raises(ConfigError, match="keeps nothing"):
        outbox_path(evolve(world_of().config, store="memory:"))


def test_a_channel_that_is_gone_is_told(world_of) -> None:
    world = world_of('use = ["mial"]')
    world.run()
    world.lead()
    assert world.run() == Outcome(made=1, failed=1)
    with world.outbox() as outbox:
        assert "there is no channel 'mial'" in outbox.failing()[0].error


# settings


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('quiet = "22-8"', "quiet in [notify] is"),
        ('quiet = "8:00-08:00"', "quiet in [notify] is"),
        ('digest = "daily"', "digest in [notify] is"),
        ("reminders = 1", "reminders in [notify] is true or false"),
        ('qiuet = "off"', "did you mean quiet?"),
        ("channels = 3", "channels in [notify] are tables"),
        ('[notify.owners.Bo]\ntimezone = "Mars/Base"', "no time zone 'Mars/Base'"),
        ('[notify.owners.Bo]\nlanguage = "tlh"', "language must be one of"),
        ('[notify.owners.Bo]\nemial = "b@example.com"', "did you mean email?"),
        ('[notify.owners.Bo]\nchannels = "line"', "is a list of names"),
        ('[notify.owners.Bo]\naddress = "x"', "address in"),
    ],
)
def test_wrong_settings_are_told_and_the_inbox_works_on(world_of, table, said) -> None:
    world = world_of(table)
    with pytest.raises(ConfigError) as refused:
        world.run()
    assert said in str(refused.value)
    assert any(said in warning for warning in world.crm.warnings)
    world.lead()
    assert len(world.crm.inbox()) == 1


def test_a_wrong_table_of_one_channel_stops_that_channel_alone(world_of) -> None:
    world = world_of('use = ["mail", "line"]\n[notify.channels.mail]\ntimeout = -1')
    world.run()
    world.lead()
    assert world.run() == Outcome(made=2, sent=1, failed=1)
    assert world.told() == [("Bo", "A is yours now")]
    assert any("timeout in [notify.channels.mail]" in warning for warning in world.crm.warnings)


def test_without_the_plugin_that_sends_it_is_said(world_of, monkeypatch) -> None:
    monkeypatch.setenv("CRMCORE_DISABLE", "notify")
    world = world_of('use = ["line"]')
    world.lead()
    assert any("nothing is sent by line" in warning for warning in world.crm.warnings)
