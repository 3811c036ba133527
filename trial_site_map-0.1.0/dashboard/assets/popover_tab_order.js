/* Tab goes from a popover's button into the popover, and on from its end.
 *
 * Needed because Streamlit puts popovers last in the document: without this, Tab skips them
 * (tests/browser/test_keyboard.py).
 */
(function (siteMap) {
  "use strict";

  if (siteMap.popoverTabOrder) return;
  siteMap.popoverTabOrder = true;

  document.addEventListener("keydown", moveFocus, true);

  function moveFocus(event) {
    if (event.key !== "Tab" || event.altKey || event.ctrlKey || event.metaKey) return;
    const popover = siteMap.page.findOpenPopover();
    if (!popover) return;
    const { body, button } = popover;
    const stops = siteMap.page.findTabStops(body);
    const focused = document.activeElement;
    const at = stops.indexOf(focused);
    const group = focused.closest("[role='toolbar'], [role='radiogroup']"); // one stop: arrow keys move inside
    const first = at <= 0 || (group && group.contains(stops[0]));
    const last = at === stops.length - 1 || (group && group.contains(stops[stops.length - 1]));
    if (focused === button && !event.shiftKey && stops.length) {
      event.preventDefault();
      stops[0].focus();
    } else if (body.contains(focused) && event.shiftKey && first) {
      event.preventDefault();
      event.stopImmediatePropagation();
      button.focus();
    } else if (body.contains(focused) && !event.shiftKey && last) {
      event.stopImmediatePropagation();
      button.focus(); // the browser then moves on to what follows the button
    }
  }
})(window.siteMap);
