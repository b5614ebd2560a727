"""Two customers made one: field by field what each says and what stays, before it is done."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from attrs import frozen
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.errors import ConflictError
from crmcore.merging import MergedField, MergePlan
from crmcore_tui import stepwordings as sw
from crmcore_tui.cells import Line
from crmcore_tui.keymap import MERGING_TWINS, bindings
from crmcore_tui.presenter import name_of
from crmcore_tui.screens.keyed import Said
from crmcore_tui.storecalls import StoreScreen
from crmcore_tui.twintext import chooses, field_note, merge_head, merge_line
from crmcore_tui.widgets.lines import Lines
from crmcore_tui.widgets.moverlist import MoverList

_AROUND = 10
"""The border, the title, the heading, the message, the keys, and some air."""


@frozen
class Merged:
    """What was done: who stays, as stored, and who was merged into it."""

    kept: Customer
    other: Customer


class MergeScreen(StoreScreen[Merged | None], ModalScreen[Merged | None]):
    """Closes with what was merged, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MERGING_TWINS.keys)]
    AUTO_FOCUS = ""

    def __init__(self, crm: Crm, keep: Customer, other: Customer) -> None:
        super().__init__()
        self.crm = crm
        self.keep, self.other = keep, other
        self.take: frozenset[str] = frozenset()
        self.plan: MergePlan | None = None
        self._run = 0
        self._planning = False
        self._merge_then = False
        self._merging = False
        self._changed = False

    def compose(self) -> ComposeResult:
        """The title, the fields, what is to be said of one, the keys."""
        with Vertical(id="dialog", classes="wide"):
            yield Said(self._title, id="dialog-title")
            yield Lines(self._head, id="merge-head")
            yield MoverList(self._line, self._empty)
            yield Static(id="dialog-message")
            yield Said(lambda: self.say(sw.MERGE_KEYS), id="dialog-keys")

    def on_mount(self) -> None:
        """See what it would make."""
        self._show()
        self.replan()

    def replan(self) -> None:
        """See what it would make, in a worker; the newest question counts."""
        self._run += 1
        self._planning = True
        keep, other, take = self.keep.id, self.other.id, self.take
        self.ask(
            lambda: self.crm.plan_merge(keep, other, take),
            partial(self._planned, self._run),
            partial(self._refused, self._run),
        )

    def _planned(self, run: int, plan: MergePlan) -> None:
        if run != self._run:
            return
        self._planning = False
        self.plan = plan
        self.keep, self.other = plan.before
        self._show()
        if self._changed:
            self._changed = False
            self._message(self.say(sw.MERGE_CHANGED), wrong=True)
        if self._merge_then:
            self._merge_then = False
            self.action_apply()

    def _refused(self, run: int, error: Exception) -> None:
        if run != self._run:
            return
        self._planning = self._merge_then = False
        self.plan = None
        self._show()
        self.report(error)

    def committed(self, revision: int) -> None:
        """Others have committed, to one of the two perhaps; or it was this very merge."""
        if not self._merging:
            self.replan()

    def _title(self) -> str:
        return self.say(sw.MERGE_TITLE, keep=name_of(self.keep), other=name_of(self.other))

    @property
    def fields(self) -> tuple[MergedField, ...]:
        """The fields that the two differ in."""
        return () if self.plan is None else self.plan.fields

    @property
    def _list(self) -> MoverList:
        return self.query_one(MoverList)

    def _show(self) -> None:
        count = len(self.fields)
        self._list.styles.height = max(2, min(count, self.app.size.height - _AROUND))
        self._list.show(count, self._list.at)
        self.query_one("#merge-head").refresh()
        self.query_one("#dialog-title", Said).say(self._title)
        self._note()

    def on_resize(self) -> None:
        """Fit the terminal."""
        self._show()

    def reword(self, dialect: Dialect) -> None:
        """Write the fields in another language."""
        super().reword(dialect)
        self._show()

    def _head(self, width: int) -> tuple[Line, ...]:
        return () if self.plan is None else (merge_head(self.plan, self.crm.dialect, width),)

    def _line(self, row: int, width: int) -> Line:
        return merge_line(self.fields[row], self.crm.dialect, width)

    def _empty(self) -> str:
        return "…" if self.plan is None else self.say(sw.SAME_EVERYWHERE)

    def _note(self) -> None:
        if self.plan is not None:
            self._message(field_note(self.selected(), self.crm.dialect))

    def _message(self, text: str, *, wrong: bool = False) -> None:
        message = self.query_one("#dialog-message", Static)
        message.update(Content(text))
        message.set_class(wrong, "-wrong")
        message.display = bool(text)

    def report(self, error: Exception) -> None:
        """Tell what failed; nothing is merged."""
        self._message(self.words_of(error).split("\n")[0], wrong=True)

    # the fields

    def selected(self) -> MergedField | None:
        """The field under the cursor."""
        return self.fields[self._list.at] if self._list.at < len(self.fields) else None

    def _go(self, rows: int) -> None:
        self._list.go(rows)
        self._note()

    def on_mover_list_picked(self, event: MoverList.Picked) -> None:
        """The mouse goes to a field; twice, it takes the other side's value, or no more."""
        self._go(event.row - self._list.at)
        field = self.selected()
        if event.twice and field is not None:
            self._choose(other=field.spec.key not in self.take)

    def action_up(self) -> None:
        """To the field above."""
        self._go(-1)

    def action_down(self) -> None:
        """To the field below."""
        self._go(+1)

    def action_page_up(self) -> None:
        """Up by what is seen."""
        self._go(-self._list.rows_in_view)

    def action_page_down(self) -> None:
        """Down by what is seen."""
        self._go(+self._list.rows_in_view)

    def _choose(self, *, other: bool) -> None:
        field = self.selected()
        if field is not None and chooses(field) and not self._merging:
            key = {field.spec.key}
            self.take = self.take | key if other else self.take - key
            self.replan()

    def action_keep(self) -> None:
        """This field as the kept one has it."""
        self._choose(other=False)

    def action_other(self) -> None:
        """This field as the other one has it."""
        self._choose(other=True)

    def action_swap(self) -> None:
        """Keep the other one of the two; of each field what the kept one says, at first."""
        if not self._merging:
            self.keep, self.other, self.take = self.other, self.keep, frozenset()
            self.replan()

    # doing it

    def action_apply(self) -> None:
        """Merge them, as one change."""
        if self._planning:
            # What was chosen just before is part of it.
            self._merge_then = True
            return
        plan = self.plan
        if plan is None or self._merging:
            return
        self._merging = True
        self.ask(lambda: self.crm.merge(plan), self._merged, self._not_merged)

    def _merged(self, kept: Customer) -> None:
        self.dismiss(Merged(kept, self.other))

    def _not_merged(self, error: Exception) -> None:
        self._merging = False
        if not isinstance(error, ConflictError):
            self.report(error)
            return
        self._changed = True
        self.replan()

    def action_close(self) -> None:
        """Back to the pairs."""
        if not self._merging:
            self.dismiss(None)
