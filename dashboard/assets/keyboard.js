/* Markers by keyboard: Enter and Space open them, and the focus goes into the popup and back.
 *
 * siteMap.keyboard.makeButton(marker, open)        a marker as a named button
 * siteMap.keyboard.focusSite(marker, number)       a site in the list of an open popup
 * siteMap.keyboard.findFocusedSite(marker)         number of the site that has the focus, -1 for none
 * siteMap.keyboard.returnFocus(marker)             to the marker whose popup closed
 * siteMap.keyboard.focusNearest(markers, latlng)   where a cluster was split into several
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const NO_SCROLL = { preventScroll: true };

  /* The label is set here, as the text of a cluster is only its number. Without preventDefault a keypress
   * follows, at which Leaflet toggles the popup. */
  function makeButton(marker, open) {
    marker.on("add", () => marker.getElement().setAttribute("aria-label", marker.options.title));
    marker.on("keydown", ({ originalEvent: event }) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
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

  siteMap.keyboard = { makeButton, focusSite, findFocusedSite, returnFocus, focusNearest };
})(window.siteMap);
