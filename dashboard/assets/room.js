/* What of the map its buttons and its legend leave free: where it looks, and a popup opens.
 *
 * siteMapRoom.fit(map, bounds, places)   the bounds in view, with no place under a button or the legend
 * siteMapRoom.popup(map)                 a popup's options
 *
 * Sizes are told without the style, which may load later.
 */
(function () {
  "use strict";

  const EDGE = 28; // pixels that stay free at each side
  const SMALL = 560; // a narrower map has no room for a legend beside what it shows

  function buttons() {
    return window.matchMedia("(pointer: coarse)").matches ? { width: 76, height: 220 } : { width: 66, height: 176 };
  }

  function fit(map, bounds, places) {
    const size = map.getSize();
    const entries = [...map.getContainer().querySelectorAll(".sm-legend[open] li")];
    const long = size.x > SMALL && entries.length > 5;
    const wide = long || map.getBoundsZoom(bounds, false, L.point(2 * EDGE, 2 * EDGE)) < 3; // markers at the very edge
    const free = { left: wide ? 50 : EDGE, top: EDGE, right: long ? EDGE + 220 : EDGE };
    const { zoomSnap } = map.options;
    const look = () => map.fitBounds(bounds, {
      paddingTopLeft: [free.left, free.top], paddingBottomRight: [free.right, EDGE], maxZoom: 9, animate: false,
    });
    map.options.zoomSnap = 0.25; // half a step closer, where the legend leaves little room
    look();
    const bar = buttons();
    if (covered(map, places, 0, bar.width, bar.height)) {
      free.left = bar.width;
      look();
    }
    const letters = Math.max(0, ...entries.map((entry) => entry.textContent.length));
    const legend = { width: Math.min(70 + 6.2 * letters, 225), height: 36 + 20 * entries.length };
    if (entries.length && !long && covered(map, places, size.x - legend.width, size.x, legend.height)) {
      if (size.x > SMALL && entries.length > 2) free.right = legend.width;
      else free.top = Math.min(legend.height + 10, size.y / 3);
      look();
    }
    map.options.zoomSnap = zoomSnap;
  }

  /* Whether a place is drawn in the upper part of the map, between these pixels from its left. */
  function covered(map, places, from, to, height) {
    for (let i = 0; i < places.n; i += 1) if (places.total[i]) {
      const at = map.latLngToContainerPoint([places.lat[i], places.lon[i]]);
      if (at.x >= from && at.x <= to && at.y >= 0 && at.y <= height) return true;
    }
    return false;
  }

  function popup(map) {
    const left = buttons().width;
    const room = map.getSize().x - left - 50;
    const width = { maxWidth: Math.min(320, room), minWidth: Math.min(220, room), maxHeight: 280 };
    return { ...width, autoPanPaddingTopLeft: [left - 10, 8], autoPanPaddingBottomRight: [8, EDGE] };
  }

  window.siteMapRoom = { fit, popup };
})();
