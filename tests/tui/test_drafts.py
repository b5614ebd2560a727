"""Nothing typed is lost: drafts survive esc, a closed board and kill -9, and are offered again."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import stat
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen

import pytest
from textual.events import AppBlur, AppFocus

from crmcore.config import Config
from crmcore.crm import Crm
from crmcore_tui.drafts import KEPT, Draft, DraftError, Drafts, Place
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.leaving import LeaveScreen, OfferScreen
from crmcore_tui.screens.quickadd import QuickAddScreen

NOW = datetime(2024, 5, 1, 2, tzinfo=UTC)
PLACE = Place("note", "20240501001")


def draft(place: Place = PLACE, at: datetime = NOW, **texts: str) -> Draft:
    return Draft(place, at, texts, dict.fromkeys(texts, ""), 7)


def keep(drafts: Drafts, kept: Draft) -> None:
    drafts.bring(kept.place, lambda: kept)


# the files


def test_a_draft_comes_back_as_it_was_from_a_file_of_the_users_own(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "state" / "drafts")
    kept = draft(content="上海\n[red]x\x1b[31m\ud800", kind="call")
    keep(drafts, kept)
    assert drafts.read(PLACE, NOW) == kept
    assert drafts.read(Place("note", "20240501002"), NOW) is None
    assert drafts.read(Place("edit", "20240501001"), NOW) is None
    (file,) = drafts.folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(drafts.folder.stat().st_mode) == 0o700
    drafts.bring(PLACE, lambda: None)
    assert list(drafts.folder.iterdir()) == []
    drafts.bring(PLACE, lambda: None)  # twice is no mistake


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": 2}', b"\xff\xfe", b'{"version": 1, "at": "x"}']
)
def test_a_damaged_draft_is_told_and_set_aside(content: bytes, tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    keep(drafts, draft(content="x"))
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    with pytest.raises(DraftError, match=r"set aside as .*\.damaged"):
        drafts.read(PLACE, NOW)
    (aside,) = tmp_path.iterdir()
    assert aside.read_bytes() == content
    assert drafts.read(PLACE, NOW) is None


def test_texts_that_are_none_are_damage_too(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    keep(drafts, draft(content="x"))
    (file,) = tmp_path.iterdir()
    file.write_text(json.dumps({**json.loads(file.read_text()), "texts": {"content": 5}}))
    with pytest.raises(DraftError):
        drafts.read(PLACE, NOW)


def test_old_drafts_expire(tmp_path: Path) -> None:
    drafts, other = Drafts(tmp_path), Place("edit", "20240501001")
    keep(drafts, draft(content="old"))
    keep(drafts, draft(other, NOW + timedelta(days=2), position="young"))
    later = NOW + KEPT + timedelta(days=1)
    assert drafts.read(PLACE, later) is None
    assert drafts.expire(later) == 1
    assert [each.place for each in [drafts.read(other, later)] if each] == [other]
    assert len(list(tmp_path.iterdir())) == 1


def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DraftError, match="cannot be kept"):
        keep(Drafts(tmp_path / "file"), draft(content="x"))


def test_workspaces_are_apart_and_no_password_is_part_of_a_name(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folders = [
        Drafts.of_user(Config(store=store, directory=tmp_path)).folder
        for store in (
            "tinydb:a.json",
            "json:b.json",
            "postgresql://u:one@h/d",
            "postgresql://u:two@h/d",
        )
    ]
    assert len({*folders}) == 3
    assert folders[2] == folders[3]


# on the board


async def test_esc_keeps_a_draft_that_is_offered_again_and_gone_once_saved(
    crm: Crm, open_board, clock, tmp_path: Path
) -> None:
    customer = crm.add(company="Acme", phone="13800138000")
    drafts = Drafts(tmp_path / "drafts")
    async with open_board(crm, drafts=drafts) as d:
        await d.press("e")
        await d.fill(position="half a pos", need_match="high")
        await d.press("escape")
        assert isinstance(d.screen, LeaveScreen)
        await d.press("s")
        assert isinstance(d.screen, BoardScreen)
        assert "draft is kept" in d.told()
    clock.forward(hours=3)
    async with open_board(crm, drafts=drafts) as d:
        await d.press("e")
        assert isinstance(d.screen, OfferScreen)
        text = d.text()
        assert "2024-05-01 10:00" in text and "3 h ago" in text and "half a pos" in text
        await d.press("x", "escape")  # later
        assert isinstance(d.screen, BoardScreen)
        await d.press("e", "enter")
        rows = {row.field.key: row for row in d.screen._rows}
        assert rows["position"].text == "half a pos" and rows["need_match"].text == "high"
        await d.save()
        assert isinstance(d.screen, BoardScreen)
        assert crm.get(customer.id).position == "half a pos"
        assert list((tmp_path / "drafts").iterdir()) == []
        await d.press("e")
        assert isinstance(d.screen, FormScreen)


async def test_typing_alone_is_kept_when_the_board_is_closed_and_can_be_discarded(
    crm: Crm, open_board, tmp_path: Path
) -> None:
    crm.add(company="Acme", phone="13800138000")
    drafts = Drafts(tmp_path)
    keep(drafts, draft(Place("edit", "gone"), NOW - KEPT - timedelta(days=1), position="x"))
    async with open_board(crm, drafts=drafts) as d:
        assert list(tmp_path.iterdir()) == []  # too old
        await d.press("o")
        await d.type("they")
        d.pilot.app.post_message(AppBlur())  # another window: kept at once
        await d.settle()
        assert len(list(tmp_path.iterdir())) == 1
        d.pilot.app.post_message(AppFocus())
        await d.settle()
        await d.type(" called")
    (file,) = tmp_path.iterdir()
    assert "they called" in file.read_text()
    async with open_board(crm, drafts=drafts) as d:
        await d.press("o", "delete")
        assert isinstance(d.screen, FormScreen) and "they called" not in d.text()
        assert list(tmp_path.iterdir()) == []
        await d.type("other")
        await d.press("escape", "d")
        assert isinstance(d.screen, BoardScreen)
        assert list(tmp_path.iterdir()) == []
        file.write_text("{")
        await d.press("o")
        assert isinstance(d.screen, FormScreen) and "damaged" in d.text()
        await d.type("works all the same")
        await d.save()
        assert crm.find().customers[0].activities[0].content == "works all the same"


async def test_the_quick_line_and_the_form_behind_it_keep_drafts(
    crm: Crm, open_board, tmp_path: Path
) -> None:
    drafts = Drafts(tmp_path)
    async with open_board(crm, drafts=drafts) as d:
        await d.press("a")
        await d.type("Acme / Amy")
    async with open_board(crm, drafts=drafts) as d:
        await d.press("a")
        assert isinstance(d.screen, OfferScreen) and "Acme / Amy" in d.text()
        await d.press("enter")
        assert isinstance(d.screen, QuickAddScreen)
        await d.press("tab")
        assert isinstance(d.screen, FormScreen)
        await d.fill(initial_need="boards")
    async with open_board(crm, drafts=drafts) as d:
        await d.press("a")  # the form of the new lead is where it was left
        assert isinstance(d.screen, OfferScreen) and "boards" in d.text()
        await d.press("enter")
        await d.save()
        (added,) = crm.find().customers
        assert (added.company, added.contact, added.initial_need) == ("Acme", "Amy", "boards")
        assert list(tmp_path.iterdir()) == []
        await d.press("a")
        assert isinstance(d.screen, QuickAddScreen)


async def test_a_draft_typed_before_others_changed_the_customer_meets_them_on_save(
    crm: Crm, open_board
) -> None:
    customer = crm.add(company="Acme", position="clerk", phone="13800138000")
    drafts = Drafts()
    async with open_board(crm, drafts=drafts) as d:
        await d.press("e")
        await d.fill(position=" of works")
        await d.press("escape", "s")
        crm.edit(customer.id, position="director", region="West")
        d.board_screen.reload()
        await d.settle()
        await d.press("e", "enter")
        await d.save()
        text = d.text()
        assert "clerk of works" in text and "theirs  director" in text and "→ West" in text
        assert crm.get(customer.id).position == "director"


# kill -9


class Terminal:
    """The board in a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self.master, slave = pty.openpty()
        env = {
            **os.environ, "XDG_STATE_HOME": str(folder / "state"), "HOME": str(folder),
            "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30",
        }  # fmt: skip
        command = [sys.executable, "-m", "crmcore", "--lang", "en", "board"]
        self.process = Popen(
            command,
            cwd=folder,
            env=env,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = b""

    def until(self, what: str, seconds: float = 60) -> None:
        """Read until *what* was written."""
        self.wait(lambda: what.encode() in self.seen, what, seconds)
        self.seen = b""

    def wait(self, done, what: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, f"never came: {what}\n{self.seen[-2000:]!r}"
            if select.select([self.master], [], [], 0.05)[0]:
                self.seen += os.read(self.master, 65536)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.master)


def test_a_draft_survives_kill_9(tmp_path: Path) -> None:
    (tmp_path / "crm.toml").write_text('store = "json:crm.json"\nlanguage = "en"\n')
    with Crm.open(directory=tmp_path) as crm:
        crm.add(company="Acme", phone="13800138000")
    before = (tmp_path / "crm.json").read_bytes() if (tmp_path / "crm.json").exists() else b""
    first = Terminal(tmp_path)
    try:
        first.until("Acme")
        first.press("o")
        first.until("log a contact")
        first.press("remember me")
        first.wait(lambda: list(tmp_path.glob("state/**/*.json")) != [], "the draft's file")
        (file,) = tmp_path.glob("state/**/*.json")
        first.wait(lambda: "remember me" in file.read_text(), "all of the draft")
    finally:
        first.kill()
    second = Terminal(tmp_path)
    try:
        second.until("Acme")
        second.press("o")
        second.until("remember me")
    finally:
        second.kill()
    after = (tmp_path / "crm.json").read_bytes() if (tmp_path / "crm.json").exists() else b""
    assert b"remember me" not in before + after
