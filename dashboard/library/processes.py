"""Helper processes: they end when the process that started them does, however that ended."""

import os
import threading
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess


def exit_with_parent() -> None:
    """End this process as soon as its parent is gone, also where that was killed.

    A killed parent cannot say goodbye, and a worker that waits for its next task would wait on.
    """
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), name="follow-parent", daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
