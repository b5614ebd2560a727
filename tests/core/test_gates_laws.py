"""No sequence of calls gets a customer past a gate it does not meet without a debt on record."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.errors import ConflictError, NotFoundError, RefusedError
from crmcore.gates import unmet
from crmcore.records import Objection

NOW = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)
VALUES = {
    "company": "Acme", "source": "Fair", "phone": "13800138000", "validity": "valid",
    "owner": "Li Na", "need_detail": "three lines", "proposals": "v1", "objections": "in parts",
    "price": "15万", "payment_terms": "3-6-1", "contract_sent_at": "2024-05-02",
    "contract_signed_at": "2024-05-03", "delivered_at": "2024-05-04", "acceptance": "accepted",
    "satisfaction": "5",
}  # fmt: skip
STAGES = ("lead", "screening", "solution", "negotiation", "after_sales", None)
OWN = {
    "standard": {
        "stages": {
            "solution": {"entry": [{"key": "priced", "met": "budget:*", "en": "a budget"}]},
            "negotiation": {"back": "free"},
        }
    }
}
some_values = st.lists(st.sampled_from(sorted(VALUES)), max_size=6, unique=True)


class Passing(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.crm = open_crm(
            config=Config(store="memory:", language="en", timezone="UTC", pipelines=OWN, notify=()),
            clock=lambda: NOW,
            actor="Li Na",
        )
        self.id = self.crm.add(contact="Amy").id
        self.pipeline = self.crm.pipeline()

    def teardown(self) -> None:
        if hasattr(self, "crm"):
            self.crm.close()

    @rule(keys=some_values, clear=st.sampled_from(["", "company", "need_detail", "price", "owner"]))
    def edit(self, keys: list[str], clear: str) -> None:
        values = {key: VALUES[key] for key in keys} | ({clear: ""} if clear else {})
        self.crm.edit(self.id, values)

    @rule()
    def ready(self) -> None:
        self.crm.edit(self.id, {**VALUES, "grade": "A", "grade_evidence": "x", "budget": "10万"})

    @rule()
    def object_(self) -> None:
        self.crm.append(self.id, "objections", Objection("too dear"))

    @rule(
        to=st.sampled_from(STAGES),
        keys=some_values,
        force=st.booleans(),
        why=st.sampled_from(["", "x"]),
    )
    def move(self, to: str | None, keys: list[str], force: bool, why: str) -> None:
        before = self.crm.get(self.id)
        values = {key: VALUES[key] for key in keys}
        with suppress(RefusedError):
            self.crm.move(self.id, to, values, force=force, reason=why)
            self.passed(before.stage, forced=force and bool(why))

    def passed(self, here: str, *, forced: bool) -> None:
        after = self.crm.get(self.id)
        start, end = self.pipeline.index(here), self.pipeline.index(after.stage)
        if after.completed_at:
            end = len(self.pipeline.stages)
        left, entered = self.pipeline.stages[start:end], self.pipeline.stages[start + 1 : end + 1]
        missing = unmet(left, after, self.crm.fields, entered)
        owed = {(debt.stage, debt.requirement) for debt in after.debts}
        assert {(m.stage, m.requirement.key) for m in missing} <= owed
        if missing or (end > start and owed):
            assert forced
            newest = next(self.crm.history(self.id, newest_first=True))
            assert (newest.action, newest.reason) == ("move", "x")

    @rule()
    def lose_and_reopen(self) -> None:
        with suppress(RefusedError):
            self.crm.lose(self.id, "no budget")
            self.crm.reopen(self.id, "they called")

    @rule()
    def undo(self) -> None:
        with suppress(RefusedError, NotFoundError, ConflictError):
            self.crm.undo()
            self.crm.get(self.id)
        if self.crm.store.get(self.id) is None:
            self.crm.redo()


TestPassing = Passing.TestCase
TestPassing.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
