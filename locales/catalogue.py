"""Hold the words of every language: one folder each, read at start straight from its `.po` files.

English is the source: its texts are the messages in the code, so `locales/en` needs no `bot.po` (one may
be written there to word a message differently), while its `answers.po` is the source of all answers.
A language is offered only when it is complete, so that nobody meets English who did not choose it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Self

from locales.answers import Answer, gather
from locales.checking import SOURCE, Folder, folder_faults, read_folders, words_faults
from locales.faults import Fault, UnknownMessageError, WordsFault
from locales.formatting import Formats
from locales.language import Language
from locales.markup import Html, fill_html, fill_plain

__all__ = [
    "N_",
    "Answer",
    "Fault",
    "Html",
    "Locale",
    "UnknownMessageError",
    "Words",
    "WordsFault",
    "words_faults",
]

_Key = tuple[str | None, str]
HERE = Path(__file__).parent


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for it
    """Mark a text of a table for extraction, and return it."""
    return message


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Locale:
    """The words of one language.

    Fields stand in braces by name. Raises UnknownMessageError for a message no catalogue of the language has
    (never in English), and KeyError for a field that was not given.
    """

    code: str
    name: str  # in its own script
    formats: Formats
    answers: Mapping[str, Answer]  # by topic, in the order of the file
    messages: Mapping[_Key, tuple[str, ...]]  # (context, English): text of each plural form
    form: Callable[[int], int]

    def __call__(self, message: str, /, **fields: object) -> str:
        """Return HTML: fields are escaped, unless they are `Html`."""
        return fill_html(self._said(None, message), fields)

    def label(self, message: str, /, **fields: object) -> str:
        """Return plain text, for buttons, toasts and file names."""
        return fill_plain(self._said(None, message), fields)

    def many(self, singular: str, plural: str, n: int, /, **fields: object) -> str:
        """Return HTML in the plural form of `n`, which is at hand as {n}."""
        forms = self.messages.get((None, singular))
        if forms is None:
            self._source_only(singular)
            forms = (singular, plural)
        return fill_html(forms[min(self.form(abs(n)), len(forms) - 1)], {"n": n, **fields})

    def in_context(self, context: str, message: str, /, **fields: object) -> str:
        """Return HTML of a message that means something else elsewhere."""
        return fill_html(self._said(context, message), fields)

    def answer(self, topic: str) -> Answer | None:
        """Return the answer to a topic, or None when there is none in any language."""
        return self.answers.get(topic)

    def day(self, day: date) -> str:
        """Write "Tue 24 Nov", for a button."""
        return self.formats.day(day)

    def long_day(self, day: date) -> str:
        """Write "Tuesday, 24 November"."""
        return self.formats.long_day(day)

    def relative_day(self, day: date, *, today: date) -> str:
        """Write "yesterday", "today", "tomorrow", or else as `day` does; all days of the same place."""
        return self.formats.relative_day(day, today=today)

    def time(self, moment: time | datetime) -> str:
        """Write "18:30", in the zone it comes in."""
        return self.formats.time(moment)

    def moment(self, local: datetime) -> str:
        """Write day and time; `local` is in the zone of the place."""
        return self.formats.moment(local)

    def distance(self, metres: float) -> str:
        """Write "350 m", "2.4 km"."""
        return self.formats.distance(metres)

    def duration(self, minutes: int) -> str:
        """Write whole minutes as "1 hour 30 minutes"."""
        return self.formats.duration(minutes)

    def listing(self, items: Sequence[str]) -> str:
        """Write "A, B and C"; HTML when one of the items is `Html`."""
        return self.formats.listing(items)

    def _said(self, context: str | None, message: str) -> str:
        forms = self.messages.get((context, message))
        return forms[0] if forms else self._source_only(message)

    def _source_only(self, message: str) -> str:
        if self.code != SOURCE:
            raise UnknownMessageError(self.code, message)
        return message


@dataclass(frozen=True, slots=True, repr=False)  # a line of all words helps nobody
class Words(Mapping[str, Locale]):
    """All complete languages by code, in the order in which they are offered."""

    locales: Mapping[str, Locale]
    languages: tuple[Language, ...]  # those of `locales`
    incomplete: Mapping[str, tuple[Fault, ...]]  # languages that are not offered: why

    @classmethod
    def load(cls, folder: Path | None = None, *, strict: bool = True) -> Self:
        """Read all languages of a folder, ours by default.

        Raises WordsFault with all faults of all languages; when not `strict`, only for the source language,
        while other languages with faults are left out and told in `incomplete`.
        """
        folders = read_folders(folder or HERE)
        wrong = {one.code: _stopping(one, folders) for one in folders}
        if SOURCE not in wrong:
            remedy = "put it back"
            raise WordsFault([Fault((folder or HERE) / SOURCE, "the source language is missing", remedy)])
        if wrong[SOURCE] or (strict and any(wrong.values())):
            raise WordsFault([fault for faults in wrong.values() for fault in faults])
        made = [locale for one in folders if not wrong[one.code] for locale in _locales(one)]
        made.sort(key=lambda pair: (pair[0].order, pair[0].code))
        incomplete = {
            code: wrong[one.code]
            for one in folders
            if wrong[one.code]
            for code in ([language.code for language in one.languages] or [one.code])
        }
        return cls({locale.code: locale for _, locale in made}, tuple(one for one, _ in made), incomplete)

    def __getitem__(self, code: str) -> Locale:
        """Return the words of a language; raises KeyError when it is not offered."""
        return self.locales[code]

    def __iter__(self) -> Iterator[str]:
        """Go through the codes in the order in which languages are offered."""
        return iter(self.locales)

    def __len__(self) -> int:
        """Count the languages that are offered."""
        return len(self.locales)

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """Return code and own name of each language, in the order to offer."""
        return tuple((locale.code, locale.name) for locale in self.locales.values())

    def written_in(self, code: str, text: str) -> str:
        """Return the language `code`, or its variant in the script that `text` is written in; "" for none."""
        cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in text)
        latin = sum(letter.isascii() and letter.isalpha() for letter in text)
        variant = f"{code}_Cyrl" if cyrillic > latin else code
        return next((one for one in (variant, code) if one in self.locales), "")

    def preselect(self, telegram_language_code: str | None) -> str | None:
        """Return the language that fits Telegram's code, or None; a language's own code comes first."""
        wanted = (telegram_language_code or "").lower().replace("_", "-")
        for tag in (wanted, wanted.partition("-")[0]):
            if tag in self.locales:
                return tag
            for language in self.languages:
                if tag in language.telegram:
                    return language.code
        return None


def _stopping(one: Folder, folders: Sequence[Folder]) -> tuple[Fault, ...]:
    return tuple(fault for fault in folder_faults(one, folders) if not fault.notice)


def _locales(one: Folder) -> Iterator[tuple[Language, Locale]]:
    """Make the locale of a folder and those derived from it."""
    source = one.code == SOURCE
    entries = one.bot.entries if one.bot else ()
    messages = {entry.key: entry.strings for entry in entries if entry.translated}
    answers = gather(one.answers.entries, source=source) if one.answers else {}
    form = one.bot.form if one.bot else _english_form
    for language in one.languages:
        script = language.script
        if script:
            messages = {key: tuple(map(script, strings)) for key, strings in messages.items()}
            answers = {topic: answer.written(script) for topic, answer in answers.items()}
        yield (
            language,
            Locale(
                code=language.code,
                name=language.name,
                formats=language.formats,
                answers=answers,
                messages=messages,
                form=form,
            ),
        )


def _english_form(n: int) -> int:
    return int(n != 1)
