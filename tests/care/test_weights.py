"""The file of learned weights: what is written is read, and what is broken is refused in one sentence."""

from array import array
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.weights import MAGIC, RARITY_STEP, Weights, WeightsError, bucket_of, written

BUCKETS = 64


def file(
    entries: dict[str, dict[int, int]], *, examples: dict[str, int] | None = None, bias=(0.0, 0.5)
) -> bytes:
    """Return a file of two classes from weights by feature and class; all features are equally rare."""
    by_bucket = {bucket_of(feature, BUCKETS): weights for feature, weights in entries.items()}
    offsets, classes, weights = [0], [], []
    for bucket in range(BUCKETS):
        for place, weight in by_bucket.get(bucket, {}).items():
            classes.append(place)
            weights.append(weight)
        offsets.append(len(classes))
    known = sorted((crc32(text.encode()), place) for text, place in (examples or {}).items())
    header = {
        "classes": ["a", "b"],
        "numbers": {"steep": 2.0},
        "sources": {"ru/questions.toml": "0f"},
        "bias": list(bias),
        "scale": 0.5,
        "concepts": ["free"],
        "phrases": {"на": [[["род*"], "free"]]},
    }
    tables = {
        "offsets": array("I", offsets),
        "rarities": array("B", [16 * (bucket in by_bucket) for bucket in range(BUCKETS)]),
        "entry_classes": array("B", classes),
        "entry_weights": array("b", weights),
        "examples": array("I", [key for key, _ in known]),
        "example_classes": array("B", [place for _, place in known]),
        "concept_keys": array("I", [crc32("даром".encode())]),
        "concept_values": array("B", [0]),
    }
    return written(header, tables)


def test_scores_are_the_bias_and_the_weights_of_the_features_present():
    weights = Weights.read(file({"x": {0: 100, 1: -20}}))

    assert weights.scores() == [0.0, 0.5]
    assert weights.scores(({"x"}, 1.0)) == pytest.approx([50.0, -9.5])
    assert weights.scores(({"x"}, 0.1)) == pytest.approx([5.0, -0.5])
    assert weights.scores(({"unseen"}, 1.0)) == [0.0, 0.5]
    assert weights.rarity(weights.bucket("x")) == 16 * RARITY_STEP


@given(st.sets(st.sampled_from("xyzuvw"), min_size=1))
def test_a_longer_question_counts_no_more_than_a_short_one(features):
    weights = Weights.read(file({feature: {0: 100} for feature in "xyzuvw"}))
    buckets = {weights.bucket(feature) for feature in features}

    assert weights.scores((features, 1.0))[0] == pytest.approx(50 * len(buckets) ** 0.5)


def test_examples_concepts_and_what_it_was_learned_from_are_read():
    weights = Weights.read(file({}, examples={"сил чист": 1, "что такое": 0}))

    assert (weights.known("сил чист"), weights.known("что такое"), weights.known("сил")) == ("b", "a", None)
    assert weights.concepts.of(["даром"]) == ["free"]
    assert weights.concepts.of(["на", "родину"]) == ["free"]
    assert weights.sources == {"ru/questions.toml": "0f"}


@pytest.mark.parametrize(
    "broken",
    [b"", b"something else", MAGIC, MAGIC + b"\x02\0\0\0{}", MAGIC + b"\xff\xff\0\0{}"],
    ids=["empty", "another file", "only a beginning", "an empty header", "a long header"],
)
def test_what_is_no_file_of_ours_is_refused(broken):
    with pytest.raises(WeightsError):
        Weights.read(broken)


@given(st.integers(min_value=1, max_value=700))
def test_a_file_that_is_cut_short_is_refused(missing):
    whole = file({"x": {0: 1}})

    with pytest.raises(WeightsError):
        Weights.read(whole[:-missing])
