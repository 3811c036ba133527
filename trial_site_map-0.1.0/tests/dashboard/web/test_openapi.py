"""The OpenAPI document is true of the running server: schemathesis sends what it allows.

`make fuzz` sends many more requests.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from dashboard.web.openapi import build_document
from harness.serving import Server

EXAMPLES = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "fuzz" else 3
DEEP = ("/api/sites.json", "/api/positions", "/api/health")
"""One route of each set of parameters."""
PLACES = """
[parameters]
"query.near" = "Graz, Austria"
"""
"""Not every text is the name of a place, and no schema says which is."""


def schemathesis(server: Server, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run schemathesis in a process of its own with the folder as its working directory."""
    code = "from schemathesis.cli import schemathesis; schemathesis()"
    command = [sys.executable, "-c", code, "run", f"{server.url}/api/openapi.json", "--no-color"]
    options = (*options, "--request-timeout", "120")  # a picture takes seconds
    (folder / "schemathesis.toml").write_text(PLACES, encoding="utf-8")
    return subprocess.run(
        [*command, *options], cwd=folder, capture_output=True, text=True, check=False, timeout=3_600
    )


@pytest.mark.parametrize(
    "options",
    [
        ("--phases", "examples,fuzzing", "--max-examples", str(EXAMPLES)),
        ("--phases", "coverage", *(word for path in DEEP for word in ("--include-path", path))),
    ],
    ids=["every route", "every limit"],
)
def test_schemathesis_finds_nothing(
    dashboard_server: Server, tmp_path: Path, options: tuple[str, ...]
) -> None:
    found = schemathesis(dashboard_server, tmp_path, *options, "--generation-deterministic")
    assert found.returncode == 0, found.stdout[-6_000:]


def test_every_schema_in_the_document_is_valid() -> None:
    made = build_document()
    assert made["components"]["parameters"]
    for schema in made["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for parameter in made["components"]["parameters"].values():
        Draft202012Validator.check_schema(parameter["schema"])
