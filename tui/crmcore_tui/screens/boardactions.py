"""What the keys of the board do to a customer: each asks a form or the façade, never the store."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.command import CommandPalette

from crmcore.changes import Commit
from crmcore.customer import Customer
from crmcore.errors import GateError
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_tui import detailwordings as dw
from crmcore_tui import forms, recordforms
from crmcore_tui import formwordings as fw
from crmcore_tui import intakewordings as iw
from crmcore_tui import markwordings as mw
from crmcore_tui import wordings as words
from crmcore_tui.keymap import Section as Keys
from crmcore_tui.palette import BoardCommands, PluginCommands
from crmcore_tui.presenter import name_of
from crmcore_tui.reading import help_sections
from crmcore_tui.screens.boardsetup import SetupActions
from crmcore_tui.screens.boardsteps import StepActions
from crmcore_tui.screens.detail import DetailScreen, Leaving
from crmcore_tui.screens.intake import IntakeScreen
from crmcore_tui.screens.quickadd import Quick, QuickAddScreen


class BoardActions(SetupActions, StepActions):
    """The actions on the selected customer."""

    OWN: ClassVar[Keys | None] = None
    """The keys that this screen alone has; the help begins with them."""

    # moving

    def action_forward(self) -> None:
        """To the next stage; what its gate misses is asked for."""
        self.remember(self.action_forward)
        if self.for_marked(self.crm.move, "move"):
            return

        def act(customer: Customer) -> None:
            stages, here = self.state.pipeline.stages, self.state.pipeline.index(customer.stage)
            self.move_to(customer, stages[here + 1].key if here + 1 < len(stages) else None)

        self.on_selected(act)

    def action_won(self) -> None:
        """To the stage behind the one that is won by leaving it."""
        self.remember(self.action_won)
        if self.state.marked:
            self.tell(self.say(mw.ONE_BY_ONE), error=True)
            return

        def act(customer: Customer) -> None:
            stages = self.state.pipeline.stages
            winning = [n for n, stage in enumerate(stages) if stage.status_on_exit == "won"]
            if customer.status == "won" or not winning:
                self.tell(self.say(words.ALREADY_WON, name=name_of(customer)))
                return
            behind = winning[0] + 1
            self.move_to(customer, stages[behind].key if behind < len(stages) else None)

        self.on_selected(act)

    def move_to(self, customer: Customer, to: str | None) -> None:
        """Move *customer*, None to the end; what the gates on the way miss is asked for."""

        def blocked(error: Exception) -> None:
            if isinstance(error, GateError):
                form = partial(forms.gate, self.crm, customer, to, error.missing)
                self.fill_in(form, self.moved)
            else:
                self.refused(error)

        revision = customer.revision
        self.write(lambda: self.crm.move(customer.id, to, expected=revision), self.moved, blocked)

    def moved(self, customer: Customer) -> None:
        """Tell where it is now."""
        if customer.completed_at:
            self.stored(words.ROUND_DONE, customer)
            return
        pipeline = self.state.pipeline
        label = pipeline.stages[pipeline.index(customer.stage)].label
        self.stored(words.MOVED, customer, stage=self.crm.dialect.say(label))

    def action_back(self) -> None:
        """To the stage before, with the reason."""
        if self.state.marked:
            self._back_together()
            return

        def act(customer: Customer) -> None:
            here = self.state.pipeline.index(customer.stage)
            if here == 0:
                self.tell(self.say(words.FIRST_STAGE, name=name_of(customer)))
                return
            stage, policy = self.state.pipeline.stages[here - 1], self.back_by_policy(customer)
            if policy == "reason":
                form = partial(forms.back, self.crm, customer, stage)
                self.fill_in(form, self.moved)
            elif policy == "free":
                revision = customer.revision
                self.write(
                    lambda: self.crm.move(customer.id, stage.key, expected=revision), self.moved
                )

        self.on_selected(act)

    def _back_together(self) -> None:
        """All that are marked; a reason is asked for where the stage of one of them wants it."""
        stages, index = self.state.pipeline.stages, self.state.pipeline.index
        policies = {stages[index(each.stage)].back for each in self.state.marked.values()}
        if "reason" in policies:
            self.form_for_selected(forms.back_each)
            return

        def back(customer_id: str) -> object:
            here = index(self.crm.get(customer_id).stage)
            return self.crm.move(customer_id, stages[max(0, here - 1)].key)

        self.together(back, "move")

    # filling in

    def action_add(self) -> None:
        """A new lead, on one line."""
        self.when_free(self._add)

    def _add(self) -> None:
        added = partial(self.stored, words.ADDED)
        screen = QuickAddScreen(self.crm)

        def closed(quick: Quick | None) -> None:
            if quick is not None and quick.added is None:
                self.fill_in(lambda: forms.add(self.crm, quick.values), added)
                return
            if quick is not None and quick.added is not None:
                added(quick.added)
            self.tell_of_draft(screen)

        self.app.push_screen(screen, closed)

    def action_refer(self) -> None:
        """A new lead whom this customer referred."""
        self.form_for_selected(forms.refer, words.ADDED)

    def action_edit(self) -> None:
        """All the fields."""
        self.form_for_selected(forms.edit)

    def action_note(self) -> None:
        """A contact with the customer."""
        self.form_for_selected(forms.note)

    def action_next_step(self) -> None:
        """What is to be done next."""
        self.form_for_selected(forms.next_step)

    def action_proposal(self) -> None:
        """A solution offered."""
        self.form_for_selected(recordforms.proposal)

    def action_objection(self) -> None:
        """A doubt, or the answer to one."""
        self.form_for_selected(recordforms.objection)

    def action_clause(self) -> None:
        """A change of the contract."""
        self.form_for_selected(recordforms.clause)

    def action_lose(self) -> None:
        """Out of the funnel, with the reason."""
        self.form_for_selected(forms.lose, words.CLOSED_LOST)

    def action_invalidate(self) -> None:
        """Not a customer at all, with the reason."""
        self.form_for_selected(forms.invalidate, words.CLOSED_INVALID)

    def action_reopen(self) -> None:
        """Back into the funnel, with the reason."""

        def act(customer: Customer) -> None:
            if customer.status not in ("lost", "invalid"):
                self.tell(self.say(words.NOT_CLOSED, name=name_of(customer)))
                return
            policy, reopened = (
                self.reopen_by_policy(customer),
                partial(self.stored, words.REOPENED),
            )
            if policy == "reason":
                self.fill_in(partial(forms.reopen, self.crm, customer), reopened)
            elif policy == "free":
                revision = customer.revision
                self.write(lambda: self.crm.reopen(customer.id, "", expected=revision), reopened)

        self.on_selected(act)

    # at once

    def action_repurchase(self) -> None:
        """A new round for a customer who buys again."""

        def act(customer: Customer) -> None:
            self.write(
                lambda: self.crm.repurchase(customer.id), partial(self.stored, words.REPURCHASED)
            )

        self.on_selected(act)

    def action_undo(self) -> None:
        """Take back one's last change."""
        self.when_free(lambda: self.write(self.crm.undo, partial(self._taken_back, words.UNDONE)))

    def action_redo(self) -> None:
        """Take back one's last undo."""
        self.when_free(lambda: self.write(self.crm.redo, partial(self._taken_back, words.REDONE)))

    def _taken_back(self, text: Text, commit: Commit) -> None:
        # The reason of an undo is the verb it took back.
        verb = words.ACTIONS.get(commit.reason)
        action = self.crm.dialect.say(verb) if verb else one_line(commit.reason)
        back = fw.REDO_WITH if text is words.UNDONE else fw.UNDO_WITH
        self.tell(self.say(text, action=action, revision=commit.undoes) + self.say(back))
        self.reload(commit.edits[0].id if commit.edits else None)

    # reading

    def action_detail(self) -> None:
        """All that is known of the customer, and its history."""

        def act(customer: Customer) -> None:
            gather = partial(self.details, older=dw.OLDER)
            self.app.push_screen(DetailScreen(self.crm, customer, gather), self._left)

        self.on_selected(act)

    async def _left(self, left: Leaving | None) -> None:
        if left is None:
            return
        # Not on those marked: on the one whose detail it was begun from.
        self.meant = left.customer
        try:
            await self.run_action(left.action)
        finally:
            self.meant = None

    def action_help(self) -> None:
        """The keys."""
        plugins = self.plugin_help()
        first = self.OWN.label if self.OWN is not None else None
        self.read(
            partial(self.say, words.HELP_TITLE),
            lambda: [*help_sections(self.crm.dialect, self.keymap, first), *plugins],
        )

    def action_import_sheet(self) -> None:
        """What a sheet would add and change, and then do it."""
        self.when_free(self._import)

    def _import(self) -> None:
        def closed(commit: Commit | None) -> None:
            if commit is not None:
                count, revision = f"{len(commit.edits):,}", commit.revision
                self.tell(self.say(iw.IMPORTED, n=count, revision=revision))
                self.reload()

        self.app.push_screen(IntakeScreen(self.crm), closed)

    def action_palette(self) -> None:
        """Find what can be done by typing."""
        commands = [BoardCommands, PluginCommands]
        self.app.push_screen(CommandPalette(commands, placeholder=self.say(words.COMMANDS)))

    def action_quit(self) -> None:
        """Leave the board; a change on its way is still stored."""
        self.app.exit()
