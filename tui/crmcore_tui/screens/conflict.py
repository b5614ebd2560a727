"""Somebody else changed the customer meanwhile: both versions field by field, and a choice for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click
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

_LEAST_LABEL = 6


class ClashView(Static):
    """One field in its versions; what was chosen has a dot."""

    class Picked(Message):
        """A version was clicked: 1 mine, 2 theirs, else the field alone."""

        def __init__(self, view: ClashView, line: int) -> None:
            super().__init__()
            self.view = view
            self.line = line

    def __init__(self, clash: Clash) -> None:
        super().__init__(classes="clash")
        self.clash = clash
        self.chosen: str | None = None

    def on_click(self, event: Click) -> None:
        """Choose with the mouse."""
        self.post_message(self.Picked(self, event.y - 1))

    def write(self, dialect: Dialect, *, here: bool) -> None:
        """Draw it; *here* is the cursor."""
        say, clash = dialect.say, self.clash
        versions = [(fw.BASE, clash.base), (fw.MINE, clash.mine), (fw.THEIRS, clash.theirs)]
        if self.chosen is not None and self.chosen not in (clash.mine, clash.theirs):
            versions.append((fw.EDITED, self.chosen))
        width = max(_LEAST_LABEL, *(Content(say(label)).cell_length for label, _ in versions))
        lines = [f"{'▌' if here else ' '} {clash.field.label}"]
        for label, text in versions:
            base = label is fw.BASE
            mark = " " if base else "●" if text == self.chosen else "○"
            name = say(label)
            name += " " * (width - Content(name).cell_length)
            lines.append(f"   {mark} {name}  {version_text(clash.field, text, dialect)}")
        self.set_class(here, "-here")
        self.update(Content("\n".join(lines)))


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

    def on_clash_view_picked(self, event: ClashView.Picked) -> None:
        """The mouse chooses: the first line is the field, below it the versions."""
        self._at = self._views.index(event.view)
        clash = event.view.clash
        versions = {1: clash.mine, 2: clash.theirs}
        event.view.chosen = versions.get(event.line, event.view.chosen)
        self._show()

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
