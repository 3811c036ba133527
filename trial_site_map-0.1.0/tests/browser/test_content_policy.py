"""The content security policy: other hosts are blocked, everything of the page works."""

from playwright.sync_api import expect

from harness.visit import Visit


def test_the_policy_allows_the_page_and_blocks_other_hosts(visit: Visit) -> None:
    blocked: list[str] = []
    visit.page.on(
        "console",
        lambda message: (
            blocked.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    visit.open("?country=DE", sites=17)
    for name in ("Countries", "Trial", "Open lists"):
        visit.page.get_by_role("tab", name=name).first.click()
        visit.wait_until_idle()
    expect(visit.page.get_by_role("tab", name="Open lists")).to_be_visible()
    assert blocked == []

    outcome = visit.page.evaluate(
        """async () => {
            const asked = await fetch('https://foreign.invalid/').then(() => 'sent', String);
            const script = await new Promise(done => {
                const made = document.createElement('script');
                made.src = 'https://foreign.invalid/x.js';
                made.onerror = () => done('blocked');
                made.onload = () => done('ran');
                document.head.append(made);
            });
            return [asked, script];
        }"""
    )
    assert outcome[0] != "sent"
    assert outcome[1] == "blocked"
