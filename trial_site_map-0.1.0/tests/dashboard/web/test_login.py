"""Login: data routes require it, and only editors may change anything."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dashboard.access import Access, AllowList, Person, parse_claims
from dashboard.page.state import login
from dashboard.service.service import Service
from dashboard.web import openapi
from dashboard.web.login_gate import is_open
from geocache.errors import ConfigurationError
from tests.login import COOKIE_SECRET, DashboardWithLogin, run_dashboard_with_login

USER_COOKIE = "_streamlit_user"
ROUTES = sorted(path for path in openapi.build_document()["paths"] if path != "/api/health")
OTHERS = (
    "/api",
    "/api/docs",
    "/api/nowhere",
    "/map-data/x.bin",
    "/media/x.csv",
    "/_stcore/metrics",
    "/_stcore/upload_file/x/y",
    "/a-page",
    "//api/sites.csv",
)


@pytest.fixture(scope="module")
def dashboard(
    tmp_path_factory: pytest.TempPathFactory, place_index: Path
) -> Iterator[DashboardWithLogin]:
    with run_dashboard_with_login(tmp_path_factory.mktemp("login"), place_index) as running:
        yield running


@pytest.fixture(scope="module")
def nobody(dashboard: DashboardWithLogin) -> Iterator[httpx.Client]:
    with dashboard.client() as client:
        yield client


@pytest.fixture(scope="module")
def reader(dashboard: DashboardWithLogin) -> Iterator[httpx.Client]:
    with dashboard.client("reader@example.org") as client:
        yield client


def test_the_list_of_data_routes_is_not_empty() -> None:
    assert "/api/sites.csv" in ROUTES
    assert len(ROUTES) > 8


@pytest.mark.parametrize("path", [*ROUTES, *OTHERS])
def test_without_a_login_data_routes_give_401(
    dashboard: DashboardWithLogin, nobody: httpx.Client, path: str
) -> None:
    answer = nobody.get(dashboard.server.url + path)
    assert answer.status_code == 401
    assert answer.json()["error"] == "login_required"
    assert answer.headers["cache-control"] == "no-store"
    assert "content-security-policy" in answer.headers


def test_without_a_login_health_and_the_empty_page_are_served(nobody: httpx.Client) -> None:
    assert nobody.get("/api/health").json()["status"] == "ok"
    page = nobody.get("/")
    assert page.status_code == 200
    assert "NCT01207388" not in page.text


def test_responses_to_a_logged_in_person_are_private(reader: httpx.Client) -> None:
    answer = reader.get("/api/sites.csv")
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == 76
    assert "private" in answer.headers["cache-control"]
    assert "Cookie" in answer.headers["vary"]
    assert all(reader.get(path).status_code != 401 for path in ROUTES)


def test_the_login_goes_through_the_provider(
    dashboard: DashboardWithLogin, reader: httpx.Client
) -> None:
    assert "reader@example.org" in dashboard.provider.logins


@pytest.mark.parametrize("email", ["someone@elsewhere.example", "unverified@example.org"])
def test_a_person_without_access_is_refused_by_name(
    dashboard: DashboardWithLogin, email: str
) -> None:
    with dashboard.client(email) as client:
        answer = client.get("/api/sites.csv")
    assert answer.status_code == 403
    assert answer.json()["error"] == "not_a_reader"
    assert "SITE_MAP_READERS" in answer.json()["message"]


def test_a_single_address_of_another_domain_may_open_it(dashboard: DashboardWithLogin) -> None:
    with dashboard.client("Guest@Other.example") as client:
        assert client.get("/api/sites.csv").status_code == 200


def test_after_logging_out_data_routes_give_401(dashboard: DashboardWithLogin) -> None:
    with dashboard.client("reader@example.org") as client:
        assert client.get("/api/trials.json").status_code == 200
        assert client.get("/auth/logout").status_code == 302
        assert client.get("/api/trials.json").status_code == 401


def _cookie(secret: str, origin: str, **more: object) -> str:
    claims = {"sub": "1", "email": "editor@example.org", "is_logged_in": True, "origin": origin}
    return create_signed_value(secret, USER_COOKIE, json.dumps(claims | more)).decode()


def test_only_cookies_that_this_server_signed_for_itself_are_valid(
    dashboard: DashboardWithLogin, nobody: httpx.Client
) -> None:
    here = dashboard.server.url
    good = _cookie(COOKIE_SECRET, here, email_verified=True)
    statuses = {}
    for name, cookie in {
        "good": good,
        "another secret": _cookie("x" * 32, here, email_verified=True),
        "another server": _cookie(COOKIE_SECRET, "http://127.0.0.1:1", email_verified=True),
        "changed": good[:-2] + ("aa" if good[-2:] != "aa" else "bb"),
        "rubbish": "%%%",
    }.items():
        answer = nobody.get("/api/sites.csv", headers={"Cookie": f"{USER_COOKIE}={cookie}"})
        statuses[name] = answer.status_code
    assert statuses.pop("good") == 200
    assert set(statuses.values()) == {401}


def test_a_link_is_restored_after_the_login(dashboard: DashboardWithLogin) -> None:
    with dashboard.client() as client:
        client.get("/?country=DE&q=K%C3%B6ln%0d%0aX:+y")
        answer = dashboard.log_in(client, "reader@example.org")
        assert answer.url.query == b"country=DE&q=K%C3%B6ln%0d%0aX:+y"
        assert client.get("/").url.query == b""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", True),
        ("/static/js/index.js", True),
        ("/staticky", False),
        ("/api/health/", False),
        ("/API/sites.csv", False),
        ("/_stcore/stream", True),
        ("/_stcore/stream/x", False),
    ],
)
def test_open_paths(path: str, expected: bool) -> None:
    assert is_open(path) is expected


# People and access


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email": "Ann@Example.org", "email_verified": True}, "ann@example.org"),
        ({"email": "ann@example.org", "email_verified": "true"}, "ann@example.org"),
        ({"email": ["ann@example.org"], "email_verified": True}, ""),
        ({"email_verified": True}, ""),
        *(
            ({"email": "ann@example.org", "email_verified": value}, "")
            for value in (False, "false", "False", "no", "TRUE", "", 0, 1, [True], {"a": True})
        ),
    ],
)
@pytest.mark.parametrize("trust_email", [False, True])
def test_an_email_address_counts_only_if_the_provider_calls_it_verified(
    claims: dict[str, object], email: str, trust_email: bool
) -> None:
    found = parse_claims({**claims, "sub": "1", "is_logged_in": True}, trust_email=trust_email)
    assert found is not None
    assert found.email == email


@pytest.mark.parametrize("claim", [{}, {"email_verified": None}])
@pytest.mark.parametrize(("trust_email", "email"), [(False, ""), (True, "ann@example.org")])
def test_where_the_provider_does_not_say_the_operator_does(
    claim: dict[str, object], trust_email: bool, email: str
) -> None:
    claims = {"sub": "1", "is_logged_in": True, "email": "ann@example.org", **claim}
    found = parse_claims(claims, trust_email=trust_email)
    assert found is not None
    assert found.email == email


@pytest.mark.parametrize(("setting", "email"), [("0", ""), ("1", "editor@example.org")])
def test_the_setting_decides_about_a_login_cookie(
    opened: Callable[[], Service],
    monkeypatch: pytest.MonkeyPatch,
    secrets_file: Path,
    data_folder: Path,
    *,
    setting: str,
    email: str,
) -> None:
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    monkeypatch.setenv("SITE_MAP_TRUST_EMAIL", setting)
    secrets_file.write_text(GOOD + CLIENT)
    assert opened().settings.site_map_trust_email is (setting == "1")
    cookie = _cookie(COOKIE_SECRET, "https://sites.example.org")
    found = login.read_login_cookie({USER_COOKIE: cookie})
    assert found is not None
    assert found.email == email


def test_claims_without_a_subject_or_login_give_no_person() -> None:
    assert parse_claims({"is_logged_in": False, "sub": "1"}) is None
    assert parse_claims({"is_logged_in": True, "email": "ann@example.org"}) is None


def test_who_may_open_and_who_may_edit() -> None:
    ann, bob = Person("1", "ann@example.org"), Person("2", "bob@sub.example.org")
    nameless = Person("3")
    access = Access("", "ann@example.org")
    assert [access.may_open(p) for p in (ann, bob, nameless, None)] == [True, True, True, False]
    assert [access.may_edit(p) for p in (ann, bob, nameless, None)] == [True, False, False, False]
    access = Access("@example.org", "")
    assert [access.may_open(p) for p in (ann, bob, nameless, None)] == [True, False, False, False]
    assert not access.may_edit(ann)
    assert Access("bob@sub.example.org", "example.org").may_open(ann)
    assert Access("", "*").may_edit(nameless)


@pytest.mark.parametrize("value", ["ann", "ann@", "@", "a@b@c.org", "ann smith@example.org"])
def test_an_invalid_entry_in_a_list_of_people_is_refused(value: str) -> None:
    with pytest.raises(ConfigurationError, match="SITE_MAP_EDITORS"):
        AllowList("SITE_MAP_EDITORS", value)


# The configuration


GOOD = f"""
[auth]
redirect_uri = "https://sites.example.org/oauth2callback"
cookie_secret = "{COOKIE_SECRET}"
"""
CLIENT = """
client_id = "a"
client_secret = "b"
server_metadata_url = "https://login.example.org/.well-known/openid-configuration"
"""


@pytest.mark.parametrize(
    ("text", "editors", "said"),
    [
        (None, "example.org", "no login"),
        ("[other]\nkey = 1", "example.org", "no login"),
        ("[auth\n", "", "TOML"),
        (GOOD, "", "client_id"),
        (GOOD + "[auth.google]\nclient_id = 'a'", "", r"\[auth.google\].*client_secret"),
        (GOOD.replace("/oauth2callback", "/") + CLIENT, "", "redirect_uri"),
        (GOOD.replace(COOKIE_SECRET, "short") + CLIENT, "", "cookie_secret"),
    ],
)
def test_an_incomplete_login_configuration_is_refused(
    secrets_file: Path, text: str | None, editors: str, said: str
) -> None:
    if text is not None:
        secrets_file.write_text(text)
    with pytest.raises(ConfigurationError, match=said):
        login.check_configuration(Access("", editors))


def test_a_login_may_have_several_providers(secrets_file: Path) -> None:
    secrets_file.write_text(f"{GOOD}{CLIENT}[auth.google]{CLIENT}")
    login.check_configuration(Access("", "example.org"))
    assert login.is_configured()
    assert login.list_providers() == ("default", "google")


def test_without_a_secrets_file_there_is_no_login(secrets_file: Path) -> None:
    login.check_configuration(Access("", ""))
    assert not login.is_configured()
    assert login.current_person() is None
