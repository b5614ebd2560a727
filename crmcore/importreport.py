"""A plan as a file: to read, to decide in, and the rows left out, to be mended."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TextIO

from crmcore.errors import ConflictError, UsageError
from crmcore.importplan import Decision, ImportPlan, parse_decision
from crmcore.importrows import LEFT_OUT, PlannedRow
from crmcore.importvalues import OWN_COLUMNS
from crmcore.storage.files import reason
from crmcore.text import guard_cell, may_run

COLUMNS = ("file", "row", "outcome", "decision", "id", "title", "score", "reasons", "revision")
"""What a plan says of each row; a person writes into `decision`."""

_AS_TEXT = re.compile(r'="[^"]*"')
_ENCODING = "utf-8-sig"


def plan_record(plan: ImportPlan, row: PlannedRow) -> dict[str, Any]:
    """What is said of *row*, by `COLUMNS`; `id` is the customer's that it makes, changes or is like."""
    one = row.after or row.before
    return {
        "file": row.source,
        "row": row.number,
        "outcome": row.outcome,
        "decision": row.decided,
        "id": row.twin if one is None else one.id,
        "title": row.title,
        "score": row.score,
        "reasons": list(row.reasons),
        "revision": plan.base_revision,
    }


def write_plan(file: TextIO, plan: ImportPlan, form: Literal["json", "csv"]) -> None:
    """Write all of *plan*, a row at a time."""
    if form == "csv":
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in plan.rows:
            record = plan_record(plan, row)
            record["reasons"] = "; ".join(row.reasons)
            texts = ("" if (value := record[key]) is None else str(value) for key in COLUMNS)
            writer.writerow([guard_cell(text) for text in texts])
        return
    head = {
        "source": plan.source,
        "base_revision": plan.base_revision,
        "rows": len(plan.rows),
        "totals": dict(plan.counts),
        "columns": [
            {"header": column.header, "key": column.key, "confidence": column.confidence,
             "why": column.why}
            for column in plan.mapping
        ] or [{"header": header, "key": key} for header, key in plan.columns.items()],
        "notes": list(plan.notes),
    }  # fmt: skip
    text = json.dumps(head, ensure_ascii=False, indent=2)
    file.write(f'{text.removesuffix("}").rstrip()},\n  "plan": [')
    for place, row in enumerate(plan.rows):
        line = json.dumps(plan_record(plan, row), ensure_ascii=False)
        file.write(f"{',' if place else ''}\n    {line}")
    file.write("\n  ]\n}\n")


def save_plan(path: Path, plan: ImportPlan) -> None:
    """Write *plan* as JSON or, by any other name, as a sheet. Raises UsageError."""
    form: Literal["json", "csv"] = "json" if path.suffix.casefold() == ".json" else "csv"
    try:
        with path.open("w", encoding="utf-8" if form == "json" else _ENCODING, newline="") as file:
            write_plan(file, plan, form)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {reason(error)}.") from error


def read_decisions(
    path: Path, sources: list[str], revision: int
) -> dict[tuple[str, int], Decision]:
    """What a person decided in a file that `write_plan` wrote, by file and row.

    Raises UsageError for what is no such file, ConflictError when it was planned at another revision
    of the store than *revision*.
    """
    found: dict[tuple[str, int], Decision] = {}
    for place, record in enumerate(_records(path), 2):
        text = str(record.get("decision") or "").strip()
        seen = str(record.get("revision") or revision)
        if seen != str(revision):
            raise ConflictError(
                f"{path} was planned at revision {seen} of the store, which is at {revision} now. "
                "Plan it again.",
                found=revision,
            )
        if not text:
            continue
        source = str(record.get("file") or sources[0])
        number = str(record.get("row") or "")
        if not number.isdecimal() or (source not in sources):
            raise UsageError(f"{path}: entry {place} names no row of {', '.join(sources)}.")
        try:
            found[source, int(number)] = parse_decision(text)
        except UsageError as error:
            raise UsageError(f"{path}: row {number}: {error}") from error
    return found


def _records(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding=_ENCODING, newline="") as file:
            if path.suffix.casefold() == ".json":
                plan = json.load(file)
                yield from plan["plan"] if isinstance(plan, dict) else plan
                return
            reader = csv.DictReader(file)
            if not {"row", "decision"} <= set(reader.fieldnames or ()):
                raise UsageError(f"{path} has no columns row and decision.")
            for record in reader:
                yield {key: (text or "").removeprefix("'") for key, text in record.items() if key}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, csv.Error) as error:
        raise UsageError(f"{path} is no file of decisions: {error}.") from error


def rejects_beside(source: Path) -> Path:
    """Where the rows of *source* that were left out are put, if nobody says."""
    stem = source.stem.removesuffix(".rejected")
    again = "" if stem == source.stem else "-again"
    return source.with_name(f"{stem}{again}.rejected.csv")


def write_rejects(path: Path, plan: ImportPlan, source: str) -> int:
    """Write the rows of *source* that are left out as they stand in it, and why; returns how many.

    The file imports again: what crmcore says of a row in it is not read. Raises UsageError.
    """
    header = plan.headers.get(source, ())
    keys: dict[str, None] = {}
    width = count = 0
    for row in _left_out(plan, source):
        count += 1
        width = max(width, len(row.cells))
        keys.update(dict.fromkeys(row.stated))
    # Of an importer that does not tell how rows stand in the file, what it understood is written.
    names = header or tuple(keys)
    names += tuple(f"column_{place}" for place in range(len(names) + 1, width + 1))
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("w", encoding=_ENCODING, newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*map(_as_it_stood, names), *OWN_COLUMNS])
            for row in _left_out(plan, source):
                cells = [*row.cells] if header else [_text(row.stated.get(key)) for key in keys]
                cells += [""] * (len(names) - len(cells))
                why = "; ".join((row.outcome, *row.reasons))
                writer.writerow([*map(_as_it_stood, cells), str(row.number), guard_cell(why)])
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise UsageError(
            f"{path}, the file for the rows left out, cannot be written: {reason(error)}. Nothing was "
            "imported; name another with --rejects."
        ) from error
    return count


def _left_out(plan: ImportPlan, source: str) -> Iterator[PlannedRow]:
    return (row for row in plan.some(*LEFT_OUT) if row.source == source)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _as_it_stood(cell: str) -> str:
    """*cell*, which a spreadsheet wrote or a person, so that none runs it and it reads as before."""
    harmless = _AS_TEXT.fullmatch(cell) or not any(map(str.isalnum, cell)) or cell.startswith("'")
    return f"'{cell}" if may_run(cell) and not harmless else cell
