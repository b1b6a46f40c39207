"""All tables of the referral store on one page.

Rules of the page: ids of people, staff, links and referrals are random, so that a number tells nothing; a
Telegram id stands only in `people`, as keyed hash (to find) and encrypted (to write to); uniqueness and order
are kept by the database, not by code; `outcomes` rows are never changed.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from storage.columns import Texts, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# --- intake ----------------------------------------------------------------------------------------------

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("payload", LargeBinary),  # the update, encrypted; NULL once it is done
    Column(
        "reply", LargeBinary
    ),  # the steps still to be sent, encrypted; set in the transaction of the effects
    Column("tries", Integer, nullable=False, server_default="0"),  # how often handling was begun
    Column("sends", Integer, nullable=False, server_default="0"),  # how often sending the reply was begun
    Column("handled_at", UtcDateTime),  # effects and outcome are committed
    Column("done_at", UtcDateTime),  # the reply was accepted, or there was none
    Column("set_aside_at", UtcDateTime),  # given up after three tries, or unreadable
    Column("fault", String(200)),  # the kind of the last error, without any text of a person
    Column(
        "person_hash", LargeBinary(32)
    ),  # whose update: to erase open rows with the person; NULL once done
    Index(
        "ix_inbox_open",
        "update_id",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    Index("ix_inbox_done", "done_at"),
)

marks = Table(  # one value per name: polling offset, when a nightly job last ran …
    "marks",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", Text, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

# --- directory (written by `hamroh import`) --------------------------------------------------------------

regions = Table(
    "regions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(40), nullable=False, unique=True),
    Column("names", Texts, nullable=False),
    Column("retired_at", UtcDateTime),
)

cities = Table(
    "cities",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(40), nullable=False, unique=True),
    Column("region_id", ForeignKey("regions.id"), nullable=False),
    Column("zone", String(60), nullable=False),  # IANA name
    Column("names", Texts, nullable=False),
    Column("retired_at", UtcDateTime),
)

areas = Table(
    "areas",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(40), nullable=False, unique=True),
    Column("city_id", ForeignKey("cities.id"), nullable=False, index=True),
    Column("names", Texts, nullable=False),
    Column("latitude", Float),  # degrees, WGS 84
    Column("longitude", Float),
    Column("retired_at", UtcDateTime),
)

sites = Table(
    "sites",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(40), nullable=False, unique=True),
    Column("area_id", ForeignKey("areas.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),  # building-site, market, canteen, hostel, other
    Column("names", Texts, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("retired_at", UtcDateTime),
)

clinics = Table(
    "clinics",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(40), nullable=False, unique=True),
    Column("area_id", ForeignKey("areas.id"), nullable=False, index=True),
    Column("names", Texts, nullable=False),
    Column("address", Texts, nullable=False),
    Column("directions", Texts, nullable=False),
    Column("hours", Texts, nullable=False),
    Column("bring", Texts, nullable=False),
    Column("phone", String(40)),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("retired_at", UtcDateTime),
)

services = Table(
    "services",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("clinic_id", ForeignKey("clinics.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("payer", String(40), nullable=False),
    Column("note", Texts),
    Column("position", Integer, nullable=False),  # order on the screen, from 0
)

sessions = Table(  # when a clinic sees people, week by week, in the city's own time
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("clinic_id", ForeignKey("clinics.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("weekday", Integer, nullable=False),  # 0 = Monday
    Column("starts", String(5), nullable=False),  # local, "18:00"
    Column("ends", String(5), nullable=False),
    Column("slot_minutes", Integer, nullable=False),
    Column("capacity", Integer, nullable=False),  # people per slot
    Column("valid_from", Date),
    Column("valid_until", Date),
    CheckConstraint("capacity > 0 AND slot_minutes > 0", name="positive"),
)

closed_days = Table(
    "closed_days",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("clinic_id", ForeignKey("clinics.id", ondelete="CASCADE"), nullable=False),
    Column("day", Date, nullable=False),
    Column("reason", Texts),
    Index("uq_closed_days_clinic_day", "clinic_id", "day", unique=True),
)

programme = Table(  # one row: who runs this bot, what is promised here, how long what is kept
    "programme",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("content", JSON, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    CheckConstraint("id = 1", name="single"),
)

# --- people and staff ------------------------------------------------------------------------------------

people = Table(  # exists only after consent; deleted whole by /forget
    "people",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("telegram_hash", LargeBinary(32), nullable=False, unique=True),  # keyed hash of the Telegram id
    Column("telegram_id", LargeBinary, nullable=False),  # encrypted with `key`
    Column("key", LargeBinary, nullable=False),  # this person's own key, wrapped by HAMROH_SECRET_KEYS
    Column("locale", String(10), nullable=False),
    Column("consent_version", String(20), nullable=False),
    Column("consent_locale", String(10), nullable=False),  # the language in which it was read
    Column("consented_at", UtcDateTime, nullable=False),
    Column(
        "link_id", ForeignKey("links.id", use_alter=True, ondelete="SET NULL")
    ),  # the link that brought them first
    Column("area_id", ForeignKey("areas.id", ondelete="SET NULL")),
    Column("blocked_at", UtcDateTime),  # the bot was blocked or the account is gone: nothing is sent any more
    Column("seen_on", Date, nullable=False),  # UTC day of the last message or press
    Column("created_at", UtcDateTime, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("person_id", ForeignKey("people.id", ondelete="SET NULL"), index=True),
    Column("role", String(20), nullable=False),  # worker, registrar, coordinator, admin
    Column("area_id", ForeignKey("areas.id")),
    Column("clinic_id", ForeignKey("clinics.id")),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(
        "uq_staff_active",
        "person_id",
        "role",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

invites = Table(
    "invites",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("code_hash", LargeBinary(32), nullable=False, unique=True),  # of a code with 128 random bits
    Column("role", String(20), nullable=False),
    Column("area_id", ForeignKey("areas.id")),
    Column("clinic_id", ForeignKey("clinics.id")),
    Column("created_by", ForeignKey("staff.id", ondelete="SET NULL")),  # NULL: an admin of the settings
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("used_by", ForeignKey("staff.id", ondelete="SET NULL")),
)

links = Table(
    "links",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("code", String(40), nullable=False, unique=True),  # at least 80 random bits; carries no meaning
    Column(
        "short_code", String(12), nullable=False, unique=True
    ),  # typed by hand where the link loses its payload
    Column("kind", String(20), nullable=False),  # worker, campaign
    Column("staff_id", ForeignKey("staff.id"), index=True),
    Column("area_id", ForeignKey("areas.id")),
    Column("site_id", ForeignKey("sites.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

# --- the journey -----------------------------------------------------------------------------------------

referrals = Table(  # one episode of one person
    "referrals",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("link_id", ForeignKey("links.id"), index=True),
    Column("staff_id", ForeignKey("staff.id"), index=True),  # the owner
    Column("area_id", ForeignKey("areas.id")),
    Column("site_id", ForeignKey("sites.id")),
    Column("state", String(20), nullable=False),  # care.referral.State
    Column("advice", String(20)),  # class of the last symptom check; never the answers
    Column("checked_at", UtcDateTime),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Index(
        "uq_referrals_open",
        "person_id",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

bookings = Table(
    "bookings",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("referral_id", ForeignKey("referrals.id", ondelete="CASCADE"), nullable=False),
    Column("clinic_id", ForeignKey("clinics.id"), nullable=False),
    Column(
        "starts_at", UtcDateTime, nullable=False
    ),  # computed from the two below; again when zone rules change
    Column("local_start", String(16), nullable=False),  # what was agreed: "2026-11-25T18:30" in `zone`
    Column("local_day", String(10), nullable=False),  # "2026-11-25"
    Column("zone", String(60), nullable=False),
    Column("place", Integer, nullable=False),  # 0 … capacity - 1
    Column("advice", String(20)),  # goes with the booking so that the clinic knows the urgency
    Column("child_under_5", Boolean, nullable=False, server_default=text("false")),
    Column("moved_from", BigInteger),  # the booking that this one replaces
    Column("created_at", UtcDateTime, nullable=False),
    Column("cancelled_at", UtcDateTime),
    Column("came_at", UtcDateTime),
    Column("missed_at", UtcDateTime),
    Column("said", String(12)),  # the person's own answer to 'did you go?': went, missed
    Index(
        "uq_bookings_place",  # a place is sold once
        "clinic_id",
        "local_start",
        "place",
        unique=True,
        sqlite_where=text("cancelled_at IS NULL"),
        postgresql_where=text("cancelled_at IS NULL"),
    ),
    Index(
        "uq_bookings_day",  # one visit per person and day
        "person_id",
        "local_day",
        unique=True,
        sqlite_where=text("cancelled_at IS NULL"),
        postgresql_where=text("cancelled_at IS NULL"),
    ),
    Index("ix_bookings_clinic_day", "clinic_id", "local_day"),
)

outcomes = Table(  # append-only; statistics read this table and nothing else
    "outcomes",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("update_id", BigInteger),  # the update that caused it; NULL for jobs, and after a week
    Column("kind", String(40), nullable=False),  # care.outcomes.Kind
    Column("at", UtcDateTime, nullable=False, index=True),
    Column(
        "role", String(20), nullable=False
    ),  # who caused it: person, worker, registrar, coordinator, admin, job
    Column("referral_id", BigInteger, index=True),  # no foreign key: stays, without the person, after /forget
    Column("link_id", BigInteger),
    Column("staff_id", BigInteger),
    Column("area_id", Integer),
    Column("site_id", Integer),
    Column("clinic_id", Integer),
    Column("locale", String(10)),
    Column(
        "detail", String(60)
    ),  # topic id, advice class, reason …: a word of a closed list, never free text
    Index("uq_outcomes_update_kind", "update_id", "kind", unique=True),
)

due = Table(  # messages due later: reminders, questions back, notices to staff
    "due",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("key", String(80), nullable=False, unique=True),  # what makes it one: "visit-eve:<booking>"
    Column("kind", String(40), nullable=False),  # care.reminders.Kind
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("booking_id", BigInteger, index=True),  # the cause, when it is a booking
    Column("params", JSON, nullable=False),  # ids and closed words only
    Column("due_at", UtcDateTime, nullable=False),
    Column(
        "local_due", String(16)
    ),  # "2026-11-24T18:00" in `zone`, where the hour on the clock is what counts
    Column("zone", String(60)),
    Column("useful_until", UtcDateTime, nullable=False),
    Column("lane", Integer, nullable=False),  # care.reminders.Lane: 0 goes before 1 before 2
    Column("state", String(12), nullable=False, server_default="pending"),
    # pending, sending, sent, failed, expired, unknown, cancelled
    Column("token", String(32)),
    Column("leased_until", UtcDateTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fault", String(200)),
    Column("finished_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_due_ready", "state", "due_at"),
)

drafts = Table(  # what a person is in the middle of: at most one thing
    "drafts",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(20), nullable=False),  # booking, code, …
    Column("content", JSON, nullable=False),  # ids only
    Column("changed_at", UtcDateTime, nullable=False),
)

tasks = Table(  # something a member of staff must do by a time
    "tasks",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("kind", String(20), nullable=False),  # talk
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("referral_id", BigInteger),
    Column("staff_id", ForeignKey("staff.id"), index=True),  # the owner; NULL: nobody yet
    Column("topic", String(40)),  # what the person was reading when asking
    Column("contact", LargeBinary),  # a phone to call, encrypted with the person's key; NULL once it is done
    Column("promised_at", UtcDateTime, nullable=False),  # by when the person was told that somebody answers
    Column("created_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("done_by", ForeignKey("staff.id", ondelete="SET NULL")),
)

decisions = Table(  # what a coordinator said about questions that were not answered
    "decisions",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("topic", String(40), nullable=False),  # a topic id, or a word of care.unanswered.Verdict
    Column("decided_at", UtcDateTime, nullable=False),
)

questions = Table(  # what was not answered: scrubbed, without the person, kept 90 days
    "questions",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("text", Text, nullable=False),
    Column("locale", String(10), nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("decision_id", ForeignKey("decisions.id", ondelete="SET NULL"), index=True),  # NULL: nobody looked
)

taught = Table(  # wordings that a coordinator made examples: scrubbed, without the person
    "taught",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("decision_id", ForeignKey("decisions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("locale", String(10), nullable=False),
    Column("folded", Text, nullable=False, unique=True),  # as it is compared, cut: a wording says one thing
)

waiting = Table(  # who wants to be told when there is an answer: at most 90 days
    "waiting",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column(
        "question_hash", LargeBinary(32), nullable=False, index=True
    ),  # keyed hash of the question's id: without the keys nobody joins a question to a person
    Column("decision_id", ForeignKey("decisions.id", ondelete="SET NULL"), index=True),  # the answer
    Column("since", Date, nullable=False),
    Index("uq_waiting_once", "person_id", "question_hash", unique=True),
)

uploads = Table(  # files of ours that Telegram holds already: sent again by its id, not by their content
    "uploads",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),  # an id is good for one bot only
    Column("digest", LargeBinary(32), primary_key=True),  # SHA-256 of the content
    Column("file_id", Text, nullable=False),
    Column("uploaded_at", UtcDateTime, nullable=False),
)
