"""The rules of `[plugin.territory]`, and whom they choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NoReturn

from attrs import field, frozen

from crmcore.errors import ConfigError
from crmcore.hooktypes import Assignment, AssignRequest, PassedOver
from crmcore.text import did_you_mean, nearest
from crmcore.wording import Text

Choose = Callable[[AssignRequest], Assignment | None]


@frozen
class Person:
    """Somebody who may own customers. `capacity` None has no limit; `hours` None is always at work.

    `away` are days, from and to, both included.
    """

    name: str
    capacity: int | None = None
    hours: tuple[time, time] | None = None
    away: tuple[tuple[date, date], ...] = ()


@frozen
class Rule:
    """Customers for whom the filter `when` is true go to one of `owners`, in their order."""

    name: str
    when: str
    owners: tuple[str, ...]


@frozen
class Territory:
    """The rules in order, and the people by name."""

    rules: tuple[Rule, ...]
    people: Mapping[str, Person] = field(factory=dict)

    def choose(self, request: AssignRequest) -> Assignment | None:
        """Of the first rule that holds and has somebody free: who has the fewest open customers.

        Among equals the one named first. None when no rule holds; an `Assignment` to nobody when all
        candidates were passed over.
        """
        passed: list[PassedOver] = []
        held = False
        for rule in self.rules:
            if not request.holds(rule.when):
                continue
            held = True
            free = []
            for name in rule.owners:
                person = self.people.get(name, Person(name))
                if reason := _unavailable(person, request):
                    passed.append(PassedOver(name, reason))
                else:
                    free.append(name)
            if free:
                chosen = min(free, key=request.load)
                busier = Text("手上客户更多或排在后面", "has more customers, or comes later")
                passed += [PassedOver(name, busier) for name in free if name != chosen]
                load = request.load(chosen)
                reason = Text(
                    "规则「{rule}」，手上 {load} 个客户",
                    "rule {rule}, has {load} customers",
                ).with_(rule=rule.name, load=load)
                return Assignment(chosen, reason, tuple(passed))
        if not held:
            return None
        nobody = Text("适用规则里没有人有空", "nobody of the rules that fit is free")
        return Assignment(None, nobody, tuple(passed))


def _unavailable(person: Person, request: AssignRequest) -> Text | None:
    now, today = request.now, request.now.date()
    if person.name in request.without:
        return Text("不再接手客户", "takes no more customers")
    if any(since <= today <= until for since, until in person.away):
        return Text("休假", "away")
    if person.capacity is not None and request.load(person.name) >= person.capacity:
        full = person.capacity
        return Text("已满 {full} 个", "has {full} already, all they can take").with_(full=full)
    if person.hours is not None and not _at_work(person.hours, now, request):
        return Text("不在工作时间", "not at work now")
    return None


def _at_work(hours: tuple[time, time], now: datetime, request: AssignRequest) -> bool:
    known = request.deadlines.calendar.is_workday(now.date())
    workday = now.weekday() < 5 if known is None else known
    return workday and hours[0] <= now.time() < hours[1]


def territory(where: str, settings: Mapping[str, Any], team: Sequence[str]) -> Choose:
    """The chooser that the table `[plugin.territory]` of the file *where* describes.

    Raises ConfigError with what is wrong.
    """
    return _Reader(where, team).territory(settings).choose


@frozen
class _Reader:
    where: str
    team: Sequence[str]

    def territory(self, settings: Mapping[str, Any]) -> Territory:
        self._keys("", settings, ("rules", "people"))
        people = settings.get("people", {})
        if not isinstance(people, dict):
            self._refuse('people are tables, as in [plugin.territory.people."李娜"]')
        rules = settings.get("rules", [])
        if not isinstance(rules, list) or not rules:
            self._refuse("there are no rules: begin with [[plugin.territory.rules]]")
        return Territory(
            tuple(self._rule(number, table) for number, table in enumerate(rules, 1)),
            {name: self._person(name, table) for name, table in people.items()},
        )

    def _rule(self, number: int, table: Any) -> Rule:
        at = f"rule {number}"
        self._keys(at, table, ("name", "when", "owners"))
        name, when = table.get("name", str(number)), table.get("when", "")
        owners = table.get("owners")
        if not isinstance(name, str) or not isinstance(when, str):
            self._refuse(f"{at}: name and when are texts")
        if (
            not isinstance(owners, list)
            or not owners
            or not all(isinstance(o, str) for o in owners)
        ):
            self._refuse(f'{at}: owners is a list of names, as in ["李娜", "王强"]')
        for owner in owners:
            self._known(at, owner)
        return Rule(name, when, tuple(owners))

    def _person(self, name: str, table: Any) -> Person:
        at = f"people {name}"
        self._known(at, name)
        self._keys(at, table, ("capacity", "hours", "away"))
        capacity = table.get("capacity")
        if capacity is not None and (
            not isinstance(capacity, int) or isinstance(capacity, bool) or capacity < 0
        ):
            self._refuse(f"{at}: capacity is a number of customers, not {capacity!r}")
        try:
            hours = _hours(table["hours"]) if "hours" in table else None
            away = tuple(_days(text) for text in table.get("away", []))
        except (ValueError, TypeError, AttributeError):
            self._refuse(
                f'{at}: hours are written "09:00-18:00", away ["2026-10-01..2026-10-07", "2026-12-24"]'
            )
        return Person(name, capacity, hours, away)

    def _known(self, at: str, owner: str) -> None:
        if self.team and owner not in self.team:
            hint = did_you_mean(owner, self.team, " Did you mean")
            self._refuse(f"{at}: {owner} is not on the team of crm.toml.{hint}")

    def _keys(self, at: str, table: Any, known: Sequence[str]) -> None:
        if not isinstance(table, dict):
            self._refuse(f"{at or 'the settings'}: a table was expected")
        for key in table:
            if key not in known:
                near = nearest(key, known)
                hint = (
                    f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
                )
                self._refuse(f"{f'{at}: ' if at else ''}unknown setting {key!r}; {hint}")

    def _refuse(self, what: str) -> NoReturn:
        raise ConfigError(f"{self.where}: [plugin.territory]: {what.rstrip('.')}.")


def _hours(text: str) -> tuple[time, time]:
    opens, _, closes = text.partition("-")
    since, until = time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())
    if since >= until:
        raise ValueError(text)
    return since, until


def _days(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    since = date.fromisoformat(first.strip())
    until = date.fromisoformat(last.strip()) if last else since
    if since > until:
        raise ValueError(text)
    return since, until
