"""What was typed and is not stored yet: one file for each form of each customer, the user's own."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from attrs import frozen
from platformdirs import user_state_path

from crmcore.errors import CrmError
from crmcore.storage.maintenance import shown_address

if TYPE_CHECKING:
    from crmcore.config import Config

KEPT = timedelta(days=30)
"""How long a draft is kept that nobody goes on with."""

_VERSION = 1


class DraftError(CrmError):
    """A draft that cannot be read or kept; the message names its file."""


@frozen
class Place:
    """Which form, and whom it is about: a customer's id, or "" for somebody new."""

    form: str
    about: str = ""


@frozen
class Draft:
    """The *texts* typed into a form, by field; of a choice its key.

    `at` is when the last of it was typed. `before` is what stood in these fields, `revision` the
    customer's when the form was opened; None where it was about nobody.
    """

    place: Place
    at: datetime
    texts: Mapping[str, str]
    before: Mapping[str, str]
    revision: int | None = None


class Drafts:
    """The drafts of one user in one workspace; *folder* None keeps them until the board closes."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._here: dict[Place, Draft] = {}
        self._lock = Lock()

    @classmethod
    def of_user(cls, config: Config) -> Drafts:
        """Those of whoever runs this, in the workspace of *config*."""
        # By a digest: an address may hold more than what shall be read off a folder's name.
        workspace = f"{config.directory.resolve()}\n{shown_address(config.store)}"
        name = sha256(workspace.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return cls(user_state_path("crmcore") / "drafts" / name)

    def read(self, place: Place, now: datetime) -> Draft | None:
        """The draft of a form; None where there is none, or one too old to be anybody's intention.

        A file that is damaged is set aside, and not read again. Raises DraftError.
        """
        with self._lock:
            draft = self._here.get(place) if self.folder is None else self._read(self._file(place))
        return None if draft is None or now - draft.at > KEPT else draft

    def bring(self, place: Place, choose: Callable[[], Draft | None]) -> None:
        """Keep exactly what *choose* gives once it is this call's turn; None keeps none.

        Raises DraftError.
        """
        with self._lock:
            draft = choose()
            if self.folder is None:
                self._here.pop(place, None)
                if draft is not None:
                    self._here[place] = draft
                return
            file = self._file(place)
            try:
                if draft is None:
                    file.unlink(missing_ok=True)
                else:
                    self._write(file, draft)
            except OSError as error:
                raise DraftError(f"{file}: the draft cannot be kept: {error.strerror}.") from error

    def expire(self, now: datetime) -> int:
        """Remove what is older than `KEPT`; how many files that were. Raises DraftError."""
        if self.folder is None or not self.folder.is_dir():
            return 0
        oldest, removed = (now - KEPT).timestamp(), 0
        try:
            for file in self.folder.iterdir():
                if file.stat().st_mtime < oldest:
                    file.unlink(missing_ok=True)
                    removed += 1
        except OSError as error:
            raise DraftError(f"{self.folder}: old drafts stay: {error.strerror}.") from error
        return removed

    def _file(self, place: Place) -> Path:
        assert self.folder is not None
        name = sha256(f"{place.form}\n{place.about}".encode("utf-8", "surrogatepass")).hexdigest()
        return self.folder / f"{name[:32]}.json"

    def _read(self, file: Path) -> Draft | None:
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DraftError(f"{file}: the draft cannot be read: {error.strerror}.") from error
        try:
            return _draft(json.loads(data))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            aside = file.with_name(f"{file.stem}.{time.time_ns()}.damaged")
            try:
                file.replace(aside)
            except OSError as refused:
                raise DraftError(
                    f"{file}: the draft is damaged, and cannot be set aside: {refused.strerror}."
                ) from error
            raise DraftError(
                f"The draft of this form is damaged; it is set aside as {aside}."
            ) from error

    def _write(self, file: Path, draft: Draft) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}.{os.getpid()}")
        beside.unlink(missing_ok=True)
        # Nobody else's eyes, from the first byte on.
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            json.dump(_data(draft), out)
            out.flush()
            os.fsync(out.fileno())
        typed = draft.at.timestamp()
        os.utime(beside, (typed, typed))
        beside.replace(file)


def _data(draft: Draft) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "form": draft.place.form,
        "about": draft.place.about,
        "at": draft.at.isoformat(),
        "revision": draft.revision,
        "texts": dict(draft.texts),
        "before": dict(draft.before),
    }


def _draft(data: Any) -> Draft:
    """The draft that *data* holds. Raises ValueError, TypeError or KeyError where it holds none."""
    if data["version"] != _VERSION:
        raise ValueError(data["version"])
    at = datetime.fromisoformat(data["at"])
    texts, before, revision = data["texts"], data["before"], data["revision"]
    words = [data["form"], data["about"], *texts, *texts.values(), *before, *before.values()]
    if at.tzinfo is None or not all(isinstance(word, str) for word in words):
        raise ValueError(data)
    if revision is not None and type(revision) is not int:
        raise ValueError(revision)
    return Draft(Place(data["form"], data["about"]), at, texts, before, revision)
