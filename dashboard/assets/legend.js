/* The legend: which shape and colour mean what, with the number of sites on the map.
 *
 * siteMap.legend.show(map, title, categories, places)   in place of the legend before; none without sites
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  let control = null;
  let isOpen; // as a person left it, undefined until then

  function show(map, title, categories, places) {
    if (control) control.remove();
    const totals = places.counts.map((counts) => counts.reduce((sum, count) => sum + count, 0));
    const Legend = L.Control.extend({ onAdd: () => build(map, title, categories, totals) });
    control = totals.some(Boolean) ? new Legend({ position: "topright" }).addTo(map) : null;
  }

  function build(map, title, categories, totals) {
    const { create, svg } = siteMap.dom;
    const box = create("details", "sm-legend");
    box.setAttribute("aria-label", "Legend");
    box.open = isOpen ?? (map.getSize().x > 480 || totals.filter(Boolean).length < 3);
    box.addEventListener("toggle", () => { isOpen = box.open; });
    const summary = create("summary", "", title);
    summary.title = "Fold the legend";
    const list = create("ul");
    categories.forEach((category, index) => {
      if (!totals[index]) return;
      const item = create("li");
      item.append(svg(category.svg), create("span", "", category.label), create("span", "sm-number", totals[index].toLocaleString("en")));
      list.append(item);
    });
    box.append(summary, list);
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    return box;
  }

  siteMap.legend = { show };
})(window.siteMap);
