/* What is fitted into view keeps clear of the map's buttons, and so do popups.
 *
 * siteMap.freeArea.fitBounds(map, bounds, places)   bounds in view, no place under a button
 * siteMap.freeArea.fitWorld(map)                    all inhabited land, in the middle
 * siteMap.freeArea.popupOptions(map)                size of a popup, and the margins it keeps
 *
 * Sizes are estimated, not measured: the style sheet may load later.
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const MARGIN = 28; // pixels at each side
  const WORLD = [[-54, -168], [74, 190]]; // from Alaska to the Chukchi Peninsula and Fiji
  const VIEW_BUTTON = { width: 230, height: 56, narrow: 480 }; // at the upper right; on a narrow map a mere icon
  const CREDITS = { line: 16, oneLine: 600 }; // along the lower edge, in two lines on a narrower map
  const STEP = 0.25; // between zooms

  function buttonArea() {
    return window.matchMedia("(pointer: coarse)").matches ? { width: 76, height: 300 } : { width: 66, height: 240 };
  }

  function fitBounds(map, bounds, places) {
    const padding = { left: MARGIN, top: MARGIN };
    const bottom = MARGIN + (map.getSize().x < CREDITS.oneLine ? 2 : 1) * CREDITS.line;
    const fit = () => map.fitBounds(bounds, {
      paddingTopLeft: [padding.left, padding.top], paddingBottomRight: [MARGIN, bottom], maxZoom: 9, animate: false,
    });
    siteMap.leaflet.withZoomSnap(map, STEP, () => {
      fit();
      const buttons = buttonArea();
      if (isAnyPlaceIn(map, places, 0, buttons.width, buttons.height)) {
        padding.left = buttons.width;
        fit();
      }
      const { x: width } = map.getSize();
      const isUnder = isAnyPlaceIn(map, places, width - VIEW_BUTTON.width, width, VIEW_BUTTON.height);
      if (width > VIEW_BUTTON.narrow && isUnder) {
        padding.top = VIEW_BUTTON.height;
        fit();
      }
    });
  }

  /* As large as shows all of it from side to side, or a little larger where there would be empty sea above and below. */
  function fitWorld(map) {
    siteMap.leaflet.withZoomSnap(map, 0.05, () => {
      const bounds = L.latLngBounds(WORLD);
      map.fitBounds(bounds, { padding: [0, 0], animate: false });
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
      autoPanPaddingTopLeft: [left - 10, VIEW_BUTTON.height], autoPanPaddingBottomRight: [8, MARGIN],
    };
  }

  siteMap.freeArea = { fitBounds, fitWorld, popupOptions };
})(window.siteMap);
