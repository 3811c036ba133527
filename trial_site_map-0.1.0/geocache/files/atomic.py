"""Writes files atomically: completely, or not at all."""

import errno
import io
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, TextIO

from geocache.errors import InputError


@contextmanager
def replace_file(
    target: Path, *, private: bool = False, only_new: bool = False
) -> Iterator[IO[bytes]]:
    """Open a temporary file for writing bytes; it replaces ``target`` at the end of the block.

    After an error ``target`` stays as it was. If two processes write it at once, one of them wins.
    A device or a pipe, such as ``/dev/null``, is written to directly. ``private`` denies all access
    to other users; otherwise the process's umask decides. ``only_new`` leaves alone a target that
    is there by then, whoever made it.

    Raises:
        OSError: the file cannot be created or replaced.
    """
    if target.exists() and not target.is_file() and not target.is_dir():
        with target.open("wb") as file:
            yield file
        return
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.part")
    # The kernel applies the umask. Reading it would mean to change it, for all threads.
    mode = 0o600 if private else 0o666
    handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        if only_new:
            with suppress(FileExistsError):
                os.link(temporary, target)
            temporary.unlink()
        else:
            temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def open_output(target: Path) -> Iterator[TextIO]:
    """As :func:`replace_file`, for UTF-8 text with newlines unchanged; ``-`` is standard output.

    Raises:
        InputError: the file cannot be created.
    """
    if str(target) == "-":
        yield sys.stdout
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(replace_file(target))
        except OSError as error:
            raise InputError(f"{target}: {error.strerror}") from error
        yield stack.enter_context(io.TextIOWrapper(file, encoding="utf-8", newline=""))
