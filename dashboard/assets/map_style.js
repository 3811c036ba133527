/* How the basemap looks: rules for what draws tiles (protomaps-leaflet), and its names.
 *
 * siteMap.mapStyle.paintRules(colours, tint)         of the bundled file; tint(country, state) is a colour, "" for none
 * siteMap.mapStyle.labelRules(colours, lang, avoid)  avoid: what tile_layers.js gives, markers that names keep clear of
 * siteMap.mapStyle.tintRule(source, tint)            the shade over streets of another file
 * siteMap.mapStyle.nameOf(properties, lang)          in that language where the file has it, else English
 *
 * siteMap.mapStyle.readCodes(properties)             [country, state] of land
 *
 * Layers of the bundled file: states {c: country, s: state}, water, rivers {r: rank}, boundaries {k: kind}, places
 * {k: kind, n: name, l: as locals write it, r: rank, m: room}, countries and cities with the foremost first; scripts/basemap/tiling.py names them.
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif';
  const PADDING = 6; // pixels between names
  const GAP = 3; // pixels between a name and its dot or marker
  const OWN_MARKER = 8; // pixels from a city to a marker that stands for it
  const STEP = 9; // pixels that the name of an area moves away from a marker
  const ROOM_ZOOM = 6; // see scripts/basemap/labels.py

  const LAYERS = { states: "s", water: "w", rivers: "r", boundaries: "b", places: "p" };

  /* Without a country of its own, the state's code begins with it. */
  const readCodes = ({ c, s = "" }) => [c ?? s.split("-")[0], s];
  const nameOf = (properties, lang) => properties[`n:${lang}`] || properties.n || "";

  function trace(context, shapes) {
    context.beginPath();
    for (const ring of shapes) ring.forEach((point, i) => (i ? context.lineTo(point.x, point.y) : context.moveTo(point.x, point.y)));
  }

  /* Filled and drawn around in the same colour, or a line of sea would show between two states. */
  const land = (colours, tint) => ({
    draw(context, shapes, zoom, feature) {
      const colour = tint(...readCodes(feature.props)) || colours.land;
      Object.assign(context, { globalAlpha: 1, fillStyle: colour, strokeStyle: colour, lineWidth: 0.8, lineJoin: "round" });
      trace(context, shapes);
      context.fill();
      context.stroke();
    },
  });

  const area = (colour) => ({
    draw(context, shapes) {
      Object.assign(context, { globalAlpha: 1, fillStyle: colour });
      trace(context, shapes);
      context.fill();
    },
  });

  const line = (colour, width, dash = []) => ({
    draw(context, shapes, zoom, feature) {
      Object.assign(context, { globalAlpha: 1, strokeStyle: colour, lineWidth: width(zoom, feature.props), lineJoin: "round", lineCap: "round" });
      context.setLineDash(dash);
      trace(context, shapes);
      context.stroke();
      context.setLineDash([]);
    },
  });

  function paintRules(colours, tint) {
    const isKind = (kind) => (zoom, feature) => feature.props.k === kind;
    const border = (zoom) => (zoom < 4 ? 0.8 : zoom < 7 ? 1.2 : 1.7);
    return [
      { dataLayer: LAYERS.states, symbolizer: land(colours, tint) },
      { dataLayer: LAYERS.rivers, symbolizer: line(colours.river, (zoom, { r: rank }) => Math.max(0.5, Math.min(3, 0.7 + (zoom - 3 - 1.5 * rank) * 0.3))) },
      { dataLayer: LAYERS.water, symbolizer: area(colours.sea) },
      { dataLayer: LAYERS.boundaries, filter: isKind("state"), minzoom: 3, symbolizer: line(colours.state, (zoom) => (zoom < 6 ? 0.7 : 1.1), [4, 2]) },
      { dataLayer: LAYERS.boundaries, filter: isKind("country"), symbolizer: line(colours.border, border) },
      { dataLayer: LAYERS.boundaries, filter: isKind("disputed"), symbolizer: line(colours.border, border, [5, 4]) },
    ];
  }

  /* Only where the streets' own land is drawn already. */
  function tintRule(source, tint) {
    return {
      dataSource: source, dataLayer: LAYERS.states,
      symbolizer: {
        draw(context, shapes, zoom, feature) {
          const colour = tint(...readCodes(feature.props));
          if (!colour) return;
          Object.assign(context, { globalAlpha: 0.35, fillStyle: colour, globalCompositeOperation: "source-atop" });
          trace(context, shapes);
          context.fill();
          context.globalCompositeOperation = "source-over";
        },
      },
    };
  }

  /* Names: each is measured, and put where no other name and no marker is: beside a city's dot or its own marker, inside
     an area as far as room(zoom, properties) pixels from its middle. Where there is no such place, no name is better than
     one that belongs elsewhere. */
  class NameSymbolizer {
    constructor({ colours, lang, avoid, font, colour, dot = () => 0, room = () => 0, spacing = 0, longest = 16 }) {
      Object.assign(this, { colours, lang, avoid, font, colour, dot, room, spacing, longest });
    }

    place(layout, [[anchor]], feature) {
      const text = nameOf(feature.props, this.lang);
      if (!text) return undefined;
      const font = this.font(layout.zoom, feature.props);
      layout.scratch.font = font;
      const size = Number(/(\d+(?:\.\d+)?)px/.exec(font)[1]);
      const lines = breakLines(text, this.longest);
      const width = Math.max(...lines.map((part) => layout.scratch.measureText(part).width + this.spacing * part.length));
      const height = lines.length * size * 1.15;
      const dot = this.dot(layout.zoom, feature.props);
      const marker = dot ? this.avoid.findMarker(anchor, layout.zoom) : null;
      if (marker && marker.away > OWN_MARKER) return undefined;
      const middles = dot
        ? listBeside((marker ? marker.radius + marker.away : dot) + GAP, width, height)
        : listInside(this.room(layout.zoom, feature.props));
      for (const [x, y] of middles) {
        const box = {
          minX: anchor.x + x - width / 2 - PADDING, maxX: anchor.x + x + width / 2 + PADDING,
          minY: anchor.y + y - height / 2 - PADDING / 2, maxY: anchor.y + y + height / 2 + PADDING / 2,
        };
        if (this.avoid.isCovered(box, layout.zoom) || layout.index.bboxCollides(box, layout.order)) continue;
        const draw = (context) => this.draw(context, { lines, font, size, x, y, dot: marker ? 0 : dot });
        draw.feature = feature;
        return [{ anchor, bboxes: [box], draw }];
      }
      return undefined;
    }

    draw(context, { lines, font, size, x, y, dot }) {
      Object.assign(context, {
        globalAlpha: 1, font, textAlign: "center", textBaseline: "middle", lineJoin: "round",
        lineWidth: 3, strokeStyle: this.colours.halo, fillStyle: this.colour,
      });
      if ("letterSpacing" in context) context.letterSpacing = `${this.spacing}px`;
      if (dot) {
        context.beginPath();
        context.arc(0, 0, dot, 0, 2 * Math.PI);
        context.stroke();
        context.fill();
      }
      lines.forEach((part, i) => {
        const at = y + (i - (lines.length - 1) / 2) * size * 1.15;
        context.strokeText(part, x, at);
        context.fillText(part, x, at);
      });
    }
  }

  const listBeside = (reach, width, height) => [
    [reach + width / 2, 0], [-reach - width / 2, 0], [0, reach + height / 2], [0, -reach - height / 2],
  ];

  function listInside(room) {
    const found = [[0, 0]];
    for (let by = STEP; by <= room; by += STEP) found.push([0, by], [0, -by], [by, 0], [-by, 0]);
    return found;
  }

  function breakLines(text, longest) {
    const lines = [];
    for (const word of text.split(" ")) {
      const last = lines[lines.length - 1];
      if (last !== undefined && last.length + word.length < longest) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    return lines;
  }

  function labelRules(colours, lang, avoid) {
    const rule = (filter, symbolizer, sort, zooms = {}) => ({
      dataLayer: LAYERS.places, filter: (zoom, { props }) => filter(props, zoom), sort, ...zooms,
      symbolizer: new NameSymbolizer({ colours, lang, avoid, ...symbolizer }),
    });
    const byRank = (one, other) => (one.r || 0) - (other.r || 0);
    const city = {
      colour: colours.text, longest: 18,
      dot: (zoom, { r: rank }) => (rank <= 5 ? 2.4 : 1.9),
      font: (zoom, { r: rank, capital }) => `${capital || rank <= 4 ? 500 : 400} ${Math.max(11, Math.min(15, 12.5 + (zoom - rank) * 0.5 - (rank > 6 ? 1 : 0)))}px ${FONT}`,
    };
    const isCity = ({ k: kind, r: rank }, zoom) => kind === "city" && zoom >= rank;
    const isLarge = ({ capital, r: rank }) => capital || rank <= 4;
    return [
      rule(({ k: kind, code }) => kind === "country" && code, {
        colour: colours.text, font: (zoom) => `600 ${zoom < 3 ? 11 : zoom < 5 ? 12.5 : 14}px ${FONT}`, spacing: 0.4, longest: 14,
        room: (zoom, { m: room = 0 }) => room * 2 ** (zoom - ROOM_ZOOM),
      }, undefined, { maxzoom: 7 }),
      rule((props, zoom) => isCity(props, zoom) && isLarge(props), city, byRank),
      rule(({ k: kind, code }) => kind === "country" && !code, { // disputed land that is no country
        colour: colours.soft, font: () => `500 11px ${FONT}`, spacing: 0.8, longest: 14,
      }, undefined, { maxzoom: 7 }),
      rule(({ k: kind }) => kind === "ocean" || kind === "sea", {
        colour: colours.water_text, font: (zoom) => `italic 400 ${zoom < 3 ? 11.5 : 13}px ${FONT}`, spacing: 0.6, longest: 12,
      }),
      rule((props, zoom) => isCity(props, zoom) && props.r === 5 && !isLarge(props), city, byRank),
      rule(({ k: kind, r: rank }, zoom) => kind === "state" && zoom >= rank, {
        colour: colours.soft, font: (zoom) => `500 ${zoom < 6 ? 11 : 12.5}px ${FONT}`, spacing: 0.8, longest: 14,
        room: (zoom, { r: rank }) => 14 * 2 ** (zoom - rank), // as choose_zoom in scripts/basemap/areas.py has it
      }, byRank, { maxzoom: 9 }),
      rule((props, zoom) => isCity(props, zoom) && props.r > 5 && !isLarge(props), city, byRank),
      rule(({ k: kind }) => kind === "lake", { colour: colours.water_text, font: () => `italic 400 11px ${FONT}`, longest: 14 }),
    ];
  }

  siteMap.mapStyle = { LAYERS, readCodes, paintRules, labelRules, tintRule, nameOf };
})(window.siteMap);
