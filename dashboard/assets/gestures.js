/* The page scrolls over the map: zooming by wheel needs Ctrl or ⌘, moving by touch two fingers.
 *
 * siteMap.gestures.enable(map)
 *
 * In full screen there is nothing to scroll, and one finger or the bare wheel are enough.
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const SHOWN_MS = 1400;
  const key = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";

  function enable(map) {
    const box = map.getContainer();
    const hint = siteMap.dom.create("div", "sm-hint");
    hint.setAttribute("aria-hidden", "true"); // the keyboard has its own ways
    box.append(hint);
    let timer = 0;

    function show(text) {
      hint.textContent = text;
      hint.classList.add("sm-shown");
      clearTimeout(timer);
      timer = setTimeout(() => hint.classList.remove("sm-shown"), SHOWN_MS);
    }

    box.addEventListener("wheel", (event) => {
      if (event.ctrlKey || event.metaKey || siteMap.page.isFullscreen()) return;
      event.stopPropagation(); // before Leaflet zooms
      if (!siteMap.leaflet.isOverMap(event.target)) show(siteMap.words.say("Use {key} + scroll to zoom the map", { key }));
    }, { capture: true, passive: true });

    const letDrag = (isFinger) => {
      if (isFinger && !siteMap.page.isFullscreen()) map.dragging.disable(); else map.dragging.enable();
    };
    letDrag(window.matchMedia("(pointer: coarse)").matches);
    box.addEventListener("pointerdown", (event) => letDrag(event.pointerType === "touch"), true);
    box.addEventListener("touchmove", (event) => {
      const isOne = event.touches.length === 1 && !siteMap.page.isFullscreen();
      if (isOne && !siteMap.leaflet.isOverMap(event.target)) show(siteMap.words.say("Use two fingers to move the map"));
    }, { capture: true, passive: true });
  }

  siteMap.gestures = { enable };
})(window.siteMap);
