"""Recordings: found by their place, true to their format, and what is wrong with them."""

from pathlib import Path

import pytest

from locales.recordings import HERE, Recordings, recording_faults
from tests.ogg import opus

TOPICS = {"deportation", "test-cost"}


def put(folder: Path, language: str, topic: str, content: bytes) -> Path:
    file = folder / language / "voice" / f"{topic}.ogg"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    ("locale", "topic", "name"),
    [
        ("uz", "deportation", "uz/deportation"),
        ("uz_Cyrl", "deportation", "uz/deportation"),
        ("ru", "deportation", None),
        ("uz", "test-cost", None),
        ("uz", "../voice/deportation", None),
    ],
)
def test_a_recording_is_found_by_its_place_also_for_another_script(tmp_path, locale, topic, name):
    put(tmp_path, "uz", "deportation", opus())

    assert Recordings(tmp_path).name(locale, topic) == name


@pytest.mark.parametrize(("seconds", "told"), [(3.0, 3), (3.1, 4), (0.0, 0), (125.0, 125)])
def test_a_recording_knows_how_long_it_plays(tmp_path, seconds, told):
    put(tmp_path, "uz", "deportation", opus(seconds))

    recording = Recordings(tmp_path).read("uz/deportation")

    assert recording is not None
    assert recording.seconds == told


def test_a_recording_that_was_replaced_is_another_one(tmp_path):
    file = put(tmp_path, "uz", "deportation", opus(3.0))
    recordings = Recordings(tmp_path)
    before = recordings.read("uz/deportation")
    file.write_bytes(opus(4.0))
    after = recordings.read("uz/deportation")
    file.unlink()

    assert before is not None
    assert after is not None
    assert before.digest != after.digest
    assert recordings.read("uz/deportation") is None
    assert recordings.read("nosuch/deportation") is None


@pytest.mark.parametrize("content", [b"", b"OggS", b"OggS" * 3, opus()[:20], b"\xff\xfb mp3"])
def test_what_is_cut_off_has_no_length_and_breaks_nothing(tmp_path, content):
    put(tmp_path, "uz", "deportation", content)

    recording = Recordings(tmp_path).read("uz/deportation")

    assert recording is not None
    assert recording.seconds >= 0


@pytest.mark.parametrize(
    ("topic", "content", "wrong", "notice"),
    [
        ("nosuch", opus(), "no answer 'nosuch'", False),
        ("deportation", b"ID3 an mp3", "not OGG with OPUS", False),
        ("deportation", b"OggS" + bytes(30) + b"\x01vorbis", "not OGG with OPUS", False),
        ("deportation", opus(filling=bytes(1_000_000)), "1.0 MB", True),
    ],
)
def test_what_is_wrong_with_a_recording_is_said(tmp_path, topic, content, wrong, notice):
    put(tmp_path, "uz", topic, content)

    [fault] = recording_faults(tmp_path, topics=TOPICS)

    assert wrong in str(fault)
    assert fault.notice is notice


def test_a_sound_recording_has_no_faults(tmp_path):
    put(tmp_path, "uz", "deportation", opus())

    assert recording_faults(tmp_path, topics=TOPICS) == []


def test_our_own_recordings_are_sound():
    assert recording_faults(HERE, topics=_topics()) == []


def _topics() -> set[str]:
    from locales.catalogue import Words

    return set(Words.load(strict=False)["en"].answers)
