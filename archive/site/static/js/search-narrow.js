// The facets of a search: check boxes with counts, in a column or, on a narrow screen, in a drawer;
// and what is chosen, as chips that take it away.
var SearchNarrow = (function () {
  "use strict";

  var FEW = 6;
  var LONG = 12;
  var MOST = 400;
  // The order that says most: centuries follow each other.
  var IN_ORDER = ["period"];
  var OPEN = 5;
  var element = window.SearchResults.element;

  /** Return a text as it is compared in the small find boxes: without marks, in lower case. */
  function folded(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/đ/g, "d");
  }

  /**
   * Return {show, labelOf, nameOf} for the facets in a node.
   *
   * @param {HTMLElement} box Where the facets go.
   * @param {object} words The sentences and the names of facets and values, from the page.
   * @param {function(string, string)} choose Called with the field and the value that is chosen or
   *     is no more.
   */
  function inside(box, words, choose) {
    var numbers = new Intl.NumberFormat(words.lang);
    var groups = new Map();

    function facetOf(field) {
      return words.facets.find(function (facet) { return facet.name === field; });
    }

    function nameOf(field) {
      var facet = facetOf(field);
      return facet ? facet.label : field;
    }

    function labelOf(field, value) {
      var facet = facetOf(field);
      var known = facet && Object.prototype.hasOwnProperty.call(facet.values, value);
      var label = known ? facet.values[value] : value;
      return label.charAt(0).toLocaleUpperCase(words.lang) + label.slice(1);
    }

    function group(field) {
      if (groups.has(field)) { return groups.get(field); }
      var node = element("details", "facet");
      var title = element("summary");
      title.append(element("h3", "", nameOf(field)));
      var finder = element("input", "facet-find");
      finder.type = "search";
      finder.setAttribute("aria-label", words.findIn.replace("{name}", nameOf(field)));
      finder.placeholder = words.findIn.replace("{name}", nameOf(field));
      var list = element("ul", "facet-values");
      list.setAttribute("aria-label", nameOf(field));
      var all = element("button", "quiet-button");
      all.type = "button";
      node.append(title, finder, list, all);
      node.open = groups.size < OPEN;
      var made = { node: node, finder: finder, list: list, all: all, isWhole: false, values: [] };
      all.addEventListener("click", function () {
        made.isWhole = !made.isWhole;
        if (!made.isWhole) { finder.value = ""; }
        fill(field, made);
        if (made.isWhole && !finder.hidden) { finder.focus(); }
      });
      finder.addEventListener("input", function () { fill(field, made); });
      groups.set(field, made);
      return made;
    }

    function line(field, value, count, isChosen) {
      var item = element("li"), label = element("label");
      var check = element("input");
      check.type = "checkbox";
      check.checked = isChosen;
      check.dataset.key = field + "\t" + value;
      check.addEventListener("change", function () { choose(field, value); });
      label.append(check, element("span", "facet-value", labelOf(field, value)),
        element("span", "facet-count", numbers.format(count)));
      item.append(label);
      return item;
    }

    function fill(field, made) {
      var wanted = folded(made.finder.value.trim());
      var fitting = made.values.filter(function (entry) {
        return !wanted || folded(labelOf(field, entry[0])).includes(wanted);
      });
      // What is chosen is seen, however few have it.
      var shown = made.isWhole ? fitting.slice(0, MOST) : fitting.filter(function (entry, place) {
        return place < FEW || entry[2];
      });
      made.list.textContent = "";
      shown.forEach(function (entry) {
        made.list.append(line(field, entry[0], entry[1], entry[2]));
      });
      made.finder.hidden = !made.isWhole || made.values.length <= LONG;
      made.list.classList.toggle("is-long", made.isWhole && made.values.length > LONG);
      made.all.hidden = made.values.length <= FEW + 1 && !made.isWhole;
      made.all.textContent = made.isWhole ? words.showFewer
        : words.showAll.replace("{count}", numbers.format(made.values.length));
      made.all.setAttribute("aria-expanded", String(made.isWhole));
    }

    /** Say whether a facet parts what is found; one value that all have does not. */
    function isUseful(values, total) {
      return values.length > 1 || values.some(function (entry) {
        return entry[2] || entry[1] < total;
      });
    }

    /** Show the counts of an answer; the check box that has the focus keeps it. */
    function show(answer, state) {
      var focused = document.activeElement && document.activeElement.dataset.key;
      var named = words.facets.map(function (facet) { return facet.name; });
      var others = Object.keys(answer.facets).filter(function (name) {
        return !named.includes(name) && window.SearchState.chosenCount(state) &&
          state.filters[name];
      });
      named.concat(others).forEach(function (field) {
        var values = (answer.facets[field] || []).map(function (entry) {
          return [entry[0], entry[1], window.SearchState.isChosen(state, field, entry[0])];
        });
        if (!values.length && !groups.has(field)) { return; }
        var made = group(field);
        if (IN_ORDER.includes(field)) {
          values.sort(function (one, other) { return (Number(one[0]) || -99) - (Number(other[0]) || -99); });
        }
        made.values = values;
        made.node.hidden = !isUseful(values, answer.total);
        if (values.some(function (entry) { return entry[2]; })) { made.node.open = true; }
        fill(field, made);
        box.append(made.node);
      });
      if (focused) {
        box.querySelectorAll("input[type=checkbox]").forEach(function (check) {
          if (check.dataset.key === focused) { check.focus(); }
        });
      }
    }

    return { show: show, labelOf: labelOf, nameOf: nameOf };
  }

  /** Show what is chosen: [{text, remove}], and a last chip for all of it. */
  function showChips(list, chosen, words, clear) {
    list.textContent = "";
    list.hidden = chosen.length === 0;
    chosen.forEach(function (entry) {
      var chip = element("button", "chip", entry.text);
      chip.type = "button";
      chip.setAttribute("aria-label", words.remove.replace("{name}", entry.text));
      chip.addEventListener("click", entry.remove);
      var item = element("li");
      item.append(chip);
      list.append(item);
    });
    if (chosen.length > 1) {
      var all = element("button", "quiet-button", words.clear), item = element("li");
      all.type = "button";
      all.addEventListener("click", clear);
      item.append(all);
      list.append(item);
    }
  }

  /** Let the facets be a drawer on a narrow screen. */
  function asDrawer(body, column, drawer) {
    var wide = window.matchMedia("(min-width: 64rem)");
    var opener = document.querySelector(".narrow-open");

    function place() {
      if (wide.matches) {
        if (drawer.open) { drawer.close(); }
        column.append(body);
      } else {
        drawer.append(body);
      }
    }
    opener.addEventListener("click", function () { drawer.showModal(); });
    drawer.addEventListener("click", function (event) {
      if (event.target === drawer) { drawer.close(); }
    });
    body.querySelector(".narrow-close").addEventListener("click", function () { drawer.close(); });
    body.querySelector(".narrow-show").addEventListener("click", function () { drawer.close(); });
    wide.addEventListener("change", place);
    place();
  }

  return { inside: inside, showChips: showChips, asDrawer: asDrawer };
})();
