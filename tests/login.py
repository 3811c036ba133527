"""A dashboard with login and its OpenID Connect provider, for HTTP and browser tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from harness.serving import Server, free_port, serving
from tests.oidc import Provider, log_in, run_oidc_provider, secrets_toml

COOKIE_SECRET = "k3uCw0dFf6hR1bY8mQ4tVx7zLs2pN9aJ"  # noqa: S105
READERS = "example.org, guest@other.example"
EDITORS = "editor@example.org"


class DashboardWithLogin(NamedTuple):
    """A dashboard and its login provider."""

    server: Server
    provider: Provider

    @contextmanager
    def client(self, email: str = "") -> Iterator[httpx.Client]:
        """An HTTP client with its own cookies, logged in if ``email`` is given."""
        with httpx.Client(base_url=self.server.url, verify=False, timeout=60) as client:  # noqa: S501 - no TLS
            if email:
                self.log_in(client, email)
            yield client

    def log_in(self, client: httpx.Client, email: str) -> httpx.Response:
        """Log a client in; the dashboard's response."""
        return log_in(client, email, COOKIE_SECRET).raise_for_status()


@contextmanager
def run_dashboard_with_login(folder: Path, place_index: Path) -> Iterator[DashboardWithLogin]:
    """A dashboard that :data:`READERS` can open and :data:`EDITORS` can change."""
    home = folder / "home"
    (home / ".streamlit").mkdir(parents=True)
    port = free_port()
    with run_oidc_provider() as provider:
        text = secrets_toml(provider, f"http://127.0.0.1:{port}", COOKIE_SECRET)
        (home / ".streamlit" / "secrets.toml").write_text(text)
        settings = {"SITE_MAP_READERS": READERS, "SITE_MAP_EDITORS": EDITORS, "HOME": str(home)}
        with serving(folder, place_index, port=port, **settings) as server:
            yield DashboardWithLogin(server, provider)
