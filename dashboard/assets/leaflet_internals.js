/* Adapter: all that the map relies on in Leaflet beyond its documented API. No private member is used.
 *
 * tests/browser/test_framework_contract.py fails when any of this changes.
 *
 * siteMap.leaflet.reduceMotion()             maps made from now on do not animate, if the system says so
 * siteMap.leaflet.focusWithoutScroll(map)    a press on the map does not scroll the page
 * siteMap.leaflet.isSimulated(event)         whether Leaflet made this dblclick out of two taps
 * siteMap.leaflet.isOverMap(element)         whether an element is a control or a popup
 * siteMap.leaflet.withZoomSnap(map, snap, action)   run an action with another step between zoom levels
 * siteMap.leaflet.openWithoutPan(marker)     open a popup, and leave the map where it is
 * siteMap.leaflet.nameButtons(map, {zoomIn, zoomOut, close})   the buttons that Leaflet makes, in the page's language
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  function reduceMotion() {
    if (!window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false });
  }

  const isOverMap = (element) => Boolean(element.closest(".leaflet-control, .leaflet-popup"));

  /* Leaflet focuses the map at the first press, and the page scrolls until all of the map is visible: the
   * click then misses what was pressed. Leaflet leaves the focus alone where the map has it already. */
  function focusWithoutScroll(map) {
    const container = map.getContainer();
    container.addEventListener("mousedown", ({ target }) => {
      if (!isOverMap(target)) container.focus({ preventScroll: true });
    }, true);
  }

  const isSimulated = (event) => !event.isTrusted;

  /* Leaflet reads the option each time it computes a zoom. */
  function withZoomSnap(map, snap, action) {
    const before = map.options.zoomSnap;
    map.options.zoomSnap = snap;
    action();
    map.options.zoomSnap = before;
  }

  /* Leaflet reads the option each time the popup opens. */
  function openWithoutPan(marker) {
    const { options } = marker.getPopup();
    options.autoPan = false;
    marker.openPopup();
    options.autoPan = true;
  }

  function nameButtons(map, { zoomIn, zoomOut, close }) {
    map.zoomControl.remove();
    map.zoomControl = L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
    map.on("popupopen", ({ popup }) => {
      popup.getElement().querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", close);
    });
  }

  siteMap.leaflet = { nameButtons, reduceMotion, focusWithoutScroll, isSimulated, isOverMap, withZoomSnap, openWithoutPan };
})(window.siteMap);
