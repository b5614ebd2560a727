"""A form: asks for some fields, checks them as they are typed, and loses nothing that was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import takewhile
from typing import Any, ClassVar

from attrs import Factory, evolve, frozen
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from crmcore.changes import Commit
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.errors import ConflictError
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_tui import formfields
from crmcore_tui import formwordings as fw
from crmcore_tui import wordings as words
from crmcore_tui.conflicts import Merge, merge
from crmcore_tui.drafts import Draft, Place
from crmcore_tui.formfields import FormField
from crmcore_tui.keymap import FILLING_IN, bindings
from crmcore_tui.presenter import name_of
from crmcore_tui.screens.conflict import ConflictScreen
from crmcore_tui.screens.dialog import DialogBody
from crmcore_tui.screens.drafting import DraftingScreen
from crmcore_tui.screens.earlykeys import EarlyKeysScreen
from crmcore_tui.screens.keyed import Said
from crmcore_tui.understanding import understood
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
    the user has typed elsewhere already. `place` is where its draft is kept; None keeps none.
    `used_before`, asked in a worker, gives texts to choose from, by key; `offered` says so.
    """

    title: str
    fields: Sequence[FormField]
    submit: Submit
    customer: Customer | None = None
    everything: bool = False
    typed: Mapping[str, str] = Factory(dict)
    place: Place | None = None
    used_before: Callable[[], Mapping[str, Sequence[str]]] | None = None
    offered: Text = fw.USED_BEFORE


