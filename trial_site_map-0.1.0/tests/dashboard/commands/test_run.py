"""``site-map run`` where it cannot serve."""

import socket
import subprocess
import sys

from harness.serving import ROOT


def test_port_in_use_gives_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "dashboard.cli", "run", "--port", str(port)]
        said = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
    assert said.returncode == 2
    (line,) = said.stderr.strip().splitlines()
    assert f"127.0.0.1:{port}" in line
    assert "in use" in line
