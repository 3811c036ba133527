/* Icons of markers, as Leaflet's divIcon.
 *
 * siteMap.icons.ring(counts, categories, total, className)   a ring cut by category, the number inside
 * siteMap.icons.single(category, isDoubtful, isSelected)     one site: the category's shape
 * siteMap.icons.radius(total, isArea)                        how far an icon reaches, in pixels
 * siteMap.icons.area(total, category)                        sites known by region or country only
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const { format } = siteMap.words;
  const SIZES = [[10, 34], [100, 40], [1000, 48], [10000, 56], [100000, 62], [Infinity, 70]]; // below so many sites: pixels

  const findSize = (total) => SIZES.find(([limit]) => total < limit)[1];

  /* Of an area only its number in the middle matters. */
  function radius(total, isArea) {
    if (isArea) return total > 1 ? 12 : 0;
    return total === 1 ? 12 : findSize(total) / 2;
  }

  function ring(counts, categories, total, className) {
    const size = findSize(total);
    const radius = 16;
    const circumference = 2 * Math.PI * radius;
    let start = 0;
    let arcs = "";
    counts.forEach((count, index) => {
      if (!count) return;
      const length = (count / total) * circumference;
      arcs += `<circle cx="20" cy="20" r="${radius}" fill="none" stroke="${categories[index].colour}" stroke-width="6" ` +
        `stroke-dasharray="${length.toFixed(2)} ${(circumference - length).toFixed(2)}" stroke-dashoffset="${(-start).toFixed(2)}" transform="rotate(-90 20 20)"/>`;
      start += length;
    });
    return L.divIcon({
      className: "marker-cluster sm-cluster " + (total < 1000 ? "" : "sm-long ") + className,
      iconSize: [size, size],
      html: `<div><svg viewBox="0 0 40 40" aria-hidden="true"><circle class="sm-disc" cx="20" cy="20" r="18"/>${arcs}</svg><span>${format(total)}</span></div>`,
    });
  }

  function single(category, isDoubtful, isSelected) {
    const dashes = isDoubtful ? '<circle class="sm-ring" cx="12" cy="12" r="14.5"/>' : "";
    return L.divIcon({
      className: "sm-site" + (isDoubtful ? " sm-flagged" : "") + (isSelected ? " sm-selected" : ""),
      iconSize: [24, 24],
      html: `<svg viewBox="-5 -5 34 34" aria-hidden="true">${dashes}<g class="sm-shape">${category.svg}</g></svg>`,
    });
  }

  function area(total, category) {
    return L.divIcon({
      className: "sm-area" + (total > 1 ? " marker-cluster" : ""),
      iconSize: [88, 88],
      html: `<div style="--sm-colour:${category.colour}"><span>${total > 1 ? format(total) : ""}</span></div>`,
    });
  }

  siteMap.icons = { ring, single, area, radius };
})(window.siteMap);
