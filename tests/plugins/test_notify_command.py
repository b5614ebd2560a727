"""`crmcore notify`, as people and cron run it; no command and no file ever shows a secret."""

from __future__ import annotations

import json
import shlex
import smtplib
import subprocess
import sys
import traceback
import urllib.request
from pathlib import Path
from urllib.parse import quote

import apprise
import pytest
from attrs import evolve
from click.testing import CliRunner, Result

from crmcore import crm as facade
from crmcore.cli import cli
from crmcore.config import load_config
from crmcore.moments import system_clock
from crmcore_notify import units
from crmcore_notify.messages import outbox_path
from crmcore_notify.outbox import Outbox

ROOT = Path(__file__).parents[2]
CANARY = "k4n4ry Geheim/7"


@pytest.fixture
def crmcore(tmp_path, monkeypatch):
    """Runs the command line in a workspace whose one channel leads nowhere."""
    monkeypatch.setenv("CRM_HOOK", CANARY)
    monkeypatch.setenv("CRM_MAIL", CANARY)
    monkeypatch.setenv("CRM_URL", f"json://x:{quote(CANARY, '')}@127.0.0.1:9/")
    monkeypatch.setenv("CRMCORE_ACTOR", "李娜")
    (tmp_path / "crm.toml").write_text(
        """
        store = "json:crm.json"
        timezone = "Asia/Shanghai"
        language = "en"
        [notify]
        use = ["inbox", "hook", "mail", "wecom"]
        [notify.channels.hook]
        type = "webhook"
        url = "http://127.0.0.1:9/"
        secret = "$CRM_HOOK"
        [notify.channels.mail]
        type = "email"
        host = "127.0.0.1"
        port = 9
        user = "crm"
        password = "$CRM_MAIL"
        from = "crm@example.com"
        to = "sales@example.com"
        [notify.channels.wecom]
        type = "apprise"
        url = "$CRM_URL"
        """,
        "utf-8",
    )

    def run(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, ["-C", str(tmp_path), *words], standalone_mode=False)
        ended = result.return_value or 0 if result.exception is None else result.exit_code
        assert ended == code, result.output + "".join(traceback.format_exception(result.exception))
        return result

    run.folder = tmp_path
    return run


def fail_once(crmcore) -> None:
    crmcore("notify", "run")
    crmcore("add", "--set", "company=Acme", "--set", "phone=13800000000", "--set", "owner=Bo")
    crmcore("notify", "run")


def test_status_shows_what_failed_why_and_when_it_is_tried_next(crmcore) -> None:
    assert "first `crmcore notify run`" in crmcore("notify", "status").output
    fail_once(crmcore)
    shown = crmcore("notify", "status").output
    assert "Connection refused" in shown
    assert "Acme is yours now" in shown
    document = json.loads(crmcore("notify", "status", "--format", "json").stdout)
    hook = next(c for c in document["channels"] if c["channel"] == "hook")
    assert (hook["waiting"], hook["sent"], hook["failures_in_a_row"]) == (1, 0, 1)
    assert "Connection refused" in hook["problem"]
    assert len(document["failing"]) == 3
    assert all(
        each["attempts"] == 1 and each["next"] > each["first_try"] for each in document["failing"]
    )
    warned = crmcore("list").stderr
    assert "1 not sent by hook" in warned
    assert "`crmcore notify status` shows more" in warned
    assert "1 not sent by mail" in crmcore("plugins", "doctor", code=1).output


def test_retry_and_drop(crmcore) -> None:
    fail_once(crmcore)
    assert "0 sent, 0 failed" in crmcore("notify", "run").output, "none is due yet"
    document = json.loads(crmcore("notify", "status", "--format", "json").stdout)
    key = next(each["key"] for each in document["failing"] if each["channel"] == "hook")
    assert crmcore("notify", "retry", key[:20]).output.startswith("1 to be tried again")
    assert "0 sent, 1 failed" in crmcore("notify", "run").output
    assert crmcore("notify", "retry", "--channel", "mail").output.startswith("1 to be")
    assert "1 dropped" in crmcore("notify", "drop", key).output
    assert "2 dropped" in crmcore("notify", "drop", "--all").output
    assert json.loads(crmcore("notify", "status", "--format", "json").stdout)["failing"] == []
    assert "not sent" not in crmcore("list").stderr
    for words in (("retry", "nothing"), ("drop", "assigned:%")):
        assert "0 messages" in str(crmcore("notify", *words, code=1).exception)
    for words in ((), ("x", "--all"), ("--all", "--channel", "hook")):
        assert "Name one message" in str(crmcore("notify", "drop", *words, code=1).exception)


