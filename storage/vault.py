"""Encrypt what identifies a person, and hash what must be found again.

Every person has a key of their own, wrapped by the newest of HAMROH_SECRET_KEYS. Deleting the person's row
deletes the key, and with it every copy of what it protected, wherever the bytes still lie.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D, 8.2: 96 bits
MARK_BYTES = 4  # which key: so that an old key is found at once, and its last use can be counted


class VaultFault(Exception):
    """A key is malformed, or what was stored cannot be opened with any of the keys."""


def new_key() -> str:
    """Return a fresh key for HAMROH_SECRET_KEYS: 32 random bytes, URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


@dataclass(frozen=True, slots=True)
class _Key:
    mark: bytes
    cipher: AESGCM
    hashing: bytes


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return hmac.digest(secret, purpose, hashlib.sha256)


def _parse(text: str) -> _Key:
    try:
        secret = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != KEY_BYTES:
        raise VaultFault("a key must be 32 random bytes in URL-safe base64; make one with `hamroh key`")
    return _Key(
        mark=_derive(secret, b"mark")[:MARK_BYTES],
        cipher=AESGCM(_derive(secret, b"encrypt")),
        hashing=_derive(secret, b"hash"),
    )


class Vault:
    """Seal, open and hash with HAMROH_SECRET_KEYS, newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the keys. Raises VaultFault when there is none or one is malformed."""
        if not keys:
            raise VaultFault("HAMROH_SECRET_KEYS is empty; make a key with `hamroh key`")
        self._keys = tuple(_parse(key) for key in keys)
        self._by_mark = {key.mark: key for key in self._keys}

    def seal(self, content: bytes) -> bytes:
        """Encrypt under the newest key."""
        key = self._keys[0]
        nonce = secrets.token_bytes(NONCE_BYTES)
        return key.mark + nonce + key.cipher.encrypt(nonce, content, None)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt. Raises VaultFault when no key fits or the bytes were changed."""
        key = self._by_mark.get(bytes(sealed[:MARK_BYTES]))
        if key is None:
            raise VaultFault(
                "stored with a key that is not in HAMROH_SECRET_KEYS; add the old key behind the new one"
            )
        nonce, body = sealed[MARK_BYTES : MARK_BYTES + NONCE_BYTES], sealed[MARK_BYTES + NONCE_BYTES :]
        try:
            return key.cipher.decrypt(bytes(nonce), bytes(body), None)
        except (InvalidTag, ValueError) as error:  # changed, or cut off
            raise VaultFault("stored bytes were changed and cannot be opened") from error

    def hashes(self, text: str) -> tuple[bytes, ...]:
        """Return the keyed hash of `text` under every key, newest first: store the first, search for all."""
        return tuple(hmac.digest(key.hashing, text.encode(), hashlib.sha256) for key in self._keys)

    def hash(self, text: str) -> bytes:
        """Return the keyed hash of `text` under the newest key (32 bytes)."""
        return hmac.digest(self._keys[0].hashing, text.encode(), hashlib.sha256)

    def new_person_key(self) -> bytes:
        """Return a fresh key for one person, wrapped."""
        return self.seal(secrets.token_bytes(KEY_BYTES))

    def seal_for(self, person_key: bytes, content: bytes) -> bytes:
        """Encrypt under a person's own (wrapped) key."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.open(person_key)).encrypt(nonce, content, None)

    def open_for(self, person_key: bytes, sealed: bytes) -> bytes:
        """Decrypt what `seal_for` made. Raises VaultFault when the key does not fit."""
        try:
            cipher = AESGCM(self.open(person_key))
            return cipher.decrypt(bytes(sealed[:NONCE_BYTES]), bytes(sealed[NONCE_BYTES:]), None)
        except (InvalidTag, ValueError) as error:  # changed, or cut off
            raise VaultFault("stored bytes were changed and cannot be opened") from error
