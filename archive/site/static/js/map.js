// The map of places: an outline, and a mark with a count for every place or group of near places.
// Without this script the map's page has a still map and the list of all places.
var HoabanMap = (function () {
  "use strict";

  var CELL_PX = 46;
  var NAMES = {
    vi: [["Quần đảo Hoàng Sa\n(Việt Nam)", 15.5, 112.2], ["Quần đảo Trường Sa\n(Việt Nam)", 7.4, 113.8]],
    en: [["Hoàng Sa (Paracel)\narchipelago, Viet Nam", 15.5, 112.2],
      ["Trường Sa (Spratly)\narchipelago, Viet Nam", 7.4, 113.8]]
  };

  function turned(rings) {
    return rings.map(function (ring) {
      return [ring.map(function (point) { return [point[1], point[0]]; })];
    });
  }

  function outlined(map, outline, hasTiles, lang) {
    var L = window.L;
    function area(rings, name) {
      L.polygon(turned(rings), { className: name, interactive: false, weight: 1, smoothFactor: 0.6 }).addTo(map);
    }
    if (!hasTiles) {
      area(outline.around, "map-land");
      area(outline.vietnam, "map-home");
    }
    outline.outer.concat(outline.islands["hoang-sa"], outline.islands["truong-sa"]).forEach(function (point) {
      L.circleMarker([point[1], point[0]], { radius: 1.75, className: "map-island", interactive: false, weight: 0 }).addTo(map);
    });
    (NAMES[lang] || NAMES.en).forEach(function (entry) {
      var label = document.createElement("span");
      label.textContent = entry[0];
      L.marker([entry[1], entry[2]], {
        icon: L.divIcon({ className: "map-name", html: label, iconSize: null }), interactive: false, keyboard: false
      }).addTo(map);
    });
  }

  /**
   * Put a map of Vietnam in a box; return {show(places), refit()}.
   *
   * A place is {name, lat, lon, count, href, note, isChosen}: note is a sentence after its count,
   * if any.
   *
   * @param {HTMLElement} box Its data-tiles and data-credit name a tile service, if the museum has
   *     chosen one.
   * @param {{lang: string, zoomIn: string, zoomOut: string, items: string, places: string}} words
   *     What the map says.
   * @param {{total?: function(Array): number, choose?: function(object)}} [options] What the mark
   *     of several places says, if not how many items they have; what choosing a place does, if
   *     not following its href.
   */
  function over(box, words, options) {
    var L = window.L;
    var chosen = options || {};
    var shown = [];
    var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

    function total(places) {
      if (chosen.total) { return chosen.total(places); }
      return places.reduce(function (sum, place) { return sum + place.count; }, 0);
    }

    box.textContent = "";
    var map = L.map(box, {
      zoomControl: false, attributionControl: false, zoomSnap: 0.5, minZoom: 4, maxZoom: 12,
      maxBounds: [[1, 91], [28, 126]], maxBoundsViscosity: 1, zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still,
      scrollWheelZoom: false
    });
    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    if (box.dataset.tiles) {
      L.tileLayer(box.dataset.tiles, { maxZoom: 18 }).addTo(map);
      L.control.attribution({ prefix: false }).addAttribution(box.dataset.credit.replace(/[<>&]/g, "")).addTo(map);
      map.setMaxZoom(18);
    }
    outlined(map, window.hoabanOutline, Boolean(box.dataset.tiles), words.lang);
    var layer = L.layerGroup().addTo(map);

    function groups(zoom) {
      var found = [];
      shown.forEach(function (place) {
        var at = map.project([place.lat, place.lon], zoom);
        var near = found.find(function (group) { return group.at.distanceTo(at) < CELL_PX; });
        if (near) { near.places.push(place); } else { found.push({ at: at, places: [place] }); }
      });
      return found;
    }

    function icon(group) {
      var many = group.places.length > 1;
      var count = many ? total(group.places) : group.places[0].count;
      var size = 32 + Math.min(20, Math.round(5 * Math.log(count) / Math.LN2));
      var html = document.createElement("span");
      html.textContent = count.toLocaleString(words.lang);
      var isChosen = group.places.some(function (place) { return place.isChosen; });
      return L.divIcon({
        className: "map-mark" + (many ? " map-many" : "") + (isChosen ? " map-chosen" : ""),
        html: html, iconSize: [size, size]
      });
    }

    function popup(group) {
      var list = document.createElement("div");
      group.places.forEach(function (place) {
        var link = document.createElement("a");
        link.href = place.href;
        link.textContent = place.name;
        if (chosen.choose) {
          link.addEventListener("click", function (event) {
            if (event.ctrlKey || event.metaKey || event.shiftKey) { return; }
            event.preventDefault();
            chosen.choose(place);
          });
        }
        var count = document.createElement("p");
        count.textContent = place.count.toLocaleString(words.lang) + " " + words.items +
          (place.note ? " · " + place.note : "");
        list.append(link, count);
      });
      return list;
    }

    function said(group) {
      var place = group.places[0];
      if (group.places.length > 1) {
        var items = chosen.total ? "" : " (" + total(group.places) + " " + words.items + ")";
        return group.places.length + " " + words.places + items;
      }
      return place.name + ": " + place.count + " " + words.items + (place.note ? ", " + place.note : "");
    }

    function focusMiddle() {
      var middle = map.getCenter();
      var marks = layer.getLayers().sort(function (one, other) {
        return map.distance(middle, one.getLatLng()) - map.distance(middle, other.getLatLng());
      });
      (marks.length ? marks[0].getElement() : box).focus({ preventScroll: true });
    }

    function draw() {
      var isUsed = box.contains(document.activeElement);
      layer.clearLayers();
      groups(map.getZoom()).forEach(function (group) {
        var bounds = L.latLngBounds(group.places.map(function (place) { return [place.lat, place.lon]; }));
        var marker = L.marker(bounds.getCenter(), { icon: icon(group), riseOnHover: true });
        marker.on("add", function () { marker.getElement().setAttribute("aria-label", said(group)); });
        marker.addTo(layer);
        if (group.places.length === 1 || map.getZoom() >= map.getMaxZoom()) {
          marker.bindPopup(popup(group), { autoPanPadding: [24, 24] });
        } else {
          marker.on("click", function () {
            map.fitBounds(bounds, { padding: [60, 60], maxZoom: Math.max(map.getZoom() + 2, 8) });
          });
        }
      });
      // Whoever came by keyboard to a mark that is gone goes on from where the map now is.
      if (isUsed && !box.contains(document.activeElement)) { focusMiddle(); }
    }

    map.fitBounds(L.latLngBounds([[6.6, 101.8], [23.6, 116.6]]));
    map.on("zoomend", draw);
    // A wheel over the page scrolls the page, until someone has begun to use the map.
    map.on("focus click", function () { map.scrollWheelZoom.enable(); });

    return {
      show: function (places) {
        shown = places;
        map.closePopup();
        draw();
      },
      refit: function () { map.invalidateSize(); }
    };
  }

  /** Make the map of the map's page, which has its places with it. */
  function start() {
    var box = document.getElementById("map");
    var data = document.getElementById("map-places");
    if (!box || !data || !window.L || !window.hoabanOutline) { return; }
    var words = JSON.parse(data.textContent);
    over(box, words).show(words.list.map(function (place) {
      return { name: place[0], lat: place[1], lon: place[2], count: place[3], href: place[4] };
    }));
  }

  start();
  return { over: over };
})();
