/* Adapter: all that our scripts rely on in the HTML of Streamlit's page without being documented.
 *
 * Loaded in the map's frame, where the page is the parent, and in the page itself.
 * tests/browser/test_framework_contract.py and tests/browser/test_finder.py fail when any of this changes.
 *
 * siteMap.page.focusOpenTab()          focus the tab that is open
 * siteMap.page.fillFrame()             the map's frame reaches down to the end of the window
 * siteMap.page.fitMapAbove(map, below) the map takes what an element under it leaves of the frame
 * siteMap.page.canFullscreen(), isFullscreen(), toggleFullscreen()
 * siteMap.page.findOpenPopover()       {button, body} of the open popover, null if none is open
 * siteMap.page.findTabStops(element)   what Tab reaches inside an element, in order
 * siteMap.page.foldSidebar()           as its own button does
 * siteMap.page.showCard(row)           scroll to the card of a site (data-sm-row) and focus it
 * siteMap.page.nameNewOption(box, words)  what a person types into a box of choices and is none of them is offered
 *                                      as words with "{text}" in them, not as "Add: …"; ends with the focus
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const STOPS = "a[href], button:enabled, input:enabled, textarea:enabled, summary, [tabindex='0'], [data-tabindex='0']";

  function focusOpenTab() {
    window.parent.document.querySelector('[role="tab"][aria-selected="true"]')?.focus();
  }

  const LEAST = 420; // pixels
  const BELOW = 58; // the row of choices under the map
  const MOST_OF_WIDTH = 0.85; // a higher map of the world would be empty sea

  /* On a phone held sideways, room stays beside the map to scroll the page by. */
  function fillFrame() {
    const frame = window.frameElement;
    if (!frame) return;
    const page = window.parent;
    const resize = () => {
      const scrolled = frame.closest("[data-testid='stMain']")?.scrollTop ?? 0;
      const room = page.innerHeight - frame.getBoundingClientRect().top - scrolled - BELOW;
      const most = Math.max(LEAST, frame.clientWidth * MOST_OF_WIDTH);
      const height = Math.min(Math.max(room, LEAST), most, Math.max(220, page.innerHeight - 150));
      frame.style.height = `${Math.round(height)}px`;
    };
    const gone = new AbortController();
    page.addEventListener("resize", resize, { signal: gone.signal });
    page.addEventListener("beforeprint", () => fitPaper(frame), { signal: gone.signal });
    window.addEventListener("pagehide", () => gone.abort());
    resize();
  }

  const PAPER = { width: 718, height: 440 }; // pixels: A4 within its margins, and what figures, chart and table leave

  /* Paper does not wait for a map of another size: it is printed as it is on screen, larger or smaller. */
  function fitPaper(frame) {
    const { clientWidth: width, clientHeight: height } = frame;
    const scale = Math.min(PAPER.width / width, PAPER.height / height);
    const sizes = { width, height, below: height * (scale - 1) };
    for (const [name, value] of Object.entries(sizes)) frame.style.setProperty(`--sm-paper-${name}`, `${Math.round(value)}px`);
    frame.style.setProperty("--sm-paper-scale", scale.toFixed(4));
  }

  function fitMapAbove(map, below) {
    if (!window.frameElement) return;
    const fit = () => {
      map.getContainer().style.height = below ? `calc(100vh - ${below.offsetHeight}px)` : "100vh";
      map.invalidateSize({ animate: false, pan: true }); // the centre stays
    };
    if (below) new ResizeObserver(fit).observe(below);
    fit();
  }

  /* The frame belongs to the page's document, a map saved as a file to its own. */
  const full = () => (window.frameElement
    ? { owner: window.parent.document, element: window.frameElement }
    : { owner: document, element: document.getElementById("map_div") });
  const canFullscreen = () => Boolean(full().owner.fullscreenEnabled);
  const isFullscreen = () => Boolean(full().owner.fullscreenElement);

  function toggleFullscreen() {
    const { owner, element } = full();
    if (owner.fullscreenElement) owner.exitFullscreen(); else element.requestFullscreen();
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

  function foldSidebar() {
    document.querySelector("[data-testid='stSidebarCollapseButton'] button")?.click();
  }

  function showCard(row) {
    const card = window.parent.document.querySelector(`[data-sm-row="${Number(row)}"]`);
    if (!card) return;
    card.scrollIntoView({ block: "start" });
    card.querySelector("h3").focus({ preventScroll: true });
  }

  const NEW_OPTION = "Add: ";

  function nameNewOption(box, words) {
    const rename = () => {
      for (const option of document.querySelectorAll("[role='option']")) {
        const texts = document.createTreeWalker(option, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
          const node = texts.currentNode;
          if (node.data.startsWith(NEW_OPTION)) node.data = words.replace("{text}", () => node.data.slice(NEW_OPTION.length));
        }
      }
    };
    const observer = new MutationObserver(rename);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    box.addEventListener("focusout", () => observer.disconnect(), { once: true });
    rename();
  }

  siteMap.page = { foldSidebar, showCard, nameNewOption, focusOpenTab, fillFrame, fitMapAbove, canFullscreen, isFullscreen, toggleFullscreen, findOpenPopover, findTabStops };
})(window.siteMap);
