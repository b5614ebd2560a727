"""Small workbooks for tests: written by hand, so that they can be wrong in any way."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DATE = 1
"""The style of a cell that is shown as a date."""
Cell = str | float | tuple[float, int] | None
Sheet = Sequence[Sequence[Cell]]


def name_of(row: int, column: int) -> str:
    """`A1` for row 1, column 0."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"


def cell_xml(place: str, cell: Cell) -> str:
    """One cell; a tuple is a number and its style."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return (
            f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
        )
    value, style = cell if isinstance(cell, tuple) else (cell, 0)
    return f'<c r="{place}" s="{style}"><v>{value!r}</v></c>'


def sheet_xml(rows: Sheet, merged: Iterable[str] = ()) -> str:
    """The part of one sheet."""
    body = "".join(
        f'<row r="{number}">'
        + "".join(cell_xml(name_of(number, place), cell) for place, cell in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    refs = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    merges = f"<mergeCells>{refs}</mergeCells>" if refs else ""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>{merges}</worksheet>'


def xlsx(
    sheets: Mapping[str, Sheet | str],
    *,
    hidden: Sequence[str] = (),
    merged: Iterable[str] = (),
    since_1904: bool = False,
) -> bytes:
    """A workbook; a sheet is its rows, or its part as it shall be."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"'
        + (' state="hidden"' if name in hidden else "")
        + "/>"
        for n, name in enumerate(names, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    packages = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        f'<workbookPr date1904="{int(since_1904)}"/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships">{related}'
        f'<Relationship Id="rIdS" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    for n, sheet in enumerate(sheets.values(), 1):
        part = sheet if isinstance(sheet, str) else sheet_xml(sheet, merged)
        parts[f"xl/worksheets/sheet{n}.xml"] = part
    return zipped(parts)


def ods(rows: str) -> bytes:
    """An OpenDocument sheet of these `table:table-row` elements."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<office:document-content {spaces} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{manifest}"/>',
            "content.xml": content,
        }
    )


def ods_row(*cells: str, again: int = 1) -> str:
    """One row of an OpenDocument sheet."""
    inside = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{again}">{inside}</table:table-row>'


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP file of *parts* by name."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def write(path: Path, content: bytes) -> Path:
    """*content* as the file *path*."""
    path.write_bytes(content)
    return path
