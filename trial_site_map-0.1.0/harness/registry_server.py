"""The ClinicalTrials.gov API v2 on a loopback port: HTTP, pages, tokens, and its failures."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


def study(number: int, *sites: dict[str, Any], status: str = "RECRUITING") -> dict[str, Any]:
    """A study of API v2 with the given locations."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{number:08}", "briefTitle": f"Trial {number}"},
            "statusModule": {"overallStatus": status},
            "conditionsModule": {"conditions": ["Asthma"]},
            "contactsLocationsModule": {"locations": list(sites)},
        },
        "hasResults": False,
    }


def site(facility: str, city: str = "Graz", status: str = "RECRUITING") -> dict[str, Any]:
    """A location in Austria."""
    return {"facility": facility, "city": city, "country": "Austria", "status": status}


@dataclass
class RegistryServer:
    """The registry: its studies, its next failures, and the requests it received.

    Each request uses up one of ``failures``: a status (``429 after 0``, ``500``), ``drop`` (no
    answer), ``half`` (half the answer, with the length of the whole), ``cut`` (half the answer,
    with its own length), ``not json``. ``repeat_token`` returns the same token for ever. Requests
    from number ``hold_from`` on wait for ``go_on``.
    """

    studies: list[dict[str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    page_size: int = 1_000
    repeat_token: bool = False
    hold_from: int = 1_000_000
    go_on: threading.Event = field(default_factory=threading.Event)
    seen: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def found(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """The studies that match a query."""
        ids = [text for text in query.get("filter.ids", "").split("|") if text]
        statuses = [text for text in query.get("filter.overallStatus", "").split("|") if text]
        result = []
        for one in self.studies:
            protocol = one["protocolSection"]
            if ids and protocol["identificationModule"]["nctId"] not in ids:
                continue
            if statuses and protocol["statusModule"]["overallStatus"] not in statuses:
                continue
            if "query.cond" in query and query["query.cond"] not in json.dumps(protocol):
                continue
            result.append(one)
        return result

    def page(self, query: dict[str, str]) -> dict[str, Any]:
        """One page of the answer."""
        found = self.found(query)
        start = int(query.get("pageToken", "t0").removeprefix("t"))
        size = min(self.page_size, int(query.get("pageSize", "10")), 1_000)
        page: dict[str, Any] = {"studies": found[start : start + size]}
        if query.get("countTotal") == "true" and start == 0:
            page["totalCount"] = len(found)
        if self.repeat_token:
            page["nextPageToken"] = "t0"
        elif start + size < len(found):
            page["nextPageToken"] = f"t{start + size}"
        return page


class _Handler(BaseHTTPRequestHandler):
    registry: RegistryServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the base class
        """Log nothing."""

    def do_GET(self) -> None:
        """Answer as the API does, or fail as requested."""
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.registry.seen.append(query)
        if len(self.registry.seen) > self.registry.hold_from:
            self.registry.go_on.wait(60)
        failure = self.registry.failures.pop(0) if self.registry.failures else ""
        if parts.path != "/api/v2/studies":
            self._send(404, b"not here")
            return
        body = json.dumps(self.registry.page(query)).encode()
        if failure == "drop":
            self.connection.close()
        elif failure == "half":
            self._send(200, body[: len(body) // 2], length=len(body))
            self.close_connection = True
        elif failure == "cut":
            self._send(200, body[: len(body) // 2])
        elif failure == "not json":
            self._send(200, b"<html>maintenance</html>")
        elif failure:
            status, _, wait = failure.partition(" after ")
            self._send(int(status), b"no", retry_after=wait)
        else:
            self._send(200, body)

    def _send(
        self, status: int, body: bytes, *, length: int | None = None, retry_after: str = ""
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def run_registry(registry: RegistryServer) -> Iterator[RegistryServer]:
    """Serve the registry on a port of the system's choice."""
    handler = type("Handler", (_Handler,), {"registry": registry})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        registry.url = f"http://127.0.0.1:{server.server_port}/api/v2"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield registry
        finally:
            server.shutdown()
            thread.join()
