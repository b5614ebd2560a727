"""Grading from the board: by the rules, by hand, why, and other rules on trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

from crmcore.customer import Customer
from crmcore.due import due_items
from crmcore.grading.evidence import given_by_hand
from crmcore.query import Compare, both
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_tui import detailwordings as dw
from crmcore_tui import forms
from crmcore_tui import wordings as words
from crmcore_tui.boardquery import whom
from crmcore_tui.detailtext import (
    Details,
    Linked,
    due_lines,
    grade_lines,
    head_lines,
    link_lines,
)
from crmcore_tui.explaining import why_lines
from crmcore_tui.presenter import name_of
from crmcore_tui.reading import Section, history_section, record_sections
from crmcore_tui.screens.boardchanging import ChangingScreen
from crmcore_tui.screens.confirm import ConfirmScreen
from crmcore_tui.screens.keyed import Words
from crmcore_tui.screens.preview import PreviewScreen
from crmcore_tui.screens.reader import Gathered, ReadScreen
from crmcore_tui.screens.trialrun import Applied, Asked
from crmcore_tui.widgets.linkpaper import LinkPaper
from crmcore_tui.widgets.paper import Paper, Write

HISTORY = 200
"""How many commits of the history are shown."""


class GradingActions(ChangingScreen):
    """The actions on grades, of the selected customer and of all that the board shows."""

    live: float | None = None

    def for_marked(self, verb: Callable[[str], object], action: str) -> bool:
        """Change those marked by *verb*; False when nobody is."""
        raise NotImplementedError

    filter_text = ""
    _tried = ""

    def action_grade(self) -> None:
        """The grade by the rules; one given by hand is replaced only when the user says so."""
        if self.for_marked(self.crm.grade, "grade"):
            return

        def grade(customer: Customer, *, replace: bool) -> None:
            self.write(
                lambda: self.crm.grade(
                    customer.id, replace_manual=replace, expected=customer.revision
                ),
                self._graded,
            )

        def act(customer: Customer) -> None:
            if not given_by_hand(customer):
                grade(customer, replace=False)
                return
            question = ConfirmScreen(
                partial(self.say, words.REPLACE_MANUAL), partial(self.say, words.YES_NO_KEYS)
            )
            self.app.push_screen(
                question, lambda yes: grade(customer, replace=True) if yes else None
            )

        self.on_selected(act)

    def _graded(self, customer: Customer) -> None:
        grade, record = one_line(customer.grade or "-"), customer.grading
        if record is None or not record.stale:
            self.stored(words.GRADED, customer, grade=grade)
            return
        self.changed(customer)
        text = words.GRADER_FAILED if customer.grade else words.GRADER_FAILED_FIRST
        why = one_line(record.stale[:300])
        self.tell(self.say(text, name=name_of(customer), grade=grade, why=why), error=True)

    def action_grade_by_hand(self) -> None:
        """A grade with a person's own evidence."""
        self.form_for_selected(forms.grade_by_hand)

    def action_why(self) -> None:
        """Why the customer has its grade."""

        def act(customer: Customer) -> None:
            def gather() -> Write:
                current = self.crm.get(customer.id)
                fields, shown = self.crm.fields, self.keymap.shown
                return partial(why_lines, current, fields, self.crm.dialect, keys=shown)

            self.read(partial(self.say, words.WHY_TITLE, name=name_of(customer)), gather)

        self.on_selected(act)

    # other rules

    def action_preview(self) -> None:
        """What other rules would do to the open customers that the filter leaves."""
        self.when_free(self._preview)

    def _preview(self) -> None:
        where = whom(self.state.pipeline, False, self.wanted)
        filtered = self.filter_text

        def scope() -> str:
            said = self.say(words.OPEN_CUSTOMERS)
            return f"{said} · {self.say(words.FILTER)}: {filtered}" if filtered else said

        asked = Asked(both(where, Compare("status", "=", "open")), scope, self._tried)

        def closed(applied: Applied | None) -> None:
            self._tried = asked.text
            if applied is not None:
                self._applied(applied)

        screen = PreviewScreen(self.crm, asked, self.known_of, watch=self.live)
        self.app.push_screen(screen, closed)

    def _applied(self, applied: Applied) -> None:
        commit = applied.commit
        count = f"{len(commit.edits) - applied.stale:,}"
        said = self.say(words.APPLIED, n=count, revision=commit.revision)
        if applied.stale:
            said += self.say(words.APPLIED_STALE, n=f"{applied.stale:,}")
        self.tell(said, error=bool(applied.stale))
        self.reload()

    # reading

    def read(self, title: Words, gather: Callable[[], Gathered]) -> None:
        """Show what *gather*, in a worker, finds to be read."""
        keys = partial(self.say, words.READ_KEYS)
        self.app.push_screen(ReadScreen(self.crm, title, gather, keys))

    def details(
        self, customer_id: str, commits: int = HISTORY, older: Text = words.OLDER
    ) -> Details:
        """All that is known of the customer: who and where it is, its record, links and history."""
        crm, fields, dialect, pipeline = (
            self.crm,
            self.crm.fields,
            self.crm.dialect,
            self.state.pipeline,
        )
        customer = crm.get(customer_id)
        linked = tuple(
            Linked(each.kind, each.id, crm.store.get(each.id)) for each in customer.links
        )
        kept = list(islice(crm.history(customer_id, newest_first=True), commits + 1))
        more = len(kept) > commits
        told = self.say(older) if more else ""
        history = history_section(kept[:commits], fields, dialect, told)
        record = record_sections(customer, pipeline, fields, dialect)
        sections = (*self._head(customer, linked), *record, history)
        return Details(customer, sections, linked, more)

    def _head(self, customer: Customer, linked: Sequence[Linked]) -> Iterator[Section]:
        dialect, pipeline, now = self.crm.dialect, self.state.pipeline, self.crm.clock()

        def section(title: Text | None, write: Write, paper: type[Paper] = Paper) -> Section:
            return Section(self.say(title) if title else "", (), partial(paper, write))

        yield section(None, partial(head_lines, customer, pipeline, dialect))
        if any(due_items(customer)):
            yield section(dw.DUE, partial(due_lines, customer, now, dialect))
        if customer.grade is not None or customer.grading is not None:
            yield section(dw.WHY, partial(grade_lines, customer, dialect))
        if linked:
            yield section(dw.LINKS, partial(link_lines, linked, pipeline, dialect), LinkPaper)

    def known_of(self, customer_id: str) -> Sequence[Section]:
        """All that is known of the customer, for screens that only show it."""
        return self.details(customer_id).sections
