"""The hooks a plugin may implement: catalogues, one veto, one broadcast.

A plugin is a module (or object) registered under the entry-point group `crmcore`:

    from crmcore import hookimpl
    from crmcore.hooktypes import IdScheme
    from crmcore.wording import Text

    @hookimpl
    def crm_id_schemes():
        return [IdScheme("mine", Text("我的编号", "Mine"), lambda request: "X-1")]

Catalogue hooks are called once per workspace, with its `Config`; an implementation names only the
arguments it wants. What they return is picked by name in `crm.toml`. The host calls each plugin
apart and orders by (tryfirst/normal/trylast, plugin name), never by load order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

from crmcore.changes import Change
from crmcore.fieldspec import FieldSpec
from crmcore.hooktypes import (
    Assigner,
    Command,
    Event,
    Exporter,
    Grader,
    GraderFormat,
    IdScheme,
    Importer,
    Notifier,
    Problem,
    ReminderRule,
    Report,
    StoreType,
    WorkCalendar,
)
from crmcore.pipeline import Pipeline

if TYPE_CHECKING:
    from crmcore.config import Config

PROJECT = "crmcore"
"""pluggy's project name and the entry-point group."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def crm_fields(config: Config) -> Iterable[FieldSpec]:
    """Fields of the plugin's own, under its namespace.

    >>> from crmcore.fieldspec import FieldSpec, Kind
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_fields():
    ...     yield FieldSpec(
    ...         "medical.licence_no", Kind.TEXT, "basic", Text("许可证号", "Licence"),
    ...         Text("医疗器械许可证", "Device licence"), "京械 2024-1",
    ...     )
    """
    raise NotImplementedError


@hookspec
def crm_pipelines(config: Config) -> Iterable[Pipeline]:
    """Pipelines beside the standard one.

    >>> from crmcore.pipeline import Pipeline, Stage
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_pipelines():
    ...     stages = (Stage("call", Text("电话", "Call")), Stage("done", Text("完成", "Done")))
    ...     return [Pipeline("short", Text("简易", "Short"), stages)]
    """
    raise NotImplementedError


@hookspec
def crm_id_schemes(config: Config) -> Iterable[IdScheme]:
    """Ways to number new customers; `id_scheme` in crm.toml picks one.

    >>> from crmcore.hooktypes import IdScheme
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_id_schemes():
    ...     def new(request):
    ...         return f"X{int((request.last_id('X') or 'X0')[1:]) + 1}"
    ...     return [IdScheme("x", Text("X 编号", "X numbers"), new)]
    """
    raise NotImplementedError


@hookspec
def crm_stores(config: Config) -> Iterable[StoreType]:
    """Storage backends, picked by the scheme of the store's address.

    >>> from crmcore.hooktypes import StoreType
    >>> from crmcore.storage.memory import MemoryStore
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_stores():
    ...     return [StoreType("ram", Text("内存", "RAM"), lambda address, codec: MemoryStore(codec))]
    """
    raise NotImplementedError


@hookspec
def crm_graders(config: Config) -> Iterable[Grader]:
    """Graders; the one whose `industries` hold the customer's speaks before the general ones.

    >>> from crmcore.hooktypes import Grader, Opinion
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_graders():
    ...     def grade(customer, now):
    ...         return Opinion("A" if customer.priority == "high" else "C", (), "1", "p1")
    ...     return [Grader("by-priority", Text("按优先级", "By priority"), grade)]
    """
    raise NotImplementedError


@hookspec
def crm_grader_formats(config: Config) -> Iterable[GraderFormat]:
    """Kinds of files that describe a grader, for `crmcore grade --with FILE`.

    >>> from crmcore.hooktypes import Grader, GraderFormat, Opinion
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_grader_formats():
    ...     def read(path, config):
    ...         grade = path.read_text().strip()
    ...         return Grader(path.stem, Text("恒定", "Constant"),
    ...                       lambda customer, now: Opinion(grade, (), "1", grade))
    ...     return [GraderFormat("constant", Text("恒定", "Constant"), (".grade",), read)]
    """
    raise NotImplementedError


@hookspec
def crm_assigners(config: Config) -> Iterable[Assigner]:
    """Ways to choose an owner; `assigner` in crm.toml picks one.

    >>> from crmcore.hooktypes import Assigner, Assignment
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_assigners():
    ...     def choose(request):
    ...         known = request.holds("region:*") and request.load("李娜") < 40
    ...         return Assignment("李娜", Text("默认", "default")) if known else None
    ...     return [Assigner("everything-to-li", Text("全部给李娜", "All to Li Na"), choose)]
    """
    raise NotImplementedError


