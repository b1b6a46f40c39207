"""Name the consent that people read: raise the version whenever what it says changes.

A test compares the texts with the version, so that nobody changes one and forgets the other.
"""

CONSENT_VERSION = "2026-11-22.5"
