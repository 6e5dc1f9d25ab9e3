// The results of a search as cards or as lines, and the arrow keys among them.
var SearchResults = (function () {
  "use strict";

  function element(name, className, text) {
    var node = document.createElement(name);
    if (className) { node.className = className; }
    if (text) { node.textContent = text; }
    return node;
  }

  /**
   * Return {show, append, step} over a list element.
   *
   * @param {HTMLElement} list Its data-root and data-edition lead to the site and to its pages.
   * @param {string} lang Language of the page.
   */
  function over(list, lang) {
    var blank = document.getElementById("no-picture").content;

    // The title a reader of this edition gets: theirs, else one without language, else the first.
    function titleOf(hit) {
      var titles = hit.titles || [];
      return titles.find(function (pair) { return pair[0] === lang; }) ||
        titles.find(function (pair) { return !pair[0]; }) ||
        titles[0] || ["", hit.identifier];
    }

    // The title with the words that were found marked.
    function marked(title, query) {
      var node = element("span", "card-title");
      if (title[0] && title[0] !== lang) { node.lang = title[0]; }
      window.HoabanSearch.highlight(title[1], query).forEach(function (piece) {
        node.append(piece[1] ? element("mark", "", piece[0]) : piece[0]);
      });
      return node;
    }

    function mat(hit) {
      var node = element("span", "mat");
      if (!hit.thumbnail) {
        node.append(blank.cloneNode(true));
        return node;
      }
      var image = element("img");
      image.alt = "";
      image.loading = "lazy";
      image.decoding = "async";
      image.src = list.dataset.root + hit.thumbnail;
      node.append(image);
      return node;
    }

    function card(hit, query) {
      var item = element("li", "card");
      var link = element("a");
      link.href = list.dataset.edition + window.HoabanPaths.itemPage(hit.item_id);
      link.append(mat(hit), marked(titleOf(hit), query));
      var facts = element("span", "card-facts");
      if (hit.date) { facts.append(element("span", "card-date", hit.date)); }
      facts.append(element("span", "number", hit.identifier));
      item.append(link, facts);
      return item;
    }

    function append(answer) {
      answer.hits.forEach(function (hit) { list.append(card(hit, answer.query)); });
    }

    function show(answer) {
      list.textContent = "";
      append(answer);
    }

    function links() {
      return Array.prototype.slice.call(list.querySelectorAll("a"));
    }

    // Up and down by rows as they are seen, left and right one by one.
    function neighbour(all, at, key) {
      if (key === "ArrowLeft" || key === "ArrowRight") { return at + (key === "ArrowLeft" ? -1 : 1); }
      var columns = all.filter(function (link) { return link.offsetTop === all[0].offsetTop; }).length;
      return at + (key === "ArrowUp" ? -columns : columns);
    }

    /** Move from one result to the next; above the first row stands the search line. */
    function step(event, input) {
      var all = links(), at = all.indexOf(document.activeElement);
      if (at < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
      if (!/^Arrow(Up|Down|Left|Right)$/.test(event.key)) { return; }
      var next = neighbour(all, at, event.key);
      if (next >= all.length || (next < 0 && event.key === "ArrowLeft")) { return; }
      event.preventDefault();
      (next < 0 ? input : all[next]).focus();
    }

    /** Move to a result, if there is one; the first is 0. */
    function focus(number) {
      var link = links()[number];
      if (link) { link.focus(); }
      return Boolean(link);
    }

    return { show: show, append: append, step: step, focus: focus };
  }

  return { over: over, element: element };
})();
