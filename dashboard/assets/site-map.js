/* The map's own drawing, over Leaflet and Leaflet.markercluster.
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
    const bounds = state.layer.dataBounds;
    if (bounds && bounds.isValid()) state.map.fitBounds(bounds, { padding: [28, 28], maxZoom: 9, animate: false });
  }

  function countryStyle(feature) {
    const colours = state.options.colours;
    const count = state.counts[feature.properties.code] || 0;
    const most = Math.max(1, ...Object.values(state.counts));
    const active = state.active.includes(feature.properties.code);
    return {
      fillColor: count ? colours.shade : colours.land,
      fillOpacity: count ? 0.16 + (0.5 * Math.log(1 + count)) / Math.log(1 + most) : 1,
      color: active ? colours.active : colours.border,
      weight: active ? 2 : 0.7,
    };
  }

  function countryLabel(layer) {
    const { code, name } = layer.feature.properties;
    const count = state.counts[code];
    return element("span", "", count ? `${name}: ${count.toLocaleString("en")} ${count === 1 ? "site" : "sites"}` : name);
  }

  function base(map, options) {
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) map._zoomAnimated = false;
    state.map = map;
    state.options = options;
    const box = map.getContainer();
    box.classList.add("sm-map", options.dark ? "sm-dark" : "sm-light");
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", "Map of the sites. The table below holds the same sites.");
    box.style.background = options.colours.sea;
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution(options.attribution);

    const land = L.layerGroup().addTo(map);
    state.countries = L.geoJSON(null, {
      renderer: L.canvas({ padding: 0.4 }),
      style: countryStyle,
      onEachFeature(feature, layer) {
        const { code, name } = feature.properties;
        layer.toGeoJSON = () => ({ type: "Feature", properties: { kind: "country", code, name }, geometry: null });
        layer.bindTooltip(countryLabel, { sticky: true, direction: "top", className: "sm-tip", opacity: 1 });
      },
    }).addTo(map);
    fetch(options.countries)
      .then((answer) => answer.json())
      .then((borders) => {
        if (!options.tiles) L.geoJSON(borders, {
          renderer: L.canvas({ padding: 0.4 }),
          interactive: false,
          style: { stroke: false, fillColor: options.colours.land, fillOpacity: 1 },
        }).addTo(land);
        state.countries.addData(borders);
        state.countries.bringToFront();
        box.dataset.basemap = "drawn";
      })
      .catch((error) => { box.dataset.basemap = "failed"; console.error(error); });

    control("topleft", "sm-home", "Show all sites", "home", fit).addTo(map);
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

  function wrap(longitude) {
    return Number((((longitude + 180) % 360 + 360) % 360 - 180).toFixed(4));
  }

  /* A ring cut by category, the number of sites in the middle. */
  function ring(counts, categories, total, extra) {
    const size = total < 10 ? 34 : total < 100 ? 40 : total < 1000 ? 48 : 56;
    const radius = 16;
    const around = 2 * Math.PI * radius;
    let from = 0;
    let arcs = "";
    counts.forEach((count, index) => {
      if (!count) return;
      const share = (count / total) * around;
      arcs += `<circle cx="20" cy="20" r="${radius}" fill="none" stroke="${categories[index].colour}" stroke-width="6" ` +
        `stroke-dasharray="${share.toFixed(2)} ${(around - share).toFixed(2)}" stroke-dashoffset="${(-from).toFixed(2)}" transform="rotate(-90 20 20)"/>`;
      from += share;
    });
    return L.divIcon({
      className: "marker-cluster sm-cluster " + (extra || ""),
      iconSize: [size, size],
      html: `<div><svg viewBox="0 0 40 40" aria-hidden="true"><circle class="sm-disc" cx="20" cy="20" r="18"/>${arcs}</svg><span>${total.toLocaleString("en")}</span></div>`,
    });
  }

  function single(category, flagged, highlighted) {
    const mark = flagged ? '<circle class="sm-ring" cx="12" cy="12" r="14.5"/>' : "";
    return L.divIcon({
      className: "sm-site" + (flagged ? " sm-flagged" : "") + (highlighted ? " sm-picked" : ""),
      iconSize: [24, 24],
      html: `<svg viewBox="-5 -5 34 34" aria-hidden="true">${mark}<g class="sm-shape">${category.svg}</g></svg>`,
    });
  }

  function area(total, category) {
    return L.divIcon({
      className: "sm-area" + (total > 1 ? " marker-cluster" : ""),
      iconSize: [88, 88],
      html: `<div style="--sm-colour:${category.colour}"><span>${total > 1 ? total.toLocaleString("en") : ""}</span></div>`,
    });
  }

  function popup(data, place, marker) {
    const box = element("div", "sm-popup");
    box.append(element("h3", "", data.places.label[place]));
    const doubt = data.places.doubt[place];
    if (doubt) box.append(element("p", "sm-doubt", doubt));
    const list = element("ul");
    for (let site = data.places.first[place]; site < data.places.first[place] + data.places.sites[place]; site += 1) {
      const item = element("li");
      const category = data.categories[data.sites.category[site]];
      const pick = element("button", "sm-pick");
      pick.type = "button";
      const shape = element("span", "sm-key");
      shape.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${category.svg}</svg>`;
      const words = element("span", "sm-words");
      words.append(element("b", "", data.sites.title[site]), element("small", "", data.sites.detail[site]));
      pick.append(shape, words);
      L.DomEvent.on(pick, "click", () => tell({ kind: "site", site: data.sites.row[site] }, marker.getLatLng()));
      item.append(pick);
      list.append(item);
    }
    box.append(list);
    if (data.places.sites[place] > 1) box.prepend(element("p", "sm-count", `${data.places.sites[place].toLocaleString("en")} sites, one position`));
    return box;
  }

  /* Which look means what, with the number of sites on the map. */
  function legend(data) {
    if (state.legend) state.legend.remove();
    const totals = new Array(data.categories.length).fill(0);
    data.sites.category.forEach((category) => { totals[category] += 1; });
    const Legend = L.Control.extend({
      onAdd() {
        const box = element("section", "sm-legend");
        box.setAttribute("aria-label", "Legend");
        box.append(element("h3", "", data.legend));
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

  function layer(data) {
    const places = data.places;
    const group = L.markerClusterGroup({
      maxClusterRadius: 46,
      showCoverageOnHover: false,
      zoomToBoundsOnClick: true,
      spiderfyOnMaxZoom: true,
      chunkedLoading: places.lat.length > 2000,
      animate: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      iconCreateFunction(cluster) {
        const counts = new Array(data.categories.length).fill(0);
        let total = 0;
        let picked = false;
        for (const child of cluster.getAllChildMarkers()) {
          total += child.options.sites;
          picked = picked || child.options.picked;
          child.options.counts.forEach((count, index) => { counts[index] += count; });
        }
        return ring(counts, data.categories, total, picked ? "sm-picked" : "");
      },
    });
    const picked = new Set(data.picked || []);
    const markers = [];
    const points = [];
    for (let place = 0; place < places.lat.length; place += 1) {
      const total = places.sites[place];
      const counts = new Array(data.categories.length).fill(0);
      let isPicked = false;
      for (let site = places.first[place]; site < places.first[place] + total; site += 1) {
        counts[data.sites.category[site]] += 1;
        isPicked = isPicked || picked.has(data.sites.row[site]);
      }
      const main = data.categories[counts.indexOf(Math.max(...counts))];
      let icon;
      if (places.area[place]) icon = area(total, main);
      else if (total > 1) icon = ring(counts, data.categories, total, "sm-place" + (places.doubt[place] ? " sm-flagged" : "") + (isPicked ? " sm-picked" : ""));
      else icon = single(main, Boolean(places.doubt[place]), isPicked);
      const named = total > 1 ? `${places.label[place]}: ${total} sites` : `${places.label[place]}: ${data.sites.title[places.first[place]]}`;
      const marker = L.marker([places.lat[place], places.lon[place]], {
        icon, sites: total, counts, picked: isPicked, title: named, keyboard: true, riseOnHover: true,
      });
      const rows = data.sites.row.slice(places.first[place], places.first[place] + total);
      marker.toGeoJSON = () => ({
        type: "Feature",
        properties: total === 1 ? { kind: "site", site: rows[0] } : { kind: "place", sites: rows },
        geometry: null,
      });
      marker.bindPopup(() => popup(data, place, marker), { maxWidth: 320, minWidth: 220, maxHeight: 280 });
      markers.push(marker);
      points.push([places.lat[place], places.lon[place]]);
    }
    group.addLayers(markers);
    const whole = L.featureGroup([group]);
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
    whole.dataBounds = L.latLngBounds(points);
    state.layer = whole;
    state.counts = data.countries;
    state.active = data.active || [];
    if (state.countries) {
      state.countries.setStyle(countryStyle);
      state.countries.eachLayer((shape) => { if (state.active.includes(shape.feature.properties.code)) shape.bringToFront(); });
    }
    legend(data);
    const box = state.map.getContainer();
    box.dataset.sites = String(data.sites.row.length);
    box.dataset.revision = data.revision;
    if (!state.drawn && points.length) { state.drawn = true; fit(); }
    return whole;
  }

  window.siteMap = { base, layer, state };
})();
