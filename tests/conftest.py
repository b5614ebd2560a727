"""What all tests share: how hypothesis runs here, random values, and the long loops."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from crmcore.fieldspec import FieldSpec
from crmcore.testing.strategies import values_of as values_of_field

settings.register_profile(
    "usual",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=50,
    derandomize=True,  # a run says the same of the same code; `--long` looks elsewhere
)
settings.register_profile(
    "long", settings.get_profile("usual"), max_examples=300, derandomize=False
)
settings.load_profile("usual")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long` runs the fault loops too."""
    parser.addoption("--long", action="store_true", help="run the tests marked long")


def pytest_configure(config: pytest.Config) -> None:
    """Long runs try more, and other, examples."""
    if config.getoption("--long"):
        settings.load_profile("long")


def pytest_collection_finish() -> None:
    """What was imported stays: never look through it again for what could be freed."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what is marked long unless it is asked for."""
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="a long fault loop: pytest --long"))


@pytest.fixture(scope="session")
def one_in(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """The step in which a test goes through very many places: as given, or with `--long` each of them."""
    return lambda step: 1 if request.config.getoption("--long") else step


@pytest.fixture(scope="session")
def values_of() -> Callable[[FieldSpec], st.SearchStrategy[object]]:
    """Known values of a field, such as are kept: cleaned text, whole seconds, its own choices."""
    return values_of_field


@pytest.fixture
def story_of() -> Callable[[Any, Any], dict[str, Any]]:
    """What is known of a customer without ids, times and the grader's own words.

    The journeys by commands and by keys must tell the same of theirs.
    """

    def story(crm: Any, customer: Any) -> dict[str, Any]:
        known = crm.fields.known_values(customer)
        plain = {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in known.items()
            if isinstance(value, (str, int)) and not key.endswith(("_at", "_due")) and key != "id"
        }
        return plain | {
            "price": str(customer.price),
            "budget": str(customer.budget),
            "activities": [[a.kind, a.content] for a in customer.activities],
            "proposals": [[p.summary, p.sent_at is not None] for p in customer.proposals],
            "objections": [[o.content, o.response, o.resolved] for o in customer.objections],
            "contract_changes": [
                [c.clause, c.before, c.after, c.reason] for c in customer.contract_changes
            ],
            "links": [link.kind for link in customer.links],
            "debts": len(customer.debts),
        }

    return story


FORKING = """
import os, sys
prepare, script = sys.argv[1:]
exec(prepare, {})
script = compile(script, "child", "exec")
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        print(os.getpid(), flush=True)
        sys.argv = ["child", *line.split()]
        exec(script, {"__name__": "__main__"})
        sys.exit()
    os.waitpid(child, 0)
    print("\\0gone", flush=True)
"""

GONE = "\0gone\n"
"""Told of a program behind the last it told, which may be half a line."""


class Nursery:
    """Forks programs, one at a time, from one that has imported everything and holds nothing open.

    Each is a process of its own, with files, locks and connections of its own, and begins within
    milliseconds: a new interpreter takes a second, which is what loops that kill would wait for.
    """

    def __init__(self, prepare: str, script: str, **options: Any) -> None:
        self._lines: SimpleQueue[str] = SimpleQueue()
        self._process = subprocess.Popen(
            [sys.executable, "-c", FORKING, prepare, script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )
        self._reading = Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)

    def born(self, *arguments: str) -> int:
        """Begin a program with these *arguments*, once the last has gone; returns its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(arguments) + "\n")
        self._process.stdin.flush()
        return int(self._lines.get(timeout=60))

    def told(self, count: int) -> str:
        """The next *count* lines it tells."""
        lines = [self._lines.get(timeout=60) for _ in range(count)]
        assert not any(line.endswith(GONE) for line in lines), "it ended by itself"
        return "".join(lines)

    def gone(self, seconds: float = 60) -> str | None:
        """What else it tells until it is gone; None when that takes longer than *seconds*."""
        lines: list[str] = []
        try:
            while not (line := self._lines.get(timeout=seconds)).endswith(GONE):
                lines.append(line)
        except Empty:
            return None
        return "".join([*lines, line.removesuffix(GONE)])

    def killed(self, child: int) -> str:
        """What else it tells until it is killed, which happens now, unless it has ended before."""
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        return self.gone() or ""

    def close(self) -> str:
        """End; returns what it and the programs complained of."""
        with self._process as process:
            assert process.stdin is not None
            assert process.stderr is not None
            process.stdin.close()
            complaints = process.stderr.read()
            self._reading.join(60)
        return complaints


@pytest.fixture
def nursery_of() -> Iterator[Callable[..., Nursery]]:
    """Makes nurseries, which end with the test; what is complained of in them fails it."""
    with ExitStack() as ending:

        def made(prepare: str, script: str, **options: Any) -> Nursery:
            nursery = Nursery(prepare, script, **options)
            ending.callback(_quiet, nursery)
            return nursery

        yield made


def _quiet(nursery: Nursery) -> None:
    assert nursery.close() == ""
