"""Messages made again from history are those that were told when the commits were made."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace

import pytest

from crmcore import hookimpl
from crmcore.bootstrap import open_crm
from crmcore.changes import Write
from crmcore.codec import Codec
from crmcore.config import Config
from crmcore.errors import CrmError
from crmcore.hooktypes import Notification, Notifier
from crmcore.retelling import Notices, retold
from crmcore.wording import Text

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def told() -> list[Notification]:
    return []


@pytest.fixture(params=["json:crm.json", "sqlite:crm.db"])
def crm(request, tmp_path, told):
    ticks = count()
    config = Config(store=request.param, timezone="UTC", directory=tmp_path, notify=("told",))
    notifier = Notifier("told", Text("听", "Told"), told.append, at_once=True)
    with open_crm(
        config=config, actor="mei", clock=lambda: START + timedelta(seconds=next(ticks))
    ) as opened:
        plugin = SimpleNamespace(crm_notifiers=hookimpl(lambda: [notifier]))
        opened.host.register(plugin, "told")
        yield opened


def act(crm, draw: random.Random) -> None:
    """Something somebody might do, refused or not."""
    customers = crm.find().customers
    someone = draw.choice(customers).id if customers else ""
    name = draw.choice("甲乙丙丁")
    acts = [
        lambda: crm.add(company=name, phone="13800000000", owner=draw.choice(["", "Bo"])),
        lambda: crm.assign(someone, draw.choice(["Bo", "李娜", "Eve"])),
        lambda: crm.edit(someone, company=name),
        lambda: crm.edit(someone, owner=""),
        lambda: crm.lose(someone, "gone"),
        lambda: crm.invalidate(someone, "no such number"),
        lambda: crm.reopen(someone, "back"),
        lambda: crm.undo(),
        lambda: crm.redo(),
        lambda: crm.writer.commit([Write(crm.get(someone), None)], "remove"),
        lambda: crm.together(
            [c.id for c in customers], lambda i: crm.assign(i, draw.choice(["Bo", "Eve"])),
            action="assign",
        ),
    ]  # fmt: skip
    try:
        draw.choice(acts)()
    except CrmError:
        return


@pytest.mark.parametrize("seed", range(3))
def test_history_tells_again_what_was_told(crm, told, seed) -> None:
    draw = random.Random(seed)
    marks: dict[int, int] = {}
    for _ in range(45):
        marks[crm.revision] = len(told)
        act(crm, draw)
    assert len(told) > 4
    for revision, before in marks.items():
        again = retold(crm, revision)
        assert again.notifications == tuple(told[before:])
        assert (again.revision, again.forgotten) == (crm.revision, 0)


def test_owners_and_names_are_those_of_the_time(crm) -> None:
    lead = crm.add(company="Old", phone="13800000000")
    crm.assign(lead.id, "Bo")
    crm.assign(lead.id, "Eve")
    crm.edit(lead.id, company="New")
    crm.lose(lead.id, "gone")
    crm.writer.commit([Write(crm.get(lead.id), None)], "remove")
    assert [(n.to, n.title.en) for n in retold(crm, 0).notifications] == [
        ("Bo", "Old is yours now"),
        ("Eve", "Old is yours now"),
        ("Eve", "New was lost"),
    ]


def test_nothing_new_tells_nothing(crm) -> None:
    crm.add(company="A", owner="Bo", phone="13800000000")
    assert retold(crm, 1) == Notices(1, None, ())


def test_what_was_committed_while_history_is_read_changes_nothing(crm, monkeypatch) -> None:
    lead = crm.add(company="Old", phone="13800000000")
    crm.assign(lead.id, "Bo")
    before = retold(crm, 0)
    history = crm.store.history
    meddled = []

    def slow_history(*args, **kwargs):
        found = list(history(*args, **kwargs))
        if not meddled:
            meddled.append(True)
            crm.edit(lead.id, company="New", owner="Eve")
            crm.writer.commit([Write(crm.get(lead.id), None)], "remove")
        return iter(found)

    monkeypatch.setattr(crm.store, "history", slow_history)
    assert retold(crm, 0) == before


def test_what_was_forgotten_is_counted(tmp_path) -> None:
    config = Config(store="json:crm.json", timezone="UTC", directory=tmp_path, notify=())
    with open_crm(config=config, actor="mei", clock=lambda: START) as crm:
        for name in "ABC":
            crm.add(company=name, owner="Bo", phone="13800000000")
        crm.store.forget(3, Codec(crm.fields))
        crm.add(company="D", owner="Bo", phone="13800000000")
        again = retold(crm, 1)
        assert (again.forgotten, again.revision) == (2, 4)
        assert [note.title.en for note in again.notifications] == ["D is yours now"]
