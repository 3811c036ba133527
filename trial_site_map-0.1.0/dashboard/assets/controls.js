/* The map's own buttons, and the link that skips the map.
 *
 * siteMap.controls.addButton(map, {className, label, icon, text}, action)   icon: a name of ICONS; text beside the icon
 *   beside: another button, in whose box it stands; returns the button
 * siteMap.controls.addSkipLink(map)
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const ICONS = {
    home: '<path d="M3 11 12 3l9 8M6 9.5V20h12V9.5"/>',
    fullscreen: '<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/>',
    lasso: '<path d="M12 4c5 0 9 2.4 9 5.8s-4 5.7-9 5.7-9-2.3-9-5.7S7 4 12 4ZM8 15c-2.5 1-2.5 3.5 0 4s3 1.5 2 2.5"/>',
    rectangle: '<path stroke-dasharray="3.5 3" d="M4 6h16v12H4Z"/>',
    filter: '<path d="M3 5h18l-7 8v6l-4 2v-8Z"/>',
  };

  function addButton(map, { className, label, icon, text = "", position = "topleft", beside = null }, action) {
    const button = siteMap.dom.create("button", "sm-control " + className);
    button.append(siteMap.dom.svg(ICONS[icon]));
    if (text) button.append(siteMap.dom.create("span", "", text));
    button.type = "button";
    if (!text) button.title = label;
    button.setAttribute("aria-label", label);
    L.DomEvent.on(button, "click", action);
    if (beside) {
      beside.after(button);
      return button;
    }
    const Button = L.Control.extend({
      onAdd() {
        const box = siteMap.dom.create("div", "leaflet-bar");
        box.append(button);
        L.DomEvent.disableClickPropagation(box);
        return box;
      },
    });
    new Button({ position }).addTo(map);
    return button;
  }

  /* Past the map, to the tabs below it: the first of them holds the site table. */
  function addSkipLink(map) {
    const link = siteMap.dom.create("a", "sm-skip", "Skip the map, to the table");
    link.href = "#";
    L.DomEvent.disableClickPropagation(link);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      siteMap.page.focusOpenTab();
    });
    map.getContainer().prepend(link);
  }

  siteMap.controls = { addButton, addSkipLink };
})(window.siteMap);
