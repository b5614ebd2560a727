"""The outbox under kill -9: nothing is lost, and what comes twice comes under the same key."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import pytest

from crmcore.bootstrap import open_crm, workspace_config
from crmcore.moments import system_clock
from crmcore.retelling import retold
from crmcore_notify.collecting import idempotency_key
from crmcore_notify.delivering import run

COMMITTING = """
import time
from crmcore import Crm
with Crm.open() as crm:
    while True:
        lead = crm.add(company="A", phone="13800000000", owner="Bo")
        crm.assign(lead.id, "Eve")
        print(crm.revision, flush=True)
        time.sleep(0.1)
"""
SENDING = (
    "import sys; from crmcore.cli import main; sys.argv = ['crmcore', 'notify', 'run']; main()"
)


class Receiver:
    """A receiver that keeps each message it got, and does something at a chosen one."""

    def __init__(self) -> None:
        self.got: dict[str, list[bytes]] = defaultdict(list)
        self.lock = Lock()
        self.left = 0
        self.at_last: Callable[[], None] | None = None
        self.answers_first = False
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    return  # killed in the middle of sending it
                with receiver.lock:
                    receiver.got[self.headers["Idempotency-Key"]].append(body)
                    receiver.left -= 1
                    act = receiver.at_last if receiver.left == 0 else None
                if act and not receiver.answers_first:
                    act()
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    self.wfile.flush()
                except OSError:
                    return  # killed meanwhile
                if act and receiver.answers_first:
                    act()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("store", "rounds"),
    [
        ("json:crm.json", 3),
        pytest.param("json:crm.json", 100, marks=pytest.mark.long),
        pytest.param("sqlite:crm.db", 100, marks=pytest.mark.long),
    ],
)
def test_nothing_is_lost_and_duplicates_have_the_same_key(
    tmp_path, receiver, nursery_of, rounds, store
) -> None:
    draw = random.Random(rounds)
    (tmp_path / "crm.toml").write_text(
        f"""
        store = "{store}"
        timezone = "UTC"
        [notify]
        use = ["inbox", "hook"]
        [notify.channels.hook]
        type = "webhook"
        url = "http://127.0.0.1:{receiver.server.server_port}/"
        """
    )
    config = workspace_config(tmp_path, None)
    with open_crm(config=config) as crm:
        run(crm)
    programs = {"cwd": tmp_path, "env": os.environ | {"CRMCORE_ACTOR": "mei"}}
    opening = "from crmcore import Crm; Crm.open().close(); import crmcore_notify.{}"
    committing = nursery_of(opening.format("collecting"), COMMITTING, **programs)
    sending = nursery_of(opening.format("command, crmcore_notify.by_webhook"), SENDING, **programs)
    for number in range(rounds):
        committer = committing.born()
        committing.told(draw.randint(1, 4))
        sender = sending.born()
        if number % 3 == 2:  # at any moment, its start and its reading of history among them
            time.sleep(draw.uniform(0, 0.5))
            sending.killed(sender)
        else:  # at a message, before or after it is answered
            receiver.answers_first = number % 2 == 1
            receiver.at_last = partial(os.kill, sender, signal.SIGKILL)
            receiver.left = draw.randint(1, 6)
            if sending.gone(20) is None:
                sending.killed(sender)
        committing.killed(committer)
        receiver.left = 0
    receiver.left = 0
    with open_crm(config=config, clock=lambda: system_clock() + timedelta(hours=2)) as crm:
        for _ in range(3):
            run(crm)
        notices = retold(crm, 0).notifications
        inbox = [note.key for note in crm.inbox(10**6)]
    assert len(notices) > rounds
    assert set(receiver.got) == {idempotency_key("hook", note) for note in notices}
    assert all(len(set(bodies)) == 1 for bodies in receiver.got.values())
    again = sum(len(bodies) - 1 for bodies in receiver.got.values())
    print(f"{rounds} rounds: {len(receiver.got)} messages, {again} of them twice")
    assert again <= rounds, "one message at most is in the air when a run is killed"
    assert sorted(inbox) == sorted(note.key for note in notices)
