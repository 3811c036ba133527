"""Uploads and pastes, private to their session; the nearest sites."""

from collections.abc import Callable

from playwright.sync_api import expect

from harness.visit import Visit

LIST = "Hospital;Town;Land\nUniklinik;Freiburg;Germany\nKH Nord;Hamburg;Germany\n"
DISTANT_LIST = f"{LIST}Harbour Clinic;Sydney;Australia\n"


def test_an_uploaded_list_is_seen_in_its_own_session_only(visitors: Callable[..., Visit]) -> None:
    owner, stranger = visitors(), visitors()
    owner.open(sites=75)
    owner.page.get_by_text("Add sites").click()
    owner.page.locator("input[type=file]").set_input_files(
        {"name": "my sites.csv", "mimeType": "text/csv", "buffer": DISTANT_LIST.encode()}
    )
    owner.wait_for_map(sites=78)
    expect(owner.map.get_by_role("button", name="Sydney")).to_be_in_viewport()
    stranger.open(sites=75)
    assert owner.server.fetch_sites("city=Freiburg") == []
    owner.open_tab("Open lists")
    owner.page.get_by_role("button", name="Delete", exact=True).click()
    owner.wait_for_map(sites=75)


def test_a_pasted_list_opens_and_other_text_is_refused(visit: Visit) -> None:
    visit.open(sites=75)
    visit.page.get_by_text("Add sites").click()
    box = visit.page.get_by_label("Or paste a list or a registry page")
    box.fill(LIST)
    visit.page.get_by_role("button", name="Add pasted text").click()
    visit.wait_for_map(sites=77)
    box.fill("just some words")
    visit.page.get_by_role("button", name="Add pasted text").click()
    expect(visit.page.get_by_text("was not opened")).to_be_visible()
    visit.wait_for_map(sites=77)


def test_typed_text_survives_closing_and_opening_its_expander(visit: Visit) -> None:
    visit.open(sites=75)
    adder = visit.page.get_by_text("Add trials from the registry")
    numbers = visit.page.get_by_role("textbox", name="NCT numbers")
    expect(numbers).to_have_count(0)
    adder.click()
    numbers.fill("NCT01207388")
    adder.click()
    expect(numbers).to_be_hidden()
    visit.wait_until_idle()
    adder.click()
    expect(numbers).to_be_visible()
    expect(numbers).to_have_value("NCT01207388")


def test_a_distance_filter_shows_the_nearest_sites(visit: Visit) -> None:
    visit.open(sites=75)
    visit.page.get_by_text("Nearest sites").click()
    near = visit.page.get_by_role("textbox", name="Near", exact=True)
    near.fill("Vienna")
    near.press("Enter")
    expect(visit.page.get_by_role("button", name="Near: Vienna")).to_be_visible()
    expect(visit.page.get_by_text("Distances are from Vienna, Austria")).to_be_visible()
    visit.wait_until_idle()  # a rerun would close the list of options again
    visit.page.get_by_role("combobox", name="Within").click()
    visit.page.get_by_role("option", name="250 km").click()
    visit.wait_for_map(sites=3)
    expect(visit.map.locator(".sm-circle")).to_have_count(1)


def test_a_large_upload_is_a_job_that_survives_a_reload_and_is_private(
    visitors: Callable[..., Visit],
) -> None:
    owner, stranger = visitors(), visitors()
    owner.open("?country=NO", sites=0)
    rows = "".join(f"Sykehus nummer {n % 3000} i byen,Bergen,Norway\n" for n in range(30_000))
    owner.page.get_by_text("Add sites").click()
    owner.page.locator("input[type=file]").set_input_files(
        {
            "name": "many.csv",
            "mimeType": "text/csv",
            "buffer": f"facility,city,country\n{rows}".encode(),
        }
    )
    expect(owner.page.get_by_text("many.csv: ").first).to_be_visible(timeout=20_000)
    owner.page.reload()
    owner.page.get_by_text("many.csv: 30,000 sites, 0 trials").wait_for(timeout=60_000)
    stranger.open(sites=75)
    expect(stranger.page.get_by_text("many.csv")).to_have_count(0)
    owner.open_tab("Open lists")
    owner.page.get_by_role("button", name="Delete", exact=True).click()
    owner.wait_for_map(sites=0)
