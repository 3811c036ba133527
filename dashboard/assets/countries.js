/* How a country looks, by its number of sites, and what it is called. */
(function () {
  "use strict";

  /* `part` of one colour over another, both #rrggbb. */
  function mixed(over, under, part) {
    const channel = (colour, at) => parseInt(colour.slice(at, at + 2), 16);
    return "rgb(" + [1, 3, 5].map((at) => Math.round(part * channel(over, at) + (1 - part) * channel(under, at))) + ")";
  }

  function style(feature, state) {
    const { colours, tiles } = state.options;
    const count = state.counts[feature.properties.code] || 0;
    const most = Math.max(1, ...Object.values(state.counts));
    const active = state.active.includes(feature.properties.code);
    const share = count ? 0.16 + (0.5 * Math.log(1 + count)) / Math.log(1 + most) : 0;
    return {
      fillColor: tiles ? colours.shade : mixed(colours.shade, colours.land, share),
      fillOpacity: tiles ? share : 1,
      color: active ? colours.active : colours.border,
      weight: active ? 2 : 0.7,
    };
  }

  function label(layer, state) {
    const { code, name } = layer.feature.properties;
    const count = state.counts[code];
    return count ? `${name}: ${count.toLocaleString("en")} ${count === 1 ? "site" : "sites"}` : name;
  }

  window.siteMapCountries = { style, label };
})();