def test_it_speaks_chinese(crmcore) -> None:
    assert "还没有发送过" in crmcore("--lang", "zh", "notify", "status").output
    fail_once(crmcore)
    said = crmcore("--lang", "zh", "notify", "status").output
    assert {"渠道", "待发送", "原因", "下次发送"} <= set(said.split())
    assert "Acme 分配给你" in said
    assert "失败 0" in crmcore("--lang", "zh", "notify", "run").output
    assert "已丢弃 3 条。" in crmcore("--lang", "zh", "notify", "drop", "--all").output


def test_quiet_runs_say_nothing_when_all_is_well(crmcore) -> None:
    assert crmcore("notify", "run", "--quiet").output == ""


def test_hostile_text_cannot_touch_the_terminal(crmcore) -> None:
    crmcore("notify", "run")
    crmcore(
        "add",
        "--set",
        "company=Evil[red] =1+1\x1b[2J",
        "--set",
        "phone=13800000000",
        "--set",
        "owner=[b]Bo",
    )
    crmcore("notify", "run")
    shown = crmcore("notify", "status").output
    assert "\x1b" not in shown
    assert "Evil[red]" in shown
    assert "[b]Bo" in shown


def test_no_command_and_no_file_shows_a_secret(crmcore, monkeypatch) -> None:
    """A canary for a secret, and every door it could come out by."""
    monkeypatch.setenv("CRMCORE_TRACE", "1")

    def parrot(*args: object, **options: object) -> None:
        raise OSError(f"Connection refused to {CANARY} and {quote(CANARY)}, json://x:{CANARY}@h/")

    monkeypatch.setattr(smtplib, "SMTP", parrot)
    monkeypatch.setattr(urllib.request.OpenerDirector, "open", parrot)
    monkeypatch.setattr(apprise.Apprise, "instantiate", parrot)
    said = []
    fail_once(crmcore)
    with Outbox(outbox_path(load_config(crmcore.folder))) as outbox:
        keys = [message.key for message in outbox.failing()]
    assert len(keys) == 3
    for words, code in (
        (("notify", "run"), 0), (("notify", "status"), 0), (("notify", "status", "--format", "json"), 0),
        (("notify", "retry", "--all"), 0), (("notify", "run"), 0), (("notify", "units"), 0),
        (("notify", "units", "--cron"), 0), (("notify", "drop", keys[0]), 0), (("notify", "drop", "x"), 1),
        (("plugins", "doctor", "--trace"), 1), (("plugins", "doctor", "--format", "json"), 1),
        (("plugins", "list"), 0), (("inbox",), 0), (("list",), 0), (("store", "info"), 0),
        (("history",), 0), (("--lang", "zh", "notify", "status"), 0),
    ):  # fmt: skip
        result = crmcore(*words, code=code)
        said.append(result.output + result.stderr)
        if result.exception is not None:
            said += traceback.format_exception(result.exception)
    config = load_config(crmcore.folder)
    with facade.Crm.open(directory=crmcore.folder) as crm:
        said += [repr(config), repr(crm.warnings), repr(list(crm.host.notifiers()))]
        said += [failure.trace for failure in crm.host.failures]
        for notifier in crm.host.notifiers():
            if notifier.trouble is not None:
                try:
                    notifier.send(crm.inbox()[0])
                except Exception as error:
                    said += traceback.format_exception(error)
    assert "Connection refused" in "".join(said)
    assert "***" in "".join(said)
    assert not any(part in "".join(said) for part in ("k4n4ry", "Geheim"))
    for file in crmcore.folder.iterdir():
        assert b"k4n4ry" not in file.read_bytes(), file.name


