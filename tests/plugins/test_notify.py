"""Notifications in files: the inbox that is read back, and the log."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from attrs import evolve
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crmcore_notify
from crmcore.config import Config
from crmcore.dialect import Dialect
from crmcore.hooktypes import Notification
from crmcore.host import PluginHost
from crmcore.wording import Text

NOW = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)


def note(number: int, **changes: object) -> Notification:
    title = Text(f"甲 {number} 分配给你", f"Jia {number} is yours now")
    made = Notification(
        f"assigned:{number}", NOW + timedelta(minutes=number), "李娜", title, title, f"C-{number}"
    )
    return evolve(made, **changes)  # type: ignore[arg-type]


def host_of(config: Config) -> PluginHost:
    host = PluginHost(config)
    host.register(crmcore_notify, "notify")
    return host


@pytest.fixture
def config(tmp_path) -> Config:
    return Config(timezone="Asia/Shanghai", directory=tmp_path)


@pytest.fixture
def inbox(config):
    return host_of(config).notifiers().named("inbox")


def test_the_inbox_reads_back_the_newest_first(inbox):
    assert inbox.recent(5) == []
    for number in range(7):
        inbox.send(note(number))
    assert inbox.recent(3) == [note(6), note(5), note(4)]
    assert inbox.recent(99) == [note(n) for n in reversed(range(7))]


def test_what_is_said_again_is_kept_once_by_every_process(inbox, config):
    other = host_of(config).notifiers().named("inbox")
    inbox.send(note(1))
    other.send(note(1))
    other.send(note(2))
    inbox.send(note(2, body=Text("改", "changed")))
    assert inbox.recent(9) == other.recent(9) == [note(2), note(1)]


def test_many_threads_of_two_processes_keep_each_notification_once(inbox, config):
    channels = (inbox, host_of(config).notifiers().named("inbox"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: channels[n % 2].send(note(n % 20)), range(80)))
    assert sorted(n.key for n in inbox.recent(99)) == sorted(note(n).key for n in range(20))


@pytest.mark.parametrize("kept", range(1, 60, 7))
def test_a_line_torn_by_a_crash_costs_that_line_alone(inbox, config, kept):
    path = config.directory / "inbox.jsonl"
    inbox.send(note(1))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:kept])

    assert inbox.recent(9) == [note(1)]
    inbox.send(note(2))
    assert inbox.recent(9) == [note(2), note(1)]


@pytest.mark.parametrize(
    "line", [b"[]", b"{}", b"null", b"\xff\xfe", b'{"key": 1}', b"[" * 100_000, b""]
)
def test_lines_that_are_no_notifications_are_passed_over(inbox, config, line):
    (config.directory / "inbox.jsonl").write_bytes(line + b"\n")
    inbox.send(note(1))
    assert inbox.recent(9) == [note(1)]


def test_an_inbox_that_was_emptied_by_hand_begins_anew(inbox, config):
    inbox.send(note(1))
    (config.directory / "inbox.jsonl").write_bytes(b"")
    inbox.send(note(1))
    assert inbox.recent(9) == [note(1)]


def test_more_than_one_block_is_read_back_whole(inbox):
    long = Text("长" * 30_000, "x" * 70_000)
    notes = [note(n, body=long) for n in range(4)]
    for made in notes:
        inbox.send(made)
    assert inbox.recent(3) == notes[:0:-1]


@given(title=st.text(max_size=40), to=st.text(max_size=10))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_text_comes_back_as_it_was_and_cannot_touch_a_terminal(config, title, to):
    sent = note(1, key=title + to, title=Text(title, "t"), to=to)
    channel = host_of(config).notifiers().named("inbox")
    channel.send(sent)
    path = config.directory / "inbox.jsonl"
    assert channel.recent(1) == [sent]
    assert not {*range(0x20), *range(0x7F, 0xA0), 0x202E} - {0x0A} & set(
        map(ord, path.read_text("utf-8"))
    )
    path.unlink()


def test_the_log_has_one_json_object_a_line_that_only_its_owner_reads(config):
    configured = evolve(config, plugin={"notify": {"log_file": "my.log"}})
    log = host_of(configured).notifiers().named("log-file")
    log.send(note(1))
    log.send(note(1))

    path = config.directory / "my.log"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [line["title"]["zh"] for line in lines] == ["甲 1 分配给你"] * 2
    assert lines[0]["at"] == "2024-05-01T02:01:00+00:00"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert log.recent is None


def test_the_inbox_is_readable_by_its_owner_alone(inbox, config):
    inbox.send(note(1))
    assert stat.S_IMODE((config.directory / "inbox.jsonl").stat().st_mode) == 0o600


@pytest.mark.parametrize("wrong", [7, "", "a\0b", ["x"]])
def test_a_wrong_setting_is_told(config, wrong):
    host = host_of(evolve(config, plugin={"notify": {"log_file": wrong}}))
    assert host.notifiers().values == ()
    assert "[plugin.notify] log_file must be a file name" in host.failures[0].line


def test_a_file_that_cannot_be_written_is_a_visible_failure(config):
    (config.directory / "inbox.jsonl").mkdir()
    host = host_of(config)
    host.notify(("inbox",), note(1))
    [failure] = host.failures
    assert (failure.plugin, failure.hook) == ("notify", "crm_notifiers")
    assert "inbox.jsonl" in failure.error


def run_inbox(config: Config, notes: list[Notification], *args: str, language: str = "en"):
    asked: list[int] = []

    def inbox(limit: int) -> list[Notification]:
        asked.append(limit)
        return notes[:limit]

    dialect = Dialect(language, config.dialect.zone)  # type: ignore[arg-type]
    workspace = SimpleNamespace(crm=SimpleNamespace(inbox=inbox), dialect=dialect)
    command = host_of(config).commands().named("inbox").load()
    return CliRunner().invoke(command, list(args), obj=workspace, catch_exceptions=False)


def test_the_inbox_command_prints_a_line_each(config):
    hostile = note(2, title=Text("甲", "Evil\x1b[2J\nCorp"), customer_id=None)
    result = run_inbox(config, [hostile, note(1)], "-n", "2")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "2024-05-01 10:02  李娜  Evil\N{REPLACEMENT CHARACTER}[2J Corp",
        "2024-05-01 10:01  李娜  Jia 1 is yours now  C-1",
    ]


def test_an_empty_inbox_says_so(config):
    assert run_inbox(config, []).output == "No notifications.\n"
    assert run_inbox(config, [], language="zh").output == "没有通知。\n"
    assert run_inbox(config, [], "-n", "0").exit_code == 2
