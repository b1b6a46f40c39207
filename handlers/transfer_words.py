"""Word what a transfer card says, line by line, in any of the languages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from care.lock_screen import telling
from care.referral import State
from care.results import OPENS_CARE, Result
from care.transfer import Country, Field
from handlers.written import written
from locales.catalogue import N_, Locale, Words
from storage.transfer_facts import Facts

LABELS: Mapping[Field, str] = {
    Field.NAME: N_("Name"),
    Field.BORN: N_("Year of birth"),
    Field.PHONE: N_("Phone"),
    Field.LANGUAGE: N_("Speaks"),
    Field.CITY: N_("Comes from"),
    Field.CLINIC: N_("Clinic until now"),
    Field.VISITS: N_("Came on"),
    Field.EXAMINED: N_("Examined on"),
    Field.RESULT: N_("Result"),
    Field.MEDICINE: N_("Takes medicine"),
    Field.NOTE: N_("Important"),
    Field.ILLNESS: N_("It is about"),
}
RESULTS: Mapping[Result, str] = {
    Result.NO_TB: N_("no TB was found"),
    Result.INFECTION: N_("TB infection"),
    Result.TB: N_("TB"),
    Result.RESISTANT: N_("drug-resistant TB"),
}
CARE: Mapping[State, str] = {  # what the clinic wrote of treatment after a result that asks for it
    State.IN_CARE: N_("the clinic has not written that treatment began"),
    State.PREVENTIVE: N_("preventive treatment has begun, as the clinic wrote"),
    State.TREATMENT: N_("treatment has begun, as the clinic wrote"),
    State.COMPLETED: N_("treatment is completed, as the clinic wrote"),
}
COUNTRIES: Mapping[Country, str] = {
    Country.UZ: N_("🇺🇿 Uzbekistan"),
    Country.TJ: N_("🇹🇯 Tajikistan"),
    Country.KG: N_("🇰🇬 Kyrgyzstan"),
    Country.KZ: N_("🇰🇿 Another city of Kazakhstan"),
    Country.RU: N_("🇷🇺 Russia"),
    Country.OTHER: N_("🌍 Another country"),
}
LANDS: Mapping[str, str] = {  # where centres are listed
    **{one.value: words for one, words in COUNTRIES.items() if one is not Country.OTHER},
    Country.KZ.value: N_("🇰🇿 Kazakhstan"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card in one language, plain text."""

    field: Field
    label: str
    value: str

    @property
    def tells(self) -> bool:
        """Whether it names the illness, for whoever finds the paper."""
        return telling(f"{self.label} {self.value}") is not None


def lines(t: Locale, words: Words, facts: Facts, allowed: Collection[Field]) -> tuple[Line, ...]:
    """Return what a card says in the language of `t`, in a fixed order; what is not known is left out."""
    said = {field: value(t, words, facts, field) for field in Field if field in allowed}
    return tuple(Line(field, t.label(LABELS[field]), text) for field, text in said.items() if text)


def on_paper(
    locales: Sequence[Locale], words: Words, facts: Facts, allowed: Collection[Field]
) -> list[tuple[Line, ...]]:
    """Return what stands on the paper: each line in all languages.

    What names the illness in one of them stands behind the code only, unless the person allows its name.
    """
    said = [lines(t, words, facts, allowed) for t in locales]
    every = [tuple(line) for line in zip(*said, strict=True)]
    return [one for one in every if Field.ILLNESS in allowed or not any(line.tells for line in one)]


def on_day(day: date) -> str:
    """Write a day as it is read everywhere here: "24.11.2026"."""
    return f"{day:%d.%m.%Y}"


def value(t: Locale, words: Words, facts: Facts, field: Field) -> str:
    """Return what a field says, plain, or "" where nothing is known of it."""
    if field is Field.LANGUAGE:
        return words[facts.locale].name if facts.locale in words else facts.locale
    if field is Field.CITY:
        return written(t, facts.city) if facts.city else ""
    if field is Field.CLINIC:
        return _clinic(t, facts)
    if field is Field.VISITS:
        return ", ".join(map(on_day, facts.visits))
    if field is Field.EXAMINED:
        return on_day(facts.examined_on) if facts.examined_on else ""
    if field is Field.RESULT:
        return _result(t, facts)
    if field is Field.MEDICINE and facts.medicine:
        first, last = map(on_day, facts.medicine)
        return t.label("from {first}, planned until {last}", first=first, last=last)
    if field is Field.ILLNESS:
        return t.label("tuberculosis (TB)")
    return (facts.written or {}).get(field, "")


def _clinic(t: Locale, facts: Facts) -> str:
    clinic = facts.clinic
    if clinic is None:
        return ""
    parts = [written(t, clinic.names), written(t, clinic.address), clinic.phone or ""]
    return ", ".join(part for part in parts if part)


def _result(t: Locale, facts: Facts) -> str:
    if facts.result is None:
        return ""
    said = t.label(RESULTS[facts.result])
    if facts.given_on is None:
        return said
    told = t.label("{result}; told on {day}", result=said, day=on_day(facts.given_on))
    if facts.result not in OPENS_CARE or facts.care is None or facts.care not in CARE:
        return told
    return f"{told}; {t.label(CARE[facts.care])}"
