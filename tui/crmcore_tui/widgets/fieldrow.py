"""One field of a form: its label, its editor, and what is wrong with it, below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import evolve
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Select, Static, TextArea

from crmcore.dialect import Dialect
from crmcore.text import one_line, shown
from crmcore_tui.formfields import FormField
from crmcore_tui.widgets.editors import editor_for, put_text, reword_editor, text_of

_MOST_USED = 5
_LONGEST_USED = 60


class FieldRow(Vertical):
    """Checks what is typed as it is typed; the note below names what is wrong, and what was understood
    of it stands beside it."""

    class Typed(Message):
        """Something was typed, or chosen."""

    def __init__(
        self,
        field: FormField,
        dialect: Dialect,
        check: Callable[[FormField, str], str],
        understood: Callable[[FormField, str], str],
    ) -> None:
        """*check* says what is wrong with a text, *understood* what it means where that is not plain."""
        super().__init__(classes=f"field {field.editor}")
        self.field = field
        self._check = check
        self._understood = understood
        self._meaning = Static(classes="meaning")
        self._meaning.display = False
        self._used: tuple[str, ...] = ()
        self._say_used: Callable[..., str] = str
        self._using = -1
        self._own = ""
        self.editor = editor_for(field, dialect)
        self._label = Static(Content(self._labelled()), classes="label")
        self._note = Static(Content(shown(field.help)), classes="note")
        self._note.display = bool(field.help)

    def compose(self) -> ComposeResult:
        """The label beside its editor, and the note."""
        with Horizontal(classes="field-line"):
            yield self._label
            yield self.editor
            yield self._meaning
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
        if self._using >= 0 and self.text != self._used[self._using]:
            self._using = -1  # typed on
        self._show_used()

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
        meaning = "" if found else self._understood(self.field, self.text)
        self._meaning.update(Content(shown(meaning)))
        self._meaning.display = bool(meaning)
        self.post_message(self.Typed())

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

    def begin_from(self, initial: str) -> None:
        """Take *initial* for what stood here before; what is typed stays."""
        self.field = evolve(self.field, initial=initial)

    def rebase(self, initial: str, text: str | None) -> None:
        """Start from another text: what is typed stays, *text* instead where there is one."""
        was_dirty = self.dirty
        self.field = evolve(self.field, initial=initial)
        if text is not None or not was_dirty:
            put_text(self.editor, initial if text is None else text)

    # what was filled in here before

    def offer(self, texts: Sequence[str], say: Callable[..., str]) -> None:
        """Offer *texts* to choose from, the likeliest first; *say* writes them, as `reasons`."""
        self._used, self._say_used = tuple(texts), say
        self._show_used()

    @property
    def offers_any(self) -> bool:
        """Whether there is anything to choose from."""
        return bool(self._used)

    def use(self, step: int) -> None:
        """Fill in the text *step* further down; above the first stands what was typed."""
        if self._using < 0:
            self._own = self.text
        self._using = max(-1, min(self._using + step, len(self._used) - 1))
        put_text(self.editor, self._own if self._using < 0 else self._used[self._using])
        if isinstance(self.editor, Input):
            self.editor.cursor_position = len(self.editor.value)
        self._show_used()

    def _show_used(self) -> None:
        if not self._used or self.has_class("-wrong"):
            return
        first = max(self._using, 0)
        texts = [one_line(text[:_LONGEST_USED]) for text in self._used[first : first + _MOST_USED]]
        if self._using >= 0:
            texts[0] = f"[{texts[0]}]"
        more = " …" if first + _MOST_USED < len(self._used) else ""
        self.note(self._say_used(reasons=" · ".join(texts) + more), wrong=False)
