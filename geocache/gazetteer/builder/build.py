"""Builds the index: everything the sources know, gathered in arrays and written as flat files."""

import gc
import shutil
import tempfile
from pathlib import Path

from geocache.gazetteer.builder.index_data import IndexData, ProgressCallback
from geocache.gazetteer.builder.index_files import write_index


def build_index(folder: Path, progress: ProgressCallback) -> None:
    """Write the index into ``folder``, which appears whole or not at all.

    Takes about 20 seconds and 450 MB of memory on one core of 2024; the result has about 60 MB.

    Raises:
        IndexBuildError: a data package is missing or has another shape than expected.
        OSError: the folder cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    collecting = gc.isenabled()
    gc.disable()  # a million objects and no cycle among them
    try:
        gathered = IndexData()
        gathered.gather(progress)
        progress("Writing the index", 0.9)
        write_index(gathered, scratch)
        scratch.rename(folder)
    finally:
        if collecting:
            gc.enable()
        shutil.rmtree(scratch, ignore_errors=True)
    progress("Ready", 1.0)
