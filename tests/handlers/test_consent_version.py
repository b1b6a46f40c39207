"""The consent that people read and its version change together."""

import hashlib

from care.consent import CONSENT_VERSION
from handlers import kept
from handlers.consent import short_text
from locales.catalogue import Words


def test_the_version_is_raised_when_the_consent_says_something_else() -> None:
    t = Words.load(strict=False)["en"]
    text = "\n".join((short_text(t), kept.what(t), kept.who_sees(t)))
    seen = hashlib.sha256(text.encode()).hexdigest()[:16]

    assert (CONSENT_VERSION, seen) == ("2026-11-22.5", "9566d5ca2a48231d"), (
        "raise care.consent.CONSENT_VERSION, then this line"
    )
