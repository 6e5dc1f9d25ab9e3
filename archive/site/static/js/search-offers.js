// Suggestions while typing: a combobox as the ARIA Authoring Practices have it (list, manual
// selection). The focus stays in the search line.
var SearchOffers = (function () {
  "use strict";

  var MOST = 8;
  var element = window.SearchResults.element;

  /**
   * Offer suggestions below a search line. Returns {update, close, isOpen}.
   *
   * @param {HTMLInputElement} input The search line.
   * @param {HTMLElement} list The listbox.
   * @param {HTMLElement} said Where the number of suggestions is said.
   * @param {{lang: string}} words The sentences of the page.
   * @param {{suggest: function(string, number): Promise, kindOf: function(string): string,
   *     labelOf: function(object): string, take: function(object)}} page Where suggestions come
   *     from, what their kinds and values are called, and what becomes of the chosen one.
   */
  function below(input, list, said, words, page) {
    var plural = new Intl.PluralRules(words.lang);
    var numbers = new Intl.NumberFormat(words.lang);
    var offers = [];
    var active = -1;
    var turn = 0;

    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");

    function isOpen() {
      return !list.hidden;
    }

    function close() {
      turn += 1;
      list.hidden = true;
      active = -1;
      said.textContent = "";
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function activate(place) {
      active = place;
      Array.prototype.forEach.call(list.children, function (node, number) {
        node.setAttribute("aria-selected", String(number === place));
      });
      if (place < 0) {
        input.removeAttribute("aria-activedescendant");
      } else {
        input.setAttribute("aria-activedescendant", list.children[place].id);
        list.children[place].scrollIntoView({ block: "nearest" });
      }
    }

    function option(offer, place) {
      var node = element("li", "offer");
      node.id = "offer-" + place;
      node.setAttribute("role", "option");
      node.setAttribute("aria-selected", "false");
      node.append(element("span", "offer-text", page.labelOf(offer)));
      var kind = page.kindOf(offer.kind);
      if (kind) { node.append(element("span", "offer-kind", kind)); }
      if (offer.kind !== "number" && offer.kind !== "word") {
        node.append(element("span", "offer-count", numbers.format(offer.count)));
      }
      // Before the search line loses the focus.
      node.addEventListener("pointerdown", function (event) { event.preventDefault(); });
      node.addEventListener("click", function () { take(place); });
      return node;
    }

    function take(place) {
      var offer = offers[place];
      close();
      page.take(offer);
    }

    function show(found) {
      offers = found;
      list.textContent = "";
      found.forEach(function (offer, place) { list.append(option(offer, place)); });
      active = -1;
      input.removeAttribute("aria-activedescendant");
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(found.length > 0));
      said.textContent = found.length === 0 ? "" :
        (plural.select(found.length) === "one" ? words.offeredOne : words.offeredMany)
          .replace("{count}", numbers.format(found.length));
    }

    /** Offer what the text may become. */
    function update() {
      var asked = ++turn;
      page.suggest(input.value, MOST).then(function (found) {
        if (asked === turn && document.activeElement === input) { show(found); }
      }, close);
    }

    input.addEventListener("keydown", function (event) {
      if (event.isComposing || !isOpen()) { return; }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        var count = offers.length + 1;
        var next = active + (event.key === "ArrowDown" ? 1 : -1);
        activate((next + 1 + count) % count - 1);
      } else if (event.key === "Enter" && active >= 0) {
        event.preventDefault();
        take(active);
      } else if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        close();
      } else if (event.key === "Tab") {
        close();
      }
    });
    input.addEventListener("blur", close);

    return { update: update, close: close, isOpen: isOpen };
  }

  return { below: below };
})();
