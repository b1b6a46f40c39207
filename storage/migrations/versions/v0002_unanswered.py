"""What coordinators say about questions without an answer, and who waits for one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of decisions, of taught wordings and of who waits; join questions to decisions."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    with op.batch_alter_table("questions") as questions:
        questions.add_column(sa.Column("decision_id", sa.BigInteger(), nullable=True))
        questions.create_foreign_key(
            op.f("fk_questions_decision_id"), "decisions", ["decision_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index(op.f("ix_questions_decision_id"), "questions", ["decision_id"], unique=False)
    _make_taught()
    _make_waiting()


def _make_taught() -> None:
    op.create_table(
        "taught",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_taught_decision_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taught")),
        sa.UniqueConstraint("folded", name=op.f("uq_taught_folded")),
    )
    op.create_index(op.f("ix_taught_decision_id"), "taught", ["decision_id"], unique=False)


def _make_waiting() -> None:
    op.create_table(
        "waiting",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("question_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_waiting_decision_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_waiting_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
    )
    for column in ("decision_id", "person_id", "question_hash"):
        op.create_index(op.f(f"ix_waiting_{column}"), "waiting", [column], unique=False)
    op.create_index("uq_waiting_once", "waiting", ["person_id", "question_hash"], unique=True)
