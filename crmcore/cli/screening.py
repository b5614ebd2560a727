"""Checking that leads are real: one by its id, or all unchecked ones in turn."""

from __future__ import annotations

from collections.abc import Iterator

import click

from crmcore.cli.asking import at_a_terminal
from crmcore.cli.change import standing, told
from crmcore.cli.context import App, pass_app
from crmcore.customer import CHECK_OUTCOMES, VALIDITY_CHECKS, Customer
from crmcore.errors import ConflictError, RefusedError, UsageError
from crmcore.query import Order, Query, both
from crmcore.screening import UNCHECKED, Finding, named, standing_checks
from crmcore.text import one_line
from crmcore.values import show_value
from crmcore.wording import Text

_TOLD_OF = (
    "company", "contact", "position", "phone", "wechat", "email", "industry", "region", "source",
    "initial_need", "remarks",
)  # fmt: skip
_PAGE = 50
_END = "q"


@click.command("screen")
@click.argument("customer_id", metavar="[ID]", required=False)
@click.option(
    "--check",
    "checks",
    multiple=True,
    metavar="CHECK=OUTCOME[:REASON]",
    help="As in number_reachable=fail:empty; repeatable. Checks: company_exists, contact_decides, "
    "number_reachable; outcomes: pass, fail, unclear.",
)
@click.option("--where", default="", metavar="FILTER", help="Walk through these alone.")
@click.option("--keep", is_flag=True, help="Keep a lead in the funnel although a check failed.")
@pass_app
def screen_command(
    app: App, customer_id: str | None, checks: tuple[str, ...], where: str, keep: bool
) -> None:
    """Check that a lead is real, or walk through the unchecked ones.

    Each answer is kept with its reason. All passed: the lead is valid. One that failed takes it out of
    the funnel as invalid, with the reason; `crmcore reopen` revives it.
    """
    if customer_id is not None and checks:
        customer = app.crm.screen(customer_id, _findings(checks), keep=keep)
        _outcome(app, customer)
        return
    if checks:
        raise UsageError("--check needs the ID of the lead that was checked.")
    if not at_a_terminal():
        raise UsageError(
            "Nobody is here to answer. Say what was found: "
            "crmcore screen ID --check number_reachable=pass"
        )
    leads = [app.crm.get(customer_id)] if customer_id else _unchecked(app, where)
    _walk(app, leads, keep)


def _findings(checks: tuple[str, ...]) -> dict[str, Finding]:
    found = {}
    for check in checks:
        name, equals, answer = check.partition("=")
        if not equals:
            raise UsageError(f"--check wants CHECK=OUTCOME, not {check!r}.")
        outcome, _, reason = answer.replace("：", ":").partition(":")
        found[named(name, VALIDITY_CHECKS, "check").key] = Finding(outcome, reason)
    return found


def _unchecked(app: App, where: str) -> Iterator[Customer]:
    condition = both(UNCHECKED, app.crm.condition(where))
    query: Query | None = Query(condition, (Order("first_contact_at"),), _PAGE)
    while query is not None:
        page = app.crm.page(query)
        yield from page.customers
        query = None if page.next is None else query.next(page.next)


def _walk(app: App, leads: Iterator[Customer] | list[Customer], keep: bool) -> None:
    seen = checked = 0
    for lead in leads:
        seen += 1
        _show(app, lead)
        findings = _ask(app)
        if findings is None:
            break
        if not findings:
            continue
        try:
            customer = app.crm.screen(lead.id, findings, keep=keep, expected=lead.revision)
        except (RefusedError, ConflictError) as error:
            click.echo(one_line(str(error)), err=True)
            continue
        checked += 1
        _outcome(app, customer)
    click.echo(
        app.say(
            "看了 {seen} 条，核实 {checked} 条",
            "{seen} seen, {checked} checked",
            seen=seen,
            checked=checked,
        )
    )


def _show(app: App, lead: Customer) -> None:
    click.echo()
    click.secho(one_line(f"{lead.id} {lead.title}"), bold=True)
    for key in _TOLD_OF:
        spec = app.crm.fields.named(key)
        if (value := app.crm.fields.value(lead, key)) is not None:
            shown = one_line(show_value(spec, value, app.dialect))
            click.echo(f"  {app.dialect.say(spec.label)}: {shown}")
    for kind, outcome in standing_checks(lead).items():
        question, answer = named(kind, VALIDITY_CHECKS, "check"), named(outcome, CHECK_OUTCOMES, "")
        click.echo(f"  {app.dialect.say(question.label)}: {app.dialect.say(answer.label)}")


_KEYS = Text(
    "y 通过，n 不通过，? 不确定，回车跳过，q 结束",
    "y passed, n failed, ? unclear, enter skips, q ends",
)


def _ask(app: App) -> dict[str, Finding] | None:
    """What the user found, by question; None to end the walk."""
    click.echo(f"  ({app.dialect.say(_KEYS)})")
    findings: dict[str, Finding] = {}
    for question in VALIDITY_CHECKS:
        outcome = _outcome_of(f"  {app.dialect.say(question.label)}")
        if outcome == _END:
            return None
        if not outcome:
            continue
        reason = ""
        while outcome == "fail" and not reason:
            reason = _answer(app.say("    原因", "    why"))
        findings[question.key] = Finding(outcome, reason)
        if outcome == "fail":
            break
    return findings


def _outcome_of(question: str) -> str:
    """The outcome that is typed, "" to skip the question, or `_END`."""
    while True:
        word = _answer(question)
        if not word or word.casefold() == _END:
            return word.casefold()
        try:
            return named(word, CHECK_OUTCOMES, "outcome").key
        except UsageError as error:
            click.echo(f"  {one_line(str(error))}", err=True)


def _answer(question: str) -> str:
    text: str = click.prompt(question, default="", show_default=False)
    return text.strip()


def _outcome(app: App, customer: Customer) -> None:
    spec = app.crm.fields.named("validity")
    words = show_value(spec, customer.validity, app.dialect)
    reason = f": {customer.validity_reason}" if customer.validity_reason else ""
    told(app, customer, f"→ {standing(app, customer)} · {words}{reason}")
