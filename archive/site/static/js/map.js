// The map of places: an outline, and a mark with a count for every place or group of near places.
// Without this script the page has a still map and the list of all places.
(function () {
  "use strict";

  var L = window.L;
  var outline = window.hoabanOutline;
  var box = document.getElementById("map");
  var data = JSON.parse(document.getElementById("map-places").textContent);
  if (!L || !outline || !box) { return; }

  var CELL_PX = 46;
  var names = data.lang === "vi"
    ? [["Quần đảo Hoàng Sa\n(Việt Nam)", 15.5, 112.2], ["Quần đảo Trường Sa\n(Việt Nam)", 7.4, 113.8]]
    : [["Hoàng Sa (Paracel)\narchipelago, Viet Nam", 15.5, 112.2], ["Trường Sa (Spratly)\narchipelago, Viet Nam", 7.4, 113.8]];

  function turned(rings) {
    return rings.map(function (ring) {
      return [ring.map(function (point) { return [point[1], point[0]]; })];
    });
  }

  box.textContent = "";
  var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  var map = L.map(box, {
    zoomControl: false, attributionControl: false, zoomSnap: 0.5, minZoom: 4, maxZoom: 12,
    maxBounds: [[1, 91], [28, 126]], maxBoundsViscosity: 1, zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still,
    scrollWheelZoom: false
  });
  L.control.zoom({ zoomInTitle: data.zoomIn, zoomOutTitle: data.zoomOut }).addTo(map);
  if (box.dataset.tiles) {
    L.tileLayer(box.dataset.tiles, { maxZoom: 18 }).addTo(map);
    L.control.attribution({ prefix: false }).addAttribution(box.dataset.credit.replace(/[<>&]/g, "")).addTo(map);
    map.setMaxZoom(18);
  }
  function area(rings, name) {
    L.polygon(turned(rings), { className: name, interactive: false, weight: 1, smoothFactor: 0.6 }).addTo(map);
  }
  if (!box.dataset.tiles) {
    area(outline.around, "map-land");
    area(outline.vietnam, "map-home");
  }
  outline.outer.concat(outline.islands["hoang-sa"], outline.islands["truong-sa"]).forEach(function (point) {
    L.circleMarker([point[1], point[0]], { radius: 1.75, className: "map-island", interactive: false, weight: 0 }).addTo(map);
  });
  names.forEach(function (entry) {
    var label = document.createElement("span");
    label.textContent = entry[0];
    L.marker([entry[1], entry[2]], {
      icon: L.divIcon({ className: "map-name", html: label, iconSize: null }), interactive: false, keyboard: false
    }).addTo(map);
  });

  var layer = L.layerGroup().addTo(map);

  function groups(zoom) {
    var found = [];
    data.list.forEach(function (place) {
      var at = map.project([place[1], place[2]], zoom);
      var near = found.find(function (group) { return group.at.distanceTo(at) < CELL_PX; });
      if (near) {
        near.places.push(place);
        near.count += place[3];
      } else {
        found.push({ at: at, places: [place], count: place[3] });
      }
    });
    return found;
  }

  function icon(group) {
    var many = group.places.length > 1;
    var size = 32 + Math.min(20, Math.round(5 * Math.log(group.count) / Math.LN2));
    var html = document.createElement("span");
    html.textContent = group.count.toLocaleString(data.lang);
    return L.divIcon({ className: "map-mark" + (many ? " map-many" : ""), html: html, iconSize: [size, size] });
  }

  function popup(group) {
    var list = document.createElement("div");
    group.places.forEach(function (place) {
      var link = document.createElement("a");
      link.href = place[4];
      link.textContent = place[0];
      var count = document.createElement("p");
      count.textContent = place[3].toLocaleString(data.lang) + " " + data.items;
      list.append(link, count);
    });
    return list;
  }

  function draw() {
    layer.clearLayers();
    groups(map.getZoom()).forEach(function (group) {
      var bounds = L.latLngBounds(group.places.map(function (place) { return [place[1], place[2]]; }));
      var one = group.places.length === 1;
      var marker = L.marker(bounds.getCenter(), { icon: icon(group), riseOnHover: true });
      marker.on("add", function () {
        marker.getElement().setAttribute("aria-label", one
          ? group.places[0][0] + ": " + group.count + " " + data.items
          : group.places.length + " " + data.places + " (" + group.count + " " + data.items + ")");
      });
      marker.addTo(layer);
      if (one || map.getZoom() >= map.getMaxZoom()) {
        marker.bindPopup(popup(group), { autoPanPadding: [24, 24] });
      } else {
        marker.on("click", function () {
          map.fitBounds(bounds, { padding: [60, 60], maxZoom: Math.max(map.getZoom() + 2, 8) });
        });
      }
    });
  }

  var all = L.latLngBounds([[6.6, 101.8], [23.6, 116.6]]);
  map.fitBounds(all);
  draw();
  map.on("zoomend", draw);
  // A wheel over the page scrolls the page, until someone has begun to use the map.
  map.on("focus click", function () { map.scrollWheelZoom.enable(); });
})();
