"""A file that is there when all of it is written, or not at all."""

import errno
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TextIO

from geocache.errors import InputError


@contextmanager
def replace_file(target: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """A file to write bytes into, that takes the place of ``target`` at the end of the block.

    A device or a pipe, such as ``/dev/null``, is written to as it is: nothing takes its place.
    After an error what was there stays. Two may write the same at once: one of them wins. With
    ``private`` nobody else may read it; else the process's umask says who.

    Raises:
        OSError: it cannot be made or put there.
    """
    if target.exists() and not target.is_file() and not target.is_dir():
        with target.open("wb") as file:
            yield file
        return
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        if not private:
            unfinished.chmod(0o666 & ~_umask())
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


@contextmanager
def open_output(target: Path) -> Iterator[TextIO]:
    """The same for text in UTF-8, newlines as they are; ``-`` is standard output.

    Raises:
        InputError: the file cannot be made.
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


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
