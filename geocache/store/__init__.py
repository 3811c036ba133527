"""What is remembered: answers, known misses, pins, and who is asking what right now."""

from geocache.store import sqlite
from geocache.store.records import Answer, Pin
from geocache.store.schema import NEVER
from geocache.store.store import Store

__all__ = ["NEVER", "Answer", "Pin", "Store", "open_store"]


def open_store(url: str) -> Store:
    """The store at a SQLAlchemy URL; its folder is made if need be."""
    file = sqlite.database_file(url)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
    return Store(url)
