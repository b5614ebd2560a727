"""Further languages: looked up by the English text, their places kept, English where there is none."""

from __future__ import annotations

import ast
import io
import sys
from pathlib import Path

import pytest

from crmcore.cli.context import App
from crmcore.config import CataloguesConfig, Config, load_config
from crmcore.errors import ConfigError
from crmcore.pipeline import STANDARD
from crmcore.translations import HOME, languages, places, translation
from crmcore.wording import Text, outside

ROOT = Path(__file__).parents[2]
babel = pytest.importorskip("babel.messages")
sys.path.insert(0, str(ROOT / "tools"))
import catalogue as tool  # noqa: E402 - the tool is a script, not a package
from babel.messages.catalog import Catalog  # noqa: E402
from babel.messages.mofile import read_mo  # noqa: E402
from babel.messages.pofile import read_po  # noqa: E402

SHIPPED = sorted(HOME.glob("*/LC_MESSAGES/crmcore.po"))


def make(folder: Path, language: str = "tlh", **texts: str) -> Path:
    """A compiled catalogue of an invented language, written as Babel does."""
    catalog = Catalog(locale=None, domain="crmcore")
    for english, told in texts.items():
        catalog.add(english, told)
    path = folder / language / "LC_MESSAGES" / "crmcore.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as opened:
        tool.write_mo(opened, catalog)
    return folder


TEXTS = {
    "Lead": "chu'",
    "{n} customers": "{n} je'wI'pu'",
    "{n} owed": "{m} DIl",
    "{n} unknown": "{n.__class__} Sovbe'lu'",
    "Loading…": "lI'\x1b[2J\ntaH",
}


