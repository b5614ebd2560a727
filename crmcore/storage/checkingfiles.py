"""Whether the files of a file store are whole, and say the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from attrs import frozen

from crmcore.codec import Codec, Doc
from crmcore.errors import StoreError
from crmcore.storage.checking import RESTORE, compare, sentence
from crmcore.storage.files import reason
from crmcore.storage.log import Log, LogDamageError
from crmcore.storage.opening import DAMAGE, base_of
from crmcore.storage.replaying import Replay
from crmcore.storage.snapshot import Snapshot


@frozen
class Moment:
    """A file store as one moment had it: its snapshot file, and what was read from it and the log.

    `end` is the log's offset behind commit `revision`, `size` all bytes there were.
    """

    path: Path
    log: Log
    snapshot: Snapshot | None
    damage: str
    revision: int
    end: int
    size: int
    docs: Mapping[str, Doc]


def look(path: Path, read: Callable[[Path], Snapshot]) -> tuple[Snapshot | None, str]:
    """The snapshot file at *path*, None when there is none; and what is wrong with it."""
    try:
        return (read(path) if path.exists() and path.stat().st_size else None), ""
    except (OSError, StoreError) as error:
        return None, reason(error)
    except DAMAGE as error:
        return None, str(error) or type(error).__name__


def check_files(moment: Moment, codec: Codec) -> Iterator[str]:
    """What is wrong, one line each with what to do."""
    log, snapshot = moment.log, moment.snapshot
    rebuild = (
        f"Close all programs that use it and move {moment.path.name} away: the next opening builds "
        f"it anew from {log.path.name}."
    )
    if moment.damage:
        yield sentence(f"{moment.path} is damaged: {moment.damage}", rebuild)
    if snapshot is not None and snapshot.log_id in log.follows:
        snapshot = None  # it is of a log before this one, and ignored
    with Replay(codec) as past:
        wrong_snapshot: list[str] = []
        try:
            for problems, end in _lines(moment, past):
                yield from problems
                if snapshot is not None and end == snapshot.offset:
                    wrong_snapshot = list(_against(past, snapshot, moment.path, rebuild))
                    yield from wrong_snapshot
                    snapshot = None
        except LogDamageError as error:
            yield str(error)
            return
        if past.revision != moment.revision:
            wrong = f"{log.path} is damaged behind revision {past.revision}"
            yield sentence(f"{wrong}; revision {moment.revision} was read from it before", RESTORE)
            return
        if snapshot is not None:
            wrong = f"{moment.path} is of revision {snapshot.revision}"
            yield sentence(f"{wrong}, which ends elsewhere in {log.path.name}", rebuild)
        if not wrong_snapshot:  # else the memory that was read from it is wrong, too
            yield from compare(past, moment.docs.items(), rebuild)
    if (rest := moment.size - moment.end) > 0:
        wrong = f"{log.path} ends with {rest} bytes that are no whole commit"
        yield sentence(
            f"{wrong}: one that was never finished, or the newest one damaged",
            "The next change cuts them off and keeps a whole line aside; if a change is missing, "
            "restore the store from a backup first.",
        )


def _lines(moment: Moment, past: Replay) -> Iterator[tuple[list[str], int]]:
    """Live the log; after its base, and after each commit, what was wrong and the offset."""
    past.begin(base_of(moment.log))
    yield [], moment.log.start
    for line in moment.log.read(moment.log.start):
        if line.end > moment.end:
            return
        yield [sentence(wrong, RESTORE) for wrong in past.apply(line.body)], line.end


def _against(past: Replay, snapshot: Snapshot, path: Path, rebuild: str) -> Iterator[str]:
    """Where the snapshot is not what the log says at its offset."""
    if snapshot.revision != past.revision:
        yield sentence(
            f"{path} says it is of revision {snapshot.revision}, the log {past.revision}", rebuild
        )
    yield from compare(past, snapshot.docs.items(), rebuild)
    if tuple(sorted(snapshot.retired)) != tuple(past.retired()):
        yield sentence(f"{path} names other retired ids than the log", rebuild)
