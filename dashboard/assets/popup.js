/* The popup of a marker: its sites as a list of buttons, fifty at a time.
 *
 * siteMap.popup.build({data, places, list, total, marker, onSelect})   an element
 *
 * list has the places, total their sites. onSelect(row) is called for a site that is pressed, and for the
 * only site of a marker whose texts had to be fetched.
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  function build({ data, places, list, total, marker, onSelect }) {
    const { create } = siteMap.dom;
    const { say, format, count } = siteMap.words;
    const box = create("div", "sm-popup");
    box.tabIndex = -1;
    if (total > 1) box.append(create("p", "sm-count", say(list.length > 1 ? "{sites}, close together" : "{sites}, one position", { sites: count(total) })));
    box.append(create("h3", "", places.label(list[0])));
    const doubt = create("p", "sm-doubt");
    const items = create("ul");
    const more = create("button", "sm-more", "…");
    more.type = "button";
    box.append(items, more);
    let shown = 0;

    function add(page) {
      const isFirst = shown === 0;
      if (page.doubt && !doubt.textContent) { doubt.textContent = page.doubt; items.before(doubt); }
      for (const site of page.sites) items.append(buildItem(data.categories[site.category], site, onSelect));
      shown += page.sites.length;
      more.textContent = say("… and {number} more", { number: format(total - shown) });
      more.disabled = false;
      more.hidden = shown >= total || !page.sites.length;
      if (data.source && total === 1 && page.sites.length) onSelect(page.sites[0].row);
      if (isFirst && data.source && marker.isPopupOpen()) marker.getPopup().update();
    }

    function load() {
      more.disabled = true;
      if (!data.source) { add(places.listSites(list, shown)); return; }
      places.listSites(list, shown).then(add).catch(() => { more.textContent = say("The map has expired. Reload the page."); });
    }

    L.DomEvent.on(more, "click", load);
    new IntersectionObserver((entries) => {
      if (shown && entries.some((entry) => entry.isIntersecting) && !more.disabled) load();
    }).observe(more);
    load();
    return box;
  }

  function buildItem(category, site, onSelect) {
    const { create, svg } = siteMap.dom;
    const item = create("li");
    const button = create("button", "sm-popup-site");
    button.type = "button";
    const key = create("span", "sm-key");
    key.append(svg(category.svg));
    const text = create("span", "sm-words");
    text.append(create("b", "", site.title), create("small", "", site.detail));
    button.append(key, text);
    L.DomEvent.on(button, "click", () => onSelect(site.row));
    item.append(button);
    return item;
  }

  siteMap.popup = { build };
})(window.siteMap);
