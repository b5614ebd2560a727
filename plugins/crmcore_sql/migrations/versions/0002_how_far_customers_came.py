"""How far customers came before they were moved back, first follow-ups that are owed, and the board's
figures by status."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
PROMOTED = ("furthest_stage", "follow_up_owed")
VALUE = ("value_currency", "value_whole", "value_parts")
STAGE = ("k_pipeline", "k_in_funnel", "k_stage")


def upgrade() -> None:
    """Add their columns; the rows are indexed again because the fields are new."""
    for name in PROMOTED:
        op.add_column("customers", sa.Column(f"k_{name}", KEY))
    # Few were ever moved back: the funnel's figures ask for these alone.
    back = sa.text("k_furthest_stage IS NOT NULL")
    op.create_index(
        "customers_moved_back",
        "customers",
        ["k_pipeline", "k_furthest_stage"],
        sqlite_where=back,
        postgresql_where=back,
    )
    # Groups by stage and status, in the order in which the index has them.
    op.drop_index("customers_figures", "customers")
    op.create_index("customers_figures", "customers", [*STAGE, "k_status", *VALUE])
    # Everybody of one status, page by page.
    op.create_index("customers_walk", "customers", ["k_pipeline", "k_status", "id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("customers_walk", "customers")
    op.drop_index("customers_figures", "customers")
    op.create_index("customers_figures", "customers", [*STAGE, *VALUE, "k_status"])
    op.drop_index("customers_moved_back", "customers")
    for name in reversed(PROMOTED):
        op.drop_column("customers", f"k_{name}")
