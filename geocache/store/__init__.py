"""Where it is remembered, and who is asking what right now."""

from geocache.records import NEVER, Answer, Pin
from geocache.store.safe import SafeStore
from geocache.store.store import Store

__all__ = ["NEVER", "Answer", "Pin", "SafeStore", "Store"]
