"""Where it is remembered, and who is asking what right now."""

from geocache.records import NEVER, Answer, Pin
from geocache.store.fallback import FallbackStore
from geocache.store.store import Store

__all__ = ["NEVER", "Answer", "FallbackStore", "Pin", "Store"]
