"""Processor time and memory of other processes: what work costs, whoever else wants the cores."""

import os
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a running process so far, to a hundredth of a second."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_gb(pid: int) -> float:
    """Memory of a process and all it started, what they share counted once."""
    total = 0.0
    for one in (pid, *children(pid)):
        with suppress(OSError):  # it may have ended meanwhile
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) / 1e6
    return total


def children(pid: int) -> list[int]:
    """The processes it started, and those that these did."""
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in listed.read_text().split():
                found += [int(child), *children(int(child))]
    return found
