"""Mistakes in scorecards: each is refused with the file, the line and what was expected."""

from __future__ import annotations

import re

import pytest

from crmcore.errors import ConfigError
from crmcore_scorecard.reading import card_from, read_card
from crmcore_scorecard.sources import Source, on_disk, shipped_named

CARD = """\
name = "medical"
version = "2024-05"
label = { zh = "医疗", en = "Medical" }
industries = ["医疗"]
pipelines = []
currency = "CNY"

[grades]
A = { points = 20, within_days = 30 }
B = 10

[[dimension]]
key = "money"
label = { zh = "钱", en = "Money" }

[[rule]]
field = "预算"
dimension = "money"
bands = [
  { at_least = "10万", points = 15, zh = "预算够", en = "a budget" },
  { points = -5, zh = "预算少", en = "a small budget" },
]

[[rule]]
field = "medical.licence_no"
bands = [
  { contains = "京械", points = 5, zh = "有证", en = "licensed" },
  { points = 0, zh = "无证", en = "unlicensed" },
]

[[rule]]
key = "fair"
field = "tags"
bands = [
  { in = ["展会", "会议"], points = 3, zh = "见过面", en = "met in person" },
  { points = 0, zh = "未见面", en = "not met" },
]

[[rule]]
field = "expected_close_at"
bands = [
  # sooner: { within_days = 7 }
  { within_days = 30, points = 2, zh = "快", en = "soon" }, # ]
  { points = 0, zh = "[[rule]]", en = "later # }" },
]
"""

