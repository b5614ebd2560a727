"""A form: asks for some fields, checks them as they are typed, and loses nothing that was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from attrs import Factory, evolve, frozen
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Event, Key
from textual.screen import ModalScreen
from textual.widgets import Static

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.errors import ConflictError
from crmcore.text import one_line
from crmcore_tui import formfields
from crmcore_tui import wordings as words
from crmcore_tui.formfields import FormField
from crmcore_tui.keymap import FILLING_IN, bindings
from crmcore_tui.screens.confirm import ConfirmScreen
from crmcore_tui.screens.dialog import DialogBody
from crmcore_tui.screens.keyed import Said
from crmcore_tui.storecalls import StoreScreen
from crmcore_tui.widgets.editors import LineEditor, TextEditor
from crmcore_tui.widgets.fieldrow import FieldRow

Submit = Callable[[Mapping[str, str], int | None], Any]
"""Stores the fields that were filled in; gets the revision the form was filled in for."""

_MESSAGE_LINES = 5
_EARLY = ("next", "enter", "save")


@frozen
class Form:
    """What a form asks, and what becomes of it. `customer` is whom it is about, as the user saw it.

    `everything` hands on all the fields, not only those that were changed. `typed`, by key, is what
    the user has typed elsewhere already.
    """

    title: str
    fields: Sequence[FormField]
    submit: Submit
    customer: Customer | None = None
    everything: bool = False
    typed: Mapping[str, str] = Factory(dict)


class FormScreen(StoreScreen[Any], ModalScreen[Any]):
    """Shows a `Form`; closes with what `submit` returned, or with None when it was given up."""

    # With priority a key acts as it arrives: what is typed right behind it goes where it leads.
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(key for key in FILLING_IN.keys if key.action != "give_up"),
        *bindings((key for key in FILLING_IN.keys if key.action == "give_up"), priority=False),
    ]
    AUTO_FOCUS = ""

    def __init__(self, crm: Crm, form: Form | Callable[[], Form]) -> None:
        super().__init__()
        self.crm = crm
        self._made = form
        form = self._form = form() if callable(form) else form
        self._customer = form.customer
        self._saving = False
        self._begun = False
        self._early: list[Key] = []
        self._rows = [FieldRow(field, crm.dialect, self._check) for field in form.fields]

    def compose(self) -> ComposeResult:
        """The title, the fields by section, the message and the keys."""
        with Vertical(id="dialog"):
            yield Static(Content(one_line(self._form.title)), id="dialog-title")
            with DialogBody():
                section = ""
                for row in self._rows:
                    if row.field.section and row.field.section != section:
                        section = row.field.section
                        yield Static(Content(one_line(section)), classes="section")
                    yield row
            yield Static(id="dialog-message")
            yield Said(lambda: self.say(words.FORM_KEYS), id="dialog-keys")

    def reword(self, dialect: Dialect) -> None:
        """Ask in another language; what was typed stays typed."""
        super().reword(dialect)
        if not callable(self._made):
            return
        now = self._made()
        self.query_one("#dialog-title", Static).update(Content(one_line(now.title)))
        named = dict.fromkeys(field.section for field in now.fields if field.section)
        for line, section in zip(self.query(".section").results(Static), named, strict=False):
            line.update(Content(one_line(section)))
        conflicted = self._customer is not self._form.customer
        for row, field in zip(self._rows, now.fields, strict=False):
            if conflicted:
                initial = formfields.initial_text(field.spec, self._customer, dialect)
                field = evolve(field, initial=initial)
            row.relabel(field, dialect)

    def on_mount(self) -> None:
        """Begin in the first field, as soon as there is one to type into."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._begun = True
        for row in self._rows:
            if row.field.key in self._form.typed:
                row.put(self._form.typed[row.field.key])
        self.focus_next()
        actions = {name: key.action for key in self.keymap.of("form") for name in key.keys}
        for event in self._early:
            if actions.get(event.key) in _EARLY:
                self._press_early(actions[event.key])
            elif event.is_printable and isinstance(self.focused, LineEditor):
                self.focused.insert_text_at_cursor(event.character or "")
            elif event.is_printable and isinstance(self.focused, TextEditor):
                self.focused.insert(event.character or "")

    def _press_early(self, action: str) -> None:
        if action == "next":
            self.action_next()
        elif action == "save":
            self.action_save()
        elif isinstance(self.focused, LineEditor):
            self.action_enter()

    def _forward_event(self, event: Event) -> None:
        # Until there is a field to type into, keys would be lost; they belong into the first.
        if isinstance(event, Key) and not self._begun:
            self._early.append(event)
        else:
            super()._forward_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter goes on from a line; in a text it begins a line, and a choice it opens."""
        return self._begun and (action != "enter" or isinstance(self.focused, LineEditor))

    def action_next(self) -> None:
        """To the next field."""
        self.focus_next()

    def action_previous(self) -> None:
        """To the field before."""
        self.focus_previous()

    def _check(self, field: FormField, text: str) -> str:
        return formfields.problem(field, text, self.crm.dialect, self.crm.clock())

    @property
    def dirty(self) -> bool:
        """Whether something was typed."""
        return any(row.dirty for row in self._rows)

    def action_enter(self) -> None:
        """On to the next field; behind the last line, save."""
        place = next(n for n, row in enumerate(self._rows) if row.editor is self.focused)
        behind = self._rows[place + 1 :]
        if any(row.field.editor != "choice" for row in behind):
            self.focus_next()
        else:
            self.action_save()

    def action_save(self) -> None:
        """Save what was filled in, once the field has taken in all that was typed before."""
        (self.focused or self).call_later(self._save)

    def _save(self) -> None:
        # The form stays until it is stored.
        if self._saving:
            return
        wrong = [row for row in self._rows if not row.check()]
        if wrong:
            wrong[0].editor.focus()
            self._message(self.say(words.SOME_REFUSED), wrong=True)
            return
        texts = {row.field.key: row.text for row in self._rows}
        fields = [row.field for row in self._rows]
        values = texts if self._form.everything else formfields.changed(fields, texts)
        expected = self._customer.revision if self._customer else None
        self._saving = True
        self._message(self.say(words.SAVING))
        self.ask(lambda: self._form.submit(values, expected), self._saved, self._refused)

    def _saved(self, result: Any) -> None:
        self._saving = False
        self.dismiss(result)

    def _refused(self, error: Exception) -> None:
        self._saving = False
        if isinstance(error, ConflictError) and self._customer is not None:
            customer_id = self._customer.id
            self.ask(lambda: self.crm.get(customer_id), self._show_theirs)
            return
        self.report(error)

    def report(self, error: Exception) -> None:
        """Tell what failed; what was typed stays."""
        # The lines behind the first tell what to type in a shell.
        self._message(self.words_of(error).split("\n")[0], wrong=True)

    def _show_theirs(self, now: Customer) -> None:
        self._customer = now
        for row in self._rows:
            initial = formfields.initial_text(row.field.spec, now, self.crm.dialect)
            value = one_line(initial[:120]) or self.say(words.EMPTIED)
            row.rebase(initial, self.say(words.NOW_IS, value=value))
        self._message(self.say(words.CONFLICT), wrong=True)

    def _message(self, text: str, *, wrong: bool = False) -> None:
        message = self.query_one("#dialog-message", Static)
        message.update(Content(text))
        message.set_class(wrong, "-wrong")
        message.display = bool(text)
        self.query_one(DialogBody).fit(_MESSAGE_LINES if text else 0)

    def on_resize(self) -> None:
        """Fit the terminal."""
        self.query_one(DialogBody).fit()

    def action_give_up(self) -> None:
        """Close without storing, but ask first when something was typed."""
        if self._saving:
            return
        if not self.dirty:
            self.dismiss(None)
            return

        def close(answer: bool | None) -> None:
            if answer:
                self.dismiss(None)

        question = ConfirmScreen(
            lambda: self.say(words.DISCARD), lambda: self.say(words.YES_NO_KEYS)
        )
        self.app.push_screen(question, close)
