// The search page: results while typing, the query in the address, all by keyboard.
// The engine is HoabanSearch (search-engine.js); this script only shows what it finds.
(function () {
  "use strict";

  var PAGE = 24;
  var PAUSE_MS = 120;
  var input = document.getElementById("q");
  var form = input.form;
  var found = document.getElementById("found");
  var list = document.getElementById("results");
  var more = document.getElementById("more");
  var sort = document.getElementById("sort");
  var sorting = document.getElementById("sorting");
  var words = JSON.parse(document.getElementById("words").textContent);
  var plural = new Intl.PluralRules(words.lang);
  var numbers = new Intl.NumberFormat(words.lang);
  var timer = 0;
  var latest = 0;
  var shown = 0;
  var asked = "";
  var ready = null;

  function engine() {
    if (!ready) {
      ready = window.HoabanSearch
        ? Promise.resolve(window.HoabanSearch.load(list.dataset.index))
        : Promise.reject(new Error("no search engine"));
    }
    return ready;
  }

  function element(name, className, text, lang) {
    var node = document.createElement(name);
    if (className) { node.className = className; }
    if (text) { node.textContent = text; }
    if (lang && lang !== words.lang) { node.lang = lang; }
    return node;
  }

  // The title a reader of this edition gets: theirs, else one without language, else the first.
  function titleOf(hit) {
    var titles = hit.titles || [];
    return titles.find(function (pair) { return pair[0] === words.lang; }) ||
      titles.find(function (pair) { return !pair[0]; }) ||
      titles[0] || ["", hit.identifier];
  }

  // The title with the words that were found marked.
  function marked(title, query) {
    var node = element("span", "card-title", "", title[0]);
    window.HoabanSearch.highlight(title[1], query).forEach(function (piece) {
      node.appendChild(piece[1] ? element("mark", "", piece[0]) : document.createTextNode(piece[0]));
    });
    return node;
  }

  function card(hit, query) {
    var title = titleOf(hit);
    var item = element("li", "card");
    var link = element("a");
    link.href = list.dataset.edition + window.HoabanPaths.itemPage(hit.item_id);
    var mat = element("span", "mat");
    if (hit.thumbnail) {
      var image = element("img");
      image.alt = "";
      image.loading = "lazy";
      image.decoding = "async";
      image.src = list.dataset.root + hit.thumbnail;
      mat.appendChild(image);
    }
    link.appendChild(mat);
    link.appendChild(marked(title, query));
    item.appendChild(link);
    var facts = element("span", "card-facts");
    if (hit.date) { facts.appendChild(element("span", "", hit.date)); }
    facts.appendChild(element("span", "number", hit.identifier));
    item.appendChild(facts);
    return item;
  }

  function sentence(total, query) {
    var form = total === 0 ? words.none : plural.select(total) === "one" ? words.one : words.many;
    return form.replace("{count}", function () { return numbers.format(total); })
      .replace("{query}", function () { return query; });
  }

  function ask(query, offset) {
    var turn = ++latest;
    engine().then(function () {
      return window.HoabanSearch.search(query, { limit: PAGE, offset: offset, order: sort.value });
    }).then(function (answer) {
      // An older question may be answered after a newer one.
      if (turn !== latest) { return; }
      if (offset === 0) { list.textContent = ""; shown = 0; }
      answer.hits.forEach(function (hit) { list.appendChild(card(hit, answer.query)); });
      shown += answer.hits.length;
      found.textContent = sentence(answer.total, answer.corrected || query);
      if (answer.corrected) {
        found.textContent = words.corrected.replace("{words}", function () {
          return answer.corrected;
        }) + " · " + found.textContent;
      }
      sorting.hidden = answer.total < 2;
      var isMore = shown < answer.total && answer.hits.length > 0;
      if (offset > 0 && list.children[offset]) { list.children[offset].querySelector("a").focus(); }
      more.hidden = !isMore;
    }, function () {
      if (turn === latest) { found.textContent = words.failed; more.hidden = true; }
    });
  }

  function clear() {
    latest++;
    list.textContent = "";
    found.textContent = "";
    more.hidden = true;
    sorting.hidden = true;
  }

  function remember(query) {
    // Some browsers refuse to change the address of a page opened from a disk.
    try {
      var order = sort.value === "relevance" ? "" : "&sort=" + sort.value;
      var address = query ? "?q=" + encodeURIComponent(query) + order : window.location.pathname;
      window.history.replaceState(null, "", address);
    } catch (error) { /* the address stays as it is */ }
  }

  function run() {
    var query = input.value.normalize("NFC").trim();
    if (query === asked) { return; }
    asked = query;
    remember(query);
    if (query) { ask(query, 0); } else { clear(); }
  }

  // Arrow keys walk from the search line through the results and back.
  function step(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") { return; }
    var links = Array.prototype.slice.call(list.querySelectorAll("a"));
    var at = links.indexOf(document.activeElement);
    if (at < 0 && document.activeElement !== input) { return; }
    var next = at + (event.key === "ArrowDown" ? 1 : -1);
    if (next >= links.length) { return; }
    if (next === -2 || links.length === 0) { return; }
    event.preventDefault();
    (next < 0 ? input : links[next]).focus();
  }

  input.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(run, PAUSE_MS);
  });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    window.clearTimeout(timer);
    run();
  });
  sort.addEventListener("change", function () { asked = ""; run(); });
  more.addEventListener("click", function () { ask(asked, shown); });
  document.addEventListener("keydown", step);

  var address = new URLSearchParams(window.location.search);
  input.value = address.get("q") || "";
  sort.value = address.get("sort") || "relevance";
  if (!sort.value) { sort.value = "relevance"; }
  run();
  if (!input.value) { input.focus(); engine().catch(function () { found.textContent = words.failed; }); }
})();
