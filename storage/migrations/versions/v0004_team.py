"""The outreach worker's side: team, areas, sites, links, ownership, tasks, relays, company, claims."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the team's work; what is owned already begins its history."""
    _audit()
    _organisations()
    _claims()
    _area_posts()
    _companies()
    _lone_visits()
    _moods()
    _relays()
    _shifts()
    _site_visits()
    _relay_messages()
    _ownerships()
    _invites()
    _links()
    _people()
    _referrals()
    _sites()
    _staff()
    _tasks()
    _indexes()
    op.execute(
        "INSERT INTO ownerships (id, referral_id, staff_id, reason, since) "
        "SELECT id, id, staff_id, 'link', opened_at FROM referrals WHERE staff_id IS NOT NULL"
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.String(length=60), nullable=True),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )


def _organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("forum_chat", sa.BigInteger(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_organisations_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("code", name=op.f("uq_organisations_code")),
    )


def _claims() -> None:
    op.create_table(
        "claims",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_claims_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_claims_code_hash")),
    )
    op.create_index(op.f("ix_claims_person_id"), "claims", ["person_id"], unique=False)


def _area_posts() -> None:
    op.create_table(
        "area_posts",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("cover_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"], name=op.f("fk_area_posts_area_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["cover_id"], ["staff.id"], name=op.f("fk_area_posts_cover_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["staff.id"], name=op.f("fk_area_posts_owner_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_area_posts")),
    )


def _companies() -> None:
    op.create_table(
        "companies",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("wanted_gender", sa.String(length=1), nullable=True),
        sa.Column("wanted_locale", sa.String(length=10), nullable=True),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("offered_to", sa.BigInteger(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["offered_to"], ["staff.id"], name=op.f("fk_companies_offered_to")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_companies_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_companies_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
    )
    op.create_index(op.f("ix_companies_person_id"), "companies", ["person_id"], unique=False)
    op.create_index(op.f("ix_companies_staff_id"), "companies", ["staff_id"], unique=False)
    op.create_index(
        "uq_companies_open",
        "companies",
        ["booking_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _lone_visits() -> None:
    op.create_table(
        "lone_visits",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_lone_visits_site_id")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_lone_visits_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lone_visits")),
    )
    op.create_index(op.f("ix_lone_visits_staff_id"), "lone_visits", ["staff_id"], unique=False)


def _moods() -> None:
    op.create_table(
        "moods",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_moods_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moods")),
    )
    op.create_index("uq_moods_week", "moods", ["staff_id", "week"], unique=True)


def _relays() -> None:
    op.create_table(
        "relays",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("referral_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("topic", sa.String(length=40), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forum_chat", sa.BigInteger(), nullable=True),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_wrote_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("staff_wrote_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=20), nullable=True),
        sa.Column("helped", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_relays_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_relays_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relays")),
    )
    op.create_index(op.f("ix_relays_person_id"), "relays", ["person_id"], unique=False)
    op.create_index(op.f("ix_relays_staff_id"), "relays", ["staff_id"], unique=False)
    op.create_index(
        "uq_relays_open",
        "relays",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _shifts() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_shifts_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index(op.f("ix_shifts_staff_id"), "shifts", ["staff_id"], unique=False)


def _site_visits() -> None:
    op.create_table(
        "site_visits",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("leaflets", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_visits_site_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_site_visits_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_visits")),
    )
    op.create_index(op.f("ix_site_visits_site_id"), "site_visits", ["site_id"], unique=False)
    op.create_index(op.f("ix_site_visits_staff_id"), "site_visits", ["staff_id"], unique=False)


def _relay_messages() -> None:
    op.create_table(
        "relay_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("relay_id", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("copy_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["relay_id"], ["relays.id"], name=op.f("fk_relay_messages_relay_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_messages")),
    )
    op.create_index("ix_relay_messages_copy", "relay_messages", ["copy_id"], unique=False)
    op.create_index(
        "uq_relay_messages_once", "relay_messages", ["relay_id", "side", "message_id"], unique=True
    )


def _ownerships() -> None:
    op.create_table(
        "ownerships",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("referral_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_ownerships_referral_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ownerships_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownerships")),
    )
    op.create_index(op.f("ix_ownerships_referral_id"), "ownerships", ["referral_id"], unique=False)
    op.create_index(op.f("ix_ownerships_staff_id"), "ownerships", ["staff_id"], unique=False)


def _invites() -> None:
    with op.batch_alter_table("invites") as batch_op:
        batch_op.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("languages", sa.JSON(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_invites_organisation_id"), "organisations", ["organisation_id"], ["id"]
        )


def _links() -> None:
    with op.batch_alter_table("links") as batch_op:
        batch_op.add_column(sa.Column("label", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("person_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("most_people", sa.Integer(), nullable=True))
        batch_op.create_index(op.f("ix_links_person_id"), ["person_id"], unique=False)
        batch_op.create_foreign_key(
            op.f("fk_links_person_id"), "people", ["person_id"], ["id"], ondelete="SET NULL"
        )


def _people() -> None:
    with op.batch_alter_table("people") as batch_op:
        batch_op.add_column(sa.Column("registered_by", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("reminders_to", sa.BigInteger(), nullable=True))
        batch_op.alter_column("telegram_hash", existing_type=sa.LargeBinary(), nullable=True)
        batch_op.alter_column("telegram_id", existing_type=sa.LargeBinary(), nullable=True)
        batch_op.create_foreign_key(
            op.f("fk_people_reminders_to"), "people", ["reminders_to"], ["id"], ondelete="SET NULL"
        )


def _referrals() -> None:
    with op.batch_alter_table("referrals") as batch_op:
        batch_op.add_column(sa.Column("wanted_gender", sa.String(length=1), nullable=True))


def _sites() -> None:
    with op.batch_alter_table("sites") as batch_op:
        batch_op.add_column(sa.Column("notes", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("added_by", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))


def _staff() -> None:
    with op.batch_alter_table("staff") as batch_op:
        batch_op.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("languages", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("gender", sa.String(length=1), nullable=True))
        batch_op.add_column(sa.Column("name", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("photo", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("voice", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("here_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("away_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("digest_at", sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column("quiet_from", sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column("quiet_until", sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_staff_organisation_id"), "organisations", ["organisation_id"], ["id"]
        )


def _tasks() -> None:
    with op.batch_alter_table("tasks") as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("priority", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("snooze_reason", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_tasks_open",
            ["staff_id", "promised_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.create_index(op.f("ix_tasks_referral_id"), ["referral_id"], unique=False)
        batch_op.create_unique_constraint(op.f("uq_tasks_key"), ["key"])


def _indexes() -> None:
    _partial("ix_referrals_checked", "referrals", ["state", "checked_at"], "closed_at IS NULL")
    _partial("ix_bookings_not_come", "bookings", ["starts_at"], "cancelled_at IS NULL AND came_at IS NULL")
    _partial("ix_tasks_person", "tasks", ["person_id", "priority", "promised_at"], "done_at IS NULL")
    _partial("ix_tasks_late", "tasks", ["promised_at"], "done_at IS NULL AND escalated_at IS NULL")


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
