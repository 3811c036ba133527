/* The finder's buttons that need the browser: my location, directions, share, print, to the saved trials; what it says
 * while the network is away; and the focus of sheets on a phone.
 *
 * Streamlit draws the buttons again and again, so the page listens for clicks on any of them.
 */
(function () {
  "use strict";

  if (window.siteMapFinder) return;
  window.siteMapFinder = true;

  const DECIMALS = 2; /* about a kilometre: enough for the nearest site */

  function say(button, text) {
    const output = button.parentElement.querySelector("output");
    if (output) output.textContent = text;
  }

  /* As if it had been typed: Streamlit takes a text when its box is left. */
  function type(input, text) {
    const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
    input.focus();
    setter.call(input, text);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.blur();
  }

  function locate(button) {
    const input = document.querySelector(".st-key-finder_place input");
    if (!input) return;
    if (!navigator.geolocation) return say(button, button.dataset.smOff);
    say(button, button.dataset.smWait);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        say(button, "");
        type(input, `${coords.latitude.toFixed(DECIMALS)}, ${coords.longitude.toFixed(DECIMALS)}`);
      },
      (error) => say(button, error.code === error.PERMISSION_DENIED ? button.dataset.smRefused : button.dataset.smOff),
      { timeout: 10000, maximumAge: 600000 },
    );
  }

  async function share(button) {
    const { smShare: url, smTitle: title } = button.dataset;
    try {
      if (navigator.share) await navigator.share({ title, url });
      else {
        await navigator.clipboard.writeText(url);
        say(button, button.dataset.smDone);
      }
    } catch (error) {
      if (error.name !== "AbortError") say(button, url);
    }
  }

  function print(button) {
    const sheet = document.querySelector(".sm-sheet");
    if (!sheet) return;
    const frame = document.createElement("iframe");
    frame.style.cssText = "position: fixed; width: 0; height: 0; border: 0; visibility: hidden;"; // hidden altogether, some browsers print an empty page
    frame.title = button.textContent;
    document.body.append(frame);
    const page = frame.contentDocument;
    page.documentElement.lang = sheet.lang;
    page.title = button.textContent;
    page.body.append(page.importNode(sheet, true));
    const style = page.createElement("style");
    style.textContent = "body { font: 12pt/1.45 sans-serif; } h2, h3 { break-after: avoid; } li { margin: 0.3em 0; } a { color: inherit; }";
    page.head.append(style);
    frame.contentWindow.addEventListener("afterprint", () => frame.remove());
    frame.contentWindow.focus();
    frame.contentWindow.print();
  }

  function jump() {
    const title = document.querySelector(".sm-sheet h2");
    title?.scrollIntoView({ block: "start" });
    title?.focus({ preventScroll: true });
  }

  function sayOffline() {
    const line = document.querySelector("[data-sm-offline]");
    if (line) line.textContent = navigator.onLine ? "" : line.dataset.smOffline;
  }

  for (const change of ["offline", "online"]) window.addEventListener(change, sayOffline);

  document.addEventListener("focusin", (event) => {
    const box = event.target.closest?.(".st-key-finder_condition");
    const words = document.querySelector("[data-sm-new]")?.dataset.smNew;
    if (box && words) window.siteMap.page.nameNewOption(box, words);
  });

  /* Where a tapped site is a sheet, the focus goes to it, and back to its card when it is closed. */
  const narrow = window.matchMedia("(max-width: 640px)");
  let card = "";

  let stopFocusing = () => {};

  /* Focuses an element once it is drawn, and again if it is drawn anew, until the person does something. */
  function focusWhenDrawn(find) {
    stopFocusing();
    let isFocused = false;
    const look = () => {
      const found = find();
      if (!found || (isFocused && document.activeElement !== document.body)) return;
      isFocused = true;
      found.focus({ preventScroll: true });
    };
    const observer = new MutationObserver(look);
    const gone = new AbortController();
    stopFocusing = () => { observer.disconnect(); gone.abort(); };
    for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, stopFocusing, { capture: true, signal: gone.signal });
    observer.observe(document.body, { childList: true, subtree: true });
    setTimeout(stopFocusing, 10000);
  }

  document.addEventListener("click", (event) => {
    const pressed = narrow.matches && event.target.closest?.("button");
    if (!pressed) return;
    const own = [...(pressed.closest("[class*='st-key-site_card_']")?.classList ?? [])].find((name) => name.startsWith("st-key-site_card_"));
    if (own) {
      card = own;
      focusWhenDrawn(() => document.querySelector(".st-key-site_sheet .st-key-close_sheet button"));
    } else if (card && pressed.closest(".st-key-close_sheet")) {
      focusWhenDrawn(() => !document.querySelector(".st-key-site_sheet") && document.querySelector(`.${card} button`));
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-sm-locate], [data-sm-share], [data-sm-geo], [data-sm-print], [data-sm-jump], [data-sm-fold]");
    if (!button) return;
    if ("smLocate" in button.dataset) locate(button);
    else if ("smShare" in button.dataset) share(button);
    else if ("smPrint" in button.dataset) print(button);
    else if ("smJump" in button.dataset) jump();
    else if ("smFold" in button.dataset) window.siteMap.page.foldSidebar();
    else window.location.href = button.dataset.smGeo;
  });
})();
