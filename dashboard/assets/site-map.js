/* The map's own drawing, over Leaflet and the other scripts here.
 *
 * siteMap.base(map, options)   once: sea, countries, controls
 * siteMap.layer(data)          at every filter: the places and their sites, as a layer
 *
 * Text from data only ever enters the page through textContent. What a person picks is told to
 * Streamlit as the properties of a clicked layer: {kind: "site" | "place" | "country" | "view", …}.
 */
(function () {
  "use strict";

  const state = { map: null, countries: null, layer: null, drawn: false, options: {}, counts: {}, active: [] };
  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const ICONS = {
    home: '<path d="M3 11 12 3l9 8M6 9.5V20h12V9.5"/>',
    view: '<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/>',
  };

  function control(position, className, label, icon, action) {
    const Button = L.Control.extend({
      onAdd() {
        const box = element("div", "leaflet-bar");
        const button = element("button", "sm-control " + className);
        button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${ICONS[icon]}</svg>`;
        button.type = "button";
        button.title = label;
        button.setAttribute("aria-label", label);
        box.append(button);
        L.DomEvent.disableClickPropagation(box);
        L.DomEvent.on(button, "click", action);
        return box;
      },
    });
    return new Button({ position });
  }

  /* Streamlit-folium listens to clicks of layers that are on the map: say what was picked there. */
  function tell(properties, latlng) {
    const said = { toGeoJSON: () => ({ type: "Feature", properties, geometry: null }) };
    if (state.layer) state.layer.fire("click", { layer: said, latlng: latlng || null });
  }

  function fit() {
    if (!state.layer) return;
    state.map.invalidateSize({ animate: false, pan: false });
    const size = state.map.getSize();
    if (size.x < 120 || size.y < 120) { // a frame not laid out yet has no zoom that fits
      state.map.once("resize", fit);
      return;
    }
    if (size.x < 560) state.map.setMinZoom(0.5); // the whole world on a phone
    const bounds = state.layer.dataBounds && L.latLngBounds(state.layer.dataBounds);
    const { centre, circle } = state.layer.data;
    if (bounds && centre) bounds.extend(circle ? L.latLng(circle.lat, circle.lon).toBounds(2000 * circle.km) : [centre.lat, centre.lon]);
    if (bounds && bounds.isValid()) fitTo(bounds);
  }

  function fitTo(bounds) {
    const { map } = state;
    window.siteMapRoom.fit(map, bounds, state.layer.places);
    state.fitted = { bounds, zoom: map.getZoom(), centre: map.getCenter() };
  }

  /* Whether the map shows what it was fitted to: a person who moved it keeps what they see. */
  function unmoved() {
    const { map, fitted } = state;
    return fitted && map.getZoom() === fitted.zoom
      && map.project(map.getCenter()).distanceTo(map.project(fitted.centre)) < 3;
  }

  function base(map, options) {
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) map._zoomAnimated = map._fadeAnimated = false;
    state.map = map;
    state.options = options;
    const box = map.getContainer();
    box.classList.add("sm-map", options.dark ? "sm-dark" : "sm-light");
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", options.label);
    box.style.background = options.colours.sea;
    // On a phone held sideways the page beside a map is what one scrolls by.
    if (window.frameElement) window.frameElement.style.maxHeight = "max(220px, 100svh - 150px)";
    window.siteMapTaps.zoom(map);
    map.on("resize", () => { if (unmoved()) fitTo(state.fitted.bounds); });
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution(options.attribution);

    state.countries = L.geoJSON(null, {
      renderer: L.canvas({ padding: 0.4 }),
      style: (feature) => window.siteMapCountries.style(feature, state),
      onEachFeature(feature, layer) {
        const { code, name } = feature.properties;
        layer.toGeoJSON = () => ({ type: "Feature", properties: { kind: "country", code, name }, geometry: null });
        layer.bindTooltip((shape) => element("span", "", window.siteMapCountries.label(shape, state)), { sticky: true, direction: "top", className: "sm-tip", opacity: 1 });
      },
    }).addTo(map);
    (options.borders ? Promise.resolve(options.borders) : fetch(options.countries).then((answer) => answer.json()))
      .then((borders) => {
        state.countries.addData(borders);
        box.dataset.basemap = "drawn";
        sayDrawn();
      })
      .catch((error) => { box.dataset.basemap = "failed"; console.error(error); });

    // As streamlit-folium's Python half says before any click: or the first move would be told as a
    // change, and Streamlit takes a click elsewhere in that moment for one in the map's panel.
    if (window.__GLOBAL_DATA__) window.__GLOBAL_DATA__.last_object_clicked_count = null;
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") map.closePopup(); });
    if (options.viewFilter) skipLink(box);
    if (options.home) control("topleft", "sm-home", "Show all sites", "home", fit).addTo(map);
    if (options.viewFilter) control("topleft", "sm-view", "Only sites in this view", "view", () => {
      const view = map.getBounds();
      const clamp = (value, limit) => Math.max(-limit, Math.min(limit, Number(value.toFixed(4))));
      const wide = view.getEast() - view.getWest() >= 360;
      tell({ kind: "view", bbox: [
        wide ? -180 : wrap(view.getWest()), clamp(view.getSouth(), 90),
        wide ? 180 : wrap(view.getEast()), clamp(view.getNorth(), 90),
      ] });
    }).addTo(map);
  }

  /* For who walks the page by keyboard: past the map, to the tabs of which the first is the table. */
  function skipLink(box) {
    const link = element("a", "sm-skip", "Skip the map, to the table");
    link.href = "#";
    L.DomEvent.disableClickPropagation(link);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      window.parent.document.querySelector('[role="tab"][aria-selected="true"]')?.focus();
    });
    box.prepend(link);
  }

  function wrap(longitude) {
    return Number((((longitude + 180) % 360 + 360) % 360 - 180).toFixed(4));
  }

  /* Which look means what, with the number of sites on the map. */
  function legend(data, places) {
    if (state.legend) state.legend.remove();
    const totals = places.counts.map((of) => of.reduce((sum, count) => sum + count, 0));
    const Legend = L.Control.extend({
      onAdd() {
        const box = element("details", "sm-legend");
        box.setAttribute("aria-label", "Legend");
        box.open = state.legendOpen ?? (state.map.getSize().x > 480 || totals.filter(Boolean).length < 3);
        box.addEventListener("toggle", () => { state.legendOpen = box.open; });
        const title = element("summary", "", data.legend);
        title.title = "Fold the legend";
        box.append(title);
        const list = element("ul");
        data.categories.forEach((category, index) => {
          if (!totals[index]) return;
          const item = element("li");
          const key = element("span");
          key.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${category.svg}</svg>`;
          item.append(key.firstChild, element("span", "", category.label), element("span", "sm-number", totals[index].toLocaleString("en")));
          list.append(item);
        });
        box.append(list);
        L.DomEvent.disableClickPropagation(box);
        L.DomEvent.disableScrollPropagation(box);
        return box;
      },
    });
    state.legend = totals.some(Boolean) ? new Legend({ position: "topright" }).addTo(state.map) : null;
  }

  /* What was picked elsewhere comes into view. */
  function follow(data, whole) {
    const picked = data.picked.join();
    if (picked === state.picked) return;
    state.picked = picked;
    const bounds = whole.boundsOf([...whole.picked]);
    if (bounds.isValid() && !state.map.getBounds().intersects(bounds)) {
      state.reopen = null;
      state.map.setView(bounds.getCenter(), Math.min(state.map.getZoom(), state.map.getBoundsZoom(bounds)), { animate: false });
    }
  }

  function near(data, whole) {
    if (data.circle) {
      L.circle([data.circle.lat, data.circle.lon], {
        radius: data.circle.km * 1000, interactive: false, className: "sm-circle",
        color: state.options.colours.active, weight: 1.5, fillOpacity: 0.06, dashArray: "6 5",
      }).addTo(whole);
    }
    if (data.centre) {
      L.marker([data.centre.lat, data.centre.lon], {
        interactive: false, keyboard: false, icon: L.divIcon({ className: "sm-centre", iconSize: [18, 18], html: "<i></i>" }),
      }).addTo(whole);
    }
  }

  // The server waits for it before it says more of the page, which would keep the browser from drawing.
  function sayDrawn() {
    if (state.options.saidAt) requestAnimationFrame(() => navigator.sendBeacon(state.options.saidAt));
  }

  function layer(data) {
    const whole = new window.siteMapMarkers.Sites(data, { state, tell, element });
    near(data, whole);
    state.layer = whole;
    state.counts = data.countries;
    state.active = data.active || [];
    if (state.countries) {
      state.countries.setStyle((feature) => window.siteMapCountries.style(feature, state));
      state.countries.eachLayer((shape) => { if (state.active.includes(shape.feature.properties.code)) shape.bringToFront(); });
    }
    const box = state.map.getContainer();
    const show = (places) => {
      if (state.layer !== whole) return;
      whole.take(places);
      legend(data, places);
      const asked = data.centre ? JSON.stringify(data.circle || data.centre) : "";
      const added = state.open && data.open > state.open && unmoved(); // by a list, not by a filter
      if (places.n && (!state.drawn || added || (asked && asked !== state.asked))) { state.drawn = true; fit(); }
      state.asked = asked;
      state.open = data.open;
      follow(data, whole);
      whole.draw();
      whole.reopen();
      box.dataset.sites = String(places.sites);
      box.dataset.revision = data.revision;
      if (box.dataset.basemap === "drawn") sayDrawn();
    };
    if (data.source) {
      window.siteMapPlaces.fetched(data).then(show).catch((error) => { box.dataset.sites = "failed"; console.error(error); });
    } else {
      const places = window.siteMapPlaces.inline(data);
      whole.once("add", () => show(places));
    }
    return whole;
  }

  window.siteMap = { base, layer, state };
})();
