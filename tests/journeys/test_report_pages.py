"""Figures as a page: whole, safe whatever the names are, and as a browser shows it without the internet."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from crmcore import hookimpl
from crmcore.bootstrap import open_crm
from crmcore.cli import cli
from crmcore.config import Config
from crmcore.hooktypes import Report
from crmcore.pages.charts import Bar, Span, bars, funnel, shares
from crmcore.pages.markup import Safe, tag
from crmcore.pages.writing import write_page
from crmcore.reports.request import ask
from crmcore.wording import Text

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SECONDS = 120
HOSTILE = (
    "<script>document.title='owned'</script>",
    '"><img src=http://evil.invalid/x onerror=alert(1)>',
    "</style></svg><iframe src=//evil.invalid>",
    "'; DROP TABLE \x1b[31m\u202egnp.exe\x00&amp;",
    "啊" * 3000,
)
VOID = {"meta", "br", "img", "link", "input"}


class Elements(HTMLParser):
    """The elements of a page: which there are, what they say, and whether each was closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.said: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, name, attrs):
        self.names.append(name)
        self.attributes += attrs
        if name not in VOID:
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())


@pytest.fixture
def shell(tmp_path):
    """Runs the command line in a workspace of hostile names."""
    config = 'store = "json:crm.json"\ntimezone = "Asia/Shanghai"\n'
    (tmp_path / "crm.toml").write_text(config, "utf-8")
    with open_crm(directory=tmp_path) as crm:
        for n, name in enumerate(HOSTILE * 8):
            crm.add(company=f"c{n}", phone=f"138{n:08}", source=name, owner=name, budget="10万")

    def run(*words: str, lang: str = "en", code: int = 0) -> str:
        done = CliRunner().invoke(cli, ["-C", str(tmp_path), "--lang", lang, *words])
        if done.exit_code != code:
            raise AssertionError(done.output) from done.exception
        return done.output

    return run


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_holds_every_figure_with_what_it_means(shell, tmp_path, lang) -> None:
    page = tmp_path / "all.html"
    shell("report", "all", "--html", str(page), lang=lang)
    written = page.read_text("utf-8")
    found = Elements(written)
    assert found.open == []
    reports = json.loads(shell("report", "list", "--format", "json", lang=lang))
    assert found.names.count("section") == len(reports)
    for report in reports:
        assert report["label"] in found.text
        assert " ".join(report["definition"].split()) in found.text
    assert found.text.count("Of whom" if lang == "en" else "范围") >= len(reports)
    # beside each chart its table, each chart with a title and its figures in words
    charts = found.names.count("svg")
    assert charts >= 10
    assert charts == found.names.count("desc") == found.names.count("figcaption")
    assert found.names.count("table") >= 10
    assert ("not enough history" if lang == "en" else "历史不足") in found.text
    # nothing runs and nothing is fetched
    assert not {"script", "img", "iframe", "link", "i", "u"} & set(found.names)
    assert not any(key.startswith("on") or key == "src" for key, _ in found.attributes)
    assert all(value.startswith("#") for key, value in found.attributes if key == "href")
    ids = [value for key, value in found.attributes if key == "id"]
    assert len(ids) == len(set(ids))
    assert "<script>document.title='owned'</script>" in found.text
    assert not set("\x00\x1b\u202e") & set(written)
    assert len(written) < 1_000_000


def test_single_figures_are_asked_for_as_ever(shell, tmp_path) -> None:
    page = tmp_path / "one.html"
    for words in (("report", "sources"), ("funnel", "--by", "source"), ("forecast",)):
        shell(*words, "phone:138", "--as-of", "today", "--html", str(page))
        found = Elements(page.read_text("utf-8"))
        assert found.names.count("section") == 1 and "nav" not in found.names
        assert "Filter: phone:138" in found.text and "As of" in found.text
    shell("funnel", "--html", str(page), "--format", "json", code=2)
    shell("report", "all", code=2)
    shell("report", "nothing", "--html", str(page), code=1)
    before = page.read_bytes()
    (tmp_path / "folder").mkdir()
    with pytest.raises(AssertionError) as failed:
        shell("funnel", "--html", str(tmp_path / "nowhere" / "x.html"))
    assert "nowhere" in str(failed.value.__cause__)
    assert page.read_bytes() == before
    assert not list(tmp_path.glob(".*.new"))


