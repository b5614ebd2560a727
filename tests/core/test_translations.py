"""Further languages: looked up by the English text, their places kept, English where there is none."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from crmcore.cli.context import App
from crmcore.config import CataloguesConfig, Config, load_config
from crmcore.errors import ConfigError
from crmcore.pipeline import STANDARD
from crmcore.translations import HOME, languages, places, translation
from crmcore.wording import Text

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
        written = {m.id: m.string for m in read_po(opened) if m.id and m.string}
    with path.with_suffix(".mo").open("rb") as opened:
        compiled = {m.id: m.string for m in read_mo(opened) if m.id}
    assert compiled == written
    assert len(written) > 300
    wrong = {told for english, told in written.items() if places(told) != places(english)}
    assert not wrong


# collecting the texts

SAMPLE = """
A = Text("一", "One")
B = T("二 {n}", "Two " "{n}").with_(n=2)
C = app.say("三", "Three")
D = described(K.TEXT, "basic", "四", "Four", ("五", "Five"), "6", aliases=("七", "seven"))
E = _choices(("key", "八", "Eight", "8"), ("k", "九", "Nine"))
F = _needs("key", "十", "Ten")
G = Text(zh, en), Text(f"{x}", f"{x}"), say(1, 2), Text("", ""), print("a", "b")
"""


def test_every_text_is_found_with_its_chinese_beside_it() -> None:
    found = tool.extract_texts(io.BytesIO(SAMPLE.encode()), {}, (), {})
    assert {(english, chinese) for _, _, english, (chinese,) in found} == {
        ("One", "一"), ("Two {n}", "二 {n}"), ("Three", "三"), ("Four", "四"), ("Five", "五"),
        ("Eight", "八"), ("Nine", "九"), ("Ten", "十"),
    }  # fmt: skip


def test_the_template_has_the_texts_of_core_plugins_and_screens() -> None:
    texts = tool.template()
    for english in ("Lead", "Company", "High", "move forward", "Scorecard", "Due", "stage {n}"):
        assert english in texts
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
