"""The Dockerfile's steps, run in a root of Debian, give a server that becomes healthy.

A container daemon is not needed: mmdebstrap makes the root that the image begins with, and chroot
runs each step in it.
"""

import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from harness.processes import start_process, stop_process
from harness.serving import free_port

ROOT = Path(__file__).parents[2]
SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
REGISTRIES = (
    *("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/etc/xdg/pip"),
    *("/usr/local/share/ca-certificates", "/etc/ssl/certs/ca-certificates.crt"),
)
"""How this machine reaches its package registries, if it says so there."""
SECONDS = 300


class Step(NamedTuple):
    """One instruction of a Dockerfile."""

    name: str
    text: str


def read_steps() -> list[Step]:
    """The instructions of the Dockerfile."""
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [Step(*line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]


class Image:
    """A root folder in which the steps of a Dockerfile are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user = "root"
        self.directory = "/"
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        self.command: list[str] = []

    def make(self, base: str) -> None:
        """Begin with Debian, in the release that the image names."""
        release = re.match(r"debian:(\w+)-slim$", base)
        assert release, f"{base} is no slim Debian"
        command = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates"]
        run([*command, release[1], str(self.folder), str(SOURCES)])
        for name in REGISTRIES:
            source, target = Path(name), self.folder / name.lstrip("/")
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            elif source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)

    def run(self, step: Step, wheel: Path) -> None:
        """Carry out one instruction."""
        if step.name == "FROM":
            self.make(step.text)
        elif step.name == "RUN":
            run(self.build_command(["sh", "-ec", step.text]))
        elif step.name == "COPY":
            pattern, target = step.text.split()
            assert wheel.match(pattern)
            shutil.copy(wheel, self.folder / target.lstrip("/"))
        elif step.name == "ENV":
            self.environment |= dict(part.split("=", 1) for part in shlex.split(step.text))
        elif step.name == "USER":
            self.user = step.text
        elif step.name == "WORKDIR":
            self.directory = step.text
        elif step.name == "CMD":
            self.command = [part.strip(' "') for part in step.text.strip("[]").split(",")]
        else:
            assert step.name in {"VOLUME", "EXPOSE", "HEALTHCHECK"}, step

    def build_command(self, words: list[str]) -> list[str]:
        """The command that runs words in the root as its user."""
        environment = [f"{name}={value}" for name, value in self.environment.items()]
        inside = [
            "env",
            "-i",
            *environment,
            "sh",
            "-c",
            f"cd {self.directory} && exec {shlex.join(words)}",
        ]
        chroot = ["chroot", f"--userspec={self.user}", str(self.folder), *inside]
        mount = f"mount -t proc proc {self.folder}/proc && exec {shlex.join(chroot)}"
        return ["unshare", "--mount", "sh", "-ec", mount]


def run(command: list[str]) -> None:
    """Run a program, which must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, f"{shlex.join(command)}: {done.stderr[-2_000:]}"


@pytest.fixture
def image(tmp_path: Path) -> Iterator[Image]:
    made = Image(tmp_path / "root")
    yield made
    shutil.rmtree(made.folder, ignore_errors=True)


def test_the_image_serves_the_seed_as_its_own_user(image: Image, tmp_path: Path) -> None:
    assert os.getuid() == 0, "chroot needs root"
    (wheel,) = (ROOT / "dist").glob("trial_site_map-*.whl")
    for step in read_steps():
        image.run(step, wheel)
    assert image.user != "root"
    port = free_port()
    command = [str(port) if word == "8501" else word for word in image.command]
    with (tmp_path / "log").open("wb") as log:
        process = start_process(
            image.build_command(command), output=log, errors=subprocess.STDOUT, session=True
        )
    try:
        health = wait_until_healthy(f"http://127.0.0.1:{port}", process, tmp_path / "log")
        assert (health["sites"], health["countries"]) == (75, 11)
        data = image.folder / image.environment["SITE_MAP_DATA"].lstrip("/")
        assert (data / "geocache.sqlite").stat().st_uid != 0
    finally:
        stop_process(process)


def wait_until_healthy(
    url: str, process: "subprocess.Popen[bytes]", log: Path
) -> dict[str, object]:
    """The body of /api/health once it is 200."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server has ended: {log.read_text()[-2_000:]}"
        try:
            answer = httpx.get(f"{url}/api/health", timeout=60)
        except httpx.TransportError:
            time.sleep(0.2)
            continue
        if answer.status_code == 200:
            body: dict[str, object] = answer.json()
            return body
        time.sleep(0.2)
    raise AssertionError(f"{url} was not healthy within {SECONDS} s")
