/* The map: what stays, and the layer of sites that is built anew at every filter.
 *
 * siteMap.start(map, options)   once: basemap, controls; options as build_options in Python gives them
 * siteMap.buildLayer(data)      at every filter: the sites as a Leaflet layer; data as layer_data in Python gives it
 *
 * Text from data enters the page through textContent alone. A click is sent to Streamlit as the properties
 * of the clicked layer: {kind: "site" | "place" | "cluster" | "country" | "view", …}.
 */
(function (siteMap) {
  "use strict";

  const FRAME_HEIGHT = "max(220px, 100svh - 150px)"; // on a phone held sideways, room beside the map to scroll the page by

  const state = {
    map: null, options: {}, basemap: null, layer: null, // layer: the sites shown now
    isFitted: false, fitted: null, // the view that the map was fitted to last
    near: "", selected: undefined, openSites: 0, // of the layer shown last
    closedPopup: null, // that a layer had open when it was replaced
  };

  siteMap.leaflet.reduceMotion();

  function start(map, options) {
    Object.assign(state, { map, options });
    const box = map.getContainer();
    box.classList.add("sm-map", options.dark ? "sm-dark" : "sm-light");
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", options.label);
    siteMap.page.limitFrameHeight(FRAME_HEIGHT);
    siteMap.leaflet.focusWithoutScroll(map);
    siteMap.doubleTap.enable(map);
    siteMap.component.dropFirstMessage();
    map.on("resize", () => { if (isUnmoved()) fitBounds(state.fitted.bounds); });
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution(options.attribution);
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") map.closePopup(); });
    state.basemap = siteMap.basemap.add(map, options, reportDrawn);
    if (options.viewFilter) siteMap.controls.addSkipLink(map);
    if (options.home) {
      siteMap.controls.addButton(map, { className: "sm-home", label: "Show all sites", icon: "home" }, fitSites);
    }
    if (options.viewFilter) {
      siteMap.controls.addButton(map, { className: "sm-view", label: "Only sites in this view", icon: "view" }, () => {
        if (state.layer) siteMap.component.send(state.layer, { kind: "view", bbox: readView(map) });
      });
    }
  }

  /* West, south, east, north of the view, in degrees. */
  function readView(map) {
    const view = map.getBounds();
    const clampLatitude = (value) => Math.max(-90, Math.min(90, Number(value.toFixed(4))));
    const wrapLongitude = (value) => Number((((value + 180) % 360 + 360) % 360 - 180).toFixed(4));
    const isWholeWorld = view.getEast() - view.getWest() >= 360;
    return [
      isWholeWorld ? -180 : wrapLongitude(view.getWest()), clampLatitude(view.getSouth()),
      isWholeWorld ? 180 : wrapLongitude(view.getEast()), clampLatitude(view.getNorth()),
    ];
  }

  /* Tell the server, which sends the rest of the page only then: before, it would delay the map. */
  function reportDrawn() {
    if (state.options.drawnUrl) requestAnimationFrame(() => navigator.sendBeacon(state.options.drawnUrl));
  }

  function fitSites() {
    const { map, layer } = state;
    if (!layer?.places) return;
    map.invalidateSize({ animate: false, pan: false });
    const size = map.getSize();
    if (size.x < 120 || size.y < 120) { // a frame without its size yet has no zoom that fits
      map.once("resize", fitSites);
      return;
    }
    if (size.x < 560) map.setMinZoom(0.5); // the whole world on a phone
    const bounds = L.latLngBounds([]).extend(layer.dataBounds);
    siteMap.distanceCircle.extend(bounds, layer.data);
    if (bounds.isValid()) fitBounds(bounds);
  }

  function fitBounds(bounds) {
    const { map } = state;
    siteMap.freeArea.fitBounds(map, bounds, state.layer.places);
    state.fitted = { bounds, zoom: map.getZoom(), centre: map.getCenter() };
  }

  /* Whether the map shows what it was fitted to: a person who moved it keeps their view. */
  function isUnmoved() {
    const { map, fitted } = state;
    return fitted && map.getZoom() === fitted.zoom
      && map.project(map.getCenter()).distanceTo(map.project(fitted.centre)) < 3;
  }

  function buildLayer(data) {
    const { map, options } = state;
    const layer = new siteMap.markers.SiteLayer(data);
    siteMap.distanceCircle.add(layer, data, options.colours.active);
    state.closedPopup = state.layer?.closedPopup ?? state.closedPopup;
    state.layer = layer;
    siteMap.basemap.update(state.basemap, data.countries, data.active);
    const show = (places) => {
      if (state.layer !== layer) return; // another filter came first
      layer.setPlaces(places);
      siteMap.legend.show(map, data.legend, data.categories, places);
      chooseView(data, layer);
      layer.draw();
      if (state.closedPopup) layer.reopen(state.closedPopup);
      state.closedPopup = null;
      Object.assign(map.getContainer().dataset, { sites: String(places.sites), revision: data.revision });
      if (map.getContainer().dataset.basemap === "drawn") reportDrawn();
    };
    if (data.source) {
      siteMap.places.fetchAll(data).then(show).catch((error) => { map.getContainer().dataset.sites = "failed"; console.error(error); });
    } else {
      const places = siteMap.places.fromLayer(data);
      layer.once("add", () => show(places));
    }
    return layer;
  }

  /* The view stays at a filter. The sites are fitted into it at first, where "near" is measured from elsewhere,
   * and where a list was added and nobody has moved the map; what was selected elsewhere comes into view. */
  function chooseView(data, layer) {
    const near = data.centre ? JSON.stringify(data.circle || data.centre) : "";
    const isListAdded = state.openSites && data.open_sites > state.openSites && isUnmoved();
    if (layer.places.n && (!state.isFitted || isListAdded || (near && near !== state.near))) {
      state.isFitted = true;
      fitSites();
    }
    Object.assign(state, { near, openSites: data.open_sites });
    const selected = data.selected.join();
    if (selected !== state.selected) showSelected(layer);
    state.selected = selected;
  }

  function showSelected(layer) {
    const { map } = state;
    const bounds = layer.boundsOf([...layer.selected]);
    if (bounds.isValid() && !map.getBounds().intersects(bounds)) {
      state.closedPopup = null;
      map.setView(bounds.getCenter(), Math.min(map.getZoom(), map.getBoundsZoom(bounds)), { animate: false });
    }
  }

  Object.assign(siteMap, { start, buildLayer });
})(window.siteMap);
