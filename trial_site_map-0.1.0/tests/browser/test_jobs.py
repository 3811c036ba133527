"""Background jobs on the page: a provider that fails midway, and the limit of jobs per person."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from harness.provider_server import ProviderServer, run_provider
from harness.registry_server import RegistryServer, run_registry, site, study
from harness.serving import Server, serving
from harness.visit import Visit, visiting

LIST = "facility,city,country\n" + "".join(f",City {n},Austria\n" for n in range(1, 5))
LIST_QUERY = "?" + "&".join(f"city=City+{n}" for n in range(1, 5))


@pytest.fixture(scope="module")
def provider() -> Iterator[ProviderServer]:
    with run_provider("nominatim") as running:
        yield running


@pytest.fixture(scope="module")
def registry() -> Iterator[RegistryServer]:
    """A registry that holds every request until ``go_on`` is set."""
    trials = [study(number, site("Clinic")) for number in (1, 2, 3)]
    with run_registry(RegistryServer(trials, hold_from=0)) as running:
        yield running


@pytest.fixture(scope="module")
def online(
    tmp_path_factory: pytest.TempPathFactory,
    place_index: Path,
    provider: ProviderServer,
    registry: RegistryServer,
) -> Iterator[Server]:
    """A dashboard over four places that only the provider knows; it may query both."""
    folder = tmp_path_factory.mktemp("online")
    (folder / "list.csv").write_text(LIST)
    with serving(
        folder,
        place_index,
        SITE_MAP_SOURCES=str(folder / "list.csv"),
        SITE_MAP_REGISTRY_URL=registry.url,
        **provider.settings,
    ) as running:
        yield running


@pytest.fixture
def person(browser: Browser, online: Server) -> Iterator[Visit]:
    with visiting(browser, online) as one:
        yield one


def test_a_provider_failure_during_a_job_is_reported_and_one_click_resumes(
    person: Visit, provider: ProviderServer
) -> None:
    page = person.page
    person.open(LIST_QUERY, sites=0)
    person.open_tab("Quality")
    provider.failures = ["", *["403"] * 40]
    page.get_by_role("button", name="Ask nominatim about 4 places").click()
    outcome = "1 place answered, 1 of all on the map; 3 not asked (403 from nominatim)"
    expect(page.get_by_text(outcome)).to_be_visible()
    expect(page.get_by_role("button", name="Ask nominatim about 3 places")).to_be_enabled()
    person.wait_for_map(sites=1)
    provider.failures.clear()
    requests_before = len(provider.seen)
    blocks = page.get_by_test_id("stVerticalBlock")
    resume = page.get_by_role("button", name="Resume")
    blocks.filter(has_text=outcome).last.locator(resume).click()
    outcome = "4 places answered, 4 of all on the map."
    expect(page.get_by_text(outcome)).to_be_visible()
    person.wait_for_map(sites=4)
    assert len(provider.seen) - requests_before == 3, "answered places are not asked for again"
    expect(blocks.filter(has_text=outcome).last.locator(resume)).to_have_count(0)


def test_a_job_over_the_limit_is_refused_with_the_limit(
    person: Visit, registry: RegistryServer
) -> None:
    page = person.page
    person.open()
    page.get_by_text("Add trials from the registry").click()
    person.wait_until_idle()
    numbers = page.get_by_role("textbox", name="NCT numbers")
    fetch = page.get_by_role("button", name="Fetch", exact=True)
    for number in (1, 2):
        numbers.fill(f"NCT{number:08}")
        fetch.click()
        expect(page.get_by_text("Fetching 1 trial: Asking the registry")).to_have_count(number)
    numbers.fill("NCT00000003")
    fetch.click()
    refusal = "2 of your jobs are running, and one person may run 2 at a time: wait for one to end"
    expect(page.get_by_text(refusal)).to_be_visible()
    page.get_by_role("button", name="Cancel").first.click()
    registry.go_on.set()
    fetched = page.get_by_text("Fetching 1 trial: 1 trial fetched.")
    expect(fetched).to_have_count(2)  # a cancelled job keeps what had arrived
    fetch.click()
    expect(fetched).to_have_count(3)
