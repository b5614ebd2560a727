"""Somebody else changed the customer meanwhile: both versions field by field, and a choice for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from crmcore.crm import Crm
from crmcore.dialect import Dialect
from crmcore.text import shown
from crmcore.wording import Text
from crmcore_tui import formwordings as fw
from crmcore_tui.conflicts import Clash, Merge, version_text
from crmcore_tui.formfields import FormField
from crmcore_tui.keymap import MERGING, bindings
from crmcore_tui.screens.dialog import DialogBody
from crmcore_tui.screens.keyed import KeyedScreen, Said

Edit = Callable[[FormField, str, Callable[[str | None], None]], None]
"""Lets the user write another version of a field, beginning with a text; None when given up."""


class VersionLine(Horizontal):
    """One version of a field: whether it is chosen, whose it is, the text."""

    class Picked(Message):
        """It was clicked."""

        def __init__(self, line: VersionLine) -> None:
            super().__init__()
            self.line = line

    def __init__(self, label: Text) -> None:
        super().__init__(classes="version")
        self.label = label
        self._whose = Static(classes="version-whose")
        self._text = Static(classes="version-text")

    def compose(self) -> ComposeResult:
        """Whose it is, and the text beside it."""
        yield self._whose
        yield self._text

    def on_click(self) -> None:
        """Choose it with the mouse."""
        self.post_message(self.Picked(self))

    def write(self, mark: str, text: str, dialect: Dialect) -> None:
        """Draw it."""
        self._whose.update(Content(f"  {mark} {dialect.say(self.label)}"))
        self._text.update(Content(text))


class ClashView(Vertical):
    """One field in its versions; what was chosen has a dot."""

    def __init__(self, clash: Clash) -> None:
        super().__init__(classes="clash")
        self.clash = clash
        self.chosen: str | None = None
        self._title = Static()
        self._lines = [VersionLine(label) for label in (fw.BASE, fw.MINE, fw.THEIRS, fw.EDITED)]

    def compose(self) -> ComposeResult:
        """The field, and below it the versions."""
        yield self._title
        yield from self._lines

    def text_of(self, label: Text) -> str | None:
        """The version that is called *label*; None for one that there is not, or that is no choice."""
        edited = self.chosen not in (self.clash.mine, self.clash.theirs)
        return {
            fw.MINE: self.clash.mine,
            fw.THEIRS: self.clash.theirs,
            fw.EDITED: self.chosen if edited else None,
        }.get(label)

    def write(self, dialect: Dialect, *, here: bool) -> None:
        """Draw it; *here* is the cursor."""
        self._title.update(Content(f"{'▌' if here else ' '} {self.clash.field.label}"))
        self.set_class(here, "-here")
        for line in self._lines:
            text = self.clash.base if line.label is fw.BASE else self.text_of(line.label)
            mark = " " if line.label is fw.BASE else "●" if text == self.chosen else "○"
            line.display = text is not None
            line.write(mark, version_text(self.clash.field, text or "", dialect), dialect)


class ConflictScreen(KeyedScreen[Mapping[str, str] | None], ModalScreen[Mapping[str, str] | None]):
    """Closes with the text chosen for each field that clashes, or with None: back to the form."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MERGING.keys)]
    AUTO_FOCUS = ""

    def __init__(self, crm: Crm, name: str, made: Callable[[], Merge], edit: Edit) -> None:
        """*made* writes the merge in the language of the moment."""
        super().__init__()
        self.crm = crm
        self._name = name
        self._made = made
        self._edit = edit
        self._merge = made()
        self._views = [ClashView(clash) for clash in self._merge.clashes]
        self._at = 0

    def say(self, text: Text, **values: object) -> str:
        """*text* in the language of the moment, with the keys in force."""
        return self.crm.dialect.say(text).format(keys=self.keymap.shown, **values)

    def compose(self) -> ComposeResult:
        """Who, the fields to decide on, what is taken over, the keys."""
        with Vertical(id="dialog"):
            yield Said(lambda: self.say(fw.CONFLICT_TITLE, name=self._name), id="dialog-title")
            yield Static(Content(shown("\n".join(self._merge.others[-3:]))), id="conflict-others")
            with DialogBody():
                yield from self._views
                yield Said(self._taken, id="conflict-taken")
            yield Said(self._message_text, id="dialog-message")
            yield Said(lambda: self.say(fw.CONFLICT_KEYS), id="dialog-keys")

    def on_mount(self) -> None:
        """Draw the fields."""
        self._show()

    def reword(self, dialect: Dialect) -> None:
        """In another language; what was chosen stays chosen."""
        again = {clash.field.key: clash for clash in self._made().clashes}
        for view in self._views:
            was, now = view.clash, again.get(view.clash.field.key, view.clash)
            if view.chosen == was.theirs:
                view.chosen = now.theirs
            view.clash = now
        self._merge = self._made()
        super().reword(dialect)
        self._show()

    def _taken(self) -> str:
        lines = [shown(line) for line in self._merge.taken]
        nothing = [] if self._views else [self.say(fw.NOTHING_CLASHES)]
        title = [self.say(fw.TAKEN)] if lines else []
        return "\n".join([*nothing, *title, *(f"  {line}" for line in lines)])

    @property
    def _left(self) -> int:
        return sum(view.chosen is None for view in self._views)

    def _message_text(self) -> str:
        return self.say(fw.UNDECIDED, n=self._left) if self._left else ""

    def _show(self) -> None:
        for number, view in enumerate(self._views):
            view.write(self.crm.dialect, here=number == self._at)
        if self._views:
            self.query_one(DialogBody).scroll_to_widget(self._views[self._at], animate=False)
        message = self.query_one("#dialog-message", Said)
        message.say(self._message_text)
        message.display = bool(self._left)
        self.query_one(DialogBody).fit(len(self._merge.others[-3:]) + 2)

    def on_resize(self) -> None:
        """Fit the terminal."""
        self.query_one(DialogBody).fit()

    def on_version_line_picked(self, event: VersionLine.Picked) -> None:
        """The mouse chooses."""
        view = event.line.parent
        assert isinstance(view, ClashView)
        self._at = self._views.index(view)
        text = view.text_of(event.line.label)
        if text is None:
            self._show()
        else:
            self._choose(text)

    def action_up(self) -> None:
        """The field above."""
        self._at = max(self._at - 1, 0)
        self._show()

    def action_down(self) -> None:
        """The field below."""
        self._at = max(min(self._at + 1, len(self._views) - 1), 0)
        self._show()

    def _choose(self, text: str | None) -> None:
        if text is None or not self._views:
            return
        self._views[self._at].chosen = text
        open_ones = [n for n, view in enumerate(self._views) if view.chosen is None]
        later = [n for n in open_ones if n > self._at]
        self._at = (later or open_ones or [self._at])[0]
        self._show()

    def action_mine(self) -> None:
        """What was typed here."""
        self._choose(self._views[self._at].clash.mine if self._views else None)

    def action_theirs(self) -> None:
        """What they made of it."""
        self._choose(self._views[self._at].clash.theirs if self._views else None)

    def action_edit(self) -> None:
        """A version of its own, beginning with what was typed here."""
        if self._views:
            view = self._views[self._at]
            begin = view.clash.mine if view.chosen is None else view.chosen
            self._edit(view.clash.field, begin, self._choose)

    def action_save(self) -> None:
        """Save what was chosen, once everything is."""
        if self._left:
            self.query_one("#dialog-message").add_class("-wrong")
            return
        self.dismiss({view.clash.field.key: view.chosen or "" for view in self._views})

    def action_give_up(self) -> None:
        """Back to the form, with nothing decided."""
        self.dismiss(None)
