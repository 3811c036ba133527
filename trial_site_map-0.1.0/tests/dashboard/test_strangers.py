"""Input that names a file or host is only text: nothing is read or requested because of it."""

import gzip
import io
import json
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import openpyxl
import pytest

from dashboard.errors import ReadError
from dashboard.query.filters import FILTERS
from dashboard.readers import read
from harness.serving import Server

HIDDEN_TEXT = "hidden-on-the-server-0b1c"


class Listener:
    """A host that must receive no request; counts connections."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.connections = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                connection.close()

    def close(self) -> int:
        """Stop listening; the number of connections."""
        with socket.create_connection(self._socket.getsockname()) as last:
            last.recv(1)  # returns once all connections before it were counted
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        return self.connections - 1


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    assert made.close() == 0, "the server connected to a host that a visitor named"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text(f"facility,city,country\n{HIDDEN_TEXT},Graz,Austria\n")
    return path


def references(secret: Path, listener: Listener) -> list[str]:
    """Ways to refer to the secret file or the listening host."""
    up = "../" * 12 + str(secret).lstrip("/")
    return [
        str(secret),
        f"file://{secret}",
        up,
        up.replace("/", "%2f"),
        f"{secret}\x00.csv",
        f"{listener.url}/list.csv",
        f"{listener.url.removeprefix('http:')}/x",
        f"\\\\127.0.0.1\\{secret}",
        f'=WEBSERVICE("{listener.url}")',
        f"<!--#include file=\"{secret}\"-->{{{{ ''.__class__ }}}}",
    ]


def test_no_query_reads_a_file_or_contacts_a_host(
    dashboard_server: Server, secret: Path, listener: Listener
) -> None:
    with httpx.Client(base_url=dashboard_server.url, timeout=30) as client:
        for value in references(secret, listener):
            for name in (*FILTERS, "columns", "limit", "offset", "source", "url", "file"):
                answer = client.get("/api/sites.csv", params={name: value})
                assert answer.status_code in {200, 400, 404, 422}, (name, value)
                assert HIDDEN_TEXT not in answer.text
            for path in ("/api/locate", "/api/positions"):
                asked = {"city": value, "country": value, "q": value}
                for answer in (client.get(path, params=asked), client.post(path, json=[asked])):
                    assert answer.status_code < 500, (path, value)
                    assert HIDDEN_TEXT not in answer.text


@pytest.mark.parametrize("before", ["/assets/", "/static/", "/component/", "/api/", "/media/", "/"])
def test_no_path_traversal_leaves_the_served_folders(
    dashboard_server: Server, secret: Path, listener: Listener, before: str
) -> None:
    host, port = dashboard_server.url.removeprefix("http://").split(":")
    for value in references(secret, listener):
        path = before + value.replace(" ", "%20").replace("\x00", "%00")
        with socket.create_connection((host, int(port)), timeout=30) as raw:
            # An HTTP client would normalize the dots away.
            raw.sendall(
                f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
            )
            answer = b"".join(iter(lambda: raw.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 ")
        assert HIDDEN_TEXT.encode() not in answer


def archive(secret: Path) -> bytes:
    """A zip with members that name paths outside it, and a symbolic link to the secret file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(str(secret), "facility,city,country\nA,Graz,Austria\n")
        made.writestr("../../../etc/new.csv", "facility,city,country\nB,Linz,Austria\n")
        link = zipfile.ZipInfo("link.csv")
        link.external_attr = 0o120777 << 16
        made.writestr(link, str(secret))
    return file.getvalue()


def workbook(secret: Path, listener: Listener) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["facility", "city", "country"])
    book.active.append([f"='file://{secret}'#$Sheet1.A1", "Graz", "Austria"])
    book.active.append([f'=WEBSERVICE("{listener.url}")', "Linz", "Austria"])
    book.active["A2"].hyperlink = f"{listener.url}/x"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def files(secret: Path, listener: Listener) -> dict[str, bytes]:
    entity = (
        f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY f SYSTEM "file://{secret}">'
        f'<!ENTITY h SYSTEM "{listener.url}/e"><!ENTITY % p SYSTEM "{listener.url}/p"> %p;]>'
    )
    title = "<brief_title>&f;&h;</brief_title>"
    point = {"type": "Point", "coordinates": [15.4, 47.1]}
    feature = {"type": "Feature", "geometry": point, "properties": {"facility": str(secret)}}
    crs = {"type": "link", "properties": {"href": f"{listener.url}/crs"}}
    return {
        "a.xml": f"{entity}<clinical_study>{title}</clinical_study>".encode(),
        "a.zip": archive(secret),
        "a.csv.gz": gzip.compress(f"facility,city,country\n{secret},Graz,Austria\n".encode()),
        "a.xlsx": workbook(secret, listener),
        "a.geojson": json.dumps(
            {"type": "FeatureCollection", "crs": crs, "features": [feature]}
        ).encode(),
        "a.json": json.dumps({"$ref": f"{listener.url}/s", "studies": [str(secret)]}).encode(),
        "a.txt": f"{secret}\n{listener.url}/list.csv\n".encode(),
        str(secret): b"facility,city,country\nC,Graz,Austria\n",
    }


def test_no_uploaded_file_reads_a_path_or_contacts_a_host(secret: Path, listener: Listener) -> None:
    outputs, sites = [], 0
    for name, data in files(secret, listener).items():
        try:
            reading = read(data, name)
        except ReadError as error:
            outputs.append(str(error))
        else:
            sites += len(reading.sites)
            outputs.append(repr((reading.sites.to_dict("list"), reading.trials, reading.warnings)))
    assert HIDDEN_TEXT not in "".join(outputs)
    assert sites >= 5
    assert not Path("/etc/new.csv").exists()