AMOUNT = 'at_least = "10万"'
MISTAKES = [
    ('version = "2024-05"', "version = 3", 2, "version must be a text"),
    ('name = "medical"', 'name = "a\\nb"', 1, "name must be a text"),
    ('name = "medical"', "", 1, "name must be a text, as in name = \"…\"; it is missing"),
    ('name = "medical"', 'nmae = "medical"', 1, "'nmae' is not known here; did you mean name"),
    ('en = "Medical"', 'de = "Medizin"', 3, "label must be"),
    ('["医疗"]', '"医疗"', 4, "industries must be a list"),
    ('["医疗"]', '[\n"医疗",\n3]', 6, "industries must be a list of texts"),
    ("pipelines = []", "pipelines = 3", 5, "pipelines must be a list"),
    ('currency = "CNY"', 'currency = "yuan"', 6, "currency must be a code such as CNY"),
    ("pipelines = []", 'drop = ["x"]', 5, "the base has no rule 'x'; there is no base"),
    ("points = 20", 'points = "20"', 9, "A must be a number of points"),
    ("points = 20", "points = nan", 9, "A must be a number of points"),
    ("points = 20", "points = 26", 9, "nobody can reach 26 points: the best case of all rules is 25"),
    ("points = 20", "points = 10", 9, "A must begin above B"),
    ("points = 20", "pionts = 20", 9, "did you mean points"),
    ("within_days = 30 }", "within_days = 60 }", 9, "A must close sooner than B"),
    ("within_days = 30 }", "within_days = 0 }", 9, "within_days must be a whole number of days"),
    ("B = 10", "D = 10", 10, "it needs [grades] with A = 70 and B = 40"),
    ("B = 10", "", 8, "it needs [grades] with A = 70 and B = 40"),
    ('key = "money"', 'key = ""', 13, "key must be a text"),
    ('key = "money"', 'kye = "money"', 13, "did you mean key"),
    ('dimension = "money"', 'dimension = "mony"', 18, "there is no dimension 'mony'; there are money"),
    ('dimension = "money"', "dimension = 3", 18, "dimension must be the key of one"),
    ('field = "预算"', 'field = "预酸"', 17, "There is no field '预酸'"),
    ('field = "预算"', 'felid = "budget"', 17, "did you mean field"),
    ('field = "预算"', "field = 7", 17, "a rule needs the field it looks at"),
    ('field = "预算"', "", 16, "a rule needs the field it looks at"),
    ('field = "预算"', 'field = "grade"', 17, "a rule cannot look at grade"),
    ('field = "预算"', 'field = "activities"', 17, "a rule cannot look at activities (records)"),
    (AMOUNT, 'at_least = "10萬萬"', 20, "'10萬萬' is not understood"),
    (AMOUNT, 'at_least = ""', 20, "an empty text is not a value"),
    (AMOUNT, "at_least = 2024-01-01", 20, "budget needs a number or a text in quotes"),
    (AMOUNT, 'at_laest = "10万"', 20, "did you mean at_least"),
    (AMOUNT, 'contains = "10万"', 20, "budget (money range) has the conditions"),
    (AMOUNT, "within_days = 3", 20, "budget (money range) has the conditions"),
    (AMOUNT, 'at_least = "10万", less_than = "20万"', 20, "one condition a band"),
    (AMOUNT, "unknown = false", 20, "write unknown = true, or leave the band out, not False"),
    ("{ at_least", '{ at_least = "5万", points = 1, zh = "x", en = "x" },\n  { at_least', 21,
     "this band never speaks"),
    ("{ at_least", '{ at_least = "$5", points = 1, zh = "x", en = "x" },\n  { at_least', 21,
     "one currency a rule, not USD and CNY"),
    ("points = 15", "points = true", 20, "points must be a number"),
    ("points = 15", "points = inf", 20, "points must be a number"),
    ("points = 15", "points = 0.12345678", 20, "points has at most 6 decimals"),
    ("points = 15, ", "", 20, "points must be a number of points such as 15; it is missing"),
    (', en = "a budget"', "", 20, "its reason in both languages"),
    ("points = -5", 'less_than = "5万", points = -5', 21, "the last band, and no other"),
    ("京械", "  ", 27, "contains needs a text"),
    ('contains = "京械"', "at_least = [1]", 27, "needs a number or a text in quotes"),
    ('contains = "京械"', 'at_least = "many"', 27, "'many' is not understood"),
    ('contains = "京械"', "at_least = nan", 27, "needs a number or a text in quotes"),
    ('contains = "京械"', 'matches = "(a+)+$"', 27, "it could hang: a repeat in a repeat"),
    ('contains = "京械"', 'matches = "(京"', 27, "it is not a regular expression"),
    ('in = ["展会", "会议"]', "in = []", 35, "in needs a list"),
    ('"展会", "会议"', '"展会",\n "a;b"', 36, "one tag a text"),
    ('"展会", "会议"', '"展会",\n 3', 36, "tags needs a text in quotes"),
    ('key = "fair"', 'key = "budget"', 32, "there are two rules 'budget'"),
    ('key = "fair"', "key = 3", 32, "key must be a text"),
    ("within_days = 30, p", "within_days = 3.5, p", 43, "within_days needs a whole number of days"),
    ("within_days = 30, p", "within_days = 99999, p", 43, "within_days needs a whole number of days"),
    ("within_days = 30, p", 'at_least = "2024-01-01", p', 43, "has the conditions within_days"),
    ("[grades]", "[grades", 8, "it is not TOML"),
    ("[grades]", "name = 3\n[grades]", 8, "it is not TOML: Cannot overwrite a value"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "line", "said"), MISTAKES)
def test_a_mistake_is_told_with_its_line_and_what_was_expected(right, wrong, line, said):
    assert CARD.count(right) == 1
    with pytest.raises(ConfigError) as caught:
        read_card(CARD.replace(right, wrong), "card.toml")
    assert str(caught.value).startswith(f"The scorecard card.toml, line {line}: ")
    assert said in str(caught.value)
    source = Source("card.toml", CARD.replace(right, wrong))
    with pytest.raises(ConfigError) as caught:
        card_from(source, language="zh")
    begun, told = str(caught.value).split("：", 1)
    assert begun == f"评分卡 card.toml 第 {line} 行"
    assert re.search("[一-鿿]{2}", told)
    assert not re.search("[a-z]+ [a-z]+ [a-z]+", re.split("TOML：|正则表达式：", told)[0])


