"""The JSON Schema of card files, for editors; `scorecard.schema.json` is what this makes.

`python -m crmcore_scorecard.schema` prints it.
"""

from __future__ import annotations

import json
from typing import Any

from crmcore.customer import GRADES
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import Verb
from crmcore_scorecard.patterns import LONGEST_PATTERN
from crmcore_scorecard.vocabulary import (
    BAND_KEYS,
    BAND_NEEDS,
    CARD_KEYS,
    CARD_NEEDS,
    CONDITIONS,
    DAYS,
    DIMENSION_KEYS,
    GRADE_KEYS,
    HORIZONS,
    LIMITS,
    MOST_DAYS,
    MOST_POINTS,
    RULE_KEYS,
    words_for,
)

_TEXT = {"type": "string", "pattern": r"\S"}
_TEXTS = {"type": "array", "items": _TEXT}
_POINTS = {"type": "number", "minimum": -MOST_POINTS, "maximum": MOST_POINTS}
_VALUE = {"type": ["string", "number"]}
_DAYS = {"type": "integer", "minimum": -MOST_DAYS, "maximum": MOST_DAYS}


def schema() -> dict[str, Any]:
    """What a card's file may say, as far as a JSON Schema (draft 7, which editors know) can tell."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "crmcore scorecard",
        "description": "评分卡：什么样的客户得多少分、为什么 / What a customer is worth, and why",
        **_table(CARD_KEYS, _card(), CARD_NEEDS),
        "anyOf": [{"required": ["base"]}, {"required": ["grades", "rule"]}],
        "definitions": {
            "wording": _table(("zh", "en"), {"zh": _TEXT, "en": _TEXT}, ("zh", "en")),
            "grade": {"anyOf": [_POINTS, _table(GRADE_KEYS, _grade(), ("points",))]},
            "dimension": _table(
                DIMENSION_KEYS, {"key": _TEXT, "label": _ref("wording")}, DIMENSION_KEYS
            ),
            "rule": _table(RULE_KEYS, _rule(), ("field", "bands")),
            # The points, the two reasons, and at most one condition.
            "band": {
                **_table(BAND_KEYS, _band(), BAND_NEEDS),
                "maxProperties": len(BAND_NEEDS) + 1,
            },
        },
    }


def _table(
    keys: tuple[str, ...], properties: dict[str, Any], needs: tuple[str, ...]
) -> dict[str, Any]:
    assert set(keys) == set(properties)
    return {
        "type": "object",
        "properties": {key: properties[key] for key in keys},
        "required": list(needs),
        "additionalProperties": False,
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/definitions/{name}"}


def _card() -> dict[str, Any]:
    grades = tuple(choice.key for choice in GRADES[:-1])
    return {
        "name": {**_TEXT, "description": "唯一的名称 / unique"},
        "version": {**_TEXT, "description": "改规则时加一 / count up when rules change"},
        "label": _ref("wording"),
        "base": {
            **_TEXT,
            "description": "继承的评分卡：同目录文件或自带的名称 / a card beside this one, or a shipped one",
        },
        "drop": {**_TEXTS, "description": "不继承的规则 / rules of the base to leave out"},
        "industries": {**_TEXTS, "description": "空为所有行业 / empty: every industry"},
        "pipelines": {**_TEXTS, "description": "空为所有漏斗 / empty: every pipeline"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "grades": _table(grades, {grade: _ref("grade") for grade in grades}, ()),
        "dimension": {"type": "array", "items": _ref("dimension")},
        "rule": {"type": "array", "items": _ref("rule")},
    }


def _grade() -> dict[str, Any]:
    days = {"type": "integer", "minimum": 1, "maximum": MOST_DAYS}
    usual = ", ".join(f"{grade} {n}" for grade, n in HORIZONS.items())
    return {
        "points": _POINTS,
        "within_days": {**days, "description": f"预计多少天内成交 / days to the close ({usual})"},
    }


def _rule() -> dict[str, Any]:
    usable = [s.key for s in FieldCatalogue() if words_for(s) and s.verb is not Verb.GRADE]
    return {
        "key": {**_TEXT, "description": "默认为字段名 / the field, unless said"},
        # A label, an alias or a sheet's own field is a field's name too: the list is to choose from.
        "field": {"anyOf": [{"enum": usable}, _TEXT]},
        "dimension": {"type": "string"},
        "bands": {"type": "array", "items": _ref("band"), "minItems": 1},
    }


def _band() -> dict[str, Any]:
    conditions: dict[str, Any] = dict.fromkeys(LIMITS, _VALUE)
    conditions |= dict.fromkeys(DAYS, _DAYS)
    conditions |= {
        "is": {"type": ["string", "number", "boolean"]},
        "in": {"type": "array", "items": _VALUE, "minItems": 1},
        "contains": _TEXT,
        "matches": {
            **_TEXT,
            "maxLength": LONGEST_PATTERN,
            "description": "正则表达式 / a regular expression",
        },
        "unknown": {"const": True},
    }
    assert set(conditions) == set(CONDITIONS)
    return {"points": _POINTS, "zh": _TEXT, "en": _TEXT, **conditions}


def schema_text() -> str:
    """The schema as its file has it."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")  # noqa: T201
