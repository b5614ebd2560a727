"""One field of a form: its label, its editor, and what is wrong with it, below."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Select, Static, TextArea

from crmcore.dialect import Dialect
from crmcore.text import shown
from crmcore_tui.formfields import FormField
from crmcore_tui.widgets.editors import editor_for, put_text, reword_editor, text_of


class FieldRow(Vertical):
    """Checks what is typed as it is typed; the note below names what is wrong."""

    def __init__(
        self, field: FormField, dialect: Dialect, check: Callable[[FormField, str], str]
    ) -> None:
        super().__init__(classes=f"field {field.editor}")
        self.field = field
        self._check = check
        self.editor = editor_for(field, dialect)
        self._label = Static(Content(self._labelled()), classes="label")
        self._note = Static(Content(shown(field.help)), classes="note")
        self._note.display = bool(field.help)

    def compose(self) -> ComposeResult:
        """The label beside its editor, and the note."""
        with Horizontal(classes="field-line"):
            yield self._label
            yield self.editor
        yield self._note

    def _labelled(self) -> str:
        return self.field.label + (" *" if self.field.required else "")

    @property
    def text(self) -> str:
        """What is typed."""
        return text_of(self.editor)

    @property
    def dirty(self) -> bool:
        """Whether it differs from what the form started with."""
        return self.text.strip() != self.field.initial.strip()

    def put(self, text: str) -> None:
        """Fill in *text*, as a person would."""
        spec = self.field.spec
        choice = spec.choice(text) if spec is not None and self.field.choices else None
        put_text(self.editor, text if choice is None else choice.key)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Check a line."""
        event.stop()
        self._check_typing()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Check a text."""
        event.stop()
        self._check_typing()

    def on_select_changed(self, event: Select.Changed) -> None:
        """Check a choice."""
        event.stop()
        self._check_typing()

    def on_descendant_focus(self) -> None:
        """Mark the field that is being filled in."""
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """It is not any more."""
        self.remove_class("-focused")

    def _check_typing(self) -> None:
        # An empty field is only asked for when the form is saved.
        found = self._check(self.field, self.text) if self.text.strip() else ""
        self.note(found or self.field.help, wrong=bool(found))

    def check(self) -> bool:
        """Whether what is typed will do; if not, the note says why."""
        found = self._check(self.field, self.text)
        self.note(found or self.field.help, wrong=bool(found))
        return not found

    def note(self, text: str, *, wrong: bool) -> None:
        """Show *text* below the field, or nothing."""
        self._note.update(Content(("! " if wrong else "") + shown(text) if text else ""))
        self._note.display = bool(text)
        self.set_class(wrong, "-wrong")

    def relabel(self, field: FormField, dialect: Dialect) -> None:
        """Ask for the same *field* in another language; what was typed stays typed."""
        typed = self.text if self.dirty else field.initial
        self.field = field
        self._label.update(Content(self._labelled()))
        reword_editor(self.editor, field, dialect)
        put_text(self.editor, typed)
        self._check_typing()

    def rebase(self, initial: str, note: str) -> None:
        """Start from another text: shown at once unless something was typed, then *note* is."""
        was_dirty, changed = self.dirty, initial != self.field.initial
        self.field = evolve(self.field, initial=initial)
        if not was_dirty:
            put_text(self.editor, initial)
        elif changed:
            self.note(note, wrong=True)
