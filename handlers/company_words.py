"""Say about company to the clinic what people and staff read alike: where to meet, who comes."""

from sqlalchemy.ext.asyncio import AsyncConnection

from care.booking import Booking
from care.company import TAKEN, Company, State
from care.directory import Clinic, Position, distance_m
from care.person import Person
from locales.catalogue import N_, Locale
from storage import company
from storage.vault import Vault

WITHOUT = N_("➖ Without a number")  # also a button of the reply keyboard: it comes back as a text


def meeting(t: Locale, place: Position | None, clinic: Clinic | None) -> str:
    """Say where they meet, HTML: at the clinic's door, or at a place so far from it."""
    if place is None:
        return t("📌 Meet: at the door of the clinic")
    if clinic is None:
        return t("📌 Meet: at the place on the map")
    away = t.distance(distance_m(place, clinic.position))
    return t("📌 Meet: at the place on the map, {distance} from the clinic", distance=away)


def place_of(vault: Vault, person: Person, wish: Company) -> Position | None:
    """Return where the person wants to meet; None: at the door. Raises VaultFault when it was changed."""
    if wish.place is None:
        return None
    latitude, longitude = vault.open_for(person.key, wish.place).decode().split(",")
    return Position(float(latitude), float(longitude))


def sealed_place(vault: Vault, person: Person, place: tuple[float, float]) -> bytes:
    """Return a place (latitude, longitude in degrees) as it is kept: readable with the person's key only."""
    return vault.seal_for(person.key, f"{place[0]:.5f},{place[1]:.5f}".encode())


async def along(store: AsyncConnection, t: Locale, booking: Booking) -> str:
    """Return a line for reminders of a visit when somebody comes along, HTML, or nothing."""
    asked = await company.newest_for(store, booking.id, booking.person_id)
    if asked is None or asked.company.state not in TAKEN:
        return ""
    if asked.company.place is None:
        return t("🚶 Somebody of our team comes along: you meet at the door.")
    return t("🚶 Somebody of our team comes along: you meet at your place on the map.")


async def asked_again(store: AsyncConnection, t: Locale, booking: Booking) -> str:
    """Return a line below a new time when who comes along is asked whether it fits, HTML, or nothing."""
    asked = await company.newest_for(store, booking.id, booking.person_id)
    if asked is None or asked.company.state is not State.OFFERED:
        return ""
    return "\n" + t("🚶 I ask whether who comes along can come then, and write to you.")
