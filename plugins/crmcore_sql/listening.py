"""Hearing of other programs' commits: a PostgreSQL server says so, other databases are asked."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

CHANNEL = "crmcore"
"""What commits are told on, their revision as the payload."""

FILE_SECONDS = 0.05
"""How often a database file is asked; that costs microseconds."""

SERVER_SECONDS = 1.0
"""How often a server is asked that does not say so itself, or cannot be reached."""

ANYWAY_SECONDS = 30.0
"""How often a server that says so is asked nevertheless: a connection can die without a word."""

_SLICE = 0.2
"""How soon a thread that listens to a server notices that the store was closed."""

_REVISION = "SELECT number FROM facts WHERE name = 'revision'"


class Listening:
    """Waits for the revision to change, on a connection of its own that is made when first needed."""

    def __init__(self, engine: Engine, known: Callable[[], int]) -> None:
        """*known* is the revision the store knows of."""
        self._engine = engine
        self._known = known
        self._tells = self._listens = engine.dialect.name == "postgresql"
        self._every = SERVER_SECONDS if self._listens else FILE_SECONDS
        self._sure = False
        self._connection: Any = None
        self._turn = Lock()
        self._closed = Event()

    def tell(self, connection: Connection, revision: int) -> None:
        """Tell who listens of *revision*, when and if the transaction on *connection* commits."""
        if not self._tells:
            return
        say = "SELECT pg_notify(%(channel)s, %(payload)s)"
        values = {"channel": CHANNEL, "payload": str(revision)}
        if self._sure:
            connection.exec_driver_sql(say, values)
            return
        try:  # a relative of PostgreSQL may not know how; that must not refuse the commit
            with connection.begin_nested():
                connection.exec_driver_sql(say, values)
            self._sure = True
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            self._tells = False

    def wait(self, seconds: float) -> bool:
        """See `Store.wait`. Never raises: what fails is for the caller to meet when it looks."""
        ends = monotonic() + seconds
        if not self._turn.acquire(timeout=max(seconds, 0)):
            return False
        try:
            return self._wait(ends)
        finally:
            self._turn.release()
            if self._closed.is_set():
                self.close()

    def _wait(self, ends: float) -> bool:
        try:
            while not self._closed.is_set():
                if self._revision() != self._known():
                    return True
                if not self._heard(ends):
                    return False
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error, OSError):
            self._hang_up()
            self._closed.wait(min(SERVER_SECONDS, max(ends - monotonic(), 0)))
            return not self._closed.is_set()
        return False

    def _revision(self) -> int:
        cursor = self._connected().cursor()
        try:
            cursor.execute(_REVISION)
            return int(cursor.fetchone()[0])
        finally:
            cursor.close()

    def _heard(self, ends: float) -> bool:
        """Wait until it is worth asking again; False when time is up or the store closed."""
        until = min(ends, monotonic() + ANYWAY_SECONDS)
        while (left := until - monotonic()) > 0 and not self._closed.is_set():
            if not self._listens:
                self._closed.wait(min(left, self._every))
                return True
            # None read too late: this connection keeps what came while the revision was asked.
            if any(self._connection.notifies(timeout=min(left, _SLICE), stop_after=1)):
                return True
        return until < ends

    def _connected(self) -> Any:
        if self._connection is None:
            lent = self._engine.raw_connection()
            self._connection = lent.driver_connection
            lent.detach()
            if self._listens:
                self._listen()
        return self._connection

    def _listen(self) -> None:
        self._connection.autocommit = True
        try:
            self._connection.execute(f"LISTEN {CHANNEL}")
        except self._engine.dialect.loaded_dbapi.Error:
            if self._connection.closed:
                raise
            self._listens = False

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """End all waiting soon; who waits in a thread then lets go of the connection."""
        self._closed.set()
        if self._turn.acquire(blocking=False):
            try:
                self._hang_up()
            finally:
                self._turn.release()
