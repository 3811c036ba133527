"""Prints at the end of a test run which files took longest."""

from collections import Counter

import pytest

FILES_SHOWN = 12
LEAST_SECONDS = 1.0
"""A file that took less is not worth a line."""


class SlowestFiles:
    """Plugin: adds up setup, test and teardown times by file, whichever worker ran them."""

    def __init__(self) -> None:
        self._seconds: Counter[str] = Counter()
        self._tests: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add the time of one phase of a test."""
        file = report.nodeid.partition("::")[0]
        self._seconds[file] += report.duration
        self._tests[file] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the slowest files, unless there was only one."""
        slow = [
            (file, seconds)
            for file, seconds in self._seconds.most_common(FILES_SHOWN)
            if seconds >= LEAST_SECONDS
        ]
        if len(self._seconds) < 2 or not slow:
            return
        terminalreporter.section("slowest files")
        for file, seconds in slow:
            terminalreporter.write_line(f"{seconds:7.1f} s  {self._tests[file]:4d} tests  {file}")