class FormScreen(DraftingScreen[Any], EarlyKeysScreen[Any], ModalScreen[Any]):
    """Shows a `Form`; closes with what `submit` returned, or with None when it was given up."""

    # With priority a key acts as it arrives: what is typed right behind it goes where it leads.
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(key for key in FILLING_IN.keys if key.action != "give_up"),
        *bindings((key for key in FILLING_IN.keys if key.action == "give_up"), priority=False),
    ]
    AUTO_FOCUS = ""

    def __init__(self, crm: Crm, form: Form | Callable[[], Form]) -> None:
        super().__init__(crm)
        self._made = form
        form = self._form = form() if callable(form) else form
        self.place = form.place
        self._customer = form.customer
        self.revision = form.customer.revision if form.customer else None
        self._saving = False
        self._rows = [
            FieldRow(field, crm.dialect, self._check, self._understood) for field in form.fields
        ]

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
        merged = self._customer is not self._form.customer
        resumed = self._customer is not None and self.revision != self._customer.revision
        for row, field in zip(self._rows, now.fields, strict=False):
            if merged and field.of_record:
                initial = formfields.initial_text(field.spec, self._customer, dialect)
                field = evolve(field, initial=initial)
            elif resumed and row.dirty:
                field = evolve(field, initial=row.field.initial)
            row.relabel(field, dialect)

    def on_mount(self) -> None:
        """Begin in the first field, as soon as there is one to type into."""
        self.call_after_refresh(self.look_for_draft)
        if self._form.used_before is not None:
            self.ask(self._form.used_before, self._offer_used)

    def _offer_used(self, used: Mapping[str, Sequence[str]]) -> None:
        for row in self._rows:
            row.offer(used.get(row.field.key, ()), partial(self.say, self._form.offered))

    def begin(self, draft: Draft | None) -> None:
        """Let the user type in the first field, going on with *draft* where there is one."""
        self.begun = True
        texts = self._form.typed if draft is None else draft.texts
        for row in self._rows:
            if row.field.key in texts:
                if draft is not None and self._others_since(draft) and row.field.of_record:
                    # What stood there when it was typed: so that it is seen what others made of it.
                    row.begin_from(draft.before.get(row.field.key, row.field.initial))
                row.put(texts[row.field.key])
        if draft is not None:
            self.revision = draft.revision
            self._message(self.say(fw.DRAFT_RESUMED, at=self.moment_of(draft)))
        self.keep_now()
        self.focus_next()
        actions = {name: key.action for key in self.keymap.of("form") for name in key.keys}
        for event in self.early:
            if actions.get(event.key) in _EARLY:
                self._press_early(actions[event.key])
            elif actions.get(event.key) == "give_up":
                self.action_give_up()
                break
            elif event.is_printable and isinstance(self.focused, LineEditor):
                self.focused.insert_text_at_cursor(event.character or "")
            elif event.is_printable and isinstance(self.focused, TextEditor):
                self.focused.insert(event.character or "")

    def _others_since(self, draft: Draft) -> bool:
        return draft.revision is not None and draft.revision != self.revision

    def _press_early(self, action: str) -> None:
        if action == "next":
            self.action_next()
        elif action == "save":
            self.action_save()
        elif isinstance(self.focused, LineEditor):
            self.action_enter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter goes on from a line; in a text it begins a line, and a choice it opens."""
        if action in ("used_before", "used_after"):
            row = self._row_here()
            return self.begun and row is not None and row.offers_any
        return self.begun and (action != "enter" or isinstance(self.focused, LineEditor))

    def _row_here(self) -> FieldRow | None:
        return next((row for row in self._rows if row.editor is self.focused), None)

    def action_used_before(self) -> None:
        """Fill in the next of the texts used before."""
        self._use(+1)

    def action_used_after(self) -> None:
        """Fill in the one above it, and at last what was typed."""
        self._use(-1)

    def _use(self, step: int) -> None:
        if (row := self._row_here()) is not None:
            row.use(step)

    def action_next(self) -> None:
        """To the next field."""
        self.focus_next()

    def action_previous(self) -> None:
        """To the field before."""
        self.focus_previous()

    def _check(self, field: FormField, text: str) -> str:
        return formfields.problem(field, text, self.crm.writer.context())

    def _understood(self, field: FormField, text: str) -> str:
        return understood(field, text, self.crm.dialect, self.crm.clock())

    def on_field_row_typed(self) -> None:
        """Keep a draft of it."""
        self.keep_soon()

    def typed(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """What is typed and not stored, by field, and what stood there before."""
        rows = [row for row in self._rows if row.dirty]
        return (
            {row.field.key: row.text for row in rows},
            {row.field.key: row.field.initial for row in rows},
        )

    def label_of(self, key: str) -> str:
        """What people call the field *key*; "" for one that is not asked for any more."""
        return next((row.field.label for row in self._rows if row.field.key == key), "")

    def warn(self, text: str) -> None:
        """Show *text* as something that went wrong."""
        self._message(text, wrong=True)

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
        texts = self._texts()
        fields = [row.field for row in self._rows]
        values = texts if self._form.everything else formfields.changed(fields, texts)
        expected = self.revision
        self._saving = True
        self._message(self.say(words.SAVING))

        def work() -> Any:
            result = self._form.submit(values, expected)
            self.stored()
            return result

        self.ask(work, self._saved, self._refused)

    def _texts(self) -> Mapping[str, str]:
        return {row.field.key: row.text for row in self._rows}

    def _saved(self, result: Any) -> None:
        self._saving = False
        self.dismiss(result)

    def _refused(self, error: Exception) -> None:
        self._saving = False
        if isinstance(error, ConflictError) and self._customer is not None:
            self.ask(self._what_others_did, self._merge)
            return
        self.report(error)

    def _what_others_did(self) -> tuple[Customer, Sequence[Commit]]:
        """The customer as it is, and the commits since the form was opened, oldest first."""
        assert self._customer is not None
        seen, now = self.revision or 0, self.crm.get(self._customer.id)
        newest_first = self.crm.history(now.id, newest_first=True)
        commits = list(takewhile(lambda commit: commit.revision > seen, newest_first))
        return now, commits[::-1]

    def _merge(self, found: tuple[Customer, Sequence[Commit]]) -> None:
        now, commits = found
        crm = self.crm

        def made() -> Merge:
            fields = [row.field for row in self._rows]
            texts, moment = self._texts(), crm.clock()
            return merge(fields, texts, now, commits, crm.fields, crm.dialect, moment)

        def decided(texts: Mapping[str, str] | None) -> None:
            if texts is None:
                self._message(self.say(words.CONFLICT), wrong=True)
                return
            self._customer, self.revision = now, now.revision
            for row in self._rows:
                if row.field.of_record:
                    initial = formfields.initial_text(row.field.spec, now, crm.dialect)
                    row.rebase(initial, texts.get(row.field.key))
            self._save()

        self._message("")
        self.app.push_screen(ConflictScreen(crm, name_of(now), made, self._edit_version), decided)

    def _edit_version(
        self, field: FormField, text: str, then: Callable[[str | None], None]
    ) -> None:
        key = field.key

        def form() -> Form:
            asked = [evolve(field, initial=text, section="", help="")]
            title = self.say(fw.EDIT_VERSION, label=field.label)
            return Form(title, asked, lambda values, _: values[key], everything=True)

        self.app.push_screen(FormScreen(self.crm, form), then)

    def report(self, error: Exception) -> None:
        """Tell what failed; what was typed stays."""
        # The lines behind the first tell what to type in a shell.
        self._message(self.words_of(error).split("\n")[0], wrong=True)

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
        if not self._saving:
            self.ask_to_leave(self.dirty, self.dismiss)
