/* The map for who walks it by keyboard: where the focus goes when a marker opens, and comes back to. */
(function () {
  "use strict";

  const still = { preventScroll: true };

  /* Leaflet gives the map the focus at the first touch, and the page would scroll to show all of the map:
   * the click would come where the finger is no more. */
  L.Map.Keyboard.include({
    _onMouseDown() {
      if (!this._focused) this._map.getContainer().focus(still);
    },
  });

  /* A marker is a button, and named: a cluster's text is its number only. Enter and Space open it.
   * Without the default there is no keypress, at which Leaflet would open the popup once more, and so
   * close it. */
  function button(marker, open) {
    marker.on("add", () => marker.getElement().setAttribute("aria-label", marker.options.title));
    marker.on("keydown", ({ originalEvent: event }) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
  }

  /* Into the list of an open popup. */
  function into(marker, number) {
    const popup = marker.getPopup().getElement();
    (popup.querySelectorAll(".sm-pick")[number] || popup.querySelector(".sm-popup")).focus(still);
  }

  /* Which site of an open popup has the focus, -1 for none. */
  function within(marker) {
    const picks = [...marker.getPopup().getElement().querySelectorAll(".sm-pick")];
    return document.hasFocus() ? picks.indexOf(document.activeElement) : -1;
  }

  /* Back to the marker whose popup closed, unless the focus is elsewhere. */
  function back(marker) {
    const focused = document.activeElement;
    const lost = focused === document.body || marker.getPopup().getElement()?.contains(focused);
    if (lost && document.hasFocus()) marker.getElement()?.focus(still);
  }

  /* To the marker that now stands where one was opened into several. */
  function near(markers, where) {
    const by = (marker) => where.distanceTo(marker.getLatLng());
    const nearest = [...markers].reduce((best, one) => (best && by(best) <= by(one) ? best : one), null);
    if (nearest) nearest.getElement().focus(still);
  }

  window.siteMapKeyboard = { button, into, within, back, near };
})();
