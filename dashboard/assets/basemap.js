/* The basemap: countries, shaded by their number of sites.
 *
 * siteMap.basemap.add(map, options, onDrawn)      a Leaflet layer; data-basemap of the map becomes "drawn" or "failed"
 * siteMap.basemap.update(layer, counts, active)   shade by sites per country code, outline the active codes
 *
 * options: {colours, tiles, countries: a URL, borders: GeoJSON in its place}
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  /* A share of one colour over another, both #rrggbb. */
  function blend(over, under, share) {
    const channel = (colour, at) => parseInt(colour.slice(at, at + 2), 16);
    return "rgb(" + [1, 3, 5].map((at) => Math.round(share * channel(over, at) + (1 - share) * channel(under, at))) + ")";
  }

  function style(feature, { colours, tiles }, counts, active) {
    const count = counts[feature.properties.code] || 0;
    const most = Math.max(1, ...Object.values(counts));
    const isActive = active.includes(feature.properties.code);
    const share = count ? 0.16 + (0.5 * Math.log(1 + count)) / Math.log(1 + most) : 0;
    return {
      fillColor: tiles ? colours.shade : blend(colours.shade, colours.land, share),
      fillOpacity: tiles ? share : 1,
      color: isActive ? colours.active : colours.border,
      weight: isActive ? 2 : 0.7,
    };
  }

  function label({ code, name }, counts) {
    const count = counts[code];
    return count ? `${name}: ${count.toLocaleString("en")} ${count === 1 ? "site" : "sites"}` : name;
  }

  function add(map, options, onDrawn) {
    const box = map.getContainer();
    box.style.background = options.colours.sea;
    const layer = L.geoJSON(null, {
      renderer: L.canvas({ padding: 0.4 }),
      style: (feature) => style(feature, options, layer.counts, layer.active),
      onEachFeature(feature, shape) {
        const { code, name } = feature.properties;
        siteMap.component.describe(shape, { kind: "country", code, name });
        shape.bindTooltip(() => siteMap.dom.create("span", "", label(feature.properties, layer.counts)), {
          sticky: true, direction: "top", className: "sm-tip", opacity: 1,
        });
      },
    });
    Object.assign(layer, { counts: {}, active: [] });
    layer.addTo(map);
    (options.borders ? Promise.resolve(options.borders) : fetch(options.countries).then((response) => response.json()))
      .then((borders) => {
        layer.addData(borders);
        box.dataset.basemap = "drawn";
        onDrawn();
      })
      .catch((error) => { box.dataset.basemap = "failed"; console.error(error); });
    return layer;
  }

  function update(layer, counts, active) {
    Object.assign(layer, { counts, active });
    layer.setStyle(layer.options.style);
    layer.eachLayer((shape) => { if (active.includes(shape.feature.properties.code)) shape.bringToFront(); });
  }

  siteMap.basemap = { add, update };
})(window.siteMap);
