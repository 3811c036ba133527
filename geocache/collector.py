"""Pauses Python's garbage collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause_collector(*, freeze: bool = False) -> Iterator[None]:
    """Collect no garbage in this block, which makes many objects and hardly any garbage.

    Args:
        freeze: never look at what exists when the block ends: for commands, which import in it and
            are a sixth faster so. A server would keep garbage that others had made meanwhile.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if freeze:
            gc.freeze()
        if running:
            gc.enable()