@hookspec
def crm_calendars(config: Config) -> Iterable[WorkCalendar]:
    """Working-day calendars; `calendar` in crm.toml picks one.

    >>> from crmcore.hooktypes import WorkCalendar
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_calendars():
    ...     def is_workday(day):
    ...         return day.weekday() < 6
    ...     return [WorkCalendar("six-days", Text("六天工作制", "Six days"), is_workday)]
    """
    raise NotImplementedError


@hookspec
def crm_reminders(config: Config) -> Iterable[ReminderRule]:
    """Rules that find what is due beyond what the core knows.

    >>> from crmcore.hooktypes import ReminderRule
    >>> from crmcore.query import known
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_reminders():
    ...     def due(request):
    ...         yield request.item(
    ...             Text("预计成交", "expected close"), request.customer.expected_close_at
    ...         )
    ...     label = Text("预计成交", "Expected close")
    ...     return [ReminderRule("close", label, due, known("expected_close_at"))]
    """
    raise NotImplementedError


@hookspec
def crm_notifiers(config: Config) -> Iterable[Notifier]:
    """Channels for notifications; `notify = [...]` in crm.toml picks them, or `use` in `[notify]`.

    `crmcore notify run` sends what they are to send, with the retries, quiet hours and digests that
    `[notify]` asks for; `config.notify_settings` holds that table.

    >>> from crmcore.hooktypes import Notifier
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_notifiers():
    ...     return [Notifier("stdout", Text("屏幕", "Screen"), lambda note: print(note.title.en))]
    """
    raise NotImplementedError


@hookspec
def crm_importers(config: Config) -> Iterable[Importer]:
    """Readers of files, picked by the file's suffix.

    >>> from crmcore.hooktypes import Draft, Importer, Reading
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_importers():
    ...     def read(path, request):
    ...         lines = path.read_text("utf-8").splitlines()
    ...         return Reading([Draft(n, {"company": line}) for n, line in enumerate(lines, 1)])
    ...     return [Importer("names", Text("名单", "Names"), (".names",), read)]
    """
    raise NotImplementedError


@hookspec
def crm_exporters(config: Config) -> Iterable[Exporter]:
    """Writers of files, picked by the file's suffix.

    >>> from crmcore.hooktypes import Exporter
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_exporters():
    ...     def write(path, customers, request):
    ...         titles = [customer.title for customer in customers]
    ...         path.write_text("\\n".join(titles), "utf-8")
    ...         return len(titles)
    ...     return [Exporter("names", Text("名单", "Names"), (".names",), write)]
    """
    raise NotImplementedError


@hookspec
def crm_reports(config: Config) -> Iterable[Report]:
    """Figures of the plugin's own: `crmcore report list` lists them, `crmcore report NAME` runs them,
    with the window, the past date and the field to split by that were asked for.

    >>> from crmcore.hooktypes import Report
    >>> from crmcore.query import Compare, both
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_reports():
    ...     def run(request):
    ...         rows = []
    ...         for group in request.tallied(request.began(), ("priority",)):
    ...             for bucket in group.buckets:
    ...                 row = {"group": group.name} if request.by else {}
    ...                 row |= {"priority": bucket.key[0], "count": bucket.count}
    ...                 if bucket.key[0] is not None:
    ...                     row["where"] = both(group.where, Compare("priority", "=", bucket.key[0]))
    ...                 rows.append(row)
    ...         return rows
    ...     what = Text("各优先级的客户数", "How many customers of which priority")
    ...     return [Report("priorities", Text("优先级", "Priorities"), what, run)]
    """
    raise NotImplementedError


@hookspec
def crm_commands(config: Config) -> Iterable[Command]:
    """Commands of the CLI.

    >>> import click
    >>> from crmcore.hooktypes import Command
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_commands():
    ...     def load():
    ...         return click.Command("hello", callback=lambda: click.echo("hello"))
    ...     return [Command("hello", Text("问好", "Say hello"), load)]
    """
    raise NotImplementedError


@hookspec
def crm_check(change: Change) -> Iterable[Problem]:
    """Objects to a change before it is stored; every plugin's problems are shown together.

    It must not write. A check that fails itself refuses the change, naming the plugin.

    >>> from crmcore.hooktypes import Problem
    >>> from crmcore.wording import Text
    >>> @hookimpl
    ... def crm_check(change):
    ...     if change.after and change.after.company == "ACME":
    ...         yield Problem(Text("不与 ACME 往来", "we do not deal with ACME"), "company")
    """
    raise NotImplementedError


@hookspec
def crm_event(event: Event) -> None:
    """Hears of a commit after it is durable. It cannot change what it hears of.

    >>> heard = []
    >>> @hookimpl
    ... def crm_event(event):
    ...     heard.append((event.commit.revision, event.commit.action))
    """
    raise NotImplementedError
