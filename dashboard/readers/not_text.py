"""Files that are no text: named for what they are, with what to do instead."""

from dashboard.errors import ReadError

_NOT_TEXT = (
    (b"%PDF", "a PDF; save or copy its table as text or CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"PAR1", "a Parquet file inside an archive; open it by itself"),
    (b"{\\rtf", "a formatted text (RTF); save it as plain text"),
    (b"SQLite format 3", "a database; export its table as CSV"),
)


def refuse_what_is_no_text(data: bytes, name: str) -> None:
    """Raise ReadError for pictures, databases and other binary data."""
    for mark, what in _NOT_TEXT:
        if data.startswith(mark):
            raise ReadError(name, f"not a site list but {what}")
    head = data[:4_000]
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head)
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff") or head[1::2].count(0) > len(head) // 3
    wide = wide or head[::2].count(0) > len(head) // 3
    if controls * 10 > len(head) and not wide:
        raise ReadError(name, "not a site list: the file is not text")