@pytest.mark.parametrize("text", ["\r\n".join(CARD.splitlines()), CARD + "# the end"])
def test_the_card_without_a_mistake_is_one(text):
    assert read_card(text, "card.toml").best == 25


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: name must be a text"),
        ('name="x"\nversion="1"\nlabel={zh="x",en="x"}\nrule=3', "line 4: expected rules"),
        ('name="x"\nversion="1"\nlabel={zh="x",en="x"}\nrule=[3]', "line 4: expected rules"),
        ('name="x"\nversion="1"\nlabel={zh="x",en="x"}', "line 1: it needs rules"),
        ("a = " + "[" * 5000 + "]" * 5000, "line 1: it is nested too deeply"),
    ],
)
def test_what_is_hardly_a_card_is_told_too(text, said):
    with pytest.raises(ConfigError, match="The scorecard x, " + said):
        read_card(text, "x")


def test_a_band_in_a_card_all_on_one_line_has_its_line():
    text = (
        'name="x"\nversion="1"\nlabel={zh="x",en="x"}\ngrades={A=2,B=1}\n'
        'rule=[{field="employees",bands=[{at_least="many",points=2,zh="x",en="x"}]}]\n'
    )
    with pytest.raises(ConfigError, match=r"x\.toml, line 5: employees: 'many' is not understood"):
        read_card(text, "x.toml")


IDLE = [
    ("employees", ["at_least = 10", "at_least = 500"], 1),
    ("employees", ["less_than = 10", "at_least = 10", "is = 3"], 2),
    ("employees", ["more_than = 9", "is = 10"], 1),
    ("need_match", ['in = ["高", "low"]', 'is = "high"'], 1),
    ("expected_close_at", ["within_days = 60", "within_days = 30"], 1),
    ("expected_close_at", ["within_days = 30", "after_days = 30", "within_days = 90"], 2),
    ("annual_revenue", ['at_most = "1亿"', 'less_than = "1亿"'], 1),
    ("region", ['contains = "海"', 'contains = "上海"'], 1),
    ("region", ['is = "上海"', 'contains = "京"', 'in = ["北京", "上海"]'], 2),
    ("employees", ["at_least = 500", "is = 3", "at_least = 10"], None),
    ("region", ['is = "上海"', 'contains = "上海"', 'is = "广州"'], None),
    ("expected_close_at", ["within_days = 30", "within_days = 60"], None),
]


@pytest.mark.parametrize(("field", "conditions", "idle"), IDLE)
def test_a_band_that_could_never_speak_is_refused(field, conditions, idle):
    bands = [f'  {{ {c}, points = {n}, zh = "x", en = "x" }},\n' for n, c in enumerate(conditions)]
    text = (
        'name="x"\nversion="1"\nlabel={zh="x",en="x"}\ngrades={A=1,B=0.5}\n'
        f'[[rule]]\nfield = "{field}"\nbands = [\n{"".join(bands)}'
        '  { points = 9, zh = "x", en = "x" },\n]\n'
    )
    if idle is None:
        assert read_card(text, "x").best == 9
        return
    with pytest.raises(ConfigError, match=f"x, line {8 + idle}: this band never speaks"):
        read_card(text, "x")


# inheritance

CHILD = """\
name = "child"
version = "1"
label = { zh = "子", en = "Child" }
base = "%s"
"""


def test_a_card_takes_rules_dimensions_and_grades_from_its_base(tmp_path):
    (tmp_path / "base.toml").write_text(CARD.replace('currency = "CNY"', 'currency = "USD"'))
    (tmp_path / "child.toml").write_text(
        CHILD % "base.toml"
        + """\
industries = []
drop = ["fair"]
[grades]
A = 12
[[dimension]]
key = "speed"
label = { zh = "速度", en = "Speed" }
[[rule]]
field = "budget"
dimension = "money"
bands = [
  { at_least = "9", points = 20, zh = "够", en = "enough" },
  { points = 0, zh = "少", en = "little" },
]
[[rule]]
field = "employees"
bands = [ { points = 1, zh = "有", en = "some" } ]
"""
    )
    card = card_from(on_disk(tmp_path / "child.toml"))
    base = card_from(on_disk(tmp_path / "base.toml"))
    keys = ["budget", "medical.licence_no", "expected_close_at", "employees"]
    assert [rule.key for rule in card.rules] == keys
    assert card.rules[0].best == 20
    assert card.rules[0].bands[0].test.value.currency == "USD"
    assert [d.key for d in card.dimensions] == ["money", "speed"]
    assert [(t.points, t.within_days) for t in card.thresholds] == [(12, 30), (10, 60)]
    assert (card.name, card.industries, base.industries) == ("child", (), ("医疗",))

    before = card.digest
    (tmp_path / "base.toml").write_text(CARD.replace("within_days = 30, p", "within_days = 29, p"))
    assert card_from(on_disk(tmp_path / "child.toml")).digest != before


