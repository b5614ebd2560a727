"""Who would get which customers, why, and who was passed over, before anybody gets them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from crmcore.assigning import AssignmentPlan
from crmcore.crm import Crm
from crmcore_tui import stepwordings as sw
from crmcore_tui.keymap import ASSIGNING, bindings
from crmcore_tui.ownertext import plan_lines
from crmcore_tui.screens.keyed import Words
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.widgets.paper import Write

Plan = Callable[[], AssignmentPlan]
"""Works it out; in a worker."""


class AssigningScreen(ReadScreen):
    """Closes with the plan that is to be done, or with None."""

    BINDINGS: ClassVar[list[Any]] = [*bindings(ASSIGNING.keys)]

    def __init__(self, crm: Crm, title: Words, plan: Plan) -> None:
        self._work_out = plan
        self.plan: AssignmentPlan | None = None
        super().__init__(crm, title, self._planned, partial(self.say, sw.PLAN_KEYS))

    def _planned(self) -> Write:
        self.plan = plan = self._work_out()
        return partial(plan_lines, plan, self.crm.dialect)

    def committed(self, revision: int) -> None:
        """Others have committed: who gets whom may be otherwise now."""
        if self.plan is not None and self.plan.base_revision != revision:
            self.gather()

    def action_apply(self) -> None:
        """Assign them so."""
        if self.plan is not None and any(row.owner for row in self.plan.rows):
            self.dismiss(self.plan)
