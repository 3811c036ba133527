"""What is remembered: answers, known misses, pins, and who is asking what right now."""

from geocache.store.records import Answer, Pin
from geocache.store.safe import SafeStore
from geocache.store.schema import NEVER
from geocache.store.store import Store

__all__ = ["NEVER", "Answer", "Pin", "SafeStore", "Store"]
