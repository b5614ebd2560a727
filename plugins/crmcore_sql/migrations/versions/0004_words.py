"""Everybody's words, where the board's questions are answered: a filter is typed letter by letter."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
STAGE = ("k_pipeline", "k_in_funnel", "k_stage")
FIGURES = (*STAGE, "k_status", "value_currency", "value_whole", "value_parts")
BOARD = (
    *STAGE,
    sa.text("(k_next_step_due IS NULL)"), "k_next_step_due",
    sa.text("(k_first_follow_up_due IS NULL)"), "k_first_follow_up_due",
    sa.text("(k_value IS NULL)"), sa.text("k_value DESC"), "id",
)  # fmt: skip


def upgrade() -> None:
    """Add them; the rows are indexed again because the field is new."""
    op.add_column("customers", sa.Column("k_words", KEY))
    _index_with("k_words")


def downgrade() -> None:
    """Drop them."""
    _index_with()
    op.drop_column("customers", "k_words")


def _index_with(*more: str) -> None:
    """Elsewhere an entry of an index has no room for texts of any length."""
    if op.get_bind().dialect.name == "sqlite":
        for name, columns in (("customers_board", BOARD), ("customers_figures", FIGURES)):
            op.drop_index(name, "customers")
            op.create_index(name, "customers", [*columns, *more])
