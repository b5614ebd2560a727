"""crm.toml: what it may say, and how a mistake in it is told."""

from __future__ import annotations

import pytest

from crmcore.bootstrap import workspace_config
from crmcore.config import CONFIG_TEMPLATE, Config, find_workspace, load_config
from crmcore.errors import ConfigError
from crmcore.storage.address import parse_address


def write(folder, text: str):
    (folder / "crm.toml").write_text(text, "utf-8")
    return folder


def test_the_template_is_a_valid_config(tmp_path) -> None:
    text = CONFIG_TEMPLATE.format(store="json:x.json", language="en", timezone="")
    config = load_config(write(tmp_path, text))
    assert (config.store, config.language, config.directory) == ("json:x.json", "en", tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stor = 'x'", "Did you mean store"),
        ("store = 3", "store must be text"),
        ("language = 'fr'", "one of zh, en"),
        ("country = 'China'", "two letters such as CN"),
        ("notify = 'inbox'", "list of names"),
        ("[notify]\nuse = 'inbox'", "list of names"),
        ("notify_settings = 3", "unknown setting"),
        ("plugin = 3", "tables"),
        ("[plugin]\nnotify = 3", "tables"),
        ("store = ", "not TOML"),
    ],
)
def test_a_mistake_is_named_with_the_file(tmp_path, text, said) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        load_config(write(tmp_path, text))
    assert "crm.toml" in str(refused.value)


def test_bytes_that_are_no_text_are_named(tmp_path) -> None:
    (tmp_path / "crm.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"crm\.toml"):
        load_config(tmp_path)


def test_an_unknown_time_zone_is_named() -> None:
    with pytest.raises(ConfigError, match="Mars/Olympus"):
        _ = Config(timezone="Mars/Olympus").dialect


def test_the_country_is_part_of_how_values_are_read(tmp_path) -> None:
    assert load_config(write(tmp_path, "")).dialect.country == "CN"
    assert load_config(write(tmp_path, "country = 'DE'")).dialect.country == "DE"


def test_the_workspace_is_found_from_below(tmp_path) -> None:
    write(tmp_path, "")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_workspace(below) == tmp_path
    assert find_workspace(tmp_path.parent) is None


def test_a_named_folder_must_be_a_workspace_itself_unless_a_store_is_named(tmp_path) -> None:
    with pytest.raises(ConfigError, match="crmcore init"):
        workspace_config(tmp_path, None)
    with pytest.raises(ConfigError, match="not a folder"):
        workspace_config(tmp_path / "absent", None)
    assert workspace_config(tmp_path, "memory:").store == "memory:"
    write(tmp_path, "language = 'en'\nstore = 'json:a.json'")
    assert workspace_config(tmp_path, None).store == "json:a.json"
    assert workspace_config(tmp_path, "memory:") == Config(
        store="memory:", language="en", directory=tmp_path
    )


def test_addresses(tmp_path) -> None:
    address = parse_address("tinydb:sub/crm.json", tmp_path)
    assert (address.scheme, address.path) == ("tinydb", tmp_path / "sub" / "crm.json")
    assert parse_address("json:/abs.json", tmp_path).path.as_posix() == "/abs.json"
    for bad in ("crm.json", "", "C:\\crm.json", "C:/crm.json"):
        with pytest.raises(ConfigError, match="store address"):
            parse_address(bad, tmp_path)
    for bad in ("json:", "json:a\0b"):
        with pytest.raises(ConfigError, match="needs a file"):
            _ = parse_address(bad, tmp_path).path
