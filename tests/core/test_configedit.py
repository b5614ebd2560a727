"""A list of crm.toml is changed in its place, and all else stays as it was written."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.config import CONFIG_TEMPLATE, load_config
from crmcore.configedit import set_list, with_list
from crmcore.errors import ConfigError

TEMPLATE = CONFIG_TEMPLATE.format(store="memory:", language="zh", timezone='timezone = "UTC"')
NAMES = st.lists(
    st.sampled_from(["sheets", "hello.tui", 'a"b', "a]b", "a#b", "中文", "\\", "a\nb", "'"])
    | st.text(max_size=5),
    max_size=4,
    unique=True,
)
LINES = st.sampled_from(
    [
        "# a comment",
        "# disable = ['commented']",
        'store = "memory:"  # here',
        "disable = []",
        "disable = ['sheets', \"a]b\"]   # why ] and # matter",
        '"disable" = ["x"]',
        "disable = [\n  'sheets',\n  'notify'\n]",
        "disable = [\n  'sheets', # said why\n]",
        'note = """\ndisable = ["in a text"]\n"""',
        "team = ['disable = []']",
        "",
    ]
)
TABLES = st.sampled_from(
    ["[board]\ntheme = 'dark'", "[plugin.mine]\ndisable = ['of the plugin']", "[filters]", "[[x]]"]
)


@given(st.lists(LINES, max_size=6), st.lists(TABLES, max_size=2, unique=True), NAMES, st.booleans())
@settings(max_examples=300)
def test_only_the_list_changes_or_nothing_does(lines, tables, names, windows) -> None:
    text = ("\r\n" if windows else "\n").join("\n".join([*lines, *tables]).split("\n"))
    changed = with_list(text, "disable", names)
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assert changed is None
        return
    if changed is None:  # comments among the names, or a name that JSON and TOML write differently
        assert "# said why" in text or any("\x7f" in name for name in names)
        return
    assert tomllib.loads(changed) == {**before, "disable": names} or (
        changed == text and not names and "disable" not in before
    )
    for comment in ("# a comment", "# disable = ['commented']", "# here", "# why ] and # matter"):
        assert changed.count(comment) == text.count(comment)
    assert ("\r\n" in changed) <= windows


def test_there_and_back_the_template_is_as_it_was() -> None:
    there = with_list(TEMPLATE, "disable", ["sheets"])
    assert there is not None
    assert 'disable = ["sheets"]                 # plugins not to load' in there
    assert with_list(there, "disable", []) == TEMPLATE


def test_a_file_that_is_better_left_alone_is_and_the_way_out_is_told(tmp_path) -> None:
    text = "disable = [\n  'sheets', # until May\n]\n"
    (tmp_path / "crm.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=r'by hand.*disable = \["sheets", "notify"\]'):
        set_list(tmp_path, "disable", ["sheets", "notify"])
    assert (tmp_path / "crm.toml").read_text("utf-8") == text


def test_a_byte_order_mark_and_the_line_ends_stay(tmp_path) -> None:
    path = tmp_path / "crm.toml"
    path.write_bytes(b'\xef\xbb\xbf# mine\r\nstore = "memory:"\r\n')
    set_list(tmp_path, "disable", ["sheets"])
    assert path.read_bytes() == (
        b'\xef\xbb\xbf# mine\r\ndisable = ["sheets"]\r\nstore = "memory:"\r\n'
    )
    assert load_config(tmp_path).disable == ("sheets",)
