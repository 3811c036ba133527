"""Debian's nginx with ``deploy/nginx.conf``, its names and ports replaced for a test."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from harness.serving import ROOT, free_port

MAIN_CONFIGURATION = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
events {{ worker_connections 512; }}
http {{
    log_format test '$status $upstream_addr $cookie_site_map_session $request';
    access_log {folder}/access.log test;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site-map.conf;
}}
"""


class Front(NamedTuple):
    """A running nginx: its HTTPS and HTTP addresses, and the folder with its logs."""

    url: str
    plain_url: str
    folder: Path

    def requests(self) -> list[list[str]]:
        """The requests so far: status, replicas that answered, cookie, request line."""
        lines = (self.folder / "access.log").read_text().splitlines()
        return [line.replace(", ", ",").split(" ") for line in lines]


def make_certificate(folder: Path) -> None:
    """Write a self-signed certificate for 127.0.0.1."""
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 "
        "-addext subjectAltName=IP:127.0.0.1 -keyout privkey.pem -out fullchain.pem"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)


def configuration(folder: Path, replicas: Sequence[str], plain_port: int, port: int) -> str:
    """``deploy/nginx.conf`` for a test; fails if a line to replace is missing."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for pattern, into, count in (
        (r"listen 80;", f"listen 127.0.0.1:{plain_port};", 1),
        (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;", 1),
        (r" +listen \[::\]:[^;]*;\n", "", 2),
        (r"server_name [^;]*;", "server_name 127.0.0.1;", 2),
        (r"/etc/ssl/site-map/", f"{folder}/", 2),
        (r"127\.0\.0\.1:8501", f"{replicas[0]}", 1),
        (r"127\.0\.0\.1:8502", f"{replicas[1]}", 1),
    ):
        text, changed = re.subn(pattern, into, text)
        assert changed == count, f"deploy/nginx.conf: {pattern} occurs {changed} times"
    return text


@contextmanager
def nginx(folder: Path, replicas: Sequence[str]) -> Iterator[Front]:
    """nginx in front of two replicas (``host:port``); stopped afterwards."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    assert program, "nginx is missing: `make test-deploy` installs it"
    plain_port, port = free_port(), free_port()
    make_certificate(folder)
    (folder / "site-map.conf").write_text(configuration(folder, replicas, plain_port, port))
    user = "user root;" if folder.owner() == "root" else ""
    (folder / "nginx.conf").write_text(MAIN_CONFIGURATION.format(folder=folder, user=user))
    command = [program, "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield Front(f"https://127.0.0.1:{port}", f"http://127.0.0.1:{plain_port}", folder)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, "nginx exited"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx does not listen")
