"""Hashes of names, the keys of the index."""

from functools import lru_cache
from hashlib import blake2b

BUCKET_BITS = 18
"""Bits of a hash that select the bucket to search."""

LOCALITY_MASK = 0x5A5A_5A5A_5A5A_5A5A
"""Flips the hash of a name where it stands for a locality of the postal table only."""


def name_digest(country: str, key: str) -> bytes:
    """The 8 bytes of :func:`name_hash`, little-endian."""
    return blake2b((country + key).encode("utf-8", "replace"), digest_size=8).digest()


@lru_cache(maxsize=8)  # a name is looked up among places, then among localities
def name_hash(country: str, key: str) -> int:
    """A 64-bit hash of a country code and a folded name, equal on every machine."""
    return int.from_bytes(name_digest(country, key), "little")
