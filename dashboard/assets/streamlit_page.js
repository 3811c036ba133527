/* Adapter: all that our scripts rely on in the HTML of Streamlit's page without being documented.
 *
 * Loaded in the map's frame, where the page is the parent, and in the page itself.
 * tests/browser/test_framework_contract.py fails when any of this changes.
 *
 * siteMap.page.focusOpenTab()          focus the tab that is open
 * siteMap.page.limitFrameHeight(css)   the height that the map's frame has at most
 * siteMap.page.findOpenPopover()       {button, body} of the open popover, null if none is open
 * siteMap.page.findTabStops(element)   what Tab reaches inside an element, in order
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const STOPS = "a[href], button:enabled, input:enabled, textarea:enabled, summary, [tabindex='0'], [data-tabindex='0']";

  function focusOpenTab() {
    window.parent.document.querySelector('[role="tab"][aria-selected="true"]')?.focus();
  }

  function limitFrameHeight(css) {
    if (window.frameElement) window.frameElement.style.maxHeight = css;
  }

  function findOpenPopover() {
    const body = document.querySelector("[data-testid='stPopoverBody']");
    const button = document.querySelector("[data-testid='stPopoverButton'][aria-expanded='true']");
    return body && button ? { body, button } : null;
  }

  /* While the focus is outside a popover, Streamlit sets the tabindex of its contents to -1 and keeps
   * the value from before in data-tabindex. */
  function findTabStops(element) {
    const reachable = (one) => Number(one.dataset.tabindex ?? one.tabIndex) >= 0 && one.getClientRects().length > 0;
    return [...element.querySelectorAll(STOPS)].filter(reachable);
  }

  siteMap.page = { focusOpenTab, limitFrameHeight, findOpenPopover, findTabStops };
})(window.siteMap);
