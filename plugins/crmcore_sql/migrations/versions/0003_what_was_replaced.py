"""What commits replaced, so that a past day is asked for and not lived again, and columns of their own for
the other fields that figures ask."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
PROMOTED = (
    "source", "created_at", "assigned_at", "closed_at", "close_reason", "contract_signed_at",
    "delivered_at", "satisfaction", "first_response_at",
)  # fmt: skip
REMEMBERED = (
    "pipeline", "in_funnel", "status", "stage", "owner", "grade", "value", "first_contact_at",
    "next_step_due", "first_follow_up_due", "survey_due", "expected_close_at", "entered_stage_at",
    "last_activity_at", "furthest_stage", "follow_up_owed", *PROMOTED,
)  # fmt: skip
WALK = ["k_pipeline", "k_status", "id"]
VALUE = ["value_currency", "value_whole", "value_parts"]
ASKED = [*(f"k_{name}" for name in REMEMBERED if name not in ("pipeline", "status")), "links"]


def upgrade() -> None:
    """Make the table and the columns; the rows of both are filled where it is seen that they are not."""
    for name in PROMOTED:
        op.add_column("customers", sa.Column(f"k_{name}", KEY))
    op.add_column("customers", sa.Column("links", sa.Text))
    if op.get_bind().dialect.name == "sqlite":
        # Figures read a few columns of everybody: from the index alone, not from rows of a page each.
        # PostgreSQL refuses an index of long texts.
        op.drop_index("customers_walk", "customers")
        op.create_index("customers_walk", "customers", [*WALK, *VALUE, *ASKED])
    op.create_table(
        "past",
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("turn", sa.BigInteger, nullable=False),
        sa.Column("undoes", sa.BigInteger),
        sa.Column("stage_after", KEY),
        sa.Column("grade_after", KEY),
        sa.Column("links", sa.Text),
        sa.Column("value_currency", sa.String(8)),
        sa.Column("value_whole", sa.BigInteger),
        sa.Column("value_parts", sa.BigInteger),
        *(sa.Column(f"k_{name}", KEY) for name in REMEMBERED),
    )
    # Both grow at their end.
    op.create_index("past_until", "past", ["until", "since"])
    turned = sa.text("turn > 0")
    op.create_index(
        "past_turns",
        "past",
        [
            "until", "customer_id", "at", "turn", "undoes", "k_stage", "stage_after", "k_grade",
            "grade_after",
        ],
        sqlite_where=turned,
        postgresql_where=turned,
    )  # fmt: skip


def downgrade() -> None:
    """Drop them."""
    op.drop_table("past")
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("customers_walk", "customers")
        op.create_index("customers_walk", "customers", WALK)
    op.drop_column("customers", "links")
    for name in reversed(PROMOTED):
        op.drop_column("customers", f"k_{name}")
