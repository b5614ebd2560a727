"""Writing sheets: what is exported comes back, exactly, and nothing in it is run."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from crmcore.bootstrap import open_crm
from crmcore.codec import Codec
from crmcore.config import Config
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.due import due_items
from crmcore.errors import UsageError
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind, Verb
from crmcore.hooktypes import ReadRequest, WriteRequest
from crmcore.money import Money
from crmcore.pipeline import STANDARD
from crmcore.records import Objection
from crmcore.wording import Text
from crmcore_sheets import crm_exporters, crm_importers
from crmcore_sheets.guard import guard, unguard
from crmcore_sheets.headers import HeaderNames

NOW = datetime(2026, 6, 8, tzinfo=UTC)
OWN = FieldSpec("medical.licence_no", Kind.TEXT, "basic", Text("许可证号", "Licence"), Text("", ""))
CLASH = FieldSpec("medical.phone", Kind.TEXT, "basic", Text("电话", "Phone"), Text("", ""))
FIELDS = FieldCatalogue([OWN, CLASH])
TOLD: list[Text] = []
SHANGHAI = ZoneInfo("Asia/Shanghai")
COMING_BACK = tuple(FIELDS.stored())
CUSTOM = ("sheet.预算", "sheet.a.b", "sheet.=x", "other.thing")


def write(path: Path, customers, columns=(), language="zh", currency="CNY") -> int:
    exporter = next(e for e in crm_exporters() if path.suffix in e.suffixes)
    dialect = Dialect(language, SHANGHAI, currency)
    request = WriteRequest(
        FIELDS, tuple(columns), dialect, NOW, (STANDARD,), due_items, TOLD.append
    )
    return exporter.write(path, customers, request)


def read(path: Path, language="zh", currency="CNY"):
    importer = next(i for i in crm_importers() if path.suffix in i.suffixes)
    dialect = Dialect(language, SHANGHAI, currency)
    return importer.read(path, ReadRequest(FIELDS, dialect, NOW, STANDARD))


@given(st.text())
def test_a_guarded_text_comes_back_and_is_never_run(text: str) -> None:
    cell = guard(text)
    assert unguard(cell) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.text("'=+-@\t\rn/aA无\"", max_size=6))
def test_so_do_texts_made_of_nothing_but_trouble(text: str) -> None:
    assert unguard(guard(text)) == text


def _customers(values_of) -> st.SearchStrategy[Customer]:
    own = {
        "id": st.just("20240501001"),
        "pipeline": st.just("standard"),
        "stage": st.sampled_from([stage.key for stage in STANDARD.stages]),
        "satisfaction": st.integers(1, 5),
        "credit_code": st.from_regex("[0-9A-Z]{18}", fullmatch=True),
    }
    text = values_of(FieldSpec("x", Kind.TEXT, "", Text("", ""), Text("", "")))
    some = {spec.key: own[spec.key] if spec.key in own else values_of(spec) for spec in COMING_BACK}
    required = {key: some.pop(key) for key in ("id", "company", "pipeline", "stage", "status")}
    some |= dict.fromkeys(CUSTOM, text)
    drawn = st.fixed_dictionaries(required, optional=some)
    return drawn.map(lambda values: Customer().with_values(**values))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.sampled_from(["zh", "en"]), st.sampled_from(["CNY", "USD"]))
@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".xlsx"])
def test_what_is_exported_comes_back(tmp_path, values_of, suffix, data, language, currency) -> None:
    customers = data.draw(st.lists(_customers(values_of), min_size=1, max_size=3))
    path = tmp_path / f"out{suffix}"
    customers = [evolve(c, id=f"{c.id}{place}") for place, c in enumerate(customers)]
    assert write(path, customers, (), language, currency) == len(customers)
    reading = read(path, "en" if language == "zh" else "zh", currency)
    back = list(reading.drafts)
    first = {".jsonl": 1, ".xlsx": 3}.get(suffix, 2)
    assert [draft.number for draft in back] == list(range(first, len(customers) + first))
    for customer, draft in zip(customers, back, strict=True):
        wanted = dict(FIELDS.known_values(customer))
        wanted.pop("pipeline")
        # What looks masked is for new customers alone, as these are.
        assert {**draft.only_new, **draft.values} == wanted
        assert draft.problems == ()


def test_a_store_exported_and_imported_is_the_same_store(tmp_path: Path) -> None:
    config = Config(store="memory:", timezone="Asia/Shanghai", directory=tmp_path)
    path = tmp_path / "all.csv"

    def clock() -> datetime:
        return NOW

    with open_crm(config=config, clock=clock, actor="Li Na") as crm:
        first = crm.add(
            company="=甲", phone="+86 139", budget="10万-20万", tags="a; b", source="无"
        )
        crm.add(company="乙", contact="-", remarks="一\n二")
        crm.assign(first.id, "李娜")
        columns = [spec.key for spec in crm.fields.stored()]
        assert crm.export(path, "", columns) == 2
        assert crm.plan_import(path).counts == {"unchanged": 2}
        before = crm.find().customers
    with open_crm(config=config, clock=clock, actor="Li Na") as crm:
        crm.apply(crm.plan_import(path))
        after = crm.find().customers
    assert [evolve(c, revision=0) for c in after] == [evolve(c, revision=0) for c in before]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_field_has_a_header_that_means_it(language) -> None:
    names = HeaderNames(FIELDS)
    keys = [spec.key for spec in FIELDS]
    headers = [names.header(key, language) for key in keys]
    assert len(set(headers)) == len(headers)
    columns = names.columns(headers)
    for key, column in zip(keys, columns, strict=True):
        spec = FIELDS.named(key)
        states = spec in COMING_BACK and spec.verb is not Verb.COMPUTED
        assert column.key == (key if states else None), key


def test_headers_are_labels_marked_where_a_label_alone_could_mislead(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write(path, [], ["id", "company", "phone", "medical.phone", "value", "sheet.x"])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    header = path.read_text("utf-8-sig").strip().split(",")
    assert header == [
        "客户编号 (id)",
        "企业名称",
        "电话",
        "电话 (medical.phone)",
        f"{FIELDS.named('value').label.zh} (value)",
        "sheet.x",
    ]
    write(path, [], ["company", "created_at"], "en")
    assert path.read_text("utf-8-sig").strip() == "Company,Recorded (created_at)"


def test_computed_fields_are_shown_and_not_read_back_and_records_are(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    doubts = (Objection("贵\n真贵", resolved=True), Objection("慢"))
    customer = Customer(id="1", company="A", price=Money(Decimal(5)), objections=doubts)
    write(path, [customer], ["id", "company", "value", "objections"])
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, row = csv.reader(file)
    assert header[-1] == "异议 (objections)"
    assert row[:3] == ["1", "A", "¥5"]
    assert row[3].splitlines() == [
        '{"content": "贵\\n真贵", "resolved": true}',
        '{"content": "慢"}',
    ]
    reading = read(path)
    (draft,) = reading.drafts
    assert dict(draft.values) == {"id": "1", "company": "A", "objections": doubts}
    assert list(reading.columns.values()) == ["id", "company", None, "objections"]
    assert any("not read" in note for note in reading.notes)


def test_records_that_are_no_records_are_kept_as_text_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("公司,异议 (objections),跟进记录\n甲,太贵,打过电话\n", "utf-8")
    (draft,) = read(path).drafts
    assert draft.values["sheet.异议 (objections)"] == "太贵"
    assert [a.content for a in draft.values["activities"]] == ["打过电话"]
    assert any("objections" in note for note in draft.notes)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_fields_nobody_described_have_columns_however_late_they_come(tmp_path, suffix) -> None:
    path = tmp_path / f"out{suffix}"
    late = Customer(id="2000", company="晚", extra={"sheet.色": "红"})
    everybody = [Customer(id=str(n), company="早", extra={"sheet.a": "1"}) for n in range(1200)]
    assert write(path, [*everybody, late]) == 1201
    rows = table_of(path)
    header = rows[0] if suffix == ".csv" else rows[1]
    assert header[-2:] == ["sheet.a", "sheet.色"]
    assert rows[-1][-1] == "红"
    assert len({row[0] for row in rows[-1201:]}) == 1201


def table_of(path: Path) -> list[list[str]]:
    """The first table in a file, as texts."""
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_path(path)
        return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    customer = Customer(id="1", company="=1+1", phone="+86 139", remarks="-")
    write(path, [customer], ["company", "phone", "remarks"])
    with path.open(encoding="utf-8-sig", newline="") as file:
        _, row = csv.reader(file)
    assert row == ["'=1+1", "'+86 139", "'-"]
    (draft,) = read(path).drafts
    assert dict(draft.values) == {"company": "=1+1", "phone": "+86 139", "remarks": "-"}


def test_another_currency_than_the_workspaces_is_named(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    customer = Customer(id="1", company="A", price=Money(Decimal(100_000), "CNY"))
    write(path, [customer], ["company", "price"], "zh", "USD")
    (draft,) = read(path, "zh", "USD").drafts
    assert draft.values["price"] == Money(Decimal(100_000), "CNY")


def test_json_lines_hold_every_record_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    customer = Customer(
        id="1", company="甲\n乙", objections=(Objection("贵"),), extra={"sheet.x": "y"}
    )
    assert write(path, [customer, Customer(id="2")]) == 2
    lines = path.read_text("utf-8").splitlines()
    codec = Codec(FIELDS)
    assert [codec.decode(json.loads(line)) for line in lines] == [customer, Customer(id="2")]
    assert "甲" in lines[0]


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("before")

    def failing():
        yield Customer(id="1", company="A")
        raise UsageError("the store went away")

    with pytest.raises(UsageError, match="went away"):
        write(path, failing(), ["company"])
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write(tmp_path / "none" / "out.csv", [], ["company"])
    (tmp_path / "dir.csv").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        write(tmp_path / "dir.csv", [], ["company"])
