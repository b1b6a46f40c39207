"""The clinic's side and what follows: closures, kept places, waits, brigades, results, doses, transfers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; a row of bookings may be a place that is nobody's own visit."""
    _centres()
    _care_visits()
    _checklists()
    _closures()
    _dose_plans()
    _examinations()
    _transfers()
    _waits()
    _brigades()
    _doses()
    _brigade_places()
    _bookings()
    op.add_column("referrals", sa.Column("ended_from", sa.String(length=20), nullable=True))


def _centres() -> None:
    op.create_table(
        "centres",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.JSON(), nullable=True),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("hours", sa.JSON(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centres")),
        sa.UniqueConstraint("code", name=op.f("uq_centres_code")),
    )


def _care_visits() -> None:
    op.create_table(
        "care_visits",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("local_start", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("said", sa.String(length=12), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_care_visits_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_visits")),
    )
    with op.batch_alter_table("care_visits") as batch_op:
        batch_op.create_index(op.f("ix_care_visits_person_id"), ["person_id"], unique=False)


def _checklists() -> None:
    op.create_table(
        "checklists",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ticked", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_checklists_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklists")),
    )
    with op.batch_alter_table("checklists") as batch_op:
        batch_op.create_index(op.f("ix_checklists_person_id"), ["person_id"], unique=False)


def _closures() -> None:
    op.create_table(
        "closures",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("local_from", sa.String(length=16), nullable=False),
        sa.Column("local_until", sa.String(length=16), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("also_begun", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_closures_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
    )
    with op.batch_alter_table("closures") as batch_op:
        batch_op.create_index("ix_closures_clinic", ["clinic_id", "local_until"], unique=False)


def _dose_plans() -> None:
    op.create_table(
        "dose_plans",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("word", sa.LargeBinary(), nullable=True),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_dose_plans_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dose_plans")),
    )
    with op.batch_alter_table("dose_plans") as batch_op:
        batch_op.create_index(op.f("ix_dose_plans_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_dose_plans_open",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def _examinations() -> None:
    op.create_table(
        "examinations",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("referral_id", sa.BigInteger(), nullable=True),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("examined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("written_by", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted", sa.LargeBinary(), nullable=True),
        sa.Column("earlier", sa.LargeBinary(), nullable=True),
        sa.Column("earlier_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("earlier_stood", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_examinations_clinic_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_examinations_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examinations")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_examinations_booking_id")),
    )
    with op.batch_alter_table("examinations") as batch_op:
        batch_op.create_index(op.f("ix_examinations_clinic_id"), ["clinic_id"], unique=False)
        batch_op.create_index(op.f("ix_examinations_person_id"), ["person_id"], unique=False)
        batch_op.create_index(op.f("ix_examinations_referral_id"), ["referral_id"], unique=False)
        batch_op.create_index(
            "ix_examinations_waiting",
            ["ready_at"],
            unique=False,
            sqlite_where=sa.text("given_at IS NULL"),
            postgresql_where=sa.text("given_at IS NULL"),
        )


def _transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("referral_id", sa.BigInteger(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("leaves_on", sa.Date(), nullable=True),
        sa.Column("allowed", sa.JSON(), nullable=False),
        sa.Column("written", sa.LargeBinary(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived", sa.Boolean(), nullable=True),
        sa.Column("went_on", sa.Boolean(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["centre_id"], ["centres.id"], name=op.f("fk_transfers_centre_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_transfers_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_transfers_code_hash")),
    )
    with op.batch_alter_table("transfers") as batch_op:
        batch_op.create_index(op.f("ix_transfers_person_id"), ["person_id"], unique=False)


def _waits() -> None:
    op.create_table(
        "waits",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=True),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("hours", sa.String(length=8), nullable=False),
        sa.Column("sooner_than", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_booking", sa.BigInteger(), nullable=True),
        sa.Column("offered", sa.BigInteger(), nullable=True),
        sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("lapsed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_waits_clinic_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_waits_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waits")),
    )
    with op.batch_alter_table("waits") as batch_op:
        batch_op.create_index(op.f("ix_waits_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_waits_open",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def _brigades() -> None:
    op.create_table(
        "brigades",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("confirm_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_brigades_clinic_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_brigades_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_brigades_staff_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brigades")),
    )
    with op.batch_alter_table("brigades") as batch_op:
        batch_op.create_index(op.f("ix_brigades_person_id"), ["person_id"], unique=False)


def _doses() -> None:
    op.create_table(
        "doses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.String(length=5), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["dose_plans.id"], name=op.f("fk_doses_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doses")),
    )
    with op.batch_alter_table("doses") as batch_op:
        batch_op.create_index("uq_doses_once", ["plan_id", "day", "hour"], unique=True)


def _brigade_places() -> None:
    op.create_table(
        "brigade_places",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("brigade_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("local_start", sa.String(length=16), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["brigade_id"], ["brigades.id"], name=op.f("fk_brigade_places_brigade_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brigade_places")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_brigade_places_code_hash")),
    )
    with op.batch_alter_table("brigade_places") as batch_op:
        batch_op.create_index(op.f("ix_brigade_places_brigade_id"), ["brigade_id"], unique=False)


def _bookings() -> None:
    with op.batch_alter_table("bookings") as batch_op:
        batch_op.add_column(sa.Column("use", sa.String(length=12), server_default="visit", nullable=False))
        batch_op.add_column(sa.Column("guardian_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("use_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("locale", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("child_age", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("closure_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("on_way_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("plan", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("failure", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("failure_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("person_id", existing_type=sa.BigInteger(), nullable=True)
        batch_op.alter_column("referral_id", existing_type=sa.BigInteger(), nullable=True)
        batch_op.create_index(op.f("ix_bookings_closure_id"), ["closure_id"], unique=False)
        batch_op.create_index(op.f("ix_bookings_guardian_id"), ["guardian_id"], unique=False)
        batch_op.create_index(
            "ix_bookings_held",
            ["held_until"],
            unique=False,
            sqlite_where=sa.text("held_until IS NOT NULL AND cancelled_at IS NULL"),
            postgresql_where=sa.text("held_until IS NOT NULL AND cancelled_at IS NULL"),
        )
        batch_op.create_index(op.f("ix_bookings_use_id"), ["use_id"], unique=False)
        batch_op.create_foreign_key(
            op.f("fk_bookings_guardian_id"), "people", ["guardian_id"], ["id"], ondelete="CASCADE"
        )
