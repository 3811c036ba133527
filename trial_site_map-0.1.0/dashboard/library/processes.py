"""Helpers that exit with their parent, even if it is killed."""

import os
import threading
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess


def exit_with_parent() -> None:
    """Have this process exit as soon as its parent is gone.

    A killed parent cannot end its helpers, and a helper that waits for work would wait forever.
    """
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), name="follow-parent", daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
