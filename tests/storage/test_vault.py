import base64
from collections import Counter

import pytest

from storage.vault import KEY_BYTES, Vault, VaultFault, new_key

TEXT = "Дилноза, +7 701 555 12 34".encode()


def test_what_is_sealed_opens_again(vault):
    assert vault.open(vault.seal(TEXT)) == TEXT


def test_sealing_twice_gives_different_bytes_without_the_text(vault):
    one, other = vault.seal(TEXT), vault.seal(TEXT)

    assert one != other
    assert TEXT not in one + other


def test_an_old_key_opens_and_the_newest_one_seals():
    old, new = new_key(), new_key()
    sealed = Vault([old]).seal(TEXT)
    both = Vault([new, old])

    assert both.open(sealed) == TEXT
    with pytest.raises(VaultFault, match="add the old key"):
        Vault([old]).open(both.seal(TEXT))


def test_a_hash_is_found_under_every_key_newest_first():
    old, new = new_key(), new_key()

    assert Vault([new, old]).hashes("5") == (Vault([new]).hash("5"), Vault([old]).hash("5"))
    assert Vault([new, old]).hash("5") == Vault([new]).hash("5")


def test_a_hash_without_the_key_tells_nothing():
    assert Vault([new_key()]).hash("7701234567") != Vault([new_key()]).hash("7701234567")


def test_a_person_is_opened_by_their_own_key_only(vault):
    key, other = vault.new_person_key(), vault.new_person_key()
    sealed = vault.seal_for(key, TEXT)

    assert vault.open_for(key, sealed) == TEXT
    with pytest.raises(VaultFault):
        vault.open_for(other, sealed)


@pytest.mark.parametrize("place", [0, 4, 15, 16, 20, -1])
def test_bytes_that_were_changed_do_not_open(vault, place):
    sealed = bytearray(vault.seal(TEXT))
    sealed[place] ^= 1

    with pytest.raises(VaultFault):
        vault.open(bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"abc", b"abcd", b"abcdefghijklmnop"])
def test_bytes_that_were_never_sealed_do_not_open(vault, sealed):
    with pytest.raises(VaultFault):
        vault.open(sealed)


@pytest.mark.parametrize("length", [0, 3, 12, 20])
def test_a_sealed_text_that_was_cut_off_does_not_open(vault, length):
    with pytest.raises(VaultFault):
        vault.open(vault.seal(TEXT)[:length])
    key = vault.new_person_key()
    with pytest.raises(VaultFault):
        vault.open_for(key, vault.seal_for(key, TEXT)[:length])


@pytest.mark.parametrize(
    "key", ["", "short", "!" * 44, base64.urlsafe_b64encode(b"x" * (KEY_BYTES - 1)).decode(), "ключ" * 11]
)
def test_a_malformed_key_is_refused_without_being_shown(key):
    with pytest.raises(VaultFault) as refused:
        Vault([key])

    assert not key or key not in str(refused.value)


def test_no_keys_are_refused():
    with pytest.raises(VaultFault, match="HAMROH_SECRET_KEYS"):
        Vault([])


def test_fresh_keys_differ():
    assert max(Counter(new_key() for _ in range(200)).values()) == 1
