/* The map area not covered by buttons and legend: what is fitted into view goes there, and popups.
 *
 * siteMap.freeArea.fitBounds(map, bounds, places)   bounds in view, no place under a button or the legend
 * siteMap.freeArea.popupOptions(map)                size of a popup, and the margins it keeps
 *
 * Sizes are estimated, not measured: the style sheet may load later.
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const MARGIN = 28; // pixels at each side
  const NARROW = 560; // a narrower map has no width to spare for the legend

  function buttonArea() {
    return window.matchMedia("(pointer: coarse)").matches ? { width: 76, height: 220 } : { width: 66, height: 176 };
  }

  function fitBounds(map, bounds, places) {
    const size = map.getSize();
    const entries = [...map.getContainer().querySelectorAll(".sm-legend[open] li")];
    const longLegend = size.x > NARROW && entries.length > 5;
    const toTheEdge = longLegend || map.getBoundsZoom(bounds, false, L.point(2 * MARGIN, 2 * MARGIN)) < 3;
    const padding = { left: toTheEdge ? 50 : MARGIN, top: MARGIN, right: longLegend ? MARGIN + 220 : MARGIN };
    const fit = () => map.fitBounds(bounds, {
      paddingTopLeft: [padding.left, padding.top], paddingBottomRight: [padding.right, MARGIN], maxZoom: 9, animate: false,
    });
    siteMap.leaflet.withZoomSnap(map, 0.25, () => { // half a step closer, where the legend leaves little room
      fit();
      const buttons = buttonArea();
      if (isAnyPlaceIn(map, places, 0, buttons.width, buttons.height)) {
        padding.left = buttons.width;
        fit();
      }
      const letters = Math.max(0, ...entries.map((entry) => entry.textContent.length));
      const legend = { width: Math.min(70 + 6.2 * letters, 225), height: 36 + 20 * entries.length };
      if (entries.length && !longLegend && isAnyPlaceIn(map, places, size.x - legend.width, size.x, legend.height)) {
        if (size.x > NARROW && entries.length > 2) padding.right = legend.width;
        else padding.top = Math.min(legend.height + 10, size.y / 3);
        fit();
      }
    });
  }

  /* Whether a place is drawn between these pixels from the left, down to a height from the top. */
  function isAnyPlaceIn(map, places, left, right, height) {
    for (let i = 0; i < places.n; i += 1) if (places.total[i]) {
      const point = map.latLngToContainerPoint([places.lat[i], places.lon[i]]);
      if (point.x >= left && point.x <= right && point.y >= 0 && point.y <= height) return true;
    }
    return false;
  }

  function popupOptions(map) {
    const left = buttonArea().width;
    const width = map.getSize().x - left - 50;
    return {
      maxWidth: Math.min(320, width), minWidth: Math.min(220, width), maxHeight: 280,
      autoPanPaddingTopLeft: [left - 10, 8], autoPanPaddingBottomRight: [8, MARGIN],
    };
  }

  siteMap.freeArea = { fitBounds, popupOptions };
})(window.siteMap);
