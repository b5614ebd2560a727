"""The JSON store's file is plain JSON that people can read."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from crmcore.bootstrap import open_crm
from crmcore.errors import StoreError

HOSTILE = ("[/red]", "=1+1", "\u202e上海", 'a"b\\c\n')


def test_the_file_is_one_json_object_a_customer_a_line(tmp_path) -> None:
    with open_crm("json:crm.json", directory=tmp_path, actor="x") as crm:
        made = [crm.add(company=name).id for name in ("某某", "B")]
    text = (tmp_path / "crm.json").read_text("utf-8")
    content = json.loads(text)
    assert list(content) == ["crmcore", "customers"]
    assert (content["crmcore"]["format"], content["crmcore"]["schema"]) == ("crmcore-json", 1)
    assert content["crmcore"]["revision"] == 2
    assert list(content["customers"]) == made
    assert [line for line in text.splitlines() if '"company": "某某"' in line]
    assert len(text.splitlines()) == 2 + len(made) + 1


def test_an_emptied_store_opens_again_and_keeps_its_ids_used(tmp_path) -> None:
    with open_crm("json:crm.json", directory=tmp_path, actor="x") as crm:
        first = crm.add(company="A").id
        crm.undo()
    with open_crm("json:crm.json", directory=tmp_path, actor="x") as crm:
        assert crm.find().customers == ()
        assert crm.store.last_id("") == first
    assert json.loads((tmp_path / "crm.json").read_text("utf-8"))["customers"] == {}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_data(tmp_path, text) -> None:
    with open_crm("json:crm.json", directory=tmp_path, actor="x") as crm:
        made = crm.add(company="A", remarks=text)
    with open_crm("json:crm.json", directory=tmp_path, actor="x") as crm:
        assert crm.get(made.id).remarks == made.remarks


def test_a_json_file_of_somebody_elses_is_refused(tmp_path) -> None:
    path = tmp_path / "package.json"
    path.write_text('{"name": "theirs"}')
    with pytest.raises(StoreError, match="was not written by crmcore"):
        open_crm("json:package.json", directory=tmp_path, actor="x")
    assert path.read_text() == '{"name": "theirs"}'


def test_loading_the_plugin_reads_no_files_code() -> None:
    code = "import sys, crmcore_json; sys.exit('crmcore_json.store' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
