"""A screen whose typing outlives it: kept as a draft while it is typed, offered when it is opened again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from textual.timer import Timer

from crmcore.crm import Crm
from crmcore.moments import show_moment
from crmcore.text import one_line
from crmcore_tui import formwordings as fw
from crmcore_tui import wordings as words
from crmcore_tui.drafts import Draft, DraftError, Drafts, Place
from crmcore_tui.screens.confirm import ConfirmScreen
from crmcore_tui.screens.leaving import LeaveScreen, Left, Offered, OfferScreen
from crmcore_tui.storecalls import StoreScreen

Answered = TypeVar("Answered")

AFTER = 0.3
"""Seconds from a key to the draft that has it: the most that a crash can cost."""

_LONGEST = 200


class DraftingScreen(StoreScreen[Answered]):
    """Keeps what `typed` gives; *place* is where, None keeps nothing."""

    place: Place | None = None
    revision: int | None = None

    def __init__(self, crm: Crm) -> None:
        super().__init__()
        self.crm = crm
        self.draft_trouble: Exception | None = None
        self.draft_kept = False
        self._orphans: Mapping[str, str] = {}
        self._keeping = False
        self._stored = False
        self._wanted: Draft | None = None
        self._soon: Timer | None = None

    @property
    def drafts(self) -> Drafts:
        """Where they are kept."""
        found = getattr(self.app, "drafts", None)
        return found if isinstance(found, Drafts) else Drafts()

    # what the screen says of itself

    def typed(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """What is typed and not stored, by field, and what stood there before."""
        raise NotImplementedError

    def label_of(self, key: str) -> str:
        """What people call the field *key*; "" for one that is not asked for any more."""
        raise NotImplementedError

    def begin(self, draft: Draft | None) -> None:
        """Let the user type, going on with *draft* where there is one."""
        raise NotImplementedError

    def warn(self, text: str) -> None:
        """Show *text* as something that went wrong."""
        raise NotImplementedError

    # offering

    def look_for_draft(self) -> None:
        """Offer the draft of this form, if there is one; then `begin`."""
        place = self.place
        if place is None:
            self._begin_with(None)
            return
        now, drafts = self.crm.clock(), self.drafts
        self.ask(lambda: drafts.read(place, now), self._offer, self._not_read)

    def _not_read(self, error: Exception) -> None:
        self._begin_with(None)
        self.warn(self.words_of(error))

    def _begin_with(self, draft: Draft | None) -> None:
        self._keeping = self.place is not None
        self.begin(draft)

    def _offer(self, draft: Draft | None) -> None:
        if draft is None:
            self._begin_with(None)
            return

        def answered(answer: Offered | None) -> None:
            if answer is None:
                self.dismiss(None)
            elif answer == "resume":
                self._wanted = draft
                known = {key for key in draft.texts if self.label_of(key)}
                self._orphans = {k: text for k, text in draft.texts.items() if k not in known}
                self._begin_with(draft)
            else:
                self._begin_with(None)
                self.keep_now()

        screen = OfferScreen(
            lambda: self.say(fw.DRAFT_OF, at=self.moment_of(draft), ago=self._ago(draft)),
            partial(self._draft_lines, draft),
            lambda: self.say(fw.DRAFT_KEYS),
        )
        self.app.push_screen(screen, answered)

    def _draft_lines(self, draft: Draft) -> Sequence[str]:
        gone = self.say(fw.NO_LABEL)
        return [
            f"{one_line(self.label_of(key)) or gone}: {one_line(text[:_LONGEST])}"
            for key, text in draft.texts.items()
        ]

    def moment_of(self, draft: Draft) -> str:
        """When it was typed."""
        return show_moment(draft.at, self.crm.dialect.zone)

    def _ago(self, draft: Draft) -> str:
        return ago(self.crm.clock() - draft.at, self.say)

    # keeping

    def keep_soon(self) -> None:
        """Something was typed: keep it in a moment, with what follows until then."""
        if self._keeping and self._soon is None:
            self._soon = self.set_timer(AFTER, self.keep_now)

    def keep_now(self) -> None:
        """Keep what is typed, in a worker."""
        place, drafts = self.place, self.drafts
        if place is not None and self._take():
            self.ask(lambda: drafts.bring(place, self._to_keep), _done, self._not_kept)

    def _take(self) -> bool:
        """Look at what is typed; whether there is something to do about it."""
        if self._soon is not None:
            self._soon.stop()
            self._soon = None
        if not self._keeping or self.place is None:
            return False
        texts, before = self.typed()
        texts = {**self._orphans, **texts}
        was = self._wanted
        if was is not None and texts == was.texts and before == was.before:
            return False
        self._wanted = (
            Draft(self.place, self.crm.clock(), texts, before, self.revision) if texts else None
        )
        return True

    def _to_keep(self) -> Draft | None:
        # Once it is stored nothing is kept, whoever looked at what was typed just before.
        return None if self._stored else self._wanted

    def _not_kept(self, error: Exception) -> None:
        first, self.draft_trouble = self.draft_trouble is None, error
        if first:
            self.warn(self.words_of(error))

    def stored(self) -> None:
        """What was typed is stored: keep no draft of it. In a worker, behind the storing."""
        self._keeping, self._stored = False, True
        if self.place is not None:
            try:
                self.drafts.bring(self.place, self._to_keep)
            except Exception as error:  # the form closes; whoever opened it tells
                self.draft_trouble = error

    def on_mount(self) -> None:
        """Keep what is typed at once when the terminal loses the focus."""
        self.watch(self.app, "app_focus", self.keep_now, init=False)

    def on_descendant_blur(self) -> None:
        """A field is left: keep it at once."""
        self.keep_now()

    def on_unmount(self) -> None:
        """The board is closed: there is no later, and no worker is waited for."""
        if self.place is not None and self._take():
            try:
                self.drafts.bring(self.place, self._to_keep)
            except DraftError as error:
                self.app.exit(message=str(error))

    # leaving

    def ask_to_leave(self, dirty: bool, leave: Callable[[Any], Any]) -> None:
        """Leave without storing, but ask first when something was typed."""
        if not dirty and not self._orphans:
            self.leave_with(leave, keep=False)
            return
        if self.place is None:
            question = ConfirmScreen(
                lambda: self.say(words.DISCARD), lambda: self.say(words.YES_NO_KEYS)
            )
            self.app.push_screen(question, lambda yes: leave(None) if yes else None)
            return
        self.keep_now()

        def answered(answer: Left | None) -> None:
            if answer in ("keep", "discard"):
                self.leave_with(leave, keep=answer == "keep")

        left = LeaveScreen(lambda: self.say(fw.LEAVE), lambda: self.say(fw.LEAVE_KEYS))
        self.app.push_screen(left, answered)

    def leave_with(self, leave: Callable[[Any], Any], *, keep: bool = False) -> None:
        """Close by *leave*, with what is typed kept as a draft or not."""
        self._take()
        had, place, drafts = self._wanted, self.place, self.drafts
        self._keeping, self._wanted = False, had if keep else None
        self.draft_kept = keep
        if had is None or place is None:
            leave(None)
            return
        # Before the screen is gone, and its workers with it.
        self.ask(lambda: drafts.bring(place, self._to_keep), leave, self._not_left)

    def _not_left(self, error: Exception) -> None:
        self._keeping = True
        self.warn(self.words_of(error))


def _done(_: None) -> None:
    pass


def ago(since: timedelta, say: Callable[..., str]) -> str:
    """How long ago that was, roughly."""
    minutes = int(since.total_seconds()) // 60
    if minutes < 1:
        return say(fw.JUST_NOW)
    if minutes < 60:
        return say(fw.MINUTES_AGO, n=minutes)
    if minutes < 24 * 60:
        return say(fw.HOURS_AGO, n=minutes // 60)
    return say(fw.DAYS_AGO, n=minutes // (24 * 60))