NAMES = {"{n} customers": "{n} je'wI'pu'", "Stage": "mIw", "{what}: {n}": "{n} {what}Daq"}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A workspace that reads its texts in an invented language."""
    folder = make(tmp_path / "locale", **TEXTS)
    return Config(
        language="tlh", catalogues=CataloguesConfig(str(folder)), store="memory:", timezone="UTC"
    )


def test_a_text_is_said_in_the_other_language_or_in_english(config: Config) -> None:
    say = config.dialect.say
    assert say(Text("线索获取", "Lead")) == "chu'"
    assert say(Text("没有的", "Nobody translated this")) == "Nobody translated this"
    assert say(STANDARD.stages[0].label) == "chu'"
    assert say(Text("", "")) == ""  # not the catalogue's header
    assert config.dialect.spoken == "tlh"
    assert config.dialect.language == "en"  # figures are written as in English


def test_what_is_filled_in_is_filled_into_the_translation(config: Config) -> None:
    say = config.dialect.say
    counted = Text("{n} 个客户", "{n} customers")
    assert say(counted).format(n=3) == "3 je'wI'pu'"
    assert say(counted.with_(n=3)) == "3 je'wI'pu'"
    assert counted.with_(n=3) == Text("3 个客户", "3 customers")
    assert say(Text("多了 {x}", "{x} more").with_(x=1)) == "1 more"


def test_a_text_filled_in_is_said_in_each_language(tmp_path: Path) -> None:
    say = translation("tlh", make(tmp_path, **NAMES)).say
    stage, counted = Text("阶段", "Stage"), Text("{n} 个客户", "{n} customers").with_(n=3)
    told = Text("{what}：{n}", "{what}: {n}").with_(what=stage, n=counted)
    assert (told.zh, told.en) == ("阶段：3 个客户", "Stage: 3 customers")
    assert say(told) == "3 je'wI'pu' mIwDaq"
    within = Text("{what}相同", "same {what}").with_(what=stage.lower())
    assert (within.zh, within.en, say(within)) == ("阶段相同", "same stage", "same mIw")
    assert say(Text("{n} 个", "{n} customers").with_(n=outside("Stage"))) == "Stage je'wI'pu'"


def test_one_english_text_may_have_two_meanings(tmp_path: Path) -> None:
    catalog = Catalog(locale=None, domain="crmcore")
    catalog.add("By", "by")
    catalog.add("By", "nach", context="grouped by")
    path = tmp_path / "tlh" / "LC_MESSAGES" / "crmcore.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as opened:
        tool.write_mo(opened, catalog)
    say = translation("tlh", tmp_path).say
    assert say(Text("按", "By", context="grouped by")) == "nach"
    assert say(Text("方式", "By")) == "by"
    assert say(Text("记录人", "By", context="recorded by")) == "By"


def test_a_translation_with_other_places_is_not_used(config: Config) -> None:
    assert config.dialect.say(Text("欠{n}项", "{n} owed").with_(n=2)) == "2 owed"
    assert config.dialect.say(Text("{n} 个", "{n} unknown").with_(n=2)) == "2 unknown"


def test_a_translation_cannot_act_on_the_terminal(config: Config) -> None:
    assert config.dialect.say(Text("加载中…", "Loading…")) == "lI'[2J\ntaH"


def test_the_command_line_speaks_it_too(tmp_path: Path) -> None:
    make(tmp_path / "words", Stage="mIw")
    (tmp_path / "crm.toml").write_text(
        'store = "memory:"\nlanguage = "tlh"\n[catalogues]\nfolder = "words"\n'
    )
    app = App(tmp_path)
    assert app.config.languages[-1] == "tlh"
    assert app.say("阶段", "Stage") == "mIw"
    assert app.say("等级", "Grade") == "Grade"
    assert app.say("{n} 个 {{", "{n} of {{", n="{x}") == "{x} of {"
    assert app.say("{ 个", "{ of") == "{ of"


def test_ones_own_words_count_before_those_that_come_with_crmcore(tmp_path: Path) -> None:
    folder = make(tmp_path, "de", Lead="Anfrage")
    found = translation("de", folder)
    assert found.say(Text("线索获取", "Lead")) == "Anfrage"
    assert found.say(Text("成交", "Won")) == "Gewonnen"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('language = "fr"', "one of zh, en"),
        ('language = "fr"', "fr/LC_MESSAGES/crmcore.mo"),
        ('language = "dee"', "Did you mean de?"),
        ("language = 3", "must be text"),
        ("catalogues = 'x'", "names a folder"),
        ("[catalogues]\nfolders = 'x'", "unknown setting 'folders'"),
    ],
)
def test_a_language_there_is_not(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "crm.toml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_config(tmp_path)
    assert said in str(refused.value)


def test_a_catalogue_that_is_none(tmp_path: Path) -> None:
    path = make(tmp_path) / "tlh" / "LC_MESSAGES" / "crmcore.mo"
    path.write_bytes(b"no catalogue at all")
    with pytest.raises(ConfigError, match="is no compiled translation"):
        translation("tlh", tmp_path)


def test_a_language_can_be_changed_to_and_back(make_crm_in) -> None:
    crm = make_crm_in("zh")
    assert crm.dialect.say(STANDARD.label) == "标准销售漏斗"
    crm.speak("de")
    assert crm.dialect.say(STANDARD.label) == "Standardtrichter"
    customer = crm.add(company="Acme", phone="1", source="x", employees="800")
    crm.grade(customer.id)
    assert not crm.get(customer.id).grade_evidence.isascii()  # what is stored stays Chinese
    with pytest.raises(ConfigError):
        crm.speak("fr")
    assert crm.dialect.spoken == "de"


@pytest.fixture
def make_crm_in():
    """Opens workspaces in memory."""
    from crmcore.bootstrap import open_crm

    opened = []

    def make(language: str):
        config = Config(store="memory:", language=language, timezone="UTC")
        opened.append(open_crm(config=config, actor="Li"))
        return opened[-1]

    yield make
    for crm in opened:
        crm.close()


# what comes with crmcore


def test_german_comes_with_crmcore() -> None:
    assert languages() == ("zh", "en", "de")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.parent.name)
def test_a_shipped_translation_is_compiled_and_keeps_every_place(path: Path) -> None:
    with path.open("rb") as opened:
        written = {(m.context, m.id): m.string for m in read_po(opened) if m.id and m.string}
    with path.with_suffix(".mo").open("rb") as opened:
        # Babel leaves a context as the bytes it read.
        compiled = {
            (m.context and bytes(m.context).decode(), m.id): m.string
            for m in read_mo(opened)
            if m.id
        }
    assert compiled == written
    assert len(written) > 300
    wrong = {told for (_, english), told in written.items() if places(told) != places(english)}
    assert not wrong


# collecting the texts

SAMPLE = """
A = Text("一", "One")
B = T("二 {n}", "Two " "{n}").with_(n=2)
C = app.say("三", "Three")
D = described(K.TEXT, "basic", "四", "Four", ("五", "Five"), "6", aliases=("七", "seven"))
E = _choices(("key", "八", "Eight", "8"), ("k", "九", "Nine"))
F = _needs("key", "十", "Ten")
H = column("key", "text", "十一", "Eleven"), app.say("{n} 十二", "{n} twelve", n=f"{n:,}")
I = Text("按", "By", context="grouped by"), Text("{a}：{b}", "{a} {b}").with_(a=1, b=2)
G = Text(zh, en), Text(f"{x}", f"{x}"), say(1, 2), Text("", ""), print("a", "b")
"""


def test_every_text_is_found_with_its_chinese_beside_it() -> None:
    found = tool.extract_texts(io.BytesIO(SAMPLE.encode()), {}, (), {})
    assert {(english, chinese) for _, _, english, (chinese,) in found} == {
        ("One", "一"), ("Two {n}", "二 {n}"), ("Three", "三"), ("Four", "四"), ("Five", "五"),
        ("Eight", "八"), ("Nine", "九"), ("Ten", "十"), ("Eleven", "十一"), ("{n} twelve", "{n} 十二"),
        (("grouped by", "By"), "按"),
    }  # fmt: skip


def put_together(source: str) -> list[str]:
    """The calls of *source* that put a text together from words and values: no translation finds it."""
    return [
        f"{node.lineno}: {ast.unparse(part)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in tool.PAIR_AT
        for part in node.args
        if not isinstance(part, ast.Call) and _is_put_together(part)
    ]


def _is_put_together(part: ast.expr) -> bool:
    inside = list(ast.walk(part))
    specs = {id(n.format_spec) for n in inside if isinstance(n, ast.FormattedValue)}
    pieces = [
        piece
        for n in inside
        if isinstance(n, (ast.JoinedStr, ast.BinOp, ast.IfExp)) and id(n) not in specs
        if not isinstance(getattr(n, "op", None), ast.Mult)
        for piece in (n.values if isinstance(n, ast.JoinedStr) else ast.iter_child_nodes(n))
    ]
    words = (n.value for n in pieces if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return any(any(map(str.isalpha, word)) for word in words)


@pytest.mark.parametrize(
    "line",
    [
        'Text(f"{n} 个", f"{n} customers")',
        'app.say("有", f"{n} " + f"in all, {m}")',
        'Text(zh + "。另列", en + ". Beside it")',
        'column("a", "count", f"{n} 天", f"{n} days")',
        'Text("a" if b else "c", "d")',
        'T("周" + day, day)',
    ],
)
def test_a_text_put_together_is_seen(line: str) -> None:
    assert put_together(line)


def test_a_text_with_places_for_values_is_none() -> None:
    assert not put_together(SAMPLE + 'Text(f"{n:f}", f"{n:,f}"), Text(f"{a} · {b}", f"{a} · {b}")')


@pytest.mark.parametrize("source", tool.SOURCES)
def test_no_text_is_put_together_from_words_and_values(source: str) -> None:
    files = [f for f in sorted((ROOT / source).rglob("*.py")) if f != ROOT / "crmcore/demo.py"]
    assert len(files) > 50
    found = {str(f.relative_to(ROOT)): put_together(f.read_text("utf-8")) for f in files}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_template_has_the_texts_of_core_plugins_and_screens() -> None:
    texts = tool.template()
    for english in (
        "Lead", "Company", "High", "move forward", "Scorecard", "Due", "stage {n}", "Went on",
        "{count} customers imported",
    ):  # fmt: skip
        assert english in texts
    assert texts.get("By", "grouped by").auto_comments == ["按"]
    assert texts.get("By", "recorded by").auto_comments == ["记录人"]
    assert "线索获取" in texts["Lead"].auto_comments
    assert ("crmcore/pipeline.py", 0) in texts["Lead"].locations


def test_a_language_is_brought_up_to_date(tmp_path: Path) -> None:
    texts = Catalog()
    texts.add("Lead", locations=[("a.py", 0)], auto_comments=["线索获取"])
    texts.add("Won", locations=[("a.py", 0)], auto_comments=["成交"])
    assert tool.bring_up_to_date("fr", texts, tmp_path) == (0, 2)
    path = tmp_path / "fr" / "LC_MESSAGES" / "crmcore.po"
    path.write_text(
        path.read_text().replace('msgid "Lead"\nmsgstr ""', 'msgid "Lead"\nmsgstr "Piste"')
    )
    texts.add("Lost")
    assert tool.bring_up_to_date("fr", texts, tmp_path) == (1, 3)
    assert translation("fr", tmp_path).say(Text("线索获取", "Lead")) == "Piste"
    before = path.read_bytes()
    tool.bring_up_to_date("fr", texts, tmp_path)
    assert path.read_bytes() == before
    assert "#. 线索获取" in before.decode()
    del texts["Lead"]
    assert tool.bring_up_to_date("fr", texts, tmp_path) == (0, 2)
