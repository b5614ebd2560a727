"""Customers, commits, and which touched whom.

The columns are written out: a migration says what was made then, whatever the schema is now.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
INDEXES = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
PROMOTED = (
    "pipeline", "in_funnel", "status", "stage", "owner", "grade", "external_id", "phone", "email",
    "company", "value", "first_contact_at", "next_step_due", "first_follow_up_due", "survey_due",
    "expected_close_at", "entered_stage_at", "last_activity_at",
)  # fmt: skip


def upgrade() -> None:
    """Make the tables."""
    facts = op.create_table(
        "facts",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.bulk_insert(facts, [{"name": "revision", "number": 0, "text": ""}])
    op.create_table(
        "customers",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("doc", sa.Text, nullable=False),
        sa.Column("keys", INDEXES, nullable=False),
        sa.Column("folded", INDEXES, nullable=False),
        sa.Column("value_currency", sa.String(8)),
        sa.Column("value_whole", sa.BigInteger),
        sa.Column("value_parts", sa.BigInteger),
        *(sa.Column(f"k_{name}", KEY) for name in PROMOTED),
    )
    for name in ("owner", "external_id", "phone", "email", "next_step_due"):
        op.create_index(f"customers_{name}", "customers", [f"k_{name}"])
    # The board's pages stand in this index in the order in which they are asked for.
    op.create_index(
        "customers_board",
        "customers",
        [
            "k_pipeline", "k_in_funnel", "k_stage",
            sa.text("(k_next_step_due IS NULL)"), "k_next_step_due",
            sa.text("(k_first_follow_up_due IS NULL)"), "k_first_follow_up_due",
            sa.text("(k_value IS NULL)"), sa.text("k_value DESC"), "id",
        ],
    )  # fmt: skip
    # Its header's figures are read from this one alone.
    op.create_index(
        "customers_figures",
        "customers",
        [
            "k_pipeline", "k_in_funnel", "k_stage",
            "value_currency", "value_whole", "value_parts", "k_status",
        ],
    )  # fmt: skip
    op.create_table(
        "commits",
        sa.Column("revision", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "touched",
        sa.Column("customer_id", KEY, primary_key=True),
        sa.Column("revision", sa.BigInteger, primary_key=True, autoincrement=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("touched", "commits", "customers", "facts"):
        op.drop_table(name)
