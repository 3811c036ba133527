/* The map: what stays, and the layer of sites that is built anew at every filter.
 *
 * siteMap.start(map, options)   once: basemap, controls; options as build_options in Python gives them
 * siteMap.buildLayer(data)      at every filter: the sites as a Leaflet layer; data as layer_data in Python gives it
 * siteMap.pickSite(row)         a site was pressed in a popup
 *
 * Text from data enters the page through textContent alone. A click is sent to Streamlit as the properties of the
 * clicked layer: {kind: "site" | "place" | "cluster" | "country" | "state" | "category" | "view" | "area", …}.
 */
(function (siteMap) {
  "use strict";

  const WORLD_DEGREES = 200; // sites that lie farther apart are shown on the map of the world

  const state = {
    map: null, options: {}, basemap: null, layer: null, // layer: the sites shown now
    isFitted: false, fitted: null, // the view that the map was fitted to last
    near: "", area: undefined, selected: undefined, openSites: 0, // of the layer shown last
    closedPopup: null, // that a layer had open when it was replaced
  };

  siteMap.leaflet.reduceMotion();

  function start(map, options) {
    Object.assign(state, { map, options });
    const { say } = siteMap.words;
    siteMap.words.use(options.words, options.lang);
    const box = map.getContainer();
    box.classList.add("sm-map", options.dark ? "sm-dark" : "sm-light");
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", options.label);
    if (options.inPage) siteMap.page.fillFrame();
    siteMap.leaflet.focusWithoutScroll(map);
    if (options.words) siteMap.leaflet.nameButtons(map, { zoomIn: say("Zoom in"), zoomOut: say("Zoom out"), close: say("Close popup") });
    siteMap.doubleTap.enable(map);
    siteMap.gestures.enable(map);
    siteMap.component.dropFirstMessage();
    map.on("resize", () => { if (isUnmoved()) state.fitted.again(); });
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution(options.attribution);
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") map.closePopup(); });
    state.basemap = siteMap.basemap.add(map, options, {
      onDrawn: reportDrawn, listMarkers: (zoom) => state.layer?.listObstacles(zoom) ?? [],
    });
    if (options.picker) {
      state.basemap.begin();
    } else {
      siteMap.land.enable(map, state.basemap, {
        onPick: options.inPage ? (kind, code) => send({ kind, code }) : null,
        find: () => ({ active: state.layer?.data.active ?? [] }),
      });
    }
    if (options.inPage) siteMap.controls.addSkipLink(map);
    if (options.home) {
      siteMap.controls.addButton(map, { className: "sm-home", label: say("Show all sites"), icon: "home" }, fitSites);
      if (siteMap.page.canFullscreen()) {
        siteMap.controls.addButton(map, { className: "sm-full", label: say("Full screen"), icon: "fullscreen" }, siteMap.page.toggleFullscreen);
      }
    }
    if (options.drawnUrl) { // the map of the filtered sites; that of a comparison does not filter
      siteMap.drawArea.enable(map, (line) => send({ kind: "area", line }));
      const label = "Only sites in this view";
      siteMap.controls.addButton(map, { className: "sm-view", label, icon: "filter", text: label, position: "topright" }, () => {
        send({ kind: "view", bbox: readView(map) });
      });
    }
  }

  /* Beside cards, a site leads to its own. */
  function pickSite(row) {
    if (state.options.cards) siteMap.page.showCard(row);
  }

  function send(properties) {
    if (state.layer) siteMap.component.send(state.layer, properties);
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
    const { fit } = layer.data;
    const bounds = L.latLngBounds([]).extend(fit ? L.latLngBounds(fit).pad(0.05) : layer.dataBounds);
    if (!fit) siteMap.distanceCircle.extend(bounds, layer.data);
    if (bounds.isValid()) fitBounds(bounds);
  }

  function fitBounds(bounds) {
    const { map } = state;
    const again = () => {
      if (bounds.getEast() - bounds.getWest() > WORLD_DEGREES) siteMap.freeArea.fitWorld(map);
      else siteMap.freeArea.fitBounds(map, bounds, state.layer.places);
      state.fitted = { again, zoom: map.getZoom(), centre: map.getCenter() };
    };
    again();
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
    siteMap.drawArea.show(layer, data.within, options.colours.active);
    state.closedPopup = state.layer?.closedPopup ?? state.closedPopup;
    state.layer = layer;
    const show = (places) => {
      if (state.layer !== layer) return; // another filter came first
      layer.setPlaces(places);
      if (options.cards) siteMap.page.fitMapAbove(map, null);
      else siteMap.legend.show(map, data, places, options.inPage ? (value) => send({ kind: "category", value }) : null);
      chooseView(data, layer);
      layer.draw();
      state.basemap.update(data);
      if (state.closedPopup) layer.reopen(state.closedPopup);
      state.closedPopup = null;
      Object.assign(map.getContainer().dataset, { sites: String(places.sites), revision: data.revision });
      if (map.getContainer().dataset.basemap === "drawn") reportDrawn();
    };
    if (data.source) {
      siteMap.places.fetchAll(data).then(show).catch((error) => { map.getContainer().dataset.sites = "failed"; state.basemap.begin(); console.error(error); });
    } else {
      const places = siteMap.places.fromLayer(data);
      layer.once("add", () => show(places));
    }
    return layer;
  }

  /* The view stays at a filter. The sites are fitted into it at first, at another country or state, where "near" is
   * measured from elsewhere, and where a list was added and nobody has moved the map; what was selected elsewhere comes
   * into view. */
  function chooseView(data, layer) {
    const near = data.centre ? JSON.stringify([data.circle || data.centre, data.fit]) : "";
    const area = data.active.join();
    const isListAdded = state.openSites && data.open_sites > state.openSites && isUnmoved();
    const isElsewhere = state.area !== undefined && area !== state.area;
    if (layer.places.n && (!state.isFitted || isListAdded || isElsewhere || (near && near !== state.near))) {
      state.isFitted = true;
      fitSites();
    } else if (!state.isFitted) siteMap.freeArea.fitWorld(map);
    Object.assign(state, { near, area, openSites: data.open_sites });
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

  Object.assign(siteMap, { start, buildLayer, pickSite });
})(window.siteMap);
