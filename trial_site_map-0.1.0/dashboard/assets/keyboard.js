/* Markers by keyboard: Tab reaches one of them, arrow keys the others; Enter and Space open them, and the focus goes
 * into the popup and back.
 *
 * siteMap.keyboard.makeButton(marker, open)        a marker as a named button
 * siteMap.keyboard.focusSite(marker, number)       a site in the list of an open popup
 * siteMap.keyboard.findFocusedSite(marker)         number of the site that has the focus, -1 for none
 * siteMap.keyboard.returnFocus(marker)             to the marker whose popup closed
 * siteMap.keyboard.chooseTabStop(markers, map)     after markers were drawn
 * siteMap.keyboard.focusNearest(markers, latlng)   where a cluster was split into several
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const NO_SCROLL = { preventScroll: true };
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  let drawn = { markers: [], map: null };

  /* The label is set here, as the text of a cluster is only its number. Without preventDefault a keypress
   * follows, at which Leaflet toggles the popup. */
  function makeButton(marker, open) {
    marker.on("add", () => marker.getElement().setAttribute("aria-label", marker.options.label));
    marker.on("keydown", ({ originalEvent: event }) => {
      if (event.key in ARROWS) moveFocus(marker, event);
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
  }

  /* Of all markers in view only one is a tab stop: the one that has the focus, else the most central. */
  function chooseTabStop(markers, map) {
    drawn = { markers: [...markers], map };
    const middle = map.getSize().divideBy(2);
    const distance = (marker) => map.latLngToContainerPoint(marker.getLatLng()).distanceTo(middle);
    const focused = drawn.markers.find((marker) => marker.getElement() === document.activeElement);
    const central = drawn.markers.reduce((best, one) => (best && distance(best) <= distance(one) ? best : one), null);
    for (const marker of drawn.markers) marker.getElement().tabIndex = marker === (focused ?? central) ? 0 : -1;
  }

  /* To the nearest marker in the direction of an arrow; sideways counts double. */
  function moveFocus(from, event) {
    const [right, down] = ARROWS[event.key];
    const { markers, map } = drawn;
    const start = map.latLngToContainerPoint(from.getLatLng());
    let [best, least] = [null, Infinity];
    for (const marker of markers) {
      const way = map.latLngToContainerPoint(marker.getLatLng()).subtract(start);
      const ahead = way.x * right + way.y * down;
      const cost = ahead + 2 * Math.abs(way.x * down + way.y * right);
      if (ahead > 0 && cost < least) [best, least] = [marker, cost];
    }
    event.preventDefault();
    if (!best) return;
    from.getElement().tabIndex = -1;
    best.getElement().tabIndex = 0;
    best.getElement().focus(NO_SCROLL);
  }

  function focusSite(marker, number) {
    const popup = marker.getPopup().getElement();
    (popup.querySelectorAll(".sm-popup-site")[number] || popup.querySelector(".sm-popup")).focus(NO_SCROLL);
  }

  function findFocusedSite(marker) {
    const sites = [...marker.getPopup().getElement().querySelectorAll(".sm-popup-site")];
    return document.hasFocus() ? sites.indexOf(document.activeElement) : -1;
  }

  /* Unless the focus is elsewhere by now. */
  function returnFocus(marker) {
    const focused = document.activeElement;
    const lost = focused === document.body || marker.getPopup().getElement()?.contains(focused);
    if (lost && document.hasFocus()) marker.getElement()?.focus(NO_SCROLL);
  }

  function focusNearest(markers, latlng) {
    const distance = (marker) => latlng.distanceTo(marker.getLatLng());
    const nearest = [...markers].reduce((best, one) => (best && distance(best) <= distance(one) ? best : one), null);
    nearest?.getElement()?.focus(NO_SCROLL);
  }

  siteMap.keyboard = { makeButton, chooseTabStop, focusSite, findFocusedSite, returnFocus, focusNearest };
})(window.siteMap);
