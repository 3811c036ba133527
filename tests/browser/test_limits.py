"""What a person brings that is too much is refused in words that name the limit."""

from playwright.sync_api import expect

from harness.visit import Visit


def test_what_is_too_much_is_said_with_its_limit(visit: Visit) -> None:
    visit.open("?q=" + "x" * 60_000, sites=75)
    page = visit.page
    expect(page.get_by_text("it is longer than 60,000 characters")).to_be_visible()

    page.get_by_text("Add sites").click()
    pasted = page.get_by_label("Or paste a list or a registry page")
    pasted.fill("x" * 2_000_001)
    page.get_by_role("button", name="Add pasted text").click()
    expect(page.get_by_text("2,000,001 characters, and at most 2,000,000")).to_be_visible()
    expect(pasted).to_have_value("")

    page.get_by_text("Add trials from the registry").click()
    numbers = page.get_by_role("textbox", name="NCT numbers")
    numbers.fill(" ".join(f"NCT{number:08}" for number in range(1_001)))
    page.get_by_role("button", name="Fetch", exact=True).click()
    expect(page.get_by_text("1,001 NCT numbers, and at most 1,000")).to_be_visible()

    search = page.get_by_role("textbox", name="Search", exact=True)
    search.fill("x" * 501)
    search.press("Enter")
    expect(page.get_by_text("Search: 501 characters, and at most 500")).to_be_visible()
