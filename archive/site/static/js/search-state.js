// What a search page shows, as an address: ?q=...&filter.material=gỗ&from=1900&to=1954&sort=date&view=list.
// Such an address can be sent and cited; the back button goes from one to the one before. Years are
// astronomical, as in the query language: 0 is 1 BC.
var SearchState = (function () {
  "use strict";

  var PREFIX = "filter.";
  var ORDERS = ["relevance", "date", "number", "newest"];
  var VIEWS = ["grid", "list", "map"];

  /** Filters have the names an address gives them, and "__proto__" is a name as any other. */
  function copied(filters) {
    return Object.assign(Object.create(null), filters);
  }

  function empty() {
    return { query: "", filters: copied({}), between: null, order: "relevance", view: "grid" };
  }

  function year(text) {
    return /^-?[0-9]{1,7}$/.test(text || "") ? Number(text) : null;
  }

  /** Return the state that the part of an address after its "?" stands for. */
  function parse(search) {
    var asked = new URLSearchParams(search);
    var state = empty();
    state.query = (asked.get("q") || "").normalize("NFC");
    asked.forEach(function (value, name) {
      var field = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : "";
      if (!field || !value) { return; }
      if (!Object.prototype.hasOwnProperty.call(state.filters, field)) { state.filters[field] = []; }
      if (!state.filters[field].includes(value)) { state.filters[field].push(value); }
    });
    var first = year(asked.get("from")), last = year(asked.get("to"));
    if (first !== null || last !== null) { state.between = [first, last]; }
    if (ORDERS.includes(asked.get("sort"))) { state.order = asked.get("sort"); }
    if (VIEWS.includes(asked.get("view"))) { state.view = asked.get("view"); }
    return state;
  }

  /** Return the part of an address that stands for a state: empty, or beginning with "?". */
  function format(state) {
    var asked = new URLSearchParams();
    if (state.query) { asked.set("q", state.query); }
    Object.keys(state.filters).sort().forEach(function (field) {
      state.filters[field].forEach(function (value) { asked.append(PREFIX + field, value); });
    });
    if (state.between) {
      ["from", "to"].forEach(function (name, place) {
        if (state.between[place] !== null) { asked.set(name, String(state.between[place])); }
      });
    }
    if (state.order !== "relevance") { asked.set("sort", state.order); }
    if (state.view !== "grid") { asked.set("view", state.view); }
    var text = asked.toString();
    return text ? "?" + text : "";
  }

  function chosenCount(state) {
    return Object.keys(state.filters).reduce(function (sum, field) {
      return sum + state.filters[field].length;
    }, state.between ? 1 : 0);
  }

  function isChosen(state, field, value) {
    return (state.filters[field] || []).includes(value);
  }

  /** Return a state in which a value is chosen or, if it is already, is not. */
  function toggled(state, field, value) {
    var filters = copied(state.filters);
    var values = filters[field] || [];
    var others = values.filter(function (other) { return other !== value; });
    filters[field] = others.length === values.length ? values.concat([value]) : others;
    if (filters[field].length === 0) { delete filters[field]; }
    return Object.assign({}, state, { filters: filters });
  }

  return { empty: empty, parse: parse, format: format, chosenCount: chosenCount,
    isChosen: isChosen, toggled: toggled };
})();
