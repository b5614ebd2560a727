"""Editors that show text from outside as text: what would act on the terminal is drawn as a mark."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input, Select, TextArea

from crmcore.dialect import Dialect
from crmcore.text import one_line
from crmcore_tui import wordings as words
from crmcore_tui.formfields import FormField


def masked(text: str) -> str:
    """*text*, as long as before, with a mark for each character that would act on the terminal."""
    if one_line(text) == " ".join(text.split()):
        return text
    return "".join(one_line(character) or character for character in text)


class LineEditor(Input):
    """One line of text."""

    @property
    def _value(self) -> Text:
        return Text(masked(self.value), no_wrap=True, overflow="ignore", end="")


class TextEditor(TextArea):
    """Some lines of text."""

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn."""
        return Text(masked(self.document.get_line(line_index)), end="", no_wrap=True)


Editor = LineEditor | TextEditor | Select[str]


def editor_for(field: FormField, dialect: Dialect) -> Editor:
    """The editor that *field* is filled in with."""
    if field.editor == "choice":
        options = _options(field, dialect)
        value = field.initial or Select.NULL
        return Select(options, prompt=dialect.say(words.PICK), value=value, compact=True)
    if field.editor == "text":
        return TextEditor(field.initial, compact=True, highlight_cursor_line=False)
    return LineEditor(field.initial, placeholder=field.hint, compact=True, select_on_focus=False)


def _options(field: FormField, dialect: Dialect) -> list[tuple[Text, str]]:
    options = [(Text(one_line(dialect.say(choice.label))), choice.key) for choice in field.choices]
    known = {choice.key for choice in field.choices}
    if field.initial and field.initial not in known:
        options.append((Text(one_line(field.initial)), field.initial))
    return options


def reword_editor(editor: Editor, field: FormField, dialect: Dialect) -> None:
    """Name the choices of *editor* in another language; nothing is chosen then."""
    if isinstance(editor, Select):
        editor.prompt = dialect.say(words.PICK)
        editor.set_options(_options(field, dialect))


def text_of(editor: Editor) -> str:
    """What stands in *editor*; of a choice its key."""
    if isinstance(editor, TextEditor):
        return editor.text
    if isinstance(editor, LineEditor):
        return editor.value
    return "" if editor.value is Select.NULL else str(editor.value)


def put_text(editor: Editor, text: str) -> None:
    """Let *editor* show *text*; the same text keeps its cursor."""
    if text == text_of(editor):
        return
    if isinstance(editor, TextEditor):
        editor.load_text(text)
    elif isinstance(editor, LineEditor):
        editor.value = text
    else:
        editor.value = text or Select.NULL
