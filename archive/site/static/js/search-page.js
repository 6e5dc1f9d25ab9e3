// The search page: results while typing, what narrows them down, all of it in the address and by
// keyboard. The engine is HoabanSearch (search-engine.js); this script asks it and shows what it
// answers, with the help of the scripts beside it.
(function () {
  "use strict";

  var PAGE = 24;
  var PAUSE_MS = 120;
  var State = window.SearchState;
  var get = function (id) { return document.getElementById(id); };
  var input = get("q");
  var found = get("found");
  var list = get("results");
  var more = get("more");
  var sort = get("sort");
  var words = JSON.parse(get("words").textContent);
  var plural = new Intl.PluralRules(words.lang);
  var numbers = new Intl.NumberFormat(words.lang);
  var results = window.SearchResults.over(list, words.lang);
  var narrow = window.SearchNarrow.inside(get("facets"), words, function (field, value) {
    go(State.toggled(state, field, value));
  });
  var years = window.SearchYears.inside(get("years"), words, function (between) {
    go(Object.assign({}, state, { between: between }));
  });
  var offers = window.SearchOffers.below(input, get("offers"), get("offered"), words, {
    suggest: function (text, limit) {
      return engine().then(function () { return window.HoabanSearch.suggest(text, limit); });
    },
    kindOf: function (kind) {
      return kind === "word" ? "" : kind === "number" ? words.number : narrow.nameOf(kind);
    },
    labelOf: function (offer) {
      return isFacet(offer) ? narrow.labelOf(offer.kind, offer.text) : offer.text;
    },
    take: take,
  });
  var map = window.SearchMap.inside(get("result-map"), words, {
    choose: function (value) { go(withPlace(value)); input.focus(); },
    hrefOf: function (value) { return State.format(withPlace(value)); },
    labelOf: function (value) { return narrow.labelOf(window.SearchMap.FACET, value); },
  });
  var state = State.empty();
  var timer = 0;
  // Of each kind only the latest question is answered: more hits must not cost the counts.
  var latest = { hits: 0, counts: 0 };
  // From so many items on the index keeps what finds several words long before they are counted.
  var LARGE = 262144;
  var shown = 0;
  var ready = null;

  function engine() {
    if (!ready) {
      ready = window.HoabanSearch
        ? Promise.resolve(window.HoabanSearch.load(list.dataset.index))
        : Promise.reject(new Error("no search engine"));
    }
    return ready;
  }

  // The address -------------------------------------------------------------------------------

  function address() {
    // Where a browser keeps pages from a disk from changing their address, what follows "#" does.
    var mark = window.location.hash;
    return mark.startsWith("#?") ? mark.slice(1) : window.location.search;
  }

  function remember(isStep) {
    var search = State.format(state);
    if (search === address()) { return; }
    var target = window.location.pathname + search;
    try {
      window.history[isStep ? "pushState" : "replaceState"](null, "", target);
    } catch (error) {
      if (isStep) { window.location.hash = search || "?"; }
      else { window.location.replace("#" + (search || "?")); }
    }
  }

  /** Show a state; a step can be taken back with the browser's back button. */
  function go(next, isTyping) {
    state = next;
    remember(!isTyping);
    refresh();
  }

  /** A place of the map that is chosen shows its items; one that is taken away the map. */
  function withPlace(value) {
    var field = window.SearchMap.FACET;
    var isChosen = State.isChosen(state, field, value);
    return Object.assign(State.toggled(state, field, value), { view: isChosen ? "map" : "grid" });
  }

  function read() {
    var next = State.parse(address());
    if (next.view === "map" && !map) { next.view = "grid"; }
    return next;
  }

  function goBack() {
    var next = read();
    if (State.format(next) === State.format(state)) { return; }
    state = next;
    input.value = state.query;
    offers.close();
    refresh();
  }

  // Asking ------------------------------------------------------------------------------------

  function ask(offset, limit, isCounted) {
    var kind = isCounted ? "counts" : "hits";
    var turn = ++latest[kind];
    var asked = state;
    function isLatest() { return turn === latest[kind] && asked === state; }
    return engine().then(function () {
      return window.HoabanSearch.search(asked.query, {
        limit: limit, offset: offset, order: asked.order, filters: asked.filters,
        between: asked.between, facets: isCounted, years: isCounted, all: true,
      });
      // An older question may be answered after a newer one.
    }).then(function (answer) { return isLatest() ? answer : null; }, function () {
      if (isLatest()) { fail(); }
      return null;
    });
  }

  function fail() {
    get("finds").hidden = false;
    found.textContent = words.failed;
    list.textContent = "";
    if (map) { map.hide(); }
    more.hidden = true;
    get("narrow").hidden = true;
    get("sorting").hidden = true;
  }

  function refresh() {
    var wanted = Math.max(PAGE, (window.history.state || {}).shown || 0);
    sort.value = state.order;
    list.classList.toggle("is-list", state.view === "list");
    list.hidden = state.view === "map";
    document.querySelector(".sort").hidden = state.view === "map";
    document.querySelectorAll("[data-view]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.view === state.view));
    });
    linkEditions();
    var asked = state;
    var isShown = false;
    hitsFirst(wanted).then(function (answer) {
      isShown = Boolean(answer);
      if (isShown) { showHits(answer); showChosen(); }
      return asked === state ? ask(0, wanted, true) : null;
    }).then(function (answer) {
      if (!answer) { return; }
      // The same hits; there may be more of them by now.
      if (!isShown) { showHits(answer); }
      narrow.show(answer, state);
      years.show(answer.years, state.between);
      showChosen();
    });
  }

  /**
   * Promise the hits, or null, before they are counted, where counting takes much longer: several
   * words in a large archive. A map shows nothing but counts.
   */
  function hitsFirst(wanted) {
    var isLong = /\s/.test(state.query.trim()) && state.view !== "map" && !state.between &&
      Object.keys(state.filters).length === 0;
    var asked = state;
    return engine().then(function (items) {
      return isLong && items > LARGE && asked === state ? ask(0, wanted, false) : null;
    }, function () { return null; });
  }

  function showHits(answer) {
    get("finds").hidden = false;
    results.show(answer);
    shown = answer.hits.length;
    showMap(answer);
    tell(answer);
  }

  function showMap(answer) {
    if (map && state.view === "map") { map.show(answer, state); } else if (map) { map.hide(); }
  }

  function sentence(answer) {
    var query = answer.corrected || state.query;
    var form = answer.total === 0 ? "none" : plural.select(answer.total) === "one" ? "one" : "many";
    var text = words[query.trim() ? form : form + "AtAll"]
      .replace("{count}", function () { return numbers.format(answer.total); })
      .replace("{query}", function () { return query; });
    if (!answer.corrected) { return text; }
    return words.corrected.replace("{words}", function () { return answer.corrected; }) + " · " + text;
  }

  function tell(answer) {
    found.textContent = sentence(answer);
    get("nothing").hidden = answer.total > 0;
    more.hidden = shown >= answer.total || state.view === "map";
    document.querySelector(".narrow-show").textContent =
      words.showResults.replace("{count}", numbers.format(answer.total));
  }

  function showChosen() {
    var chosen = [];
    Object.keys(state.filters).forEach(function (field) {
      state.filters[field].forEach(function (value) {
        chosen.push({
          text: narrow.nameOf(field) + ": " + narrow.labelOf(field, value),
          remove: function () { go(State.toggled(state, field, value)); input.focus(); },
        });
      });
    });
    if (state.between) {
      chosen.push({
        text: words.time + ": " + years.textOf(state.between),
        remove: function () { go(Object.assign({}, state, { between: null })); input.focus(); },
      });
    }
    window.SearchNarrow.showChips(get("chips"), chosen, words, clear);
    document.querySelector(".narrow-open").textContent = chosen.length === 0 ? words.narrow
      : words.narrowChosen.replace("{count}", numbers.format(chosen.length));
  }

  function clear() {
    go(Object.assign({}, state, { filters: State.empty().filters, between: null }));
    input.focus();
  }

  // The other edition shows the same.
  function linkEditions() {
    document.querySelectorAll("a.edition").forEach(function (link) {
      link.href = link.getAttribute("href").split("?")[0] + State.format(state);
    });
  }

  // What people do ----------------------------------------------------------------------------

  function isFacet(offer) {
    return offer.kind !== "word" && offer.kind !== "number";
  }

  function take(offer) {
    window.clearTimeout(timer);
    if (isFacet(offer)) {
      input.value = "";
      var next = Object.assign({}, state, { query: "" });
      go(State.isChosen(state, offer.kind, offer.text) ? next
        : State.toggled(next, offer.kind, offer.text));
      return;
    }
    input.value = offer.text;
    go(Object.assign({}, state, { query: offer.text }));
  }

  function typed(isDone) {
    var query = input.value.normalize("NFC").trim();
    if (query === state.query && !isDone) { return; }
    go(Object.assign({}, state, { query: query }), !isDone);
  }

  input.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(function () { typed(false); offers.update(); }, PAUSE_MS);
  });
  input.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.isComposing) { return; }
    if (event.key === "ArrowDown" && results.focus(0)) { event.preventDefault(); }
  });
  input.form.addEventListener("submit", function (event) {
    event.preventDefault();
    window.clearTimeout(timer);
    offers.close();
    typed(true);
  });
  sort.addEventListener("change", function () {
    go(Object.assign({}, state, { order: sort.value }));
  });
  document.querySelectorAll("[data-view]").forEach(function (button) {
    button.addEventListener("click", function () {
      go(Object.assign({}, state, { view: button.dataset.view }));
    });
  });
  more.addEventListener("click", function () {
    ask(shown, PAGE, false).then(function (answer) {
      if (!answer) { return; }
      var first = shown;
      results.append(answer);
      shown += answer.hits.length;
      more.hidden = shown >= answer.total || answer.hits.length === 0;
      try { window.history.replaceState({ shown: shown }, ""); } catch (error) { /* as it was */ }
      results.focus(first);
    });
  });
  document.addEventListener("keydown", function (event) {
    var isWriting = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) &&
      event.target.type !== "checkbox";
    if (event.key === "/" && !isWriting && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    } else {
      results.step(event, input);
    }
  });
  window.addEventListener("popstate", goBack);
  window.addEventListener("hashchange", goBack);

  window.SearchNarrow.asDrawer(get("narrow-body"), get("narrow"), get("drawer"));
  state = read();
  input.value = state.query;
  refresh();
})();
