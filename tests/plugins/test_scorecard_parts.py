"""What cards are read with: the lines of a TOML text, expressions that cannot hang, the schema."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import ConfigError
from crmcore_scorecard.lines import Lines
from crmcore_scorecard.patterns import LONGEST_TEXT, PatternError, compiled
from crmcore_scorecard.reading import read_card
from crmcore_scorecard.schema import schema, schema_text
from crmcore_scorecard.sources import shipped

# lines

TRICKY = '''\
# [not.a.table]
a = "x # ] } \\" [[rule]]" # b = 1
'quoted key' = \'\'\'
c = 1
[[rule]]
\'\'\'
"es\\u0063" = """one \\""" two
"""
d.e . f = { g = [ 1,
  [ 2, # ] in a comment
    "]" ], ], h = "}" }
date = 2024-01-01 10:00:00
[t]
k = 1
[[rule]]
x = 1
[rule.sub]
y = 2
[[rule]]
bands = [
  # a comment
  { p = 1 }, { p = 2,
q = 3 },
]
[rule."s.t"]
'''


def test_lines_are_exact_whatever_stands_in_strings_and_comments():
    lines = Lines(TRICKY)
    assert {
        (): 1, ("a",): 2, ("quoted key",): 3, ("esc",): 7, ("d",): 9, ("d", "e", "f"): 9,
        ("d", "e", "f", "g", 0): 9, ("d", "e", "f", "g", 1): 10, ("d", "e", "f", "g", 1, 1): 11,
        ("d", "e", "f", "h"): 11, ("date",): 12, ("t", "k"): 14, ("rule",): 15, ("rule", 0, "x"): 16,
        ("rule", 0, "sub"): 17, ("rule", 0, "sub", "y"): 18, ("rule", 1): 19,
        ("rule", 1, "bands"): 20, ("rule", 1, "bands", 0): 22, ("rule", 1, "bands", 1): 22,
        ("rule", 1, "bands", 1, "q"): 23, ("rule", 1, "s.t"): 25,
    }.items() <= lines.places.items()  # fmt: skip
    assert lines.at("rule", 1, "bands", 0, "missing") == 22
    assert lines.at("nowhere", 3) == 1
    assert Lines(TRICKY.replace("\n", "\r\n")).places == lines.places


def paths(value: object, above: tuple = ()) -> set[tuple]:
    below = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return {above} | {path for key, inner in below for path in paths(inner, (*above, key))}


texts = st.text(st.sampled_from("a#[]{}=,.'\"\\ \t\u2028中"), max_size=8)
keys = st.text(st.sampled_from("ab.#]\"' 中"), max_size=3)


def written(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + "".join(f"{written(v)}, # ]\n" for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


values = st.recursive(
    texts | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(keys, values, max_size=4), st.lists(st.dictionaries(keys, values)))
def test_every_place_that_the_reader_of_toml_sees_has_a_line(top, tables):
    text = "".join(f"{json.dumps(k)} = {written(v)}\n" for k, v in top.items() if k != "many")
    for table in tables:
        text += "[[many]]\n" + "".join(f"{json.dumps(k)}={written(v)}\n" for k, v in table.items())
    found = Lines(text).places
    assert set(found) == paths(tomllib.loads(text))
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())


def test_the_lines_of_the_shipped_cards_are_complete():
    for source in shipped():
        assert set(Lines(source.text).places) == paths(tomllib.loads(source.text))


# expressions

ALLOWED = [
    "^上海", "北京.*分公司", r"\d+-\d+", r"\d+\s*万", "(a|b)*c", "(ab)+", "本周|本月|this (week|month)",
    r"\d{1,3}(,\d{3})*", "[^,]*,[^,]*,x", r"\w+@\w+\.com", r"\bCEO\b", "(北京|上海)(市)?(朝阳|浦东)?区",
    "年?月?日?", "(?i)x", "a{2,5}b", "a*?b", "(?:甲|乙)方", ".*",
]  # fmt: skip
HANGING = [
    "(a+)+$", "(a|a)*$", "(a*)*", r"(\w+)\1", "(?=a)a", "(?<!b)a", "(.*)(.*)(.*)x", "a.*b.*c", "(a?){30}",
    "a?" * 15 + "a" * 15, "(a|aa)+$", "(a|ab)(c|bcd)(d*)" * 9, r"(\d+)+", r"(x+x+)+y", "(a{1,30}){1,30}",
    r"\s+\s+\s+x", "([a-zA-Z]+)*x", "(.*a){12}", "(?:(?:){1000}){1000}", r"(?P<n>a)(?P=n)", "(a)?(?(1)b|c)",
    "a{0,1000}a{0,1000}x", "k+\u212a+x", "s+ſ+x", "x+x+y",
]  # fmt: skip


@pytest.mark.parametrize("pattern", ALLOWED)
def test_an_expression_in_linear_time_is_allowed(pattern):
    assert compiled(pattern).flags & re.IGNORECASE


@pytest.mark.parametrize("pattern", HANGING)
def test_an_expression_that_could_hang_is_refused(pattern):
    with pytest.raises(PatternError, match=r"could hang|longer than"):
        compiled(pattern)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(", "not a regular expression: missing"),
        ("[[a]", "not a regular expression"),
        ("a{99999999999999999999}", "not a regular expression"),
        ("a{5000}", "a repeat may count to 1000"),
        ("a" * 201, "longer than 200 characters"),
        ("(?a)x", r"of the flags"),
        ("(?a:x)", r"of the flags"),
        ("(" * 100 + "a" + ")" * 99, "not a regular expression"),
    ],
)
def test_an_expression_that_is_wrong_is_told(pattern, said):
    with pytest.raises(PatternError, match=said):
        compiled(pattern)


parts = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", "$", r"\b"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from("*+?")).map(lambda two: f"({two[0]}){two[1]}"),
        st.tuples(inner, st.sampled_from(["*", "+", "{0,9}", "*?"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=8,
)


@given(parts, st.sampled_from(["a", "ab", "1a", "b1"]))
def test_no_allowed_expression_hangs(pattern, unit):
    try:
        expression = compiled(pattern + "(?:x)")
    except PatternError:
        return
    text = (unit * LONGEST_TEXT)[: LONGEST_TEXT - 1] + "!"
    expression.search(text)  # what hangs here runs into the suite's timeout


# the schema

PUBLISHED = files("crmcore_scorecard").joinpath("scorecard.schema.json").read_text("utf-8")


def test_the_published_schema_is_what_the_reader_goes_by():
    assert schema_text() == PUBLISHED, (
        "python -m crmcore_scorecard.schema > …/scorecard.schema.json"
    )


def valid(value: object, rule: dict, top: dict) -> bool:
    """Whether *value* is what *rule* allows: the keywords of JSON Schema that ours uses."""
    known = {"$schema", "title", "description", "definitions"}
    checks = {
        "$ref": lambda v: valid(value, top["definitions"][v.rsplit("/", 1)[1]], top),
        "type": lambda v: any(_is(value, t) for t in ([v] if isinstance(v, str) else v)),
        "enum": lambda v: value in v,
        "const": lambda v: value is v,
        "anyOf": lambda v: any(valid(value, option, top) for option in v),
        "pattern": lambda v: not isinstance(value, str) or re.search(v, value) is not None,
        "maxLength": lambda v: not isinstance(value, str) or len(value) <= v,
        "minimum": lambda v: not _is(value, "number") or value >= v,
        "maximum": lambda v: not _is(value, "number") or value <= v,
        "minItems": lambda v: not isinstance(value, list) or len(value) >= v,
        "maxProperties": lambda v: not isinstance(value, dict) or len(value) <= v,
        "items": lambda v: not isinstance(value, list) or all(valid(i, v, top) for i in value),
        "required": lambda v: not isinstance(value, dict) or set(v) <= set(value),
        "properties": lambda v: (
            not isinstance(value, dict)
            or all(valid(value[k], r, top) for k, r in v.items() if k in value)
        ),
        "additionalProperties": lambda v: (
            not isinstance(value, dict) or set(value) <= set(rule["properties"])
        ),
    }
    assert set(rule) <= known | set(checks)
    return all(checks[key](asked) for key, asked in rule.items() if key in checks)


def _is(value: object, kind: str) -> bool:
    kinds = {
        "object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
        "number": (int, float),
    }  # fmt: skip
    return isinstance(value, kinds[kind]) and (kind == "boolean" or not isinstance(value, bool))


@pytest.mark.parametrize("source", shipped(), ids=lambda source: source.name)
def test_the_shipped_cards_are_what_the_schema_says(source):
    card = tomllib.loads(source.text)
    assert valid(card, schema(), schema())
    assert source.text.startswith("#:schema ../scorecard.schema.json\n")


SIMPLE = """\
name = "x"
version = "1"
label = { zh = "x", en = "x" }
industries = ["x"]
currency = "CNY"
[grades]
A = { points = 3, within_days = 20 }
B = 1
[[dimension]]
key = "d"
label = { zh = "x", en = "x" }
[[rule]]
field = "employees"
dimension = "d"
bands = [
  { unknown = true, points = 0, zh = "x", en = "x" },
  { in = [3], points = 5, zh = "x", en = "x" },
  { points = 0, zh = "x", en = "x" },
]
[[rule]]
field = "expected_close_at"
bands = [
  { within_days = 30, points = 5, zh = "x", en = "x" },
  { points = 0, zh = "x", en = "x" },
]
[[rule]]
field = "region"
bands = [
  { matches = "海", points = 5, zh = "x", en = "x" },
  { contains = "京", points = 5, zh = "x", en = "x" },
  { points = 0, zh = "x", en = "x" },
]
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('name = "x"', "name = 3"),
        ('name = "x"', 'name = " "'),
        ('name = "x"', ""),
        ('version = "1"', "version = 1"),
        ('version = "1"', 'version = "1"\nvresion = "1"'),
        ('label = { zh = "x", en = "x" }\nindustries', 'label = { zh = "x" }\nindustries'),
        ('label = { zh = "x", en = "x" }\nindustries', 'label = "x"\nindustries'),
        ('industries = ["x"]', 'industries = "x"'),
        ('industries = ["x"]', "industries = [3]"),
        ('industries = ["x"]', "pipelines = [3]"),
        ('industries = ["x"]', "base = 3"),
        ('currency = "CNY"', 'currency = "yuan"'),
        ("B = 1", "D = 1"),
        ("B = 1", "B = true"),
        ("B = 1", "B = 2000000"),
        ("within_days = 20", "within_days = 0"),
        ("within_days = 20", "within_days = 2.5"),
        ("within_days = 20", "days = 2"),
        ('key = "d"', 'kye = "d"'),
        ('key = "d"', "key = 3"),
        ('field = "employees"', ""),
        ('field = "employees"', "field = 3"),
        ('dimension = "d"', "dimension = 3"),
        ('dimension = "d"', "weight = 3"),
        ("unknown = true", "unknown = false"),
        ("in = [3]", "in = 3"),
        ("in = [3]", "in = []"),
        ("in = [3]", "at_least = 2, at_most = 4"),
        ("in = [3]", "at_least = true"),
        ("in = [3], points = 5", "in = [3]"),
        ("in = [3], points = 5", 'in = [3], points = "5"'),
        ('in = [3], points = 5, zh = "x"', "in = [3], points = 5"),
        ('in = [3], points = 5, zh = "x"', 'in = [3], points = 5, zh = ""'),
        ("within_days = 30", 'within_days = "30"'),
        ("within_days = 30", "within_days = 99999"),
        ('matches = "海"', "matches = 3"),
        ('matches = "海"', f'matches = "{"海" * 201}"'),
        ('contains = "京"', 'contains = ""'),
    ],
)
def test_what_the_schema_refuses_the_reader_refuses_too(right, wrong):
    assert SIMPLE.count(right) == 1
    assert valid(tomllib.loads(SIMPLE), schema(), schema())
    assert read_card(SIMPLE, "x").best == 15

    text = SIMPLE.replace(right, wrong)
    assert not valid(tomllib.loads(text), schema(), schema())
    with pytest.raises(ConfigError, match=r"^The scorecard x, line \d+: "):
        read_card(text, "x")


def test_the_schema_is_one_to_a_schema_library_too():
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft7Validator.check_schema(schema())
    validator = jsonschema.Draft7Validator(schema())
    for source in shipped():
        validator.validate(tomllib.loads(source.text))
