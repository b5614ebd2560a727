"""A new lead on one line; what is understood of it stands below while it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import frozen
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.errors import UsageError
from crmcore.query import Compare
from crmcore.quickadd import parse_quick_add
from crmcore.text import clean, one_line
from crmcore_tui import markwordings as mw
from crmcore_tui import wordings as words
from crmcore_tui.drafts import Draft, Place
from crmcore_tui.forms import NEW_LEAD
from crmcore_tui.keymap import QUICK, bindings
from crmcore_tui.presenter import name_of
from crmcore_tui.screens.drafting import DraftingScreen
from crmcore_tui.screens.earlykeys import EarlyKeysScreen
from crmcore_tui.screens.keyed import Said
from crmcore_tui.widgets.editors import LineEditor

_LINE = "line"
_SAME = ("phone", "email", "company")


@frozen
class Quick:
    """What came of the line: the customer that was added, or the values to go on with in the form."""

    added: Customer | None
    values: Mapping[str, str]


class QuickAddScreen(
    DraftingScreen[Quick | None], EarlyKeysScreen[Quick | None], ModalScreen[Quick | None]
):
    """Closes with what came of it, or with None when it was given up."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(QUICK.keys)]
    AUTO_FOCUS = ""
    place = Place("quick")

    def __init__(self, crm: Crm) -> None:
        super().__init__(crm)
        self._line = LineEditor(id="quick-line", select_on_focus=False, compact=True)
        self._warned: Mapping[str, str] | None = None
        self._adding = False

    def compose(self) -> ComposeResult:
        """The line, what it says, the keys."""
        with Vertical(id="dialog"):
            yield Said(lambda: self.say(mw.QUICK_TITLE), id="dialog-title")
            yield self._line
            yield Static(id="quick-said")
            yield Static(id="dialog-message")
            yield Said(lambda: self.say(mw.QUICK_KEYS), id="dialog-keys")

    def on_mount(self) -> None:
        """Show how it is written; begin as soon as there is a line to type on."""
        self._tell_understood()
        self.call_after_refresh(self._look_for_form)

    def _look_for_form(self) -> None:
        now, drafts = self.crm.clock(), self.drafts

        def found(draft: Draft | None) -> None:
            if draft is None:
                self.look_for_draft()
            else:  # the form of a new lead offers it
                self.dismiss(Quick(None, {}))

        self.ask(lambda: drafts.read(NEW_LEAD, now), found, lambda _: self.look_for_draft())

    def typed(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The line."""
        line = self._line.value
        return ({_LINE: line}, {_LINE: ""}) if line.strip() else ({}, {})

    def label_of(self, key: str) -> str:
        """There is one line."""
        return self.say(mw.QUICK_TITLE) if key == _LINE else ""

    def warn(self, text: str) -> None:
        """Show *text* as something that went wrong."""
        self._message(text, wrong=True)

    def begin(self, draft: Draft | None) -> None:
        """Let the user type, going on with *draft* where there is one."""
        self.begun = True
        if draft is not None:
            self._line.value = draft.texts.get(_LINE, "")
            self._line.cursor_position = len(self._line.value)
        self._line.focus()
        actions = {name: row.action for row in self.keys(QUICK.keys) for name in row.keys}
        for event in self.early:
            if event.key in actions:
                getattr(self, f"action_{actions[event.key]}")()
                break
            if event.is_printable:
                self._line.insert_text_at_cursor(event.character or "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing before there is a line."""
        return self.begun

    def reword(self, dialect: Dialect) -> None:
        """Say in another language what was understood."""
        super().reword(dialect)
        self._tell_understood()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is understood."""
        event.stop()
        self._message("")
        self._tell_understood()
        self.keep_soon()

    def values(self) -> Mapping[str, str]:
        """What the line says; nothing of an empty one."""
        try:
            crm = self.crm
            line = parse_quick_add(self._line.value, crm.fields, crm.dialect, crm.clock())
        except UsageError:
            return {}
        return line.values

    def _tell_understood(self) -> None:
        said = self.values()
        lines = [
            f"{self.crm.dialect.say(self.crm.fields.named(key).label)}: {one_line(text[:200])}"
            for key, text in said.items()
        ]
        self.query_one("#quick-said", Static).update(
            Content("\n".join(lines) or self.say(mw.QUICK_HINT))
        )

    def _message(self, text: str, *, wrong: bool = False) -> None:
        message = self.query_one("#dialog-message", Static)
        message.update(Content(text))
        message.set_class(wrong, "-wrong")
        message.display = bool(text)

    def report(self, error: Exception) -> None:
        """Tell what failed; the line stays."""
        self._adding = False
        self._message(self.words_of(error).split("\n")[0], wrong=True)

    def action_add(self) -> None:
        """Add the lead, once the line has taken in all that was typed; where somebody is like it, say
        so first."""
        self._line.call_later(self._add_unless_known)

    def _add_unless_known(self) -> None:
        said = self.values()
        if self._adding or not said:
            return
        self._adding = True
        warned, self._warned = self._warned, said
        if warned == said:
            self._add(said)
            return

        def told(twins: list[str]) -> None:
            self._adding = False
            if twins:
                self._message("\n".join(twins[:3]), wrong=True)
            else:
                self._adding = True
                self._add(said)

        self.ask(lambda: self._twins(said), told)

    def _add(self, said: Mapping[str, str]) -> None:
        self._message(self.say(words.SAVING))

        def added(customer: Customer) -> None:
            self.dismiss(Quick(customer, said))

        def work() -> Customer:
            customer = self.crm.add(said)
            self.stored()
            return customer

        self.ask(work, added)

    def _twins(self, said: Mapping[str, str]) -> list[str]:
        """Who is there already with the same telephone number, address or company."""
        twins = []
        for key in _SAME:
            if text := clean(said.get(key, "")):
                label = self.crm.dialect.say(self.crm.fields.named(key).label)
                for known in self.crm.find(Compare(key, "=", text), limit=1).customers:
                    twins.append(self.say(mw.TWIN, field=label, name=name_of(known), id=known.id))
        return twins

    def action_form(self) -> None:
        """Go on in the form, with all the fields."""

        def leave() -> None:
            quick = Quick(None, self.values())
            self.leave_with(lambda _: self.dismiss(quick))

        self._line.call_later(leave)

    def action_close(self) -> None:
        """Give it up, but ask first when something was typed."""
        self.ask_to_leave(bool(self._line.value.strip()), self.dismiss)
