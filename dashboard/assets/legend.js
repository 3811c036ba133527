/* The legend under the map: which shape and colour mean what, with the number of sites on the map.
 *
 * siteMap.legend.show(map, data, places, onPick)   in place of the legend before; none without sites
 *
 * An entry is a button that filters (onPick gets its label), or plain text where onPick is null. Tab reaches one
 * entry, arrow keys the others.
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
  let shown = null;

  function show(map, data, places, onPick) {
    shown?.remove();
    const totals = places.counts.map((counts) => counts.reduce((sum, count) => sum + count, 0));
    shown = totals.some(Boolean) ? build(data, totals, onPick) : null;
    if (shown) map.getContainer().after(shown);
    siteMap.page.fitMapAbove(map, shown);
  }

  function build({ legend, categories, chosen }, totals, onPick) {
    const { create, svg } = siteMap.dom;
    const box = create("div", "sm-legend");
    box.setAttribute("role", onPick ? "toolbar" : "group");
    box.setAttribute("aria-label", "Legend");
    box.append(create("span", "sm-legend-title", legend));
    categories.forEach((category, index) => {
      if (!totals[index]) return;
      const canPick = onPick && category.value !== undefined;
      const entry = create(canPick ? "button" : "span", "sm-entry");
      entry.append(svg(category.svg), create("span", "", category.label));
      if (category.detail) entry.append(create("span", "sm-detail", category.detail));
      entry.append(create("span", "sm-number", siteMap.words.format(totals[index])));
      if (canPick) {
        const isChosen = chosen.includes(category.value);
        entry.type = "button";
        entry.setAttribute("aria-pressed", String(isChosen));
        const whole = [category.label, category.detail].filter(Boolean).join(": ");
        entry.title = isChosen ? "Remove this filter" : `Only ${whole}`;
        entry.addEventListener("click", () => onPick(category.value));
      }
      box.append(entry);
    });
    const entries = [...box.querySelectorAll("button")];
    entries.forEach((entry, index) => {
      entry.tabIndex = index ? -1 : 0;
      entry.addEventListener("keydown", (event) => move(entries, index, event));
    });
    return box;
  }

  function move(entries, index, event) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const next = entries[(index + step + entries.length) % entries.length];
    for (const entry of entries) entry.tabIndex = entry === next ? 0 : -1;
    next.focus();
  }

  siteMap.legend = { show };
})(window.siteMap);
