"""What the plugin adds to the board: a badge, a panel and an action. Only the board loads this module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from crmcore import hookimpl
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore_tui.hooktypes import (
    Action,
    ActionContext,
    Badge,
    Line,
    Panel,
    Part,
    Question,
    Text,
    fit,
)

NEW = Text("新", "new")
DAYS = 7


def write_badge(customer: Customer, now: datetime, dialect: Dialect) -> Part | None:
    """`new` on those met within a week."""
    met = customer.first_contact_at
    if met is None or (now - met).days >= DAYS:
        return None
    return Part(dialect.say(NEW), "flag")


def write_panel(customer: Customer, width: int, now: datetime, dialect: Dialect) -> Iterator[Line]:
    """How long we have known them, and whom to greet."""
    who = customer.contact or dialect.say(Text("（还不知道找谁）", "(nobody known yet)"))
    yield (Part(fit(dialect.say(Text("问候：", "Say hello to: ")) + who, width)),)
    if customer.first_contact_at is not None:
        days = (now - customer.first_contact_at).days
        known = Text("认识 {n} 天", "known for {n} days").with_(n=days)
        yield (Part(fit(dialect.say(known), width), "dim"),)


def say_hello(context: ActionContext) -> Text | None:
    """Log a greeting with each of the customers."""
    words = Question(
        "words", Text("问候语", "Greeting"), initial=context.crm.dialect.say(Text("您好", "Hello"))
    )
    answer = context.ask(Text("打个招呼", "Say hello"), [words])
    if answer is None:
        return None
    for customer in context.customers:
        context.crm.log(customer.id, answer["words"], "message")
    return Text("已问候 {n} 个客户", "Said hello to {n}").with_(n=len(context.customers))


@hookimpl
def crm_tui_badges() -> Iterable[Badge]:
    """Offer the badge."""
    return [Badge("hello-new", Text("新客户", "New customer"), write_badge)]


@hookimpl
def crm_tui_panels() -> Iterable[Panel]:
    """Offer the panel."""
    return [Panel("hello", Text("问候", "Greeting"), write_panel, where="side")]


@hookimpl
def crm_tui_actions() -> Iterable[Action]:
    """Offer the action."""
    return [Action("hello", Text("打招呼", "Say hello"), say_hello, key="f12")]
