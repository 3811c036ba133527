"""Signs a saved site table, so that a server believes only the positions that it saved itself.

The signature stands in the file's own metadata, as a text of fixed length that is blank while the
signature of all bytes is computed.
"""

import hashlib
import hmac

FIELD = b"signature"
"""The name of the signature in the metadata of a Parquet file."""

_PREFIX = "site-map-hmac-sha256:"
BLANK = _PREFIX + "0" * 64
"""The value to write before :func:`sign` replaces it."""


def sign(data: bytes, key: str) -> bytes:
    """The file, signed; as it is if it does not have :data:`BLANK` exactly once."""
    blank = BLANK.encode()
    if not key or data.count(blank) != 1:
        return data
    return data.replace(blank, _compute(data, key))


def is_signed(data: bytes, signature: bytes, key: str) -> bool:
    """Whether a file is, byte for byte, one that was signed with this key."""
    if not key or len(signature) != len(BLANK) or data.count(signature) != 1:
        return False
    blank = data.replace(signature, BLANK.encode())
    return hmac.compare_digest(signature, _compute(blank, key))


def _compute(data: bytes, key: str) -> bytes:
    digest = hmac.new(f"saved site table {key}".encode(), data, hashlib.sha256)
    return (_PREFIX + digest.hexdigest()).encode()
