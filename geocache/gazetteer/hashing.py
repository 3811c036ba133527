"""The number a name is filed under."""

from hashlib import blake2b


def name_hash(country: str, key: str) -> int:
    """64 bits of a country code and a folded name; equal on every machine and run."""
    return int.from_bytes(
        blake2b(f"{country}{key}".encode("utf-8", "replace"), digest_size=8).digest(), "little"
    )
