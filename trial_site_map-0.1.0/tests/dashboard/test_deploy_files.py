"""The files in ``deploy/`` match the program; ``make test-deploy`` runs nginx itself."""

import re
from pathlib import Path

import pytest
from streamlit.runtime.secrets import secrets_singleton

from dashboard.access import Person
from dashboard.page.state import login
from dashboard.settings import Settings
from geocache.errors import ConfigurationError
from geocache.store.backends import load_backend

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"


def test_every_file_is_in_the_deployment_guide() -> None:
    guide = (ROOT / "docs" / "deploy.md").read_text()
    names = sorted(path.name for path in DEPLOY.iterdir())
    assert len(names) > 3
    assert [name for name in names if f"(../deploy/{name})" not in guide] == []


def test_the_environment_file_holds_valid_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (DEPLOY / "site-map.env").read_text().splitlines()
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    assert all(name.lower() in Settings.model_fields for name, _ in pairs)
    for name, value in pairs:
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert load_backend(settings.store_url).server
    assert settings.access.may_edit(Person("1", "ann@example.org"))
    assert not settings.access.may_edit(Person("2", "ben@example.org"))


def test_the_example_secrets_are_refused_until_changed(secrets_file: Path) -> None:
    text = (DEPLOY / "secrets.toml").read_text()
    access = Settings().access
    secrets_file.write_text(text)
    with pytest.raises(ConfigurationError, match="cookie_secret"):
        login.check_configuration(access)
    secrets_singleton._reset()
    secrets_file.write_text(text.replace("CHANGE ME", "x" * 48))
    login.check_configuration(access)
    assert login.list_providers() == ("default",)


def test_nginx_and_the_systemd_unit_use_the_same_ports() -> None:
    front = re.findall(r"server 127\.0\.0\.1:(\d+)", (DEPLOY / "nginx.conf").read_text())
    unit = (DEPLOY / "site-map@.service").read_text()
    assert front == re.findall(r"site-map@(\d+)", unit)
    assert "--port %i" in unit
    largest = re.search(r"client_max_body_size (\d+)m", (DEPLOY / "nginx.conf").read_text())
    assert largest is not None
    uploads = (ROOT / ".streamlit" / "config.toml").read_text()
    assert f"maxUploadSize = {largest[1]}" in uploads
