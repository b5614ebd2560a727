"""Group commit: threads that commit at one time share one sync of the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

from attrs import define

from crmcore.changes import Batch, Commit


@define
class Waiter:
    """A batch whose thread waits, until there is a commit or an error."""

    batch: Batch
    outcome: Commit | BaseException | None = None


class GroupCommit:
    """The first thread to come commits for all who came while the one before it did."""

    def __init__(self, run: Callable[[Sequence[Waiter]], None]) -> None:
        """*run* gives each waiter its outcome; what it raises is everybody's."""
        self._run = run
        self._waiting: list[Waiter] = []
        self._queue = Lock()
        self._leading = Lock()

    def commit(self, batch: Batch) -> Commit:
        """Returns when *batch* is durable. Raises what refused it."""
        mine = Waiter(batch)
        with self._queue:
            self._waiting.append(mine)
        with self._leading:
            if mine.outcome is None:
                self._lead()
        if isinstance(mine.outcome, BaseException):
            raise mine.outcome
        assert mine.outcome is not None
        return mine.outcome

    def _lead(self) -> None:
        with self._queue:
            group, self._waiting = self._waiting, []
        try:
            self._run(group)
        except BaseException as error:
            for waiter in group:
                waiter.outcome = waiter.outcome or error


def independent(waiters: Sequence[Waiter]) -> list[list[Waiter]]:
    """*waiters* in rounds, in turn: no two of a round touch one customer."""
    if len(waiters) == 1:
        return [list(waiters)]
    rounds: list[tuple[list[Waiter], set[str]]] = []
    for waiter in waiters:
        ids = {write.id for write in waiter.batch.writes}
        if not rounds or rounds[-1][1] & ids:
            rounds.append(([], set()))
        rounds[-1][0].append(waiter)
        rounds[-1][1].update(ids)
    return [together for together, _ in rounds]
