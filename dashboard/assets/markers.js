/* The layer of markers in view: one for each cluster, redrawn as the map moves.
 *
 * new siteMap.markers.SiteLayer(data)   data as layer_data in Python gives it; no places yet
 *   .setPlaces(places)                  what places.js gives
 *   .draw()                             called by itself whenever the map has moved
 *   .boundsOf(places)                   of places by number
 *   .listObstacles(zoom)                where markers are, for names on the map
 *   .reopen(popup)                      {latlng, focused} as closedPopup has it, if its place is still here
 *   .closedPopup                        after removal: the popup that was open, null if none
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const RADIUS = 52; // pixels between markers at least
  const RADIUS_NEAR = 38; // from this zoom on:
  const NEAR_ZOOM = 11;
  const CACHED_LEVELS = 5;
  const SPLIT_DEGREES = 0.0002; // about 20 m: closer places open as one list at every zoom

  const SiteLayer = L.FeatureGroup.extend({
    initialize(data) {
      L.FeatureGroup.prototype.initialize.call(this, []);
      Object.assign(this, { data, map: null, places: null, closedPopup: null });
      this.selected = new Set();
      this.markers = new Map();
      this.levels = new Map();
    },

    onAdd(map) {
      L.FeatureGroup.prototype.onAdd.call(this, map);
      this.map = map;
      map.on("moveend", this.draw, this);
    },

    onRemove(map) {
      map.off("moveend", this.draw, this);
      for (const marker of this.markers.values()) if (marker.isPopupOpen()) {
        this.closedPopup = { latlng: marker.getLatLng(), focused: siteMap.keyboard.findFocusedSite(marker) };
      }
      this.map = null;
      L.FeatureGroup.prototype.onRemove.call(this, map);
    },

    setPlaces(places) {
      this.places = siteMap.clusters.unwrap(places);
      const ids = new Set(this.data.selected_places);
      const all = Array.from({ length: places.n }, (_, i) => i);
      this.selected = new Set(ids.size ? all.filter((i) => ids.has(places.id[i])) : []);
      this.dataBounds = this.boundsOf(all);
    },

    boundsOf(list) {
      const { lat, lon } = this.places;
      let [south, west, north, east] = [90, 540, -90, -180];
      for (const i of list) {
        south = Math.min(south, lat[i]);
        north = Math.max(north, lat[i]);
        west = Math.min(west, lon[i]);
        east = Math.max(east, lon[i]);
      }
      return list.length ? L.latLngBounds([south, west], [north, east]) : L.latLngBounds([]);
    },

    level(zoom) {
      if (!this.levels.has(zoom)) {
        if (this.levels.size > CACHED_LEVELS) this.levels.delete(this.levels.keys().next().value);
        this.levels.set(zoom, siteMap.clusters.computeLevel(this.places, zoom, zoom < NEAR_ZOOM ? RADIUS : RADIUS_NEAR));
      }
      return this.levels.get(zoom);
    },

    draw() {
      if (!this.places || !this.map) return;
      const level = this.level(this.map.getZoom());
      const view = this.map.getBounds().pad(0.15);
      const centre = this.map.getCenter().lng;
      const wanted = new Set();
      for (let slot = 0; slot < level.n; slot += 1) {
        const i = level.centre[slot];
        const turns = Math.round((centre - this.places.lon[i]) / 360); // the copy of the world that is in view
        const lon = this.places.lon[i] + 360 * turns;
        if (lon < view.getWest() || lon > view.getEast()) continue;
        if (this.places.lat[i] < view.getSouth() || this.places.lat[i] > view.getNorth()) continue;
        const splits = this.splits(level, slot);
        const key = `${i} ${level.size[slot]} ${level.total[slot]} ${splits} ${turns}`;
        wanted.add(key);
        if (!this.markers.has(key)) {
          const marker = this.buildMarker(level, slot, splits, 360 * turns);
          this.markers.set(key, marker);
          this.addLayer(marker);
        }
      }
      for (const [key, marker] of this.markers) if (!wanted.has(key)) {
        this.markers.delete(key);
        this.removeLayer(marker);
      }
      siteMap.keyboard.chooseTabStop(this.markers.values(), this.map);
      this.map.getContainer().dataset.drawn = String(this.markers.size);
    },

    /* Whether a click zooms in to take a marker apart; else it opens the list of sites. */
    splits(level, slot) {
      if (level.size[slot] < 2 || this.map.getZoom() >= this.map.getMaxZoom()) return false;
      const [south, west, north, east] = level.bounds.subarray(slot * 4, slot * 4 + 4);
      return Math.max(north - south, east - west) > SPLIT_DEGREES;
    },

    reopen({ latlng, focused }) {
      for (const marker of this.markers.values()) if (marker.getPopup() && marker.getLatLng().equals(latlng)) {
        siteMap.leaflet.openWithoutPan(marker); // the map stays where it was moved to since
        if (focused >= 0) siteMap.keyboard.focusSite(marker, focused);
        return;
      }
    },

    buildMarker(level, slot, splits, turned) {
      const i = level.centre[slot];
      const { lat, lon, area } = this.places;
      const isArea = level.size[slot] === 1 && area[i];
      const marker = L.marker([lat[i], lon[i] + turned], {
        icon: this.buildIcon(level, slot), label: this.buildTitle(level, slot),
        keyboard: true, riseOnHover: true, zIndexOffset: isArea ? -2000 : 0,
      });
      this.nameOnHover(marker, level, slot);
      if (splits) this.zoomOnClick(marker, level.bounds.slice(slot * 4, slot * 4 + 4).map((value, n) => value + (n % 2) * turned));
      else this.listOnClick(marker, level, slot);
      return marker;
    },

    buildIcon(level, slot) {
      const { places, data: { categories } } = this;
      const i = level.centre[slot];
      const total = level.total[slot];
      const counts = level.counts.subarray(slot * categories.length, (slot + 1) * categories.length);
      const mostFrequent = categories[counts.indexOf(Math.max(...counts))];
      const isPlace = level.size[slot] === 1;
      const isDoubtful = isPlace && Boolean(places.doubt[i]);
      const isSelected = [...this.selected].some((place) => level.owner[place] === slot);
      if (isPlace && places.area[i]) return siteMap.icons.area(total, mostFrequent);
      if (total === 1) return siteMap.icons.single(mostFrequent, isDoubtful, isSelected);
      const className = (isPlace ? "sm-place" : "") + (isDoubtful ? " sm-flagged" : "") + (isSelected ? " sm-selected" : "");
      return siteMap.icons.ring(counts, categories, total, className);
    },

    buildTitle(level, slot) {
      const i = level.centre[slot];
      const label = this.places.label(i);
      const total = level.total[slot];
      const number = siteMap.words.count(total);
      if (level.size[slot] > 1) return siteMap.words.say("{sites} around {place}", { sites: number, place: label });
      return `${label}: ${total === 1 && !this.data.source ? this.places.listSites([i], 0).sites[0].title : number}`;
    },

    /* A single site's own name comes from the server where texts are fetched. */
    nameOnHover(marker, level, slot) {
      const i = level.centre[slot];
      const text = (words) => siteMap.dom.create("span", "", words);
      marker.bindTooltip(text(marker.options.label), { direction: "top", className: "sm-tip", opacity: 1, offset: [0, -14] });
      if (!this.data.source || level.total[slot] > 1) return;
      marker.once("tooltipopen", async () => {
        const { sites } = await this.places.listSites([i], 0);
        if (sites.length) marker.setTooltipContent(text(`${this.places.label(i)}: ${sites[0].title}`));
      });
    },

    /* What names on the map keep clear of at a zoom: x and y from 0 to 1 over the world, and pixels. */
    listObstacles(zoom) {
      if (!this.places) return [];
      const level = this.level(zoom);
      return Array.from(level.centre, (i, slot) => [
        this.places.x[i], this.places.y[i], siteMap.icons.radius(level.total[slot], level.size[slot] === 1 && this.places.area[i]),
      ]);
    },

    zoomOnClick(marker, [south, west, north, east]) {
      const bounds = L.latLngBounds([south, west], [north, east]);
      const zoomIn = () => {
        const { map } = this;
        const closer = Math.max(map.getZoom() + 1, map.getBoundsZoom(bounds, false, L.point(40, 40)));
        map.setView(bounds.getCenter(), Math.min(closer, map.getMaxZoom()));
      };
      siteMap.component.describe(marker, { kind: "cluster" });
      marker.on("click", zoomIn);
      siteMap.keyboard.makeButton(marker, () => {
        this.map.once("moveend", () => siteMap.keyboard.focusNearest(this.markers.values(), marker.getLatLng()));
        zoomIn();
      });
    },

    listOnClick(marker, level, slot) {
      const { data, places } = this;
      const list = level.size[slot] === 1 ? [level.centre[slot]] : this.membersOf(level, slot);
      const rows = data.source ? [] : places.listSites(list, 0).sites.map((site) => site.row);
      siteMap.component.describe(marker, rows.length === 1 ? { kind: "site", site: rows[0] } : { kind: "place", sites: rows });
      const onSelect = (row) => {
        siteMap.pickSite(row);
        siteMap.component.send(this, { kind: "site", site: row }, marker.getLatLng());
      };
      let content = null;
      marker.bindPopup(() => {
        content ??= siteMap.popup.build({ data, places, list, total: level.total[slot], marker, onSelect });
        return content;
      }, siteMap.freeArea.popupOptions(this.map));
      siteMap.keyboard.makeButton(marker, () => { marker.openPopup(); siteMap.keyboard.focusSite(marker, 0); });
      marker.on("popupclose", () => { content = null; siteMap.keyboard.returnFocus(marker); });
    },

    membersOf(level, slot) {
      const list = [];
      level.owner.forEach((owner, place) => { if (owner === slot) list.push(place); });
      return list;
    },
  });

  siteMap.markers = { SiteLayer };
})(window.siteMap);
