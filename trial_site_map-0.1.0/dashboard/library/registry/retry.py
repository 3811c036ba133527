"""When to ask a busy registry again, and what can be used of an incomplete page."""

from typing import Any

import orjson
import tenacity

from dashboard.readers.files.json_scan import find_list_start, iter_slices

_MAX_WAIT_SECONDS = 120.0


class TemporaryError(Exception):
    """The request may succeed next time; ``studies`` are those that had arrived complete."""

    def __init__(
        self,
        message: str,
        *,
        wait_seconds: float | None = None,
        studies: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds
        self.studies = studies or []


def choose_wait_seconds(state: tenacity.RetryCallState) -> float:
    """The pause the server asked for, else 1, 2, 4 … seconds."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait_seconds if isinstance(error, TemporaryError) else None
    seconds = asked if asked is not None else 2.0 ** (state.attempt_number - 1)
    return min(seconds, _MAX_WAIT_SECONDS)


def parse_complete_studies(body: bytes) -> list[dict[str, Any]]:
    """The complete studies of a page that breaks off."""
    start = find_list_start(body)
    if start is None:
        return []
    found: list[dict[str, Any]] = []
    for begin, end, whole in iter_slices(body, start):
        if whole:
            try:
                study = orjson.loads(body[begin:end])
            except orjson.JSONDecodeError:
                return found
            if isinstance(study, dict):
                found.append(study)
    return found
