"""What the keys for the steps of a sale, for owners, twins and messages do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from crmcore.assigning import OPEN, AssignmentPlan
from crmcore.customer import Customer
from crmcore.query import Compare
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_tui import forms, stepforms
from crmcore_tui import markwordings as mw
from crmcore_tui import stepwordings as sw
from crmcore_tui import viewwordings as vw
from crmcore_tui import wordings as words
from crmcore_tui.inboxtext import inbox_sections
from crmcore_tui.ownertext import is_by_rules, of_ids, owners_there_are
from crmcore_tui.presenter import name_of
from crmcore_tui.reading import Section
from crmcore_tui.screens.assigning import AssigningScreen
from crmcore_tui.screens.boardplugins import PluginActions
from crmcore_tui.screens.pick import Option, Picked, PickScreen
from crmcore_tui.screens.twins import TwinsScreen

_BY_RULES = "by rules"
_TO = "to "


class StepActions(PluginActions):
    """The records of each step, who follows up, who is there twice, what was told."""

    # the steps

    def action_screen_lead(self) -> None:
        """Whether the lead is real: three questions, each with its outcome and why."""
        if self.state.marked and self.meant is None:
            self.tell(self.say(mw.ONE_BY_ONE), error=True)
            return

        def screened(before: Customer, customer: Customer) -> None:
            self.stored(sw.SCREENED[_validity(customer)], customer, before=before.revision)

        def act(customer: Customer) -> None:
            form = partial(stepforms.screen_lead, self.crm, customer)
            self.fill_in(form, partial(screened, customer))

        self.on_selected(act)

    def action_terms(self) -> None:
        """What is negotiated."""
        self.form_for_selected(stepforms.terms)

    def action_contract(self) -> None:
        """When the contract was sent and signed."""
        self.form_for_selected(stepforms.contract)

    def action_delivery(self) -> None:
        """Delivery and acceptance."""
        self.form_for_selected(stepforms.delivery)

    def action_survey(self) -> None:
        """What the satisfaction survey said."""
        self.form_for_selected(stepforms.survey)

    # owners

    def action_assign(self) -> None:
        """Who follows up: somebody, or whom the rules choose."""
        if self.state.marked and self.meant is None:
            ids = tuple(self.state.marked)
            self.form_for_marked(forms.assign, partial(self._named, ids))
            return

        def act(customer: Customer) -> None:
            def filled(result: Customer | str) -> None:
                if isinstance(result, Customer):
                    self.remember(partial(self._again_to, result.owner or ""))
                    self.stored(words.SAVED, result, before=customer.revision)
                else:
                    self._by_rules((customer.id,))

            self.fill_in(partial(forms.assign, self.crm, customer), filled)

        self.on_selected(act)

    def _named(self, ids: tuple[str, ...], values: Mapping[str, str]) -> bool:
        """Whether the owner that was filled in is left to the rules, and asked of them."""
        left = is_by_rules(values["owner"], self.crm.dialect)
        if left:
            self._by_rules(ids)
        return left

    def _again_to(self, owner: str) -> None:
        self.fill_again(forms.assign, {"owner": owner}, words.SAVED)

    def _rules_again(self) -> None:
        def act(customer: Customer) -> None:
            self._by_rules((customer.id,))

        if self.state.marked:
            self._by_rules(tuple(self.state.marked))
        else:
            self.on_selected(act)

    def _by_rules(self, ids: tuple[str, ...]) -> None:
        self.remember(self._rules_again)
        title = partial(self.say, sw.PLAN_TITLE, n=f"{len(ids):,}")
        self._assign_by(title, lambda: self.crm.plan_assignment(of_ids(ids)))

    def _assign_by(self, title: Callable[[], str], plan: Callable[[], AssignmentPlan]) -> None:
        def chosen(planned: AssignmentPlan | None) -> None:
            if planned is not None:
                self.state.end_range()
                self.write(lambda: self.crm.apply_assignment(planned), self.together_done)

        self.when_free(lambda: self.app.push_screen(AssigningScreen(self.crm, title, plan), chosen))

    def action_hand_over(self) -> None:
        """Give the open customers of an owner who left to others, as one change."""

        def options() -> Sequence[Option]:
            buckets = self.crm.tally(OPEN, ("owner",))
            load = {str(b.key[0]): b.count for b in buckets if b.key[0]}
            return [self._owner_option(name, load[name]) for name in sorted(load)]

        def chosen(picked: Picked | None) -> None:
            if picked is not None and not picked.remove:
                self._choose_successor(picked.option.key.removeprefix(_TO))

        self._pick_owner(partial(self.say, sw.LEAVER_TITLE), options, chosen)

    def _choose_successor(self, leaver: str) -> None:
        def options() -> Sequence[Option]:
            names, load = owners_there_are(self.crm)
            rules = [Option(_BY_RULES, self.say(sw.BY_RULES))] if self.crm.config.assigner else []
            others = (self._owner_option(name, load[name]) for name in names if name != leaver)
            return [*rules, *others]

        def chosen(picked: Picked | None) -> None:
            if picked is None or picked.remove:
                return
            key = picked.option.key
            to = None if key == _BY_RULES else key.removeprefix(_TO)
            theirs = Compare("owner", "=", leaver)
            title = partial(self.say, sw.HAND_OVER_TITLE, leaver=one_line(leaver))
            self._assign_by(title, lambda: self.crm.plan_assignment(theirs, to, without=[leaver]))

        title = partial(self.say, sw.SUCCESSOR_TITLE, leaver=one_line(leaver))
        self._pick_owner(title, options, chosen)

    def _owner_option(self, name: str, count: int) -> Option:
        return Option(_TO + name, one_line(name), self.say(sw.OPEN_COUNT, n=f"{count:,}"))

    def _pick_owner(
        self,
        title: Callable[[], str],
        options: Callable[[], Sequence[Option]],
        chosen: Callable[[Picked | None], None],
    ) -> None:
        keys, nobody = partial(self.say, vw.CHOOSE_KEYS), partial(self.say, sw.NO_OWNERS)
        screen = PickScreen(self.crm, title, keys, options, nobody)
        self.when_free(lambda: self.app.push_screen(screen, chosen))

    # twins, and messages

    def action_twins(self) -> None:
        """Who is likely there twice."""

        def closed(changed: bool | None) -> None:
            if changed:
                self.reload()

        self.when_free(lambda: self.app.push_screen(TwinsScreen(self.crm), closed))

    def action_inbox(self) -> None:
        """The notifications, newest first."""

        def gather() -> Sequence[Section]:
            return inbox_sections(self.crm.inbox(), self.crm.dialect)

        self.read(partial(self.say, sw.INBOX_TITLE), gather)

    # back and again, by the stage's policy

    def back_by_policy(self, customer: Customer) -> str:
        """The policy of the stage that is left; where it is `never`, that is told."""
        pipeline = self.crm.pipeline(customer.pipeline)
        stage = pipeline.stages[pipeline.index(customer.stage)]
        return self._policy(stage.back, sw.NEVER_BACK, customer)

    def reopen_by_policy(self, customer: Customer) -> str:
        """The policy of the stage it is in; where it is `never`, that is told."""
        pipeline = self.crm.pipeline(customer.pipeline)
        stage = pipeline.stages[pipeline.index(customer.stage)]
        return self._policy(stage.reopen, sw.NEVER_REOPEN, customer)

    def _policy(self, policy: str, never: Text, customer: Customer) -> str:
        if policy == "never":
            pipeline = self.crm.pipeline(customer.pipeline)
            label = one_line(self.crm.dialect.say(pipeline.named(customer.stage).label))
            self.tell(self.say(never, name=name_of(customer), stage=label), error=True)
        return policy


def _validity(customer: Customer) -> str:
    if customer.status == "invalid":
        return "invalid"
    return "valid" if customer.validity == "valid" else ""
