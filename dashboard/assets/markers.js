/* The markers of the view and their popups.
 *
 * new siteMapMarkers.Sites(data, {tell, element})   a layer without places yet
 *   .take(places)                                   what places.js gives
 *   .draw()                                         also by itself whenever the map has moved
 */
(function () {
  "use strict";

  const keyboard = window.siteMapKeyboard;
  const RADIUS = 52; // pixels between markers at least
  const RADIUS_NEAR = 38; // from zoom 11 on

  /* A ring cut by category, the number of sites in the middle. */
  function ring(counts, categories, total, extra) {
    const size = total < 10 ? 34 : total < 100 ? 40 : total < 1000 ? 48 : total < 10000 ? 56 : total < 100000 ? 62 : 70;
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
      className: "marker-cluster sm-cluster " + (total < 1000 ? "" : "sm-long ") + (extra || ""),
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

  /* A marker for each cluster in view, made anew as the map moves; the old ones are kept where they fit. */
  const Sites = L.FeatureGroup.extend({
    initialize(data, page) {
      L.FeatureGroup.prototype.initialize.call(this, []);
      this.data = data;
      this.page = page;
      this.markers = new Map();
      this.levels = new Map();
    },
    onAdd(map) {
      L.FeatureGroup.prototype.onAdd.call(this, map);
      map.on("moveend", this.draw, this);
    },
    onRemove(map) {
      map.off("moveend", this.draw, this);
      for (const marker of this.markers.values()) if (marker.isPopupOpen()) {
        this.page.state.reopen = { where: marker.getLatLng(), focused: keyboard.within(marker) };
      }
      L.FeatureGroup.prototype.onRemove.call(this, map);
    },
    take(places) {
      this.places = places;
      const picked = new Set(this.data.picked_places || []);
      this.picked = new Set();
      for (let i = 0; picked.size && i < places.n; i += 1) if (picked.has(places.id[i])) this.picked.add(i);
      this.dataBounds = this.boundsOf(Array.from({ length: places.n }, (_, i) => i));
    },
    boundsOf(list) {
      let [south, west, north, east] = [90, 180, -90, -180];
      for (const i of list) {
        const lat = this.places.lat[i];
        const lon = this.places.lon[i];
        if (lat < south) south = lat;
        if (lat > north) north = lat;
        if (lon < west) west = lon;
        if (lon > east) east = lon;
      }
      return list.length ? L.latLngBounds([south, west], [north, east]) : L.latLngBounds([]);
    },
    level(zoom) {
      if (!this.levels.has(zoom)) {
        if (this.levels.size > 5) this.levels.delete(this.levels.keys().next().value);
        this.levels.set(zoom, window.siteClusters.level(this.places, zoom, zoom < 11 ? RADIUS : RADIUS_NEAR));
      }
      return this.levels.get(zoom);
    },
    draw() {
      if (!this.places || !this._map) return;
      const level = this.level(this._map.getZoom());
      const view = this._map.getBounds().pad(0.15);
      const wanted = new Set();
      for (let slot = 0; slot < level.m; slot += 1) {
        const i = level.centre[slot];
        const lon = this.places.lon[i];
        if (lon < view.getWest() || lon > view.getEast()) continue;
        if (this.places.lat[i] < view.getSouth() || this.places.lat[i] > view.getNorth()) continue;
        const key = `${i} ${level.size[slot]} ${level.total[slot]}`;
        wanted.add(key);
        if (!this.markers.has(key)) {
          const marker = this.marker(level, slot);
          this.markers.set(key, marker);
          this.addLayer(marker);
        }
      }
      for (const [key, marker] of this.markers) if (!wanted.has(key)) {
        this.markers.delete(key);
        this.removeLayer(marker);
      }
      this._map.getContainer().dataset.drawn = String(this.markers.size);
    },
    /* The popup that was open when the layer before this one went, if its place is still here. */
    reopen() {
      const open = this.page.state.reopen;
      this.page.state.reopen = null;
      if (!open) return;
      for (const marker of this.markers.values()) if (marker.getPopup() && marker.getLatLng().equals(open.where)) {
        const { options } = marker.getPopup();
        options.autoPan = false; // the map stays where it was moved to since
        marker.openPopup();
        options.autoPan = true;
        if (open.focused >= 0) keyboard.into(marker, open.focused);
        return;
      }
    },
    members(level, slot) {
      const list = [];
      for (let i = 0; i < this.places.n; i += 1) if (level.owner[i] === slot) list.push(i);
      return list;
    },
    marker(level, slot) {
      const { data, places } = this;
      const i = level.centre[slot];
      const total = level.total[slot];
      const several = level.size[slot] > 1;
      const counts = level.counts.subarray(slot * places.counts.length, (slot + 1) * places.counts.length);
      const main = data.categories[counts.indexOf(Math.max(...counts))];
      let highlighted = this.picked.has(i);
      if (several && !highlighted) for (const one of this.picked) highlighted = highlighted || level.owner[one] === slot;
      const extra = (several ? "" : "sm-place" + (places.doubt[i] ? " sm-flagged" : "")) + (highlighted ? " sm-picked" : "");
      let icon;
      if (!several && places.area[i]) icon = area(total, main);
      else if (total > 1) icon = ring(counts, data.categories, total, extra);
      else icon = single(main, Boolean(places.doubt[i]), highlighted);
      const number = `${total.toLocaleString("en")} ${total === 1 ? "site" : "sites"}`;
      const title = several
        ? `${number} around ${places.label(i)}`
        : `${places.label(i)}: ${total === 1 && !data.source ? places.page([i], 0).sites[0].title : number}`;
      const marker = L.marker([places.lat[i], places.lon[i]], {
        icon, title, keyboard: true, riseOnHover: true, zIndexOffset: !several && places.area[i] ? -2000 : 0,
      });
      const list = several ? this.members(level, slot) : [i];
      const bounds = several ? this.boundsOf(list) : null;
      const splits = several && this._map.getZoom() < this._map.getMaxZoom() &&
        Math.max(bounds.getNorth() - bounds.getSouth(), bounds.getEast() - bounds.getWest()) > 0.0002;
      if (splits) {
        const open = () => {
          const closer = Math.max(this._map.getZoom() + 1, this._map.getBoundsZoom(bounds, false, L.point(40, 40)));
          this._map.setView(bounds.getCenter(), Math.min(closer, this._map.getMaxZoom()));
        };
        marker.toGeoJSON = () => ({ type: "Feature", properties: { kind: "cluster" }, geometry: null });
        marker.on("click", open);
        keyboard.button(marker, () => {
          this._map.once("moveend", () => keyboard.near(this.markers.values(), marker.getLatLng()));
          open();
        });
      } else {
        const rows = data.source ? [] : places.page(list, 0).sites.map((site) => site.row);
        marker.toGeoJSON = () => ({
          type: "Feature",
          properties: rows.length === 1 ? { kind: "site", site: rows[0] } : { kind: "place", sites: rows },
          geometry: null,
        });
        let box = null;
        marker.bindPopup(() => { box = box || popup(this, list, total, marker); return box; }, window.siteMapRoom.popup(this._map));
        keyboard.button(marker, () => { marker.openPopup(); keyboard.into(marker, 0); });
        marker.on("popupclose", () => { box = null; keyboard.back(marker); });
      }
      return marker;
    },
  });

  /* The sites of one position, fifty at a time; told to Streamlit when there is one only. */
  function popup(sites, list, total, marker) {
    const { data, places } = sites;
    const { element, tell } = sites.page;
    const box = element("div", "sm-popup");
    box.tabIndex = -1;
    if (total > 1) box.append(element("p", "sm-count", `${total.toLocaleString("en")} sites, one position`));
    box.append(element("h3", "", places.label(list[0])));
    const doubt = element("p", "sm-doubt");
    const items = element("ul");
    const more = element("button", "sm-more");
    more.type = "button";
    box.append(items, more);
    let shown = 0;
    const add = (page) => {
      const first = shown === 0;
      if (page.doubt && !doubt.textContent) { doubt.textContent = page.doubt; items.before(doubt); }
      for (const site of page.sites) items.append(item(sites, site, marker));
      shown += page.sites.length;
      more.textContent = `… and ${(total - shown).toLocaleString("en")} more`;
      more.disabled = false;
      more.hidden = shown >= total || !page.sites.length;
      if (data.source && total === 1 && page.sites.length) tell({ kind: "site", site: page.sites[0].row }, marker.getLatLng());
      if (first && data.source && marker.isPopupOpen()) marker.getPopup().update();
    };
    const load = () => {
      more.disabled = true;
      if (!data.source) { add(places.page(list, shown)); return; }
      places.page(list, shown).then(add).catch(() => { more.textContent = "This view is no longer held: reload the page."; });
    };
    more.textContent = "…";
    L.DomEvent.on(more, "click", load);
    new IntersectionObserver((seen) => { if (shown && seen.some((one) => one.isIntersecting) && !more.disabled) load(); }).observe(more);
    load();
    return box;
  }

  function item(sites, site, marker) {
    const { element, tell } = sites.page;
    const made = element("li");
    const pick = element("button", "sm-pick");
    pick.type = "button";
    const shape = element("span", "sm-key");
    shape.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${sites.data.categories[site.category].svg}</svg>`;
    const words = element("span", "sm-words");
    words.append(element("b", "", site.title), element("small", "", site.detail));
    pick.append(shape, words);
    L.DomEvent.on(pick, "click", () => tell({ kind: "site", site: site.row }, marker.getLatLng()));
    made.append(pick);
    return made;
  }

  window.siteMapMarkers = { Sites };
})();
