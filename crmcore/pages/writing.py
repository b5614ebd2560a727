"""A workspace's figures, worked out and written as a page: whole, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crmcore.errors import CrmError, UsageError
from crmcore.hooktypes import Report
from crmcore.moments import show_moment
from crmcore.pages.page import Failed, page
from crmcore.reports.answer import Answer
from crmcore.reports.request import ReportRequest
from crmcore.reports.running import run_report
from crmcore.storage.files import reason, replace_file
from crmcore.wording import Text

ALL = Text("全部报表", "All figures")
_PIPELINE = Text("漏斗", "Pipeline")
_FILTER = Text("筛选", "Filter")
_BY = Text("按", "By", context="grouped by")
_AS_OF = Text("截至", "As of")


def write_page(
    path: Path, reports: Sequence[Report], request: ReportRequest, filter_text: str = ""
) -> tuple[CrmError, ...]:
    """Write what *reports* answer to *request* to *path*; returns why some of them could not be told.

    Of several, one that fails is told in its place; a single one raises what it raises. *filter_text* is
    how the customers were asked for. Raises UsageError where the file cannot be written.
    """
    troubles: list[CrmError] = []
    figures: list[Answer | Failed] = []
    for report in reports:
        try:
            figures.append(run_report(report, request))
        except CrmError as error:
            if len(reports) == 1:
                raise
            troubles.append(error)
            figures.append(Failed(report.label, str(error)))
    dialect = request.crm.dialect
    asked = [(_PIPELINE, dialect.say(request.pipeline.label))]
    if filter_text:
        asked.append((_FILTER, filter_text))
    if request.by is not None:
        asked.append((_BY, dialect.say(request.by.label)))
    if request.as_of is not None:
        asked.append((_AS_OF, show_moment(request.as_of, dialect.zone)))
    title = reports[0].label if len(reports) == 1 else ALL
    written = page(title, asked, figures, dialect).encode()
    try:
        replace_file(path, lambda new: _fill(new, written))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {reason(error)}. Name a file in a folder that you may write to."
        ) from error
    return tuple(troubles)


def _fill(path: Path, content: bytes) -> None:
    path.write_bytes(content)