def test_a_shipped_card_can_be_a_base(tmp_path):
    general = card_from(shipped_named("general"))
    for name in ("general", "general.toml"):
        assert read_card(CHILD % name, "x").rules == general.rules
        assert read_card(CHILD % name, "x", tmp_path).rules == general.rules


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.toml": CHILD % "a.toml"}, r"a\.toml, line 4: its base leads back to itself: a\.toml → a"),
        ({"a.toml": CHILD % "./a.toml"}, r"line 4: its base leads back to itself"),
        (
            {"a.toml": CHILD % "b.toml", "b.toml": CHILD % "c.toml", "c.toml": "\n" + CHILD % "a.toml"},
            r"c\.toml, line 5: its base leads back to itself: a\.toml → b\.toml → c\.toml → a\.toml",
        ),
        ({"a.toml": CHILD % "none"}, r"a\.toml, line 4: there is no card 'none' beside this file.*general"),
        ({"a.toml": CHILD % "."}, r"a\.toml, line 4: its base cannot be used: .* is not a file"),
        ({"a.toml": (CHILD % "b.toml").replace('"b.toml"', "3")}, "line 4: base must be a text"),
        ({"a.toml": CHILD % "b.toml", "b.toml": CARD.replace("points = 15", "points = x")},
         r"b\.toml, line 20: it is not TOML"),
        ({"a.toml": CHILD % "b.toml", "b.toml": CARD}, r"a\.toml, line 4: its base serves the industries 医疗"),
        ({"a.toml": CHILD % "general" + 'drop = ["tags"]'}, r"a\.toml, line 5: drop: the base has no rule 'tags'"),
        ({"a.toml": CHILD % "general" + "grades = { A = 30 }"}, r"a\.toml, line 5: A must begin above B"),
        ({"general.toml": CHILD % "general.toml", "a.toml": CHILD % "general.toml"},
         r'leads back to itself.*base = "general" is the shipped card'),
    ],
)  # fmt: skip
def test_a_base_that_does_not_do_is_refused_with_file_and_line(tmp_path, files, said):
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=said):
        card_from(on_disk(tmp_path / "a.toml"))


def test_too_many_bases_are_refused(tmp_path):
    for number in range(30):
        (tmp_path / f"{number}.toml").write_text(CHILD % f"{number + 1}.toml", "utf-8")
    with pytest.raises(ConfigError, match="more than 16 cards build on one another"):
        card_from(on_disk(tmp_path / "0.toml"))


def test_what_cannot_be_read_is_told(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        on_disk(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="is not a file"):
        on_disk(tmp_path)
    (tmp_path / "gbk.toml").write_bytes('name = "x"\nlabel = "医疗"'.encode("gbk"))
    with pytest.raises(ConfigError, match=r"gbk\.toml, line 2: it is not UTF-8 text"):
        on_disk(tmp_path / "gbk.toml")
    (tmp_path / "large.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigError, match="is larger than 1,000,000 bytes"):
        on_disk(tmp_path / "large.toml")


def test_a_files_name_cannot_paint_the_terminal():
    with pytest.raises(ConfigError) as caught:
        card_from(Source("a\x1b[2J\n.toml", "name = 3"))
    assert "\x1b" not in str(caught.value)
    assert "\n" not in str(caught.value)
