/* A popover comes after its button for who walks the page by keyboard; in the document it stands last. */
(function () {
  "use strict";

  if (window.siteMapPopovers) return;
  window.siteMapPopovers = true;

  const STOPS = "a[href], button:enabled, input:enabled, textarea:enabled, summary, [tabindex='0'], [data-tabindex='0']";

  document.addEventListener("keydown", walk, true);

  function walk(event) {
    if (event.key !== "Tab" || event.altKey || event.ctrlKey || event.metaKey) return;
    const body = document.querySelector("[data-testid='stPopoverBody']");
    const opener = document.querySelector("[data-testid='stPopoverButton'][aria-expanded='true']");
    if (!body || !opener) return;
    // While the focus is elsewhere, Streamlit takes the stops out of the order, and notes what they were.
    const reached = (one) => Number(one.dataset.tabindex ?? one.tabIndex) >= 0 && one.getClientRects().length > 0;
    const stops = [...body.querySelectorAll(STOPS)].filter(reached);
    const focused = document.activeElement;
    const at = stops.indexOf(focused);
    const group = focused.closest("[role='toolbar'], [role='radiogroup']"); // one stop: arrow keys walk in it
    const first = at <= 0 || (group && group.contains(stops[0]));
    const last = at === stops.length - 1 || (group && group.contains(stops[stops.length - 1]));
    if (focused === opener && !event.shiftKey && stops.length) {
      event.preventDefault();
      stops[0].focus();
    } else if (body.contains(focused) && event.shiftKey && first) {
      event.preventDefault();
      event.stopImmediatePropagation();
      opener.focus();
    } else if (body.contains(focused) && !event.shiftKey && last) {
      event.stopImmediatePropagation();
      opener.focus(); // and the browser goes on to what comes after it
    }
  }
})();
