"""How sheets of other programs tell that a deal ended: what they keep in one column, and in which stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crmcore_sheets.cells import Understanding
from crmcore_sheets.headers import Column
from crmcore_sheets.spelling import spelled


class Closing:
    """Settles what a row of another program's sheet says of its end; `applies` is False for our own."""

    def __init__(self, columns: Sequence[Column], understanding: Understanding) -> None:
        keys = {column.key for column in columns}
        closed = next((column for column in columns if column.key == "closed_at"), None)
        elsewhere = closed is not None and not _our_own(closed, understanding)
        self._may_be_expected = elsewhere and "expected_close_at" not in keys
        self._may_be_signed = elsewhere and "contract_signed_at" not in keys
        self._anothers = "id" not in keys
        self._pipeline = understanding.pipeline
        self.applies = self._may_be_expected or self._may_be_signed

    def settle(self, values: dict[str, Any], hints: Mapping[str, Any]) -> None:
        """Correct *values* of a row by what they say together; *hints* are among them."""
        won = values.get("status") == "won"
        reached = hints.get("stage")
        if won and reached and self._anothers and values["stage"] != reached:
            # Some programs leave a deal that was won in the stage it last stood in.
            values["stage"] = self._pipeline.furthest(values["stage"], reached)
        if not self.applies or "closed_at" not in values:
            return
        if won and self._may_be_signed:
            # They know no other day on which a customer signed than that of closing the deal.
            values.setdefault("contract_signed_at", values["closed_at"])
        elif self._may_be_expected and _stands_open(values):
            # They keep the day a deal is expected to close in the same column.
            values["expected_close_at"] = values.pop("closed_at")


def _stands_open(values: Mapping[str, Any]) -> bool:
    """Whether the row says of itself that it is open."""
    return values.get("status") == "open" or ("stage" in values and "status" not in values)


def _our_own(column: Column, understanding: Understanding) -> bool:
    """Whether *column* is called as in a sheet of ours."""
    assert column.key is not None
    spec = understanding.fields.named(column.key)
    name = column.header.removesuffix(f"({spec.key})")
    return spelled(name) in map(spelled, (spec.key, spec.label.zh, spec.label.en))
