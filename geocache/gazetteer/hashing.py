"""The number a name is filed under."""

from hashlib import blake2b

BUCKET_BITS = 18
"""Names are looked for among those whose hash begins with as many equal bits."""


def name_digest(country: str, key: str) -> bytes:
    """The 8 bytes of :func:`name_hash`, lowest first."""
    return blake2b((country + key).encode("utf-8", "replace"), digest_size=8).digest()


def name_hash(country: str, key: str) -> int:
    """64 bits of a country code and a folded name; equal on every machine and run."""
    return int.from_bytes(name_digest(country, key), "little")