def test_a_second_run_says_that_there_is_a_first_one(crmcore) -> None:
    from filelock import FileLock

    with FileLock(f"{outbox_path(load_config(crmcore.folder))}.lock"):
        assert "Another run is at work" in crmcore("notify", "run").output


def test_what_sending_needs_is_not_loaded_by_whoever_commits(crmcore) -> None:
    code = (
        "import sys; from crmcore import Crm\n"
        "with Crm.open() as crm:\n"
        "    crm.add(company='A', phone='1', owner='Bo'); print(crm.warnings)\n"
        "    print(sorted({'apprise', 'smtplib', 'ssl', 'urllib.request', 'email.headerregistry'} & {*sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=crmcore.folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["()", "[]"]


def test_without_the_plugin_there_is_no_such_command(crmcore, monkeypatch) -> None:
    monkeypatch.setenv("CRMCORE_DISABLE", "notify")
    assert "No such command" in str(crmcore("notify", "run", code=1).exception)


def test_the_units_name_this_workspace(crmcore) -> None:
    printed = crmcore("notify", "units").output
    assert f" -m crmcore -C {crmcore.folder} notify run --quiet\n" in printed
    assert units.TIMER in printed
    assert str(crmcore.folder) in crmcore("notify", "units", "--cron").output


def test_the_units_quote_what_is_odd_in_a_path() -> None:
    command = units.run_command("/opt/my python", Path('/home/李 娜/50%/"x"$y'), ())
    assert '"/opt/my python" -m crmcore -C "/home/李 娜/50%%/\\"x\\"$$y" notify' in units.service(
        command
    )
    line = units.cron(command).removeprefix("* * * * * ")
    assert shlex.split(line.replace("\\%", "%")) == list(command)
    assert "\\%" in line


def test_the_units_that_are_shipped_are_those_that_are_printed() -> None:
    folder = ROOT / "examples" / "systemd"
    command = ("/home/me/.local/bin/crmcore", "-C", "/home/me/sales", "notify", "run", "--quiet")
    assert (folder / "crmcore-notify.service").read_text("utf-8") == units.service(command)
    assert (folder / "crmcore-notify.timer").read_text("utf-8") == units.TIMER


def test_the_examples_of_the_page_are_settings_that_work(tmp_path, monkeypatch) -> None:
    """docs/notifications.md: each block of TOML is read, and none of its channels has a problem."""
    from crmcore.bootstrap import load_plugins
    from crmcore_notify.settings import read_rules

    page = (ROOT / "docs" / "notifications.md").read_text("utf-8")
    blocks = [block.split("```")[0] for block in page.split("```toml\n")[1:]]
    assert len(blocks) == 2
    for block in blocks:
        (tmp_path / "crm.toml").write_text(block, "utf-8")
        config = load_config(tmp_path)
        rules = read_rules(config)
        host = load_plugins(config)
        assert [
            n.trouble() for n in host.notifiers() if n.trouble is not None and n.trouble()
        ] == []
        for name in rules.channels:
            assert name in host.notifiers()


def test_the_stranger_on_the_page_is_a_channel(tmp_path) -> None:
    """The notifier of docs/notifications.md: at most ten lines, sent through the outbox like all others."""
    from crmcore.bootstrap import load_plugins, open_crm
    from crmcore_notify.delivering import run

    page = (ROOT / "docs" / "notifications.md").read_text("utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    plugin: dict[str, object] = {}
    exec(code, plugin)
    config = evolve(load_config_of(tmp_path), notify=("gateway",))
    host = load_plugins(config)
    host.register(
        type("Plugin", (), {"crm_notifiers": staticmethod(plugin["crm_notifiers"])}), "mine"
    )
    sent: list[tuple[object, ...]] = []
    plugin["post"] = lambda *args: sent.append(args)
    with open_crm(config=config, host=host, actor="mei", clock=system_clock) as crm:
        run(crm)
        crm.add(company="Acme", phone="13800000000", owner="Bo")
        assert run(crm).sent == 1
    assert len(sent) == 1


def load_config_of(folder: Path):
    (folder / "crm.toml").write_text('store = "json:crm.json"\ntimezone = "UTC"\n', "utf-8")
    return load_config(folder)
