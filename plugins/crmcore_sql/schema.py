"""The tables. Text is compared by code point everywhere, as the reference evaluator does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, MetaData, String, Table, Text
from sqlalchemy.dialects import postgresql

from crmcore.words import WORDS

REVISION = "0005"
"""The migration that makes these tables; a store at another one is migrated or refused."""

KEY = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
INDEXES = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

PROMOTED = (
    "pipeline", "in_funnel", "status", "stage", "owner", "grade", "external_id", "phone", "email",
    "company", "value", "first_contact_at", "next_step_due", "first_follow_up_due", "survey_due",
    "expected_close_at", "entered_stage_at", "last_activity_at", "furthest_stage", "follow_up_owed",
    "source", "created_at", "assigned_at", "closed_at", "close_reason", "contract_signed_at",
    "delivered_at", "satisfaction", "first_response_at", WORDS,
)  # fmt: skip
"""Fields with a column of their own, `k_<field>`: what boards, imports and reminders ask."""

REMEMBERED = tuple(
    name for name in PROMOTED if name not in ("external_id", "phone", "email", "company", WORDS)
)
"""Those of them that are kept of past versions, too: what figures and the board's columns ask."""

METADATA = MetaData()


def _told(names: Iterable[str]) -> Iterator[Column[Any]]:
    """What a customer is worth, and the keys of the fields *names*."""
    yield Column("value_currency", String(8))
    yield Column("value_whole", BigInteger)
    yield Column("value_parts", BigInteger)
    yield from (Column(f"k_{name}", KEY) for name in names)


FACTS = Table(
    "facts",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("text", Text, nullable=False, default=""),
)
"""`revision`: the last one, and the row that writers take turns on; `fields`: what was indexed."""

CUSTOMERS = Table(
    "customers",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("doc", Text, nullable=False),
    Column("keys", INDEXES, nullable=False),
    Column("folded", INDEXES, nullable=False),
    *_told(PROMOTED),
    Column("links", Text),
)

COMMITS = Table(
    "commits",
    METADATA,
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)

PARTS = Table(
    "commit_parts",
    METADATA,
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("part", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)
"""The edits of commits that have too many for one text; see `crmcore_sql.bodies`."""

TOUCHED = Table(
    "touched",
    METADATA,
    Column("customer_id", KEY, primary_key=True),
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("part", BigInteger),
)
"""Which commits touched whom, in which of their parts if they have any, and so every id ever used."""

PAST = Table(
    "past",
    METADATA,
    Column("customer_id", KEY, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("at", KEY, nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column("undoes", BigInteger),
    Column("stage_after", KEY),
    Column("grade_after", KEY),
    Column("links", Text),
    *_told(REMEMBERED),
)
"""What the commits replaced: versions of customers, from revision `since` up to `until`, whose commit was
dated `at`. `turn` (see `past.Turn`) tells what that commit changed that the history of stages and
grades is made of. A version of revision 0 is "nobody yet": it says when its customer was made."""
