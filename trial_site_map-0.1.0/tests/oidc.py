"""An OpenID Connect provider on a loopback port: discovery, login form, tokens, keys."""

import base64
import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urlencode

import httpx
import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT = "site-map"
CLIENT_SECRET = "not-a-secret-outside-this-test"  # noqa: S105
UNVERIFIED = "unverified@"
"""The provider reports addresses that start with this as not verified."""


@dataclass
class Provider:
    """A running provider; ``logins`` are the addresses that logged in, in order."""

    url: str
    logins: list[str] = field(default_factory=list)
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """The provider's endpoints."""
        return [
            Route("/.well-known/openid-configuration", self._discovery),
            Route("/authorize", self._authorize, methods=["GET", "POST"]),
            Route("/token", self._token, methods=["POST"]),
            Route("/jwks", self._jwks),
        ]

    async def _discovery(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def _authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        if query.get("client_id") != CLIENT or query.get("response_type") != "code":
            return Response("unknown client", 400)
        if request.method == "GET":
            action = escape(f"/authorize?{request.url.query}")
            return HTMLResponse(
                f'<form method="post" action="{action}"><label>E-mail '
                '<input name="email"></label><button>Continue</button></form>'
            )
        async with request.form() as form:
            email = str(form["email"])
        self.logins.append(email)
        code = secrets.token_urlsafe()
        self._codes[code] = {**query, "email": email}
        back = urlencode({"code": code, "state": query["state"]})
        return RedirectResponse(f"{query['redirect_uri']}?{back}", 303)

    async def _token(self, request: Request) -> Response:
        async with request.form() as form:
            sent = {name: str(value) for name, value in form.items()}
        expected = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        grant = self._codes.pop(sent.get("code", ""), None)
        proof = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        if (
            request.headers.get("authorization") != f"Basic {expected}"
            or grant is None
            or grant["redirect_uri"] != sent.get("redirect_uri")
            or grant["code_challenge"] != challenge
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        email = grant["email"]
        claims = {
            "iss": self.url,
            "sub": hashlib.sha256(email.encode()).hexdigest()[:16],
            "aud": CLIENT,
            "iat": now,
            "exp": now + 600,
            "nonce": grant["nonce"],
            "email": email,
            "email_verified": not email.startswith(UNVERIFIED),
        }
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self._key)
        return JSONResponse(
            {"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": token}
        )


@contextmanager
def run_oidc_provider() -> Iterator[Provider]:
    """A running provider on a port the system picked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        provider = Provider(f"http://127.0.0.1:{listener.getsockname()[1]}")
        app = Starlette(routes=list(provider.routes()))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.should_exit = True
            thread.join()


def secrets_toml(provider: Provider, address: str, cookie_secret: str) -> str:
    """The ``secrets.toml`` of a dashboard at ``address``."""
    return f"""
[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "{cookie_secret}"
client_id = "{CLIENT}"
client_secret = "{CLIENT_SECRET}"
server_metadata_url = "{provider.url}/.well-known/openid-configuration"
"""


def log_in(client: httpx.Client, email: str, cookie_secret: str) -> httpx.Response:
    """Log in as a browser does from the page's button on; the dashboard's last response.

    The button's link has a token that the page signs; this makes an equal one.
    """
    claims: dict[str, Any] = {"provider": "default", "exp": int(time.time()) + 60}
    button = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(cookie_secret))
    form = client.get("/auth/login", params={"provider": button}, follow_redirects=True)
    form.raise_for_status()
    return client.post(form.url, data={"email": email}, follow_redirects=True)
