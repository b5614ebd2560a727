"""Commits of very many edits stand in parts, and whom they touched is told with where."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table and the column; commits that stand in one text may stay so."""
    op.create_table(
        "commit_parts",
        sa.Column("revision", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("part", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.add_column("touched", sa.Column("part", sa.BigInteger))


def downgrade() -> None:
    """Drop them. Raises NotImplementedError where a commit stands in parts: those are its only text."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM commit_parts")):
        raise NotImplementedError("commits in parts cannot be read by earlier versions")
    op.drop_column("touched", "part")
    op.drop_table("commit_parts")
