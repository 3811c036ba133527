/* Elements of the page, made without parsing text from data as HTML.
 *
 * siteMap.dom.create(tag, className, text)   an element; the text becomes textContent
 * siteMap.dom.svg(markup)                    an svg element around our own markup, 24 by 24
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  function create(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function svg(markup) {
    const holder = document.createElement("span");
    holder.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${markup}</svg>`;
    return holder.firstChild;
  }

  siteMap.dom = { create, svg };
})(window.siteMap);
