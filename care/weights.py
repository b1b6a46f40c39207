"""Read what was learned from the example questions: one file of small numbers, mapped, never unpacked.

Layout, little-endian: MAGIC; length of the header (uint32); the header (JSON); then the tables that the
header lists by name, type and length, each beginning at a multiple of four bytes. A feature is found by its
bucket: its CRC-32 modulo the number of buckets; its entries (class, weight) stand between two offsets.
"""

import json
from array import array
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any
from zlib import crc32

from care.concepts import Concepts

MAGIC = b"hamroh search 1\n"
RARITY_STEP = 1 / 16  # of one stored unit of rarity (inverse document frequency)


class WeightsError(ValueError):
    """The file is not one of ours, or cut short."""


def bucket_of(feature: str, buckets: int) -> int:
    """Return where a feature's weights stand."""
    return crc32(feature.encode()) % buckets


@dataclass(frozen=True, slots=True)
class Weights:
    """Linear weights of classes over hashed features, and the concepts that make some of the features."""

    classes: Sequence[str]
    numbers: Mapping[str, float]  # thresholds that were measured with the weights
    sources: Mapping[str, str]  # checksums of the files it was learned from
    concepts: Concepts
    bias: Sequence[float]
    scale: float  # of one unit of weight
    offsets: Sequence[int]  # of the entries of each bucket, and the end
    rarities: Sequence[int]  # of each bucket, in RARITY_STEP; 0 where no example has it
    entry_classes: Sequence[int]
    entry_weights: Sequence[int]
    examples: Sequence[int]  # checksums of folded questions, ascending
    example_classes: Sequence[int]

    @classmethod
    def read(cls, data: Any) -> "Weights":
        """Return the weights in a file's bytes, or its mapping; raises WeightsError."""
        view = memoryview(data)
        begin = len(MAGIC) + 4
        if bytes(view[: len(MAGIC)]) != MAGIC:
            raise WeightsError("it is not a file of search weights, or one of another version")
        end = begin + int.from_bytes(view[len(MAGIC) : begin], "little")
        try:
            header = json.loads(bytes(view[begin:end]))
            tables: dict[str, Sequence[int]] = {}
            place = end
            for name, kind, length in header["tables"]:
                place += -place % 4
                size = length * array(kind).itemsize
                if place + size > len(view):
                    raise WeightsError("it is cut short")
                tables[name] = view[place : place + size].cast("B").cast(kind)
                place += size
            concepts = Concepts(
                header["concepts"],
                tables.pop("concept_keys"),
                tables.pop("concept_values"),
                {
                    first: [(tuple(others), name) for others, name in rows]
                    for first, rows in header["phrases"].items()
                },
            )
            return cls(
                classes=tuple(header["classes"]),
                numbers=header["numbers"],
                sources=header["sources"],
                concepts=concepts,
                bias=tuple(header["bias"]),
                scale=header["scale"],
                **tables,
            )
        except (ValueError, KeyError, TypeError) as error:
            reason = str(error) if isinstance(error, WeightsError) else "its header cannot be read"
            raise WeightsError(reason) from None

    def bucket(self, feature: str) -> int:
        """Return where a feature's weights stand."""
        return bucket_of(feature, len(self.rarities))

    def rarity(self, bucket: int) -> float:
        """Return how rare a feature is among the examples; 0 when it never occurs."""
        return self.rarities[bucket] * RARITY_STEP

    def scores(self, *blocks: tuple[Collection[str], float]) -> list[float]:
        """Return a score for each class from blocks of features, each block with its share."""
        sums = list(self.bias)
        offsets, rarities = self.offsets, self.rarities
        entry_classes, entry_weights = self.entry_classes, self.entry_weights
        for features, share in blocks:
            buckets = {self.bucket(feature) for feature in features}
            rare = [(bucket, rarity) for bucket in buckets if (rarity := rarities[bucket])]
            unit = share * self.scale / sqrt(sum(rarity * rarity for _, rarity in rare) or 1)
            for bucket, rarity in rare:
                start, end = offsets[bucket], offsets[bucket + 1]
                value = unit * rarity
                for place, weight in zip(entry_classes[start:end], entry_weights[start:end], strict=True):
                    sums[place] += value * weight
        return sums

    def known(self, text: str) -> str | None:
        """Return the class of a folded question that was among the examples."""
        checksum = crc32(text.encode())
        place = bisect_left(self.examples, checksum)
        if place < len(self.examples) and self.examples[place] == checksum:
            return self.classes[self.example_classes[place]]
        return None


def written(header: Mapping[str, Any], tables: Mapping[str, "array[Any]"]) -> bytes:
    """Return the bytes of a file: the reverse of `Weights.read`."""
    listed = [[name, table.typecode, len(table)] for name, table in tables.items()]
    head = json.dumps({**header, "tables": listed}, ensure_ascii=False, separators=(",", ":")).encode()
    content = bytearray(MAGIC + len(head).to_bytes(4, "little") + head)
    for table in tables.values():
        content += bytes(-len(content) % 4)
        content += table.tobytes()
    return bytes(content)
