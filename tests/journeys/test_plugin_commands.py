"""`crmcore plugins`: list, show, doctor, disable, enable, and the trace."""

from __future__ import annotations

import json

PLUGIN = """
from crmcore import hookimpl
from crmcore.hooktypes import Report
from crmcore.wording import Text

crmcore_api = {api!r}


@hookimpl
def {hook}():
    return [Report("size", Text("规模", "Size"), Text("数", "n"), lambda crm: [])]
"""


def test_of_one_hook_or_of_one_plugin(shell) -> None:
    listed = json.loads(shell("plugins", "list", "--hook", "crm_graders", "--format", "json"))
    assert [row["id"] for row in listed] == ["scorecard"]
    assert shell("plugins", "list", "--hook", "graders", "--format", "ids") == "scorecard\n"
    assert "Did you mean crm_graders" in shell("plugins", "list", "--hook", "crm_grader", code=3)
    [shown] = json.loads(shell("plugins", "show", "ids", "--format", "json"))
    assert shown["offers"]["ID scheme"][0] == "date-sequence"
    assert shown["file"].endswith("__init__.py")
    assert shown["problems"] == []
    assert "Did you mean ids?" in shell("plugins", "show", "idz", code=3)


def test_the_doctor_tells_the_api_the_time_and_the_file(shell, install, tmp_path) -> None:
    install(PLUGIN.format(api="9.0", hook="crm_reports"))
    done = shell.run("--lang", "en", "plugins", "doctor")
    assert done.returncode == 1
    assert (
        f"stranger 1.0  ({tmp_path / 'site' / 'stranger_plugin.py'})  crm_reports " in done.stdout
    )
    assert "plugin stranger: it was written for crmcore API 9.0" in done.stdout
    told = json.loads(shell.run("plugins", "doctor", "--format", "json").stdout)
    assert [f["plugin"] for f in told["failures"]] == ["stranger"]
    [mine] = [each for each in told["plugins"] if each["name"] == "stranger"]
    assert (mine["api"], mine["offers"]) == ("9.0", {"report": ["size"]})
    assert mine["spent"]["crm_reports"].endswith(" ms")


def test_the_doctor_names_the_hook_that_was_meant_and_where_the_plugin_lies(shell, install) -> None:
    install(PLUGIN.format(api="1", hook="crm_report"))
    done = shell.run("--lang", "en", "plugins", "doctor", "--trace")
    assert done.returncode == 1
    assert "there is no hook crm_report. Did you mean crm_reports" in done.stdout
    assert "Traceback" in done.stdout
    assert "stranger_plugin.py" in done.stdout.split("stranger 1.0", 1)[1].splitlines()[0]


def test_a_plugin_is_left_out_before_its_code_runs_and_taken_in_again(
    shell, install, tmp_path
) -> None:
    seen = tmp_path / "seen"
    install(f"open({str(seen)!r}, 'a').write('x')\n" + PLUGIN.format(api="1", hook="crm_reports"))
    before = (tmp_path / "crm.toml").read_text("utf-8")
    shell("plugins", "disable", "stranger")
    seen.unlink()
    listed = json.loads(shell("plugins", "--format", "json"))
    [row] = [each for each in listed if each["id"] == "stranger"]
    assert row["status"] == "blocked"
    assert not seen.exists()
    assert "left out already" in shell("--lang", "en", "plugins", "disable", "stranger")
    shell("plugins", "enable", "stranger")
    assert seen.exists() is False
    shell("plugins")
    assert seen.exists()
    assert (tmp_path / "crm.toml").read_text("utf-8").endswith(before)
    assert "Did you mean stranger" in shell("plugins", "disable", "strangers", code=3)
    shell.environment["CRMCORE_DISABLE"] = "stranger"
    assert "CRMCORE_DISABLE" in shell("plugins", "enable", "stranger", code=2)


def test_the_trace_tells_each_call(shell) -> None:
    shell.environment["CRMCORE_TRACE"] = "1"
    said = shell.run("add", "Acme", "--phone", "139").stderr
    assert "ids.crm_id_schemes -> 2 values  (for crmcore.writer.numbering" in said
    assert " ms  " in said


FIELDS = """
from crmcore import hookimpl
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.wording import Text


@hookimpl
def crm_fields():
    label = Text("许可证号", "Licence")
    return [FieldSpec("medical.licence_no", Kind.TEXT, "basic", label, label)]
"""


def test_a_plugins_fields_outlive_it(shell, install, tmp_path) -> None:
    install(FIELDS)
    shell("add", "瑞康", "--set", "medical.licence_no=京械 2024-1", "--set", "phone=139")
    del shell.environment["PYTHONPATH"]
    (customer,) = json.loads(shell("list", "--format", "json"))
    shell("edit", customer["id"], "--set", "region=华东")

    assert "京械 2024-1" in shell("show", customer["id"])
    assert "licence_no" in shell("show", customer["id"])
    for file in ("out.csv", "out.jsonl"):
        shell("export", file)
        assert "京械 2024-1" in (tmp_path / file).read_text("utf-8-sig"), file
