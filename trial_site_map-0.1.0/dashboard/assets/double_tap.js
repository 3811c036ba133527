/* Zoom in at a double click, or at two taps near each other on the map itself.
 *
 * siteMap.doubleTap.enable(map)
 *
 * Leaflet alone takes any two taps within 200 ms for a double tap, also one on a button and one that
 * closes a popup (tests/browser/test_touch.py).
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const NEAR_PIXELS = 40; // about a finger's width

  function enable(map) {
    let last = null;
    let previous = null;
    map.getContainer().addEventListener("click", (event) => {
      previous = last;
      last = event;
    }, true);

    const isIntended = (event) => !siteMap.leaflet.isSimulated(event) || (
      !siteMap.leaflet.isOverMap(event.target) &&
      Math.hypot(last.clientX - previous.clientX, last.clientY - previous.clientY) < NEAR_PIXELS
    );
    map.doubleClickZoom.disable();
    map.on("dblclick", ({ containerPoint, originalEvent }) => {
      const step = map.options.zoomDelta * (originalEvent.shiftKey ? -1 : 1);
      if (isIntended(originalEvent)) map.setZoomAround(containerPoint, map.getZoom() + step);
    });
  }

  siteMap.doubleTap = { enable };
})(window.siteMap);
