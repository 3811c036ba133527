/* The point that "near" is measured from and the circle around it, and those in which the selected hospitals likely lie.
 *
 * siteMap.distanceCircle.add(layer, data, colour)   data: {centre: {lat, lon}, circle: {lat, lon, km}, uncertainty: [{lat, lon, km}]}, all optional
 * siteMap.distanceCircle.extend(bounds, data)       bounds that also hold point and circle
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  function add(layer, { centre, circle, uncertainty }, colour) {
    for (const { lat, lon, km } of uncertainty ?? []) {
      L.circle([lat, lon], {
        radius: km * 1000, interactive: false, className: "sm-uncertainty", color: colour, weight: 1, fillOpacity: 0.08,
      }).addTo(layer);
    }
    if (circle) {
      L.circle([circle.lat, circle.lon], {
        radius: circle.km * 1000, interactive: false, className: "sm-circle",
        color: colour, weight: 1.5, fillOpacity: 0.06, dashArray: "6 5",
      }).addTo(layer);
    }
    if (centre) {
      L.marker([centre.lat, centre.lon], {
        interactive: false, keyboard: false, icon: L.divIcon({ className: "sm-centre", iconSize: [18, 18], html: "<i></i>" }),
      }).addTo(layer);
    }
  }

  function extend(bounds, { centre, circle }) {
    if (circle) bounds.extend(L.latLng(circle.lat, circle.lon).toBounds(2000 * circle.km));
    else if (centre) bounds.extend([centre.lat, centre.lon]);
  }

  siteMap.distanceCircle = { add, extend };
})(window.siteMap);
