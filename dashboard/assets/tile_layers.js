/* Layers of tiles: the bundled basemap, a person's own streets, and tiles inside a map file.
 *
 * siteMap.tileLayers.addBasemap(map, options, tint, avoid)  {begin(), relabel(), find(latlng), whenDrawn(action), check()}
 * siteMap.tileLayers.addStreets(map, options, tint)         {redraw()}, null without streets
 * siteMap.tileLayers.buildAvoid(map, listMarkers)           what names keep clear of; listMarkers(zoom) gives [x, y, pixels],
 *                                                           x and y from 0 to 1 over the world
 *
 * find gives {country, state, place}: codes of the land at a point, and the properties of a name there; null over water.
 * options: as build_options in Python gives them, or with inline: {"z/x/y": gzip as base64, "" for a tile of sea}
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const CELL = 128; // pixels
  const WORLD_ZOOM = 2;

  function addBasemap(map, options, tint, avoid) {
    const source = options.inline ? new InlineTiles(options.inline) : new Archive(options.basemap);
    const layer = protomapsL.leafletLayer({
      url: source, maxDataZoom: options.lastZoom, attribution: "", lang: options.lang, tileDelay: 1,
      devicePixelRatio: Math.min(2, Math.max(1.25, window.devicePixelRatio)), // zooms between two levels stay sharp
      paintRules: siteMap.mapStyle.paintRules(options.colours, tint),
      labelRules: siteMap.mapStyle.labelRules(options.colours, options.lang, avoid),
    });
    const view = layer.views.get("");
    if (!options.inline) showMoreFromAfar(view);
    else view.getDisplayTile = (tile) => source.findView(view, tile).getDisplayTile(tile);
    const box = map.getContainer();
    layer.on("loading", () => { box.dataset.tiles = "loading"; });
    layer.on("load", () => { box.dataset.tiles = "loaded"; });
    return {
      begin() { layer.addTo(map).bringToBack(); },
      relabel() { layer.clearLayout(); layer.rerenderTiles(); },
      find: (latlng) => find(map, layer, view, latlng.wrap()),
      whenDrawn: (action) => layer.once("load", action),
      check: () => (options.inline ? Promise.resolve() : source.getHeader()),
      source,
    };
  }

  /* On the map of the world, tiles of one zoom more: they have the names of countries. */
  function showMoreFromAfar(view) {
    const usual = view.getDisplayTile.bind(view);
    view.getDisplayTile = async (tile) => {
      if (tile.z > WORLD_ZOOM) return usual(tile);
      const origin = { x: tile.x * 256, y: tile.y * 256 };
      return { data: await view.tileCache.get(tile), z: tile.z, dataTile: tile, scale: 0.5, origin, dim: 256 };
    };
  }

  function find(map, layer, view, latlng) {
    const zoom = Math.max(1, Math.round(map.getZoom()));
    const isFar = zoom <= WORLD_ZOOM && !layer.options.url?.tiles;
    const found = isFar
      ? view.tileCache.queryFeatures(latlng.lng, latlng.lat, zoom, 0)
      : view.queryFeatures(latlng.lng, latlng.lat, zoom, 0);
    const land = found.find(({ layerName }) => layerName === siteMap.mapStyle.LAYERS.states);
    const isLake = found.some(({ layerName }) => layerName === siteMap.mapStyle.LAYERS.water);
    const point = map.project(latlng, zoom);
    const box = { minX: point.x - 1, maxX: point.x + 1, minY: point.y - 1, maxY: point.y + 1 };
    const label = [...(layer.labelers.getIndex(zoom)?.searchBbox(box, Infinity) ?? [])].find(({ draw }) => draw.feature);
    if (!land && !label) return null;
    const [country, state] = land && !isLake ? siteMap.mapStyle.readCodes(land.feature.props) : ["", ""];
    return { country, state, place: label ? label.draw.feature.props : null };
  }

  /* Streets lie over the basemap: where their file has no tile, that shows. */
  function addStreets(map, options, tint, base) {
    const { streets } = options;
    if (!streets) return null;
    const source = new Archive(streets.url);
    const shared = {
      bounds: streets.bounds, minZoom: streets.zooms[0], attribution: streets.attribution, tileDelay: 1, lang: options.lang,
    };
    if (streets.kind === "raster") {
      const images = new ImageTiles({ ...shared, maxNativeZoom: streets.zooms[1], source, imageType: streets.imageType });
      images.addTo(map);
      return { redraw() {} };
    }
    const layer = protomapsL.leafletLayer({
      ...shared, flavor: options.dark ? "dark" : "light",
      sources: {
        "": { url: source, maxDataZoom: streets.zooms[1] },
        base: { url: base, maxDataZoom: options.lastZoom },
      },
    });
    layer.backgroundColor = undefined;
    const firstWater = layer.paintRules.findIndex(({ dataLayer }) => dataLayer === "water");
    layer.paintRules.splice(Math.max(1, firstWater), 0, siteMap.mapStyle.tintRule("base", tint));
    layer.addTo(map);
    map.getContainer().dataset.streets = "vector";
    return { redraw: () => layer.rerenderTiles() };
  }

  const ImageTiles = L.GridLayer.extend({
    createTile(coords, done) {
      const image = document.createElement("img");
      image.alt = "";
      this.options.source.getZxy(coords.z, coords.x, coords.y).then((tile) => {
        if (!tile) { done(null, image); return; }
        const url = URL.createObjectURL(new Blob([tile.data], { type: this.options.imageType }));
        image.onload = image.onerror = () => { URL.revokeObjectURL(url); done(null, image); };
        image.src = url;
      }).catch((error) => done(error, image));
      return image;
    },
  });

  /* A file whose tiles are fetched to the end: what draws them would break off those of a zoom that is left, and draw
     them blank if that zoom comes back before it has heard of it. */
  class Archive {
    constructor(url) { this.file = new pmtiles.PMTiles(url); }

    getHeader() { return this.file.getHeader(); }

    getZxy(z, x, y) { return this.file.getZxy(z, x, y); }
  }

  /* Tiles inside a map file. Away from the sites it has only the first zooms: a larger tile then stands in. */
  class InlineTiles {
    constructor(tiles) { this.tiles = tiles; }

    async getZxy(z, x, y) {
      const text = this.tiles[`${z}/${x}/${y}`];
      if (!text) return undefined;
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      return { data: await new Response(stream).arrayBuffer() };
    }

    findView(view, tile) {
      for (let level = view.maxDataLevel; level > 0; level -= 1) {
        const candidate = new protomapsL.View(view.tileCache, level, view.levelDiff);
        const { z, x, y } = candidate.dataTileForDisplayTile(tile).dataTile;
        if (`${z}/${x}/${y}` in this.tiles) return candidate;
      }
      return new protomapsL.View(view.tileCache, 0, view.levelDiff);
    }
  }

  /* Markers as a grid of cells, made anew for each zoom. */
  function buildAvoid(map, listMarkers) {
    let target = null; // the zoom that an animation leads to
    let made = null;
    map.on("zoomanim", ({ zoom }) => { target = zoom; });
    map.on("zoomend", () => { target = null; });

    function build(zoom) {
      const shown = target ?? map.getZoom();
      if (made && made.zoom === zoom && made.shown === shown) return made;
      const cells = new Map();
      const world = 256 * 2 ** zoom;
      for (const [x, y, pixels] of listMarkers(shown)) {
        const marker = { x: (((x % 1) + 1) % 1) * world, y: y * world, radius: pixels * 2 ** (zoom - shown) };
        const range = (value) => [Math.floor((value - marker.radius) / CELL), Math.floor((value + marker.radius) / CELL)];
        const [left, right] = range(marker.x);
        const [top, bottom] = range(marker.y);
        for (let column = left; column <= right; column += 1) for (let row = top; row <= bottom; row += 1) {
          const key = `${column} ${row}`;
          if (!cells.has(key)) cells.set(key, []);
          cells.get(key).push(marker);
        }
      }
      made = { zoom, shown, cells };
      return made;
    }

    function isCovered(box, zoom) {
      const { cells } = build(zoom);
      for (let column = Math.floor(box.minX / CELL); column <= Math.floor(box.maxX / CELL); column += 1) {
        for (let row = Math.floor(box.minY / CELL); row <= Math.floor(box.maxY / CELL); row += 1) {
          for (const { x, y, radius } of cells.get(`${column} ${row}`) ?? []) {
            const dx = Math.max(box.minX - x, 0, x - box.maxX);
            const dy = Math.max(box.minY - y, 0, y - box.maxY);
            if (dx * dx + dy * dy < radius * radius) return true;
          }
        }
      }
      return false;
    }

    /* The marker over a point: {radius, away} from its middle; null for none. */
    function findMarker(point, zoom) {
      const { cells } = build(zoom);
      const near = cells.get(`${Math.floor(point.x / CELL)} ${Math.floor(point.y / CELL)}`) ?? [];
      const found = near.map(({ x, y, radius }) => ({ radius, away: Math.hypot(point.x - x, point.y - y) }));
      return found.filter(({ radius, away }) => away < radius).sort((one, other) => one.away - other.away)[0] ?? null;
    }

    return { isCovered, findMarker, forget() { made = null; }, zoomOf: () => made?.shown };
  }

  siteMap.tileLayers = { addBasemap, addStreets, buildAvoid };
})(window.siteMap);