def test_a_plugin_s_report_is_a_figure_like_any_and_a_broken_one_is_told(tmp_path) -> None:
    def run(request):
        return [{"owner": name, "customers": n} for n, name in enumerate(("<i>Bo</i>", "Ann"), 3)]

    def broken(request):
        raise ValueError("<b>broken</b>")

    @hookimpl
    def crm_reports():
        what = Text("含义", "What they count")
        return [
            Report("theirs", Text("他们的", "Theirs <u>"), what, run),
            Report("bad", Text("坏的", "Broken"), what, broken),
        ]

    page = tmp_path / "page.html"
    config = Config(directory=tmp_path, store="memory:", language="en")
    with open_crm(config=config) as crm:
        crm.host.register(SimpleNamespace(crm_reports=crm_reports), "theirs")
        troubles = write_page(page, crm.host.reports().values, ask(crm))
    found = Elements(page.read_text("utf-8"))
    assert found.open == []
    for words in ("Theirs <u>", "What they count", "<i>Bo</i>", "Theirs <u>: customers"):
        assert words in found.text
    assert "could not be worked out" in found.text and "<b>broken</b>" in found.text
    assert [str(one) for one in troubles] == [
        "The report bad of theirs failed: ValueError: <b>broken</b>"
    ]


def test_charts_stand_whatever_is_drawn() -> None:
    odd = (0.0, -5.0, float("nan"), float("inf"), 1e300, 1e-300)
    rows = [Bar(f"<{n}>" * 40, size, "told & told", size) for n, size in enumerate(odd)]
    spans = [Span("x", -1.0, float("nan"), "2/3 (few)"), Span("y", 0.2, 0.9, "50%", 0.5)]
    for drawn in (
        bars("a", "t", rows), bars("a", "t", []), funnel("a", "t", rows, ["50%"] * 9),
        shares("a", "t", spans),
    ):  # fmt: skip
        found = Elements(drawn)
        assert found.open == []
        for key, value in found.attributes:
            if key in ("x", "y", "width", "height", "x1", "x2", "cx"):
                assert -1 <= float(value) <= 900
    assert shares("a", "t", spans).count("<circle") == 1  # of few there is no point
    assert shares("a", "t", spans).count('class="few"') == 1
    wide = [float(w) for w in re.findall(r'width="([\d.]+)"', bars("a", "t", [
        Bar("a", 10, "10"), Bar("b", 5, "5"), Bar("c", 0, "0")]))]  # fmt: skip
    assert wide[0] == 2 * wide[1] and wide[2] == 0


def test_only_markup_made_here_is_markup() -> None:
    assert tag("p", "<b>", Safe("<b>"), title='"x"') == '<p title="&quot;x&quot;">&lt;b&gt;<b></p>'


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_a_browser_without_the_internet_shows_and_prints_it(shell, tmp_path) -> None:
    page = tmp_path / "all.html"
    shell("report", "all", "--html", str(page))
    profile, log = tmp_path / "profile", tmp_path / "net.json"
    common = [
        CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--no-first-run", "--disable-background-networking", f"--user-data-dir={profile}",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr",
        f"--log-net-log={log}",
    ]  # fmt: skip
    shown = subprocess.run(
        [*common, "--dump-dom", page.as_uri()],
        capture_output=True, encoding="utf-8", timeout=SECONDS, check=True,
    )  # fmt: skip
    found = Elements(shown.stdout)
    assert "Stage conversion" in found.text and "<script>document.title='owned'" in found.text
    assert re.search(r"<title>([^<]*)</title>", shown.stdout)[1] == "All figures"
    assert "script" not in found.names
    assert "CONSOLE" not in shown.stderr, shown.stderr
    assert "evil.invalid" not in re.sub(r"file://\S*", "", log.read_text("utf-8", "replace"))
    printed, picture = tmp_path / "all.pdf", tmp_path / "all.png"
    for option in (f"--print-to-pdf={printed}", f"--screenshot={picture}"):
        subprocess.run(
            [*common, option, page.as_uri()], capture_output=True, timeout=SECONDS, check=True
        )
    assert printed.read_bytes().startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) > 3
    assert picture.read_bytes().startswith(b"\x89PNG") and picture.stat().st_size > 10_000
