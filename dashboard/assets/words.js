/* The map's own words, in the page's language.
 *
 * siteMap.words.use(table, lang)     the texts of a language by their English form; what it lacks stays English
 * siteMap.words.say(text, values)    a text with each {name} replaced
 * siteMap.words.format(number)       a number with its thousands apart
 * siteMap.words.count(number)        "12 sites"
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  let texts = {};
  let language = "en";

  function use(table = {}, lang = "en") {
    texts = table;
    language = lang;
  }

  function say(text, values = {}) {
    return (texts[text] || text).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  const format = (number) => number.toLocaleString(language);
  const count = (number) => (number === 1 ? say("1 site") : say("{number} sites", { number: format(number) }));

  siteMap.words = { use, say, format, count };
})(window.siteMap);
