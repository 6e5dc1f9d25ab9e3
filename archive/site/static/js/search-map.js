// The results of a search as a map: the values of the facet of places that lie somewhere known, each
// with its exact count. What it needs is loaded when the map is first asked for.
var SearchMap = (function () {
  "use strict";

  var FACET = "place";
  var STYLES = ["vendor/leaflet/leaflet.css", "css/map.css"];
  // In this order: each may need the one before.
  var SCRIPTS = ["vendor/leaflet/leaflet.js", "map/vietnam.js", "map/places.js", "js/map.js"];

  function loaded(name, address) {
    return new Promise(function (resolve, reject) {
      var node = document.createElement(name);
      node.onload = resolve;
      node.onerror = function () { reject(new Error("cannot load " + address)); };
      if (name === "link") { node.rel = "stylesheet"; node.href = address; } else { node.src = address; }
      document.head.append(node);
    });
  }

  function load(assets) {
    var styles = STYLES.map(function (path) { return loaded("link", assets + path); });
    return SCRIPTS.reduce(function (before, path) {
      return before.then(function () { return loaded("script", assets + path); });
    }, Promise.all(styles));
  }

  /**
   * Return the places of [[value, count], ...] that lie somewhere known.
   *
   * A province is marked where none of its communes is, or more items name it than name these.
   */
  function placed(values, known) {
    var inside = new Map();
    values.forEach(function (entry) {
      var province = entry[0].split(", ")[1];
      if (province) { inside.set(province, (inside.get(province) || 0) + entry[1]); }
    });
    return values.filter(function (entry) {
      return Object.prototype.hasOwnProperty.call(known, entry[0]) && entry[1] > (inside.get(entry[0]) || 0);
    });
  }

  /**
   * Return {show, hide} of the map in a box, or null where the page has none.
   *
   * @param {?HTMLElement} box Holds the map's own node, a status line and data-assets.
   * @param {object} words The sentences, from the page.
   * @param {{choose: function(string), hrefOf: function(string): string,
   *     labelOf: function(string): string}} asks What choosing a value does and leads to, and what
   *     readers see for it.
   */
  function inside(box, words, asks) {
    if (!box) { return null; }
    var plural = new Intl.PluralRules(words.lang);
    var status = box.querySelector("[role=status]");
    var ready = null;
    var made = null;
    var turn = 0;

    function prepare() {
      if (!ready) {
        ready = load(box.dataset.assets);
        ready.catch(function () { ready = null; });
      }
      return ready;
    }

    function make() {
      if (!made) {
        made = window.HoabanMap.over(box.querySelector(".map"), words.map, {
          total: function (places) { return places.length; },
          choose: function (place) { asks.choose(place.value); }
        });
      }
      return made;
    }

    function tell(count, off) {
      var text = count ? "" : words.map.none;
      if (off) {
        text += (text && " ") + words.map[plural.select(off) === "one" ? "offOne" : "offMany"]
          .replace("{count}", off.toLocaleString(words.lang));
      }
      status.textContent = text;
    }

    /** Show the places of an answer; those that are chosen stand out. */
    function show(answer, state) {
      var asked = ++turn;
      box.hidden = false;
      return prepare().then(function () {
        // Not before it is shown: a map takes its size and what it fits from its box.
        return asked === turn ? make() : null;
      }).then(function (map) {
        if (!map || asked !== turn) { return; }
        var values = (answer.facets[FACET] || []).filter(function (entry) { return entry[1] > 0; });
        var known = window.hoabanPlaces;
        var places = placed(values, known).map(function (entry) {
          var isChosen = window.SearchState.isChosen(state, FACET, entry[0]);
          return {
            value: entry[0], name: asks.labelOf(entry[0]), lat: known[entry[0]][0],
            lon: known[entry[0]][1], count: entry[1], href: asks.hrefOf(entry[0]),
            isChosen: isChosen, note: isChosen ? words.map.chosen : ""
          };
        });
        map.refit();
        map.show(places);
        tell(places.length, values.filter(function (entry) {
          return !Object.prototype.hasOwnProperty.call(known, entry[0]);
        }).length);
      }, function () {
        status.textContent = words.map.failed;
      });
    }

    function hide() {
      turn++;
      box.hidden = true;
    }

    return { show: show, hide: hide };
  }

  return { inside: inside, FACET: FACET };
})();
