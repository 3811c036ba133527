"""Long work on the page: a provider that fails amid it, and more of it than one person may have."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from harness.provider_server import ProviderServer
from harness.provider_server import serving as serving_provider
from harness.registry_server import RegistryServer, site, study
from harness.registry_server import serving as serving_registry
from harness.serving import Server, serving
from harness.visit import Visit, visiting

LIST = "facility,city,country\n" + "".join(f",City {n},Austria\n" for n in range(1, 5))
OF_THE_LIST = "?" + "&".join(f"city=City+{n}" for n in range(1, 5))


@pytest.fixture(scope="module")
def provider() -> Iterator[ProviderServer]:
    with serving_provider("nominatim") as running:
        yield running


@pytest.fixture(scope="module")
def registry() -> Iterator[RegistryServer]:
    """A registry that takes its time until it is told to go on."""
    trials = [study(number, site("Clinic")) for number in (1, 2, 3)]
    with serving_registry(RegistryServer(trials, hold_from=0)) as running:
        yield running


@pytest.fixture(scope="module")
def asking(
    tmp_path_factory: pytest.TempPathFactory,
    place_index: Path,
    provider: ProviderServer,
    registry: RegistryServer,
) -> Iterator[Server]:
    """A server that may ask both, over four places that only the provider knows."""
    folder = tmp_path_factory.mktemp("asking")
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
def person(browser: Browser, asking: Server) -> Iterator[Visit]:
    with visiting(browser, asking) as one:
        yield one


def test_a_provider_that_fails_amid_the_work_is_told_and_one_click_goes_on(
    person: Visit, provider: ProviderServer
) -> None:
    page = person.page
    person.open(OF_THE_LIST, sites=0)
    page.get_by_role("tab", name="Quality").click()
    provider.failures = ["", *["403"] * 40]
    page.get_by_role("button", name="Ask nominatim for 4 places").click()
    told = "1 place answered, 1 of all on the map; 3 not asked (403 from nominatim)"
    expect(page.get_by_text(told)).to_be_visible()
    expect(page.get_by_role("button", name="Ask nominatim for 3 places")).to_be_enabled()
    person.wait_for_map(sites=1)
    provider.failures.clear()
    asked = len(provider.seen)
    outcomes = page.get_by_test_id("stVerticalBlock")
    go_on = page.get_by_role("button", name="Go on")
    outcomes.filter(has_text=told).last.locator(go_on).click()
    told = "4 places answered, 4 of all on the map."
    expect(page.get_by_text(told)).to_be_visible()
    person.wait_for_map(sites=4)
    assert len(provider.seen) - asked == 3, "what was answered is not asked for again"
    expect(outcomes.filter(has_text=told).last.locator(go_on)).to_have_count(0)


def test_one_job_too_many_is_refused_with_the_limit(
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
    told = "2 jobs of yours are running, and one person may have 2 at a time: wait for one to end"
    expect(page.get_by_text(told)).to_be_visible()
    page.get_by_role("button", name="Cancel").first.click()
    registry.go_on.set()
    fetched = page.get_by_text("Fetching 1 trial: 1 trial fetched.")
    expect(fetched).to_have_count(2)  # a cancelled one keeps what had come
    fetch.click()
    expect(fetched).to_have_count(3)
