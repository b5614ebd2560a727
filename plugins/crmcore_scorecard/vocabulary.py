"""The words of a card's file: the reader and the JSON Schema both go by these."""

from __future__ import annotations

from crmcore.fieldspec import FieldSpec, Kind

CARD_KEYS = (
    "name", "version", "label", "base", "drop", "industries", "pipelines", "currency", "grades",
    "dimension", "rule",
)  # fmt: skip
CARD_NEEDS = ("name", "version", "label")
GRADE_KEYS = ("points", "within_days")
HORIZONS = {"A": 30, "B": 60}
"""The days within which each grade's customers are expected to close, unless the card says."""
DIMENSION_KEYS = ("key", "label")
RULE_KEYS = ("key", "field", "dimension", "bands")
LIMITS = ("at_least", "more_than", "at_most", "less_than")
DAYS = ("within_days", "after_days")
CONDITIONS = ("is", "in", *LIMITS, "contains", "matches", *DAYS, "unknown")
BAND_NEEDS = ("points", "zh", "en")
BAND_KEYS = (*BAND_NEEDS, *CONDITIONS)

MOST_POINTS = 1_000_000
MOST_DAYS = 36_500

_NUMERIC = (*LIMITS, "is", "in", "unknown")
_CHOSEN = ("is", "in", "unknown")
_WRITTEN = ("is", "in", "contains", "matches", "unknown")
_WORDS = {
    Kind.CHOICE: _CHOSEN,
    Kind.YES_NO: _CHOSEN,
    Kind.TEXT: _WRITTEN,
    Kind.LONG_TEXT: _WRITTEN,
    Kind.TAGS: _WRITTEN,
    Kind.INTEGER: _NUMERIC,
    Kind.NUMBER: _NUMERIC,
    Kind.MONEY: _NUMERIC,
    Kind.MONEY_RANGE: _NUMERIC,
    Kind.MOMENT: (*DAYS, "unknown"),
}


def words_for(spec: FieldSpec) -> tuple[str, ...]:
    """The conditions that bands on the field *spec* may have; none when no rule can look at it.

    What a plugin's or a sheet's own field holds is only known customer by customer: all of them.
    """
    return CONDITIONS if spec.namespaced else _WORDS.get(spec.kind, ())
