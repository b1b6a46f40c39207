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

organisations = Table(  # those whose people work here; under a region, or under none
    "organisations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(40), nullable=False, unique=True),
    Column("region_id", ForeignKey("regions.id")),
    Column("names", Texts, nullable=False),
    Column("forum_chat", BigInteger),  # a group with topics where its people answer, if it wants that
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
    Column("notes", Text),  # of the team, about the place: never about people
    Column("added_by", BigInteger),  # staff id, where a pin in the chat made it
    Column("added_at", UtcDateTime),  # NULL: it came with the directory
    Column("confirmed_at", UtcDateTime),  # a pin from outside the team waits for the area's owner
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
    Column("telegram_hash", LargeBinary(32), unique=True),  # keyed hash of the Telegram id …
    Column("telegram_id", LargeBinary),  # … and the id, encrypted with `key`; both NULL: without Telegram
    Column("registered_by", BigInteger),  # staff id, where a worker registered somebody without Telegram
    Column(
        "reminders_to", ForeignKey("people.id", ondelete="SET NULL")
    ),  # the friend whose Telegram takes the reminders of somebody without
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
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("area_id", ForeignKey("areas.id")),
    Column("clinic_id", ForeignKey("clinics.id")),
    Column("languages", JSON),  # codes of what they speak; NULL: that of their own screens
    Column("gender", String(1)),  # f, m; NULL: they did not say
    Column("name", LargeBinary),  # first name or nickname on their card, encrypted with the person's key
    Column("photo", LargeBinary),  # file id of the card's photo, likewise
    Column("voice", LargeBinary),  # file id of the spoken greeting, likewise
    Column("here_until", UtcDateTime),  # said 'I am here', outside the weekly hours
    Column("away_until", UtcDateTime),  # on holiday or ill: nothing new comes to them
    Column("digest_at", String(5)),  # local, "08:30"; NULL: 09:00; "-": none
    Column("quiet_from", String(5)),  # local; NULL: 21:00 …
    Column("quiet_until", String(5)),  # … until 08:00
    Column("started_at", UtcDateTime, nullable=False),
    Column("paused_at", UtcDateTime),  # by a coordinator: the role rests, and its people are covered
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

area_posts = Table(  # whose an area is, and who stands in
    "area_posts",
    metadata,
    Column("area_id", ForeignKey("areas.id", ondelete="CASCADE"), primary_key=True),
    Column("owner_id", ForeignKey("staff.id", ondelete="SET NULL")),
    Column("cover_id", ForeignKey("staff.id", ondelete="SET NULL")),
)

shifts = Table(  # the weekly hours of a member of staff, on the clock of their area; none: 09:00 to 21:00
    "shifts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("weekday", Integer, nullable=False),  # 0 = Monday
    Column("starts", String(5), nullable=False),  # local, "18:00"
    Column("ends", String(5), nullable=False),  # local; never after midnight
)

audit = Table(  # who changed what in the team; append-only, chained: a row that is changed or cut is found
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 …: a gap is a cut
    Column("at", UtcDateTime, nullable=False),
    Column("actor_id", BigInteger),  # staff id; NULL: an admin of the settings, or the program
    Column("role", String(20), nullable=False),  # care.roles.Actor
    Column("act", String(40), nullable=False),  # care.audit.Act
    Column("about", String(20), nullable=False),  # staff, referral, area, site, link, invite, relay …
    Column("about_id", BigInteger),
    Column("detail", String(60)),  # a word of a closed list or an id, never free text
    Column("mac", LargeBinary(32), nullable=False),  # HMAC-SHA-256 over the row and the one before it
)

invites = Table(
    "invites",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("code_hash", LargeBinary(32), nullable=False, unique=True),  # of a code with 128 random bits
    Column("role", String(20), nullable=False),
    Column("area_id", ForeignKey("areas.id")),
    Column("clinic_id", ForeignKey("clinics.id")),
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("languages", JSON),  # codes of what the invited person speaks
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
    Column("kind", String(20), nullable=False),  # worker, site, event, colleague, campaign, friend
    Column("label", String(60)),  # what its worker calls it
    Column("staff_id", ForeignKey("staff.id"), index=True),
    Column("person_id", ForeignKey("people.id", ondelete="SET NULL"), index=True),  # who passes it on
    Column("area_id", ForeignKey("areas.id")),
    Column("site_id", ForeignKey("sites.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime),  # it ends by itself
    Column("most_people", Integer),  # how many may come through it
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
    Column("wanted_gender", String(1)),  # f, m: whom the person wants to talk to, if they said
    Column("state", String(20), nullable=False),  # care.referral.State
    Column("advice", String(20)),  # class of the last symptom check; never the answers
    Column("checked_at", UtcDateTime),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("ended_from", String(20)),  # where it stood when somebody ended it: that can be taken back
    Index(
        "ix_referrals_checked",  # who checked symptoms and stands where
        "state",
        "checked_at",
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index(
        "uq_referrals_open",
        "person_id",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

ownerships = Table(  # whose a referral was, and since when: history is kept
    "ownerships",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("referral_id", ForeignKey("referrals.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("reason", String(20), nullable=False),  # care.ownership.Reason
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
)

bookings = Table(
    "bookings",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("use", String(12), nullable=False, server_default="visit"),  # care.places.Use: what it is kept for
    Column(
        "person_id", ForeignKey("people.id", ondelete="CASCADE"), index=True
    ),  # NULL: kept, blocked, a walk-in or a child: nobody's own visit
    Column("referral_id", ForeignKey("referrals.id", ondelete="CASCADE")),
    Column(
        "guardian_id", ForeignKey("people.id", ondelete="CASCADE"), index=True
    ),  # of a child: the adult who booked
    Column("use_id", BigInteger, index=True),  # of the wait, brigade, booking or closure it is kept for
    Column("held_until", UtcDateTime),  # kept for somebody until then; NULL: for good
    Column("locale", String(10)),  # the language of a walk-in
    Column("child_age", String(8)),  # care.children.Age
    Column("clinic_id", ForeignKey("clinics.id"), nullable=False),
    Column(
        "starts_at", UtcDateTime, nullable=False
    ),  # computed from the two below; again when zone rules change
    Column("local_start", String(16), nullable=False),  # what was agreed: "2026-11-25T18:30" in `zone`
    Column("local_day", String(10), nullable=False),  # "2026-11-25"
    Column("zone", String(60), nullable=False),
    Column("place", Integer, nullable=False),  # 0 … capacity - 1; walk-ins: care.places.OVERFLOW …
    Column("advice", String(20)),  # goes with the booking so that the clinic knows the urgency
    Column("child_under_5", Boolean, nullable=False, server_default=text("false")),
    Column("moved_from", BigInteger),  # the booking that this one replaces
    Column("created_at", UtcDateTime, nullable=False),
    Column("cancelled_at", UtcDateTime),
    Column("came_at", UtcDateTime),
    Column("missed_at", UtcDateTime),
    Column(
        "said", String(12)
    ),  # care.absence.Said: the person's own answer to 'did you go?', or to a closure
    Column("closure_id", BigInteger, index=True),  # cancelled by the clinic: why
    Column("on_way_at", UtcDateTime),  # said 'I am on my way'
    Column("reason", String(20)),  # care.absence.Reason: why not come
    Column("plan", JSON),  # care.plan.Plan, as closed words: by, at, from
    Column("failure", String(20)),  # care.failures.Failure: what the clinic did wrong, the person says
    Column("failure_at", UtcDateTime),  # when they said so first
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
    Index(
        "ix_bookings_held",  # places to be given back
        "held_until",
        sqlite_where=text("held_until IS NOT NULL AND cancelled_at IS NULL"),
        postgresql_where=text("held_until IS NOT NULL AND cancelled_at IS NULL"),
    ),
    Index(
        "ix_bookings_not_come",  # visits to which nobody has come so far
        "starts_at",
        sqlite_where=text("cancelled_at IS NULL AND came_at IS NULL"),
        postgresql_where=text("cancelled_at IS NULL AND came_at IS NULL"),
    ),
)

closures = Table(  # what a clinic said of a day or of some hours: nobody is seen, or fewer
    "closures",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("clinic_id", ForeignKey("clinics.id"), nullable=False),
    Column("kind", String(12), nullable=False),  # care.directory.ClosureKind
    Column("local_from", String(16), nullable=False),  # on the clinic's clock: "2026-11-25T00:00" …
    Column("local_until", String(16), nullable=False),  # … until here, not included
    Column("places", Integer),  # fewer: how many
    Column(
        "also_begun", Boolean, nullable=False, server_default=text("false")
    ),  # another time also for who had come by then, or should have
    Column("staff_id", BigInteger),  # who said so; NULL: an admin of the settings, or the directory
    Column("created_at", UtcDateTime, nullable=False),
    Column("undone_at", UtcDateTime),
    Index("ix_closures_clinic", "clinic_id", "local_until"),
)

waits = Table(  # 'tell me when a place is free': at most one per person
    "waits",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("clinic_id", ForeignKey("clinics.id")),  # NULL: any
    Column("days", JSON, nullable=False),  # weekdays, 0 = Monday; []: any
    Column("hours", String(8), nullable=False),  # care.waiting_list.Hours: any, day, evening
    Column("sooner_than", UtcDateTime),  # the soonest that suited and was free when they began to wait
    Column("lost_booking", BigInteger),  # the visit that the clinic cancelled: such people go first
    Column("offered", BigInteger),  # the booking that keeps a place for them
    Column("offered_until", UtcDateTime),
    Column("refused", JSON, nullable=False),  # local starts of places that they let go: "3:2026-11-25T18:30"
    Column("lapsed", Integer, nullable=False, server_default=text("0")),  # offers in a row without an answer
    Column("created_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),  # they wait until then
    Column("ended_at", UtcDateTime),
    Index(
        "uq_waits_open",
        "person_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

brigades = Table(  # places that somebody keeps for several people, who confirm by links of their own
    "brigades",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),  # who asked
    Column("staff_id", ForeignKey("staff.id", ondelete="SET NULL")),  # where a worker asked
    Column("clinic_id", ForeignKey("clinics.id"), nullable=False),
    Column("confirm_until", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

brigade_places = Table(
    "brigade_places",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("brigade_id", ForeignKey("brigades.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("booking_id", BigInteger, nullable=False),
    Column(
        "local_start", String(16), nullable=False
    ),  # as in the letter, also when who took the place has erased it: "2026-11-25T18:30"
    Column("code_hash", LargeBinary(32), nullable=False, unique=True),  # of a code with 128 random bits
    Column("used_at", UtcDateTime),  # confirmed, or given back by who opened the link
)

examinations = Table(  # what a clinic says of a visit: examined, result ready, given; never shown to workers
    "examinations",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("booking_id", BigInteger, nullable=False, unique=True),
    Column(
        "person_id", ForeignKey("people.id", ondelete="CASCADE"), index=True
    ),  # who is told; NULL: a walk-in without the bot
    Column("referral_id", BigInteger, index=True),
    Column("clinic_id", ForeignKey("clinics.id"), nullable=False, index=True),
    Column("examined_at", UtcDateTime, nullable=False),
    Column("ready_at", UtcDateTime),
    Column("outcome", LargeBinary),  # care.results.Result, encrypted with the person's key
    Column("given_at", UtcDateTime),  # the person has it
    Column("written_by", BigInteger),  # staff id
    Column("counted_at", UtcDateTime),  # the result stands in the statistics, without whose it is
    Column("counted", LargeBinary),  # which code stands there, encrypted, once another one was written since
    Column("earlier", LargeBinary),  # the result that another one replaces, until that is settled; encrypted
    Column("earlier_at", UtcDateTime),  # since when the person has it
    Column("earlier_stood", JSON),  # where the referral stood then, as `storage.releasing.stood` writes it
    Index(
        "ix_examinations_waiting",  # ready, and not given
        "ready_at",
        sqlite_where=text("given_at IS NULL"),
        postgresql_where=text("given_at IS NULL"),
    ),
)

dose_plans = Table(  # the person's own wish to be reminded; never pushed
    "dose_plans",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("word", LargeBinary),  # what the reminder says, encrypted with the person's key; NULL: the drop
    Column("times", JSON, nullable=False),  # local: ["08:00", "20:00"]
    Column("weekdays", JSON, nullable=False),  # 0 = Monday; []: every day
    Column("zone", String(60), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),  # the last day
    Column("paused_until", Date),  # the first day of reminders again; travelling
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(
        "uq_dose_plans_open",
        "person_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

doses = Table(
    "doses",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("plan_id", ForeignKey("dose_plans.id", ondelete="CASCADE"), nullable=False),
    Column("day", Date, nullable=False),  # local
    Column("hour", String(5), nullable=False),  # local: "08:00"
    Column("answer", String(12), nullable=False),  # care.medicine.Answer: asked, taken, later, problem …
    Column("at", UtcDateTime, nullable=False),
    Index("uq_doses_once", "plan_id", "day", "hour", unique=True),
)

care_visits = Table(  # visits during treatment that the person wants to be reminded of: tests, refills
    "care_visits",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),  # care.care_visits.What: sample, refill, doctor
    Column("local_start", String(16), nullable=False),  # "2026-11-25T09:00" in `zone`
    Column("zone", String(60), nullable=False),
    Column("said", String(12)),  # went, missed
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

centres = Table(  # TB centres of the countries people go home to; written by `hamroh import`
    "centres",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(40), nullable=False, unique=True),
    Column("country", String(2), nullable=False),  # ISO 3166-1 alpha-2
    Column("region", Texts),
    Column("names", Texts, nullable=False),
    Column("address", Texts, nullable=False),
    Column("phone", String(40)),
    Column("hours", Texts),
    Column("source", Text),  # where the entry was found
    Column("retired_at", UtcDateTime),
)

transfers = Table(  # somebody goes home or moves on, with a card for the clinic that receives them
    "transfers",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("referral_id", BigInteger),
    Column("country", String(2), nullable=False),  # ISO 3166-1 alpha-2
    Column("centre_id", ForeignKey("centres.id")),
    Column("leaves_on", Date),
    Column(
        "allowed", JSON, nullable=False
    ),  # care.transfer.Field: what may stand on the card; null: not chosen
    Column("written", LargeBinary),  # what they wrote for it, encrypted with their key
    Column("code_hash", LargeBinary(32), unique=True),  # of a code with 128 random bits; opens it once
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("opened_at", UtcDateTime),  # by the clinic that receives them
    Column("arrived", Boolean),
    Column("went_on", Boolean),
    Column("ended_at", UtcDateTime),
)

checklists = Table(  # what a worker and a parent tick together: the way of a child without papers
    "checklists",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),  # care.children.Checklist
    Column("ticked", JSON, nullable=False),  # step → care.roles.Actor who ticked it
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
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
    Column("kind", String(40), nullable=False),  # care.message_kinds.Kind
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
    Column("kind", String(20), nullable=False),  # care.tasks.Kind
    Column("key", String(80), unique=True),  # what makes one that comes by itself one: "unbooked:<referral>"
    Column("priority", Integer, nullable=False, server_default="1"),  # care.tasks.Priority: 0 goes first
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("referral_id", BigInteger, index=True),
    Column("staff_id", ForeignKey("staff.id"), index=True),  # the owner; NULL: nobody yet
    Column("topic", String(40)),  # what the person was reading when asking
    Column("contact", LargeBinary),  # a phone to call, encrypted with the person's key; NULL once it is done
    Column("promised_at", UtcDateTime, nullable=False),  # when it is due: by when the person was told, if so
    Column("snoozed_until", UtcDateTime),
    Column("snooze_reason", String(20)),  # care.tasks.Snooze
    Column("escalated_at", UtcDateTime),  # the coordinator was told that it is late
    Column("created_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("done_by", ForeignKey("staff.id", ondelete="SET NULL")),
    Index(
        "ix_tasks_open",
        "staff_id",
        "promised_at",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    Index(
        "ix_tasks_person",  # what there is to do for somebody
        "person_id",
        "priority",
        "promised_at",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    Index(
        "ix_tasks_late",  # what may have to climb to the coordinator
        "promised_at",
        sqlite_where=text("done_at IS NULL AND escalated_at IS NULL"),
        postgresql_where=text("done_at IS NULL AND escalated_at IS NULL"),
    ),
)

relays = Table(  # a person and somebody of the team who talk through the bot; nothing of what they say
    "relays",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("referral_id", BigInteger),
    Column("staff_id", ForeignKey("staff.id"), index=True),  # who answers; NULL: it waits in the queue
    Column("topic", String(40)),  # what the person was reading when asking
    Column("promised_at", UtcDateTime, nullable=False),  # by when the person was told that somebody answers
    Column("forum_chat", BigInteger),  # where an organisation answers in a group with topics …
    Column("thread_id", BigInteger),  # … the topic of this person
    Column("tags", JSON, nullable=False),  # words of care.relay.Tag
    Column("opened_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),  # the first word of the team
    Column("person_wrote_at", UtcDateTime),  # the newest words of each side
    Column("staff_wrote_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("closed_by", String(20)),  # care.roles.Actor
    Column("helped", Boolean),  # 'did it help?'
    Index(
        "uq_relays_open",  # a person has one at a time
        "person_id",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

relay_messages = Table(  # which message of one side is which of the other's: for replies, edits, deletions
    "relay_messages",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("relay_id", ForeignKey("relays.id", ondelete="CASCADE"), nullable=False),
    Column("side", String(6), nullable=False),  # care.relay.Side: who wrote it
    Column("message_id", BigInteger, nullable=False),  # in the chat of who wrote it
    Column("copy_id", BigInteger),  # in the chat of the other; NULL: not known to have arrived
    Column("at", UtcDateTime, nullable=False),
    Index("uq_relay_messages_once", "relay_id", "side", "message_id", unique=True),
    Index("ix_relay_messages_copy", "copy_id"),
)

companies = Table(  # somebody comes along to the clinic
    "companies",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("booking_id", BigInteger, nullable=False),
    Column("wanted_gender", String(1)),  # f, m
    Column("wanted_locale", String(10)),
    Column("place", LargeBinary),  # where to meet: "latitude,longitude", encrypted with the person's key
    Column("phone", LargeBinary),  # likewise, if they gave one; erased when it is over
    Column("state", String(12), nullable=False),  # care.company.State
    Column("staff_id", ForeignKey("staff.id"), index=True),  # who comes along
    Column("offered_to", ForeignKey("staff.id")),  # who is being asked
    Column("offered_at", UtcDateTime),
    Column("refused_by", JSON, nullable=False),  # staff ids, in the order they were asked
    Column("created_at", UtcDateTime, nullable=False),
    Column("accepted_at", UtcDateTime),
    Column("met_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Index(
        "uq_companies_open",
        "booking_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

claims = Table(  # what somebody without Telegram carries on a ticket: to take over the record, or reminders
    "claims",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),  # care.claims.Kind
    Column("code_hash", LargeBinary(32), nullable=False, unique=True),  # of a code with 128 random bits
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

site_visits = Table(  # an outreach worker was at a site
    "site_visits",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("site_id", ForeignKey("sites.id"), nullable=False, index=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("people", Integer, nullable=False),  # talked to
    Column("leaflets", Integer, nullable=False),
    Column("minutes", Integer, nullable=False),
)

lone_visits = (
    Table(  # somebody of the team is somewhere alone: when it is not ended in time, a colleague is told
        "lone_visits",
        metadata,
        Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
        Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("site_id", ForeignKey("sites.id")),
        Column(
            "place", LargeBinary
        ),  # "latitude,longitude", encrypted with the worker's key; erased at the end
        Column("started_at", UtcDateTime, nullable=False),
        Column("ends_at", UtcDateTime, nullable=False),
        Column("alerted_at", UtcDateTime),
        Column("ended_at", UtcDateTime),
    )
)

moods = Table(  # 'how are you?' once a week: only the worker sees their own
    "moods",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("week", String(8), nullable=False),  # "2026-W47" (ISO 8601)
    Column("answers", JSON, nullable=False),  # question → 1, 2 or 3
    Index("uq_moods_week", "staff_id", "week", unique=True),
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
