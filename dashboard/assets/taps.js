/* Which taps are a double tap: two on the map itself, near each other.
 *
 * siteMapTaps.zoom(map)   zoom in at a double tap or click
 *
 * Leaflet alone takes any two taps within a fifth of a second for one: also one that closes a popup
 * and one on a button.
 */
(function () {
  "use strict";

  const NEAR = 40; // pixels, about a finger's width

  function zoom(map) {
    let last = null;
    let before = null;
    map.getContainer().addEventListener("click", (event) => {
      before = last;
      last = event;
    }, true);

    /* What is not trusted was made of two taps by Leaflet. */
    const meant = ({ isTrusted, target }) => isTrusted || (
      !target.closest(".leaflet-control, .leaflet-popup") &&
      Math.hypot(last.clientX - before.clientX, last.clientY - before.clientY) < NEAR
    );
    map.doubleClickZoom.disable();
    map.on("dblclick", ({ containerPoint, originalEvent }) => {
      const by = map.options.zoomDelta * (originalEvent.shiftKey ? -1 : 1);
      if (meant(originalEvent)) map.setZoomAround(containerPoint, map.getZoom() + by);
    });
  }

  window.siteMapTaps = { zoom };
})();
