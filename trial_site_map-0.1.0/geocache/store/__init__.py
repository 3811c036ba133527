"""The store of answers, pins and claims, on SQLite or PostgreSQL."""

from geocache.records import NEVER, Answer, Pin
from geocache.store.fallback import FallbackStore
from geocache.store.store import Store

__all__ = ["NEVER", "Answer", "FallbackStore", "Pin", "Store"]
