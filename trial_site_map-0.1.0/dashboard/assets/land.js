/* What a person points at on the land itself: a tooltip names it, a click offers to filter by it.
 *
 * siteMap.land.enable(map, basemap, {onPick, find})   onPick(kind, code) with kind "country" or "state", null for none;
 *                                                     find() gives {active, shade}: the codes filtered by now
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  function enable(map, basemap, { onPick, find }) {
    const tip = L.tooltip({ direction: "top", className: "sm-tip", opacity: 1, offset: [0, -6] });
    let waiting = null;
    map.on("mousemove", ({ latlng, originalEvent }) => {
      const isBare = !siteMap.leaflet.isOverMap(originalEvent.target) && !originalEvent.target.closest(".leaflet-marker-icon");
      if (waiting === null) requestAnimationFrame(() => { show(waiting); waiting = null; });
      waiting = isBare ? latlng : false;
    });
    map.on("mouseout movestart zoomstart", () => tip.close());

    function show(latlng) {
      const found = latlng && basemap.describe(latlng);
      if (!found || !found.lines.length) { tip.close(); return; }
      const words = siteMap.dom.create("span", "");
      found.lines.forEach((line, i) => words.append(...(i ? [siteMap.dom.create("br")] : []), line));
      tip.setLatLng(latlng).setContent(words);
      if (!map.hasLayer(tip)) tip.addTo(map);
    }

    map.on("click", ({ latlng }) => {
      const found = basemap.describe(latlng);
      if (!found || !found.countryName) return;
      tip.close();
      const popup = L.popup(siteMap.freeArea.popupOptions(map)).setLatLng(latlng);
      popup.setContent(build(found, find(), (kind, code) => { popup.close(); onPick(kind, code); }, onPick)).openOn(map);
    });
  }

  function build({ country, state, countryName, stateName, lines }, { active }, pick, canPick) {
    const { create } = siteMap.dom;
    const box = create("div", "sm-popup");
    box.append(create("h3", "", stateName ? `${stateName}, ${countryName}` : countryName));
    box.append(create("p", "sm-count", lines[lines.length - 1]));
    if (!canPick) return box;
    for (const [kind, code, name] of [["state", state, stateName], ["country", country, countryName]]) {
      if (!code || !name) continue;
      const isActive = active.includes(code);
      const button = create("button", "sm-offer", isActive ? `Remove the filter ${name}` : `Only sites in ${name}`);
      button.type = "button";
      L.DomEvent.on(button, "click", () => pick(kind, code));
      box.append(button);
    }
    return box;
  }

  siteMap.land = { enable };
})(window.siteMap);
