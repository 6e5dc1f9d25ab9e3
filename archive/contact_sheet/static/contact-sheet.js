/* The contact sheet's own script: filters, the closer look, the ticks and their list. */
(function () {
  "use strict";
  var body = document.body;
  var tiles = Array.prototype.slice.call(document.querySelectorAll(".tile"));
  var holder = document.getElementById("tiles");
  var by_id = {};
  var fitting = tiles;
  var first = 0;
  /* More tiles at once make Chromium lay out for seconds; 240 fill 2 to 6 columns. */
  var PAGE = 240;
  var shown = "all";
  var code = "";
  var ticks = {};
  var at = -1;

  function get(id) { return document.getElementById(id); }
  function word(name) { return body.getAttribute("data-word-" + name); }
  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return String(values[name]); });
  }
  function box(tile) { return tile.querySelector(".back"); }
  function text(tile, part) {
    var found = tile.querySelector(part);
    return found ? found.textContent.trim().replace(/\s+/g, " ") : "";
  }

  /* A browser that forbids storage only forgets the ticks when the page is closed. */
  function remembered() {
    try { return JSON.parse(localStorage.getItem(body.dataset.key)) || {}; } catch (error) { return {}; }
  }
  function remember() {
    try { localStorage.setItem(body.dataset.key, JSON.stringify(ticks)); } catch (error) { return; }
  }

  function fits(tile) {
    if (code && (" " + tile.dataset.codes + " ").indexOf(" " + code + " ") < 0) { return false; }
    if (shown === "back") { return tile.id in ticks; }
    return shown === "all" || tile.dataset.level === shown;
  }
  function turn(to) {
    first = to;
    var end = Math.min(first + PAGE, fitting.length);
    holder.replaceChildren.apply(holder, fitting.slice(first, end));
    get("pager").hidden = fitting.length <= PAGE;
    get("pager-place").textContent = fill(word("pages"), { first: first + 1, last: end, count: fitting.length });
    get("pager-previous").disabled = first === 0;
    get("pager-next").disabled = end === fitting.length;
  }
  function turn_by(by) {
    turn(first + by * PAGE);
    get("bar").scrollIntoView();
    get("scans").focus({ preventScroll: true });
  }
  function filter() {
    fitting = tiles.filter(fits);
    turn(0);
    get("nothing").hidden = fitting.length > 0;
    get("chip").hidden = !code;
    get("chip-code").textContent = code;
    document.querySelectorAll(".only").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.code === code));
    });
    get("status").textContent = fill(word("shown"), { count: fitting.length });
  }

  function show(tile) {
    var is_back = tile.id in ticks;
    var why = tile.querySelector(".why");
    tile.classList.toggle("sent", is_back);
    if (!why) { return; }
    box(tile).checked = is_back;
    why.hidden = !is_back;
    if (is_back && why.value !== ticks[tile.id]) { why.value = ticks[tile.id]; }
  }
  function count() {
    var sum = Object.keys(ticks).length;
    get("back-count").textContent = String(sum);
    get("list-open").disabled = !sum;
  }
  function tick(tile, is_back) {
    if (is_back) { ticks[tile.id] = ticks[tile.id] || ""; } else { delete ticks[tile.id]; }
    show(tile);
    count();
    remember();
  }

  /* The list: file, item, what was found, what the reviewer says. */
  function list() {
    var lines = [word("heading") + ": " + body.dataset.batch, body.dataset.title];
    var number = 0;
    tiles.forEach(function (tile) {
      if (!(tile.id in ticks)) { return; }
      number += 1;
      lines.push("", number + ". " + text(tile, "h3"), "   " + text(tile, ".item"));
      if (ticks[tile.id]) { lines.push("   \u2192 " + ticks[tile.id]); }
      tile.querySelectorAll(".found li.error, .found li.warning").forEach(function (found) {
        lines.push("   - " + found.textContent.trim().replace(/\s+/g, " "));
      });
    });
    return lines.join("\n") + "\n";
  }
  function open_list() {
    get("list-text").value = list();
    get("list-status").textContent = "";
    get("list").showModal();
    get("list-text").focus();
  }
  function copy() {
    var area = get("list-text");
    function say(is_done) { get("list-status").textContent = word(is_done ? "copied" : "not-copied"); }
    function old_way() {
      area.select();
      say(document.execCommand("copy"));
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(area.value).then(function () { say(true); }, old_way);
    } else { old_way(); }
  }
  function save() {
    var link = document.createElement("a");
    /* The mark makes Notepad of older Windows read it as UTF-8. */
    link.href = URL.createObjectURL(new Blob(["\ufeff" + get("list-text").value.replace(/\n/g, "\r\n")], { type: "text/plain;charset=utf-8" }));
    link.download = "scan-again-" + body.dataset.batch.replace(/[^\w.-]+/g, "-") + ".txt";
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }
  function print_list() {
    get("printed").textContent = get("list-text").value;
    body.classList.add("list-only");
    window.print();
    body.classList.remove("list-only");
  }
  function clear() {
    if (!window.confirm(word("clear"))) { return; }
    ticks = {};
    tiles.forEach(show);
    count();
    remember();
    get("list").close();
    if (shown === "back") { filter(); }
  }

  /* The closer look goes through the tiles that are shown and have a picture. */
  function pictured() {
    return fitting.filter(function (tile) { return tile.querySelector("a.shot"); });
  }
  function look(tile) {
    var all = pictured();
    var found = tile.querySelector(".found");
    at = all.indexOf(tile);
    get("closer-image").src = tile.querySelector("a.shot").href;
    get("closer-image").alt = text(tile, "h3");
    get("closer-name").textContent = text(tile, "h3");
    get("closer-item").textContent = text(tile, ".item") + " \u00b7 " + text(tile, ".facts");
    get("closer-place").textContent = fill(word("place"), { number: at + 1, count: all.length });
    get("closer-back").checked = tile.id in ticks;
    get("closer-previous").disabled = at <= 0;
    get("closer-next").disabled = at >= all.length - 1;
    get("closer-found").replaceChildren();
    get("closer-found").hidden = !found;
    if (found) { get("closer-found").appendChild(found.cloneNode(true)); }
    if (!get("closer").open) { get("closer").showModal(); }
  }
  function step(by) {
    var next = pictured()[at + by];
    if (next) { look(next); }
  }
  function tick_closer() {
    var tile = pictured()[at];
    if (tile) { tick(tile, get("closer-back").checked); }
  }

  holder.addEventListener("click", function (event) {
    var shot = event.target.closest("a.shot");
    if (!shot || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    look(shot.closest(".tile"));
  });
  holder.addEventListener("change", function (event) {
    var tile = event.target.closest(".tile");
    if (event.target.classList.contains("back")) {
      tick(tile, event.target.checked);
      if (event.target.checked) { tile.querySelector(".why").focus({ preventScroll: true }); }
    }
  });
  holder.addEventListener("input", function (event) {
    if (!event.target.classList.contains("why")) { return; }
    ticks[event.target.closest(".tile").id] = event.target.value;
    remember();
  });
  document.querySelectorAll("[name=show]").forEach(function (radio) {
    radio.addEventListener("change", function () { shown = radio.value; filter(); });
  });
  document.querySelectorAll(".only").forEach(function (button) {
    button.addEventListener("click", function () {
      code = button.dataset.code === code ? "" : button.dataset.code;
      document.querySelector("[name=show][value=all]").checked = true;
      shown = "all";
      filter();
      if (code) { get("bar").scrollIntoView(); }
    });
  });
  get("chip").addEventListener("click", function () {
    code = "";
    filter();
    document.querySelector("[name=show]:checked").focus();
  });
  get("list-open").addEventListener("click", open_list);
  get("list-copy").addEventListener("click", copy);
  get("list-save").addEventListener("click", save);
  get("list-print").addEventListener("click", print_list);
  get("list-clear").addEventListener("click", clear);
  get("list-close").addEventListener("click", function () { get("list").close(); });
  get("closer-close").addEventListener("click", function () { get("closer").close(); });
  get("closer-previous").addEventListener("click", function () { step(-1); });
  get("closer-next").addEventListener("click", function () { step(1); });
  get("closer-back").addEventListener("change", tick_closer);
  get("closer").addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "ArrowLeft") { step(-1); }
    if (event.key === "ArrowRight") { step(1); }
    if (event.key === "s" || event.key === "S") {
      get("closer-back").checked = !get("closer-back").checked;
      tick_closer();
    }
  });
  get("closer").addEventListener("close", function () {
    var tile = pictured()[at];
    if (!tile) { return; }
    if (!tile.isConnected) { turn(Math.floor(fitting.indexOf(tile) / PAGE) * PAGE); }
    tile.querySelector("a.shot").focus();
  });

  get("pager-previous").addEventListener("click", function () { turn_by(-1); });
  get("pager-next").addEventListener("click", function () { turn_by(1); });
  /* On paper stands everything that fits the filter. */
  window.addEventListener("beforeprint", function () {
    if (!body.classList.contains("list-only")) { holder.replaceChildren.apply(holder, fitting); }
  });
  window.addEventListener("afterprint", function () { turn(first); });

  body.classList.add("live");
  tiles.forEach(function (tile) { by_id[tile.id] = tile; });
  turn(0);
  Object.entries(remembered()).forEach(function (entry) {
    var tile = by_id[entry[0]];
    if (tile && box(tile)) { ticks[entry[0]] = String(entry[1]); show(tile); }
  });
  count();
}());
