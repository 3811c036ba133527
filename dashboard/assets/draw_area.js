/* Drawing around sites: a free line or a rectangle, by mouse, pen or finger.
 *
 * siteMap.drawArea.enable(map, onDrawn)    two buttons; onDrawn gets the area as an encoded polyline (five decimals)
 * siteMap.drawArea.show(layer, area, colour)   the area that is filtered by, [[lat, lon], …], as an outline
 *
 * Escape, or the button again, ends drawing. A line has at most MOST_CORNERS corners: a longer one is made simpler.
 */
window.siteMap ??= {};
(function (siteMap) {
  "use strict";

  const MOST_CORNERS = 150; // the filter takes 200
  const LEAST_PIXELS = 8; // less is a press, no drawing
  const KINDS = {
    lasso: { label: "Draw around sites", hint: "Draw a line around the sites" },
    rectangle: { label: "Draw a rectangle", hint: "Drag from one corner to the other" },
  };

  function enable(map, onDrawn) {
    const box = map.getContainer();
    const hint = siteMap.dom.create("div", "sm-hint");
    const overlay = siteMap.dom.svg("<path/>");
    overlay.removeAttribute("viewBox"); // in pixels
    overlay.setAttribute("class", "sm-drawn");
    const path = overlay.firstChild;
    box.append(overlay, hint);
    const buttons = {};
    let kind = "";
    let points = [];
    let pointer = null;
    let isJustDrawn = false; // the click that follows belongs to the drawing

    const stop = (event) => { event.stopPropagation(); if (event.cancelable) event.preventDefault(); };
    const isDrawn = (event) => kind && !siteMap.leaflet.isOverMap(event.target);
    /* What Leaflet makes of the same press: no drag, no zoom. Only while drawing: a listener that may prevent a touch delays it. */
    const block = (event) => { if (isDrawn(event)) stop(event); };

    function setKind(next) {
      kind = next;
      for (const name of ["mousedown", "mousemove", "touchstart", "touchmove", "dblclick"]) {
        box[kind ? "addEventListener" : "removeEventListener"](name, block, { capture: true, passive: false });
      }
      points = [];
      pointer = null;
      path.setAttribute("d", "");
      box.classList.toggle("sm-drawing", Boolean(kind));
      hint.textContent = kind ? KINDS[kind].hint : "";
      hint.classList.toggle("sm-shown", Boolean(kind));
      for (const [name, button] of Object.entries(buttons)) button.setAttribute("aria-pressed", String(name === kind));
    }

    for (const [name, { label }] of Object.entries(KINDS)) {
      const [beside = null] = Object.values(buttons);
      buttons[name] = siteMap.controls.addButton(map, { className: `sm-draw sm-${name}`, label, icon: name, beside }, () => {
        setKind(kind === name ? "" : name);
      });
      buttons[name].setAttribute("aria-pressed", "false");
      buttons[name].tabIndex = beside ? -1 : 0; // Tab reaches one, arrow keys the other
      buttons[name].addEventListener("keydown", (event) => {
        if (!event.key.startsWith("Arrow")) return;
        event.preventDefault();
        event.stopPropagation(); // the map would move
        const other = Object.values(buttons).find((button) => button !== event.currentTarget);
        event.currentTarget.tabIndex = -1;
        other.tabIndex = 0;
        other.focus();
      });
    }

    const readPoint = (event) => {
      const { left, top } = box.getBoundingClientRect();
      return L.point(event.clientX - left - box.clientLeft, event.clientY - top - box.clientTop);
    };
    function listCorners() {
      if (kind !== "rectangle" || points.length < 2) return points;
      const [a, b] = [points[0], points[points.length - 1]];
      return [a, L.point(b.x, a.y), b, L.point(a.x, b.y)];
    }

    box.addEventListener("pointerdown", (event) => {
      if (!isDrawn(event) || !event.isPrimary) return;
      stop(event);
      map.dragging.disable();
      map.closePopup();
      pointer = event.pointerId;
      points = [readPoint(event)];
      hint.classList.remove("sm-shown");
      box.setPointerCapture(pointer);
    }, true);
    box.addEventListener("pointermove", (event) => {
      if (!kind || event.pointerId !== pointer) return;
      stop(event);
      points.push(readPoint(event));
      path.setAttribute("d", `M${listCorners().map(({ x, y }) => `${x} ${y}`).join("L")}Z`);
    }, true);
    box.addEventListener("pointerup", (event) => {
      if (!kind || event.pointerId !== pointer) return;
      stop(event);
      const corners = listCorners();
      const size = L.bounds(corners).getSize();
      if (size.x < LEAST_PIXELS || size.y < LEAST_PIXELS) {
        setKind(kind); // once more
        return;
      }
      const area = simplify(corners).map((corner) => map.containerPointToLatLng(corner));
      setKind("");
      isJustDrawn = true;
      setTimeout(() => { isJustDrawn = false; });
      onDrawn(encode(area));
    }, true);
    box.addEventListener("pointercancel", () => { if (kind) setKind(kind); }, true);
    box.addEventListener("click", (event) => {
      if (isDrawn(event) || isJustDrawn) stop(event);
      isJustDrawn = false;
    }, true);
    box.addEventListener("keydown", (event) => { if (event.key === "Escape" && kind) setKind(""); });
  }

  function simplify(corners) {
    let found = corners;
    for (let tolerance = 1; found.length > MOST_CORNERS; tolerance *= 1.5) found = L.LineUtil.simplify(corners, tolerance);
    return found;
  }

  /* As dashboard/query/area_filter.py reads it. */
  function encode(area) {
    let written = "";
    let last = [0, 0];
    for (const { lat, lng } of area) {
      const wrapped = (((lng + 180) % 360) + 360) % 360 - 180;
      const now = [Math.round(Math.max(-90, Math.min(90, lat)) * 1e5), Math.round(wrapped * 1e5)];
      now.forEach((value, index) => {
        const difference = value - last[index];
        let number = difference < 0 ? ~(difference << 1) : difference << 1;
        while (number >= 0x20) {
          written += String.fromCharCode((0x20 | (number & 0x1f)) + 63);
          number >>>= 5;
        }
        written += String.fromCharCode(number + 63);
      });
      last = now;
    }
    return written;
  }

  function show(layer, area, colour) {
    if (!area) return;
    L.polygon(area, { interactive: false, className: "sm-area-outline", color: colour, weight: 2, fillOpacity: 0.05, dashArray: "6 5" }).addTo(layer);
  }

  siteMap.drawArea = { enable, show };
})(window.siteMap);
