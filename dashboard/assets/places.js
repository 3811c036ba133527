/* The places of a site table as typed arrays, from the page's own text or from the server.
 *
 * siteMapPlaces.inline(data)   all texts are in the data: few sites, or a map saved as a file
 * siteMapPlaces.fetched(data)  arrays come from two addresses the browser keeps; texts when asked
 *
 * Both give {n, id, lat, lon, x, y, area, doubt, total, counts, sites, label(i), page(list, from)}.
 */
(function () {
  "use strict";

  const PAGE = 50;
  const TYPES = { i4: Int32Array, u4: Uint32Array, u1: Uint8Array };
  const kept = new Map();

  function complete(places) {
    Object.assign(places, window.siteClusters.mercator(places.lat, places.lon), { n: places.lat.length });
    places.total = new Uint32Array(places.n);
    for (const of of places.counts) for (let i = 0; i < places.n; i += 1) places.total[i] += of[i];
    places.sites = places.total.reduce((sum, count) => sum + count, 0);
    return places;
  }

  function inline(data) {
    const { lat, lon, area, label, doubt, sites, first } = data.places;
    const counts = data.categories.map(() => new Uint32Array(lat.length));
    const rows = data.sites;
    sites.forEach((count, place) => {
      for (let site = first[place]; site < first[place] + count; site += 1) counts[rows.category[site]][place] += 1;
    });
    const row = (site) => ({ row: rows.row[site], category: rows.category[site], title: rows.title[site], detail: rows.detail[site] });
    return complete({
      lat, lon, area, counts,
      id: Int32Array.from(lat, (_, place) => place),
      doubt: doubt.map(Boolean),
      label: (place) => label[place],
      page(list, from) {
        const all = list.flatMap((place) => Array.from({ length: sites[place] }, (_, n) => first[place] + n));
        const words = [...new Set(list.map((place) => doubt[place]).filter(Boolean))].join("; ");
        return { doubt: words, total: all.length, sites: all.slice(from, from + PAGE).map(row) };
      },
    });
  }

  /* A header in JSON, its length before it, then the arrays it names. */
  async function arrays(url) {
    if (!kept.has(url)) {
      if (kept.size > 8) kept.delete(kept.keys().next().value);
      kept.set(url, fetch(url).then(async (answer) => {
        if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
        const bytes = await answer.arrayBuffer();
        const length = new DataView(bytes).getUint32(0, true);
        const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
        let at = 4 + length;
        for (const [name, type, count] of header.arrays) {
          header[name] = new TYPES[type](bytes, at, count);
          at += Math.ceil((count * TYPES[type].BYTES_PER_ELEMENT) / 4) * 4;
        }
        return header;
      }).catch((error) => { kept.delete(url); throw error; }));
    }
    return kept.get(url);
  }

  async function fetched(data) {
    const [all, here] = await Promise.all([arrays(data.source.places), arrays(data.source.counts)]);
    const degrees = (whole) => Float64Array.from(here.place, (place) => whole[place] / 1e5);
    return complete({
      lat: degrees(all.lat),
      lon: degrees(all.lon),
      area: Uint8Array.from(here.place, (place) => all.area[place]),
      id: here.place,
      doubt: here.doubt,
      counts: data.categories.map((_, category) => here["c" + category] || new Uint32Array(here.place.length)),
      label: (place) => all.label[here.place[place]],
      async page(list, from) {
        const query = new URLSearchParams(list.slice(0, 200).map((place) => ["place", here.place[place]]));
        query.set("offset", from);
        const answer = await fetch(`${data.source.sites}?${query}`);
        if (!answer.ok) throw new Error(`${answer.status}`);
        return answer.json();
      },
    });
  }

  window.siteMapPlaces = { inline, fetched };
})();
