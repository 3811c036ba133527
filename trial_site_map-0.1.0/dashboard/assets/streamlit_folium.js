/* Adapter: all that the map relies on in streamlit-folium without being documented there.
 *
 * The component listens to "click" of every layer on the map. It sends Python the toGeoJSON() of the
 * clicked layer as `last_active_drawing`, and how many clicks there were.
 * tests/browser/test_framework_contract.py fails when any of this changes.
 *
 * siteMap.component.describe(layer, properties)        what a click on a layer sends to Python
 * siteMap.component.send(layer, properties, latlng)    send that now, as if the layer were clicked
 * siteMap.component.dropFirstMessage()                 see there
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const feature = (properties) => ({ type: "Feature", properties, geometry: null });

  function describe(layer, properties) {
    layer.toGeoJSON = () => feature(properties);
  }

  function send(layer, properties, latlng) {
    layer.fire("click", { layer: { toGeoJSON: () => feature(properties) }, latlng: latlng || null });
  }

  /* Start from the value that Python starts from (null; the component has 0), or the first move of the
   * map is sent as a change: a needless rerun, during which Streamlit attributes other clicks to the map. */
  function dropFirstMessage() {
    if (window.__GLOBAL_DATA__) window.__GLOBAL_DATA__.last_object_clicked_count = null;
  }

  siteMap.component = { describe, send, dropFirstMessage };
})(window.siteMap);
