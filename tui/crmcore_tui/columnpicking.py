"""Choosing columns: those chosen in their order, then all other fields by group; pure."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec
from crmcore.text import one_line
from crmcore_tui.cells import Line, Part, fit, spread

_NO_COLUMNS = {"grading"}
"""What a cell cannot show."""


@frozen
class Choosing:
    """The columns that are chosen, in order, behind them the other fields; and where the cursor is."""

    chosen: tuple[str, ...]
    others: tuple[str, ...]
    at: int = 0

    @classmethod
    def of(cls, chosen: Sequence[str], fields: FieldCatalogue) -> Choosing:
        """With *chosen* to begin with."""
        return cls(tuple(chosen), _others(chosen, fields))

    @property
    def keys(self) -> tuple[str, ...]:
        """All the lines, from the top."""
        return (*self.chosen, *self.others)

    def go(self, rows: int) -> Choosing:
        """The cursor *rows* further; it stops at the ends."""
        return evolve(self, at=max(0, min(self.at + rows, len(self.keys) - 1)))

    def toggle(self, fields: FieldCatalogue) -> Choosing:
        """Choose the field under the cursor as the last column, or no more; the last one left stays."""
        key = self.keys[self.at]
        if key not in self.chosen:
            chosen = (*self.chosen, key)
            return Choosing(chosen, _others(chosen, fields), self.at + 1).go(0)
        chosen = tuple(k for k in self.chosen if k != key)
        return Choosing(chosen, _others(chosen, fields), self.at).go(0) if chosen else self

    def shift(self, step: int) -> Choosing:
        """Move the chosen column under the cursor by *step* places; the cursor goes with it."""
        to = self.at + step
        if self.at >= len(self.chosen) or not 0 <= to < len(self.chosen):
            return self
        moved = [key for n, key in enumerate(self.chosen) if n != self.at]
        moved.insert(to, self.chosen[self.at])
        return evolve(self, chosen=tuple(moved), at=to)


def _others(chosen: Sequence[str], fields: FieldCatalogue) -> tuple[str, ...]:
    groups = {group.key: n for n, group in enumerate(fields.groups)}
    specs = sorted(fields, key=lambda spec: groups.get(spec.group, len(groups)))
    return tuple(
        s.key for s in specs if s.key not in chosen and s.group and s.key not in _NO_COLUMNS
    )


def choosing_line(
    choosing: Choosing, row: int, fields: FieldCatalogue, dialect: Dialect, width: int
) -> Line:
    """One field: whether and where it is a column, its label, its group and key."""
    spec: FieldSpec = fields.named(choosing.keys[row])
    chosen = row < len(choosing.chosen)
    mark = Part(f"{row + 1:>2} ✓ " if chosen else "     ", "mark")
    label = Part(fit(dialect.say(spec.label), 30), "company" if chosen else "")
    group = next((dialect.say(g.label) for g in fields.groups if g.key == spec.group), "")
    side = fit(f"{one_line(group)} · {spec.key}", max(width // 2, 1))
    return spread((mark, label), (Part(side + " ", "dim"),), width)
