/* The basemap: land shaded by its number of sites, names, and what a person points at.
 *
 * siteMap.basemap.add(map, options, {onDrawn, listMarkers})
 *   .update({countries, states, shade, active})   shade "countries", "states" or "none": sites by code; active codes
 *   .begin()                                      draw, if update has not done so
 *   .describe(latlng)                             {country, state, countryName, stateName, text}, null over the sea
 *
 * data-basemap of the map becomes "drawn" or "failed", data-tiles is "loading" or "loaded".
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  /* A share of one colour over another, both #rrggbb. */
  function blend(over, under, share) {
    const channel = (colour, at) => parseInt(colour.slice(at, at + 2), 16);
    return "rgb(" + [1, 3, 5].map((at) => Math.round(share * channel(over, at) + (1 - share) * channel(under, at))) + ")";
  }

  function add(map, options, { onDrawn, listMarkers }) {
    const box = map.getContainer();
    const { colours } = options;
    const shown = { countries: {}, states: {}, shade: "countries", active: [], tints: new Map() };
    let isBegun = false;
    let stateNames = typeof options.stateNames === "object" ? options.stateNames : {};
    box.style.background = colours.sea;

    function tint(country, state) {
      if (options.tiles) return "";
      const key = `${country} ${state}`;
      if (!shown.tints.has(key)) shown.tints.set(key, computeTint(country, state));
      return shown.tints.get(key);
    }

    /* From afar the land of small states is one piece, and shaded as the country. */
    function computeTint(country, state) {
      const isState = shown.shade === "states" && state;
      const counts = isState ? shown.states : shown.countries;
      const sites = shown.shade === "none" ? 0 : counts[isState ? state : country] || 0;
      const isActive = [country, state].some((code) => code && shown.active.includes(code));
      if (!sites && !isActive) return "";
      const share = sites ? 0.08 + (0.3 * Math.log(1 + sites)) / Math.log(1 + Math.max(1, ...Object.values(counts))) : 0.08;
      return blend(colours.shade, colours.land, Math.max(share, isActive ? 0.25 : 0));
    }

    const avoid = siteMap.tileLayers.buildAvoid(map, listMarkers);
    const layer = options.tiles ? null : siteMap.tileLayers.addBasemap(map, options, tint, avoid);
    const streets = layer && siteMap.tileLayers.addStreets(map, options, tint, layer.source);
    const failed = (error) => { box.dataset.basemap = "failed"; console.error(error); };
    const drawn = () => {
      box.dataset.basemap = "drawn";
      onDrawn();
      if (typeof options.stateNames === "string") { // not before the map: nobody points at a state yet
        fetch(options.stateNames).then((response) => response.json()).then((names) => { stateNames = names; }).catch(failed);
      }
    };
    if (layer) layer.check().then(() => layer.whenDrawn(drawn)).catch(failed);
    else drawn();
    map.on("zoomend", () => { if (avoid.zoomOf() !== undefined && avoid.zoomOf() !== map.getZoom()) relabel(); });

    function relabel() {
      avoid.forget();
      layer?.relabel();
    }

    /* Not before the view is chosen, or tiles of another one would be loaded first. */
    function begin() {
      if (isBegun) return;
      isBegun = true;
      layer?.begin();
    }

    function update({ countries, states, shade, active }) {
      Object.assign(shown, { countries, states, shade, active, tints: new Map() });
      if (avoid.zoomOf() === undefined) avoid.forget(); else relabel();
      streets?.redraw();
      begin();
    }

    function describe(latlng) {
      const found = layer?.find(latlng);
      if (!found) return null;
      const { country, state, place } = found;
      const countryName = options.countryNames[country] || "";
      const stateName = stateNames[state] || "";
      const lines = [];
      if (place?.l) lines.push(`${siteMap.mapStyle.nameOf(place, options.lang)} · ${place.l}`);
      const isState = shown.shade === "states" && state;
      const where = isState ? [stateName, countryName].filter(Boolean).join(", ") : countryName;
      const sites = isState ? shown.states[state] : shown.countries[country];
      if (where) lines.push(sites ? `${where}: ${siteMap.words.count(sites)}` : where);
      return { country, state, countryName, stateName, lines };
    }

    return { begin, update, describe };
  }

  siteMap.basemap = { add };
})(window.siteMap);
