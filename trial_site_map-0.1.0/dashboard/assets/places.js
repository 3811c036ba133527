/* The places of a site table as typed arrays, out of the layer's own data or fetched from the server.
 *
 * siteMap.places.fromLayer(data)   all texts are in the data: few sites, or a map saved as a file
 * siteMap.places.fetchAll(data)    a promise: arrays from two URLs that the browser caches, texts on demand
 *
 * Both give {n, id, lat, lon, x, y, area, doubt, total, counts, sites, label(i), listSites(places, from)}:
 * n places; their numbers in the data; degrees; Web Mercator; 1 where it is a region or a country;
 * whether the position is in doubt; sites of each place, of each category and place, of all. listSites
 * gives {doubt, total, sites: [{row, category, title, detail}]}, at most 50 sites, in a promise if fetched.
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const PAGE_SITES = 50;
  const MAX_PLACES_IN_URL = 200;
  const CACHED_URLS = 8;
  const TYPES = { i4: Int32Array, u4: Uint32Array, u1: Uint8Array };
  const cache = new Map();

  function complete(places) {
    Object.assign(places, siteMap.clusters.projectMercator(places.lat, places.lon), { n: places.lat.length });
    places.total = new Uint32Array(places.n);
    for (const counts of places.counts) for (let i = 0; i < places.n; i += 1) places.total[i] += counts[i];
    places.sites = places.total.reduce((sum, count) => sum + count, 0);
    return places;
  }

  function fromLayer(data) {
    const { lat, lon, area, label, doubt, sites, first } = data.places;
    const counts = data.categories.map(() => new Uint32Array(lat.length));
    const columns = data.sites;
    sites.forEach((count, place) => {
      for (let site = first[place]; site < first[place] + count; site += 1) counts[columns.category[site]][place] += 1;
    });
    const readSite = (site) => ({
      row: columns.row[site], category: columns.category[site], title: columns.title[site], detail: columns.detail[site],
    });
    return complete({
      lat, lon, area, counts,
      id: Int32Array.from(lat, (_, place) => place),
      doubt: doubt.map(Boolean),
      label: (place) => label[place],
      listSites(places, from) {
        const all = places.flatMap((place) => Array.from({ length: sites[place] }, (_, n) => first[place] + n));
        const doubts = [...new Set(places.map((place) => doubt[place]).filter(Boolean))].join("; ");
        return { doubt: doubts, total: all.length, sites: all.slice(from, from + PAGE_SITES).map(readSite) };
      },
    });
  }

  /* The arrays behind a URL, as pack_arrays in dashboard/maps/store.py writes them. */
  function fetchArrays(url) {
    if (!cache.has(url)) {
      if (cache.size > CACHED_URLS) cache.delete(cache.keys().next().value);
      cache.set(url, fetch(url).then(async (response) => {
        if (!response.ok) throw new Error(`${url}: ${response.status}`);
        return unpackArrays(await response.arrayBuffer());
      }).catch((error) => { cache.delete(url); throw error; }));
    }
    return cache.get(url);
  }

  function unpackArrays(bytes) {
    const length = new DataView(bytes).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
    let at = 4 + length;
    for (const [name, type, count] of header.arrays) {
      header[name] = new TYPES[type](bytes, at, count);
      at += Math.ceil((count * TYPES[type].BYTES_PER_ELEMENT) / 4) * 4;
    }
    return header;
  }

  async function fetchAll(data) {
    const [all, shown] = await Promise.all([fetchArrays(data.source.places), fetchArrays(data.source.counts)]);
    const toDegrees = (hundredThousandths) => Float64Array.from(shown.place, (place) => hundredThousandths[place] / 1e5);
    return complete({
      lat: toDegrees(all.lat),
      lon: toDegrees(all.lon),
      area: Uint8Array.from(shown.place, (place) => all.area[place]),
      id: shown.place,
      doubt: shown.doubt,
      counts: data.categories.map((_, category) => shown["c" + category] || new Uint32Array(shown.place.length)),
      label: (place) => all.label[shown.place[place]],
      async listSites(places, from) {
        const query = new URLSearchParams(places.slice(0, MAX_PLACES_IN_URL).map((place) => ["place", shown.place[place]]));
        query.set("offset", from);
        const response = await fetch(`${data.source.sites}?${query}`);
        if (!response.ok) throw new Error(`${response.status}`);
        return response.json();
      },
    });
  }

  siteMap.places = { fromLayer, fetchAll };
})(window.siteMap);
