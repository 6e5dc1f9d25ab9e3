// The histogram of years: bars that are chosen by a click, by drawing over them or by the arrow
// keys, and two fields for years.
var SearchYears = (function () {
  "use strict";

  var element = window.SearchResults.element;

  /** Return the year that people mean by an astronomical one: 0 is 1 BC. */
  function spoken(year) {
    return year > 0 ? year : year - 1;
  }

  /** Return the astronomical year of a field: empty, a year, or one before Christ with a minus. */
  function asked(text) {
    var year = text.trim() === "" ? NaN : Math.trunc(Number(text));
    return Number.isNaN(year) ? null : year < 0 ? year + 1 : Math.max(year, 1);
  }

  /**
   * Return {show, textOf} for the histogram of a page.
   *
   * @param {HTMLElement} section The section it stands in.
   * @param {object} words The sentences of the page.
   * @param {function(?Array<?number>)} choose Called with the years chosen, or null for all.
   */
  function inside(section, words, choose) {
    var box = section.querySelector("#bars");
    var form = section.querySelector("#span");
    var scale = section.querySelectorAll(".bars-scale span");
    var numbers = new Intl.NumberFormat(words.lang);
    var bars = [];
    var anchor = null;
    var current = 0;

    function yearText(year) {
      return year > 0 ? String(year)
        : words.beforeChrist.replace("{year}", String(1 - year));
    }

    /** Return a range of years in words: "1900–1954", "to 1954". */
    function textOf(between) {
      if (between[0] === null && between[1] === null) { return "–"; }
      if (between[0] === null) { return words.before.replace("{year}", yearText(between[1])); }
      if (between[1] === null) { return words.after.replace("{year}", yearText(between[0])); }
      if (between[0] === between[1]) { return yearText(between[0]); }
      return yearText(between[0]) + "–" + yearText(between[1]);
    }

    function range(one, other) {
      return [bars[Math.min(one, other)].first, bars[Math.max(one, other)].last];
    }

    function isIn(bar, between) {
      return (between[0] === null || bar.last === null || between[0] <= bar.last) &&
        (between[1] === null || bar.first === null || bar.first <= between[1]);
    }

    function pick(one, other, between) {
      var wanted = range(one, other);
      var isSame = between && wanted[0] === between[0] && wanted[1] === between[1];
      choose(isSame ? null : wanted);
    }

    function paint(between) {
      Array.prototype.forEach.call(box.children, function (node, place) {
        var isChosen = Boolean(between) && isIn(bars[place], between);
        node.setAttribute("aria-pressed", String(isChosen));
        node.tabIndex = place === current ? 0 : -1;
      });
      box.classList.toggle("has-chosen", Boolean(between));
    }

    function barNode(bar, most) {
      var node = element("button", "bar");
      node.type = "button";
      var text = words.bar.replace("{years}", textOf([bar.first, bar.last]))
        .replace("{count}", numbers.format(bar.count));
      node.setAttribute("aria-label", text);
      node.title = text;
      var fill = element("span", "bar-fill");
      // By the root, so that ten beside a thousand can still be seen.
      fill.style.height = bar.count ? Math.max(3, 100 * Math.sqrt(bar.count / most)) + "%" : "0";
      node.append(fill);
      return node;
    }

    var chosen = null;

    function show(years, between) {
      var hadFocus = box.contains(document.activeElement);
      bars = years;
      chosen = between;
      section.hidden = years.length === 0 && !between;
      box.hidden = years.length < 2;
      var most = Math.max.apply(null, years.map(function (bar) { return bar.count; }).concat([1]));
      box.textContent = "";
      years.forEach(function (bar) { box.append(barNode(bar, most)); });
      current = Math.min(current, Math.max(0, years.length - 1));
      paint(between);
      if (hadFocus && box.children[current]) { box.children[current].focus(); }
      if (years.length) {
        var first = years[0], last = years[years.length - 1];
        scale[0].textContent = textOf([first.first, first.first === null ? first.last : first.first]);
        scale[1].textContent = textOf([last.last === null ? last.first : last.last, last.last]);
      }
      scale[0].parentNode.hidden = years.length < 2;
      form.elements.from.value = between && between[0] !== null ? spoken(between[0]) : "";
      form.elements.to.value = between && between[1] !== null ? spoken(between[1]) : "";
    }

    function placeOf(event) {
      var edges = box.getBoundingClientRect();
      var place = Math.floor((event.clientX - edges.left) / edges.width * bars.length);
      return Math.min(bars.length - 1, Math.max(0, place));
    }

    // Drawing over bars chooses from the first to the last of them.
    box.addEventListener("pointerdown", function (event) {
      if (event.button !== 0) { return; }
      anchor = current = placeOf(event);
      box.setPointerCapture(event.pointerId);
      paint(range(anchor, anchor));
    });
    box.addEventListener("pointermove", function (event) {
      if (anchor !== null) { paint(range(anchor, placeOf(event))); }
    });
    box.addEventListener("pointerup", function (event) {
      if (anchor === null) { return; }
      var from = anchor;
      anchor = null;
      pick(from, placeOf(event), chosen);
    });
    box.addEventListener("pointercancel", function () { anchor = null; paint(chosen); });

    var start = null;
    box.addEventListener("keydown", function (event) {
      var steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: 1, ArrowDown: -1, Home: -bars.length, End: bars.length };
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        pick(start === null ? current : start, current, chosen);
        start = null;
        return;
      }
      if (!(event.key in steps)) { return; }
      event.preventDefault();
      if (event.shiftKey && start === null) { start = current; }
      if (!event.shiftKey) { start = null; }
      current = Math.min(bars.length - 1, Math.max(0, current + steps[event.key]));
      paint(start === null ? chosen : range(start, current));
      box.children[current].focus();
    });

    form.addEventListener("submit", function (event) {
      event.preventDefault();
      var first = asked(form.elements.from.value), last = asked(form.elements.to.value);
      if (first !== null && last !== null && last < first) {
        var swapped = first;
        first = last;
        last = swapped;
      }
      choose(first === null && last === null ? null : [first, last]);
    });

    return { show: show, textOf: textOf };
  }

  return { inside: inside };
})();
