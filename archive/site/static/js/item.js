// The pictures of an item: choosing a view, and the zoom viewer, loaded when it is asked for.
// Without this script every picture is still there, as a link to its access image.
(function () {
  "use strict";

  var stage = document.querySelector(".stage");
  var views = JSON.parse(stage.querySelector(".views").textContent);
  var picture = stage.querySelector(".picture");
  var link = picture.querySelector(".picture-link");
  var webp = link.querySelector("source");
  var image = link.querySelector("img");
  var label = picture.querySelector(".picture-label");
  var count = picture.querySelector(".picture-count");
  var opener = picture.querySelector(".zoom-open");
  var zoom = stage.querySelector(".zoom");
  var status = zoom.querySelector(".zoom-status");
  var compareButton = zoom.querySelector("[data-do=compare]");
  var sizes = document.querySelector(".sizes");
  var sizesOf = document.querySelector(".sizes-of span");
  var fullButton = zoom.querySelector("[data-do=full]");
  var thumbs = Array.prototype.slice.call(stage.querySelectorAll(".strip a"));
  var current = 0;
  var viewer = null;
  var compare = null;
  var isComparing = false;
  var loading = {};

  function tileSource(view) {
    return {
      "@context": "http://iiif.io/api/image/3/context.json",
      id: view.folder,
      type: "ImageService3",
      protocol: "http://iiif.io/api/image",
      profile: "level0",
      width: view.zoom.width,
      height: view.zoom.height,
      sizes: view.zoom.sizes.map(function (size) { return { width: size[0], height: size[1] }; }),
      tiles: [{ width: view.zoom.tile, scaleFactors: view.zoom.factors }]
    };
  }

  // Large pictures are for large screens, and not for readers who save data.
  var isLarge = window.matchMedia("(min-width: 64rem)").matches &&
    !(navigator.connection && navigator.connection.saveData);

  function sourceSet(view, kind) {
    return view.sources.slice(0, isLarge ? undefined : view.first).map(function (source) {
      return view.folder + "/" + source[kind] + " " + source[2] + "w";
    }).join(", ");
  }

  function setSources(view) {
    webp.sizes = image.sizes = view.sizes;
    webp.srcset = sourceSet(view, 1);
    image.srcset = sourceSet(view, 0);
  }

  function say(element, text, lang) {
    element.textContent = text;
    if (lang) { element.lang = lang; } else { element.removeAttribute("lang"); }
  }

  function sayView(element, view, index) {
    var number = views.length > 1 ? (index + 1) + " / " + views.length : "";
    say(element, [view.label, number].filter(Boolean).join(" · "), view.lang);
  }

  function show(index) {
    current = (index + views.length) % views.length;
    var view = views[current];
    image.width = view.width;
    image.height = view.height;
    setSources(view);
    image.src = link.href = view.folder + "/" + view.sources[view.sources.length - 1][0];
    image.alt = view.alt;
    if (view.altLang) { image.lang = view.altLang; } else { image.removeAttribute("lang"); }
    say(label, view.label, view.lang);
    if (count) { count.textContent = sizesOf.textContent = (current + 1) + " / " + views.length; }
    if (sizes) { offer(view); }
    thumbs.forEach(function (thumb, i) {
      if (i === current) { thumb.setAttribute("aria-current", "true"); } else { thumb.removeAttribute("aria-current"); }
    });
    if (viewer && !zoom.hidden) { openView(); }
  }

  // As the page itself writes sizes: 229.4 kB, in Vietnamese 229,4 kB.
  function inBytes(size) {
    var large = size >= 1e6;
    var options = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    var number = (size / (large ? 1e6 : 1e3)).toLocaleString(document.documentElement.lang, options);
    return number + (large ? " MB" : " kB");
  }

  // The sizes to download are those of the view that is shown.
  function offer(view) {
    var words = JSON.parse(sizes.dataset.words);
    sizes.textContent = "";
    view.offers.forEach(function (size) {
      var line = document.createElement("li");
      var taken = document.createElement("a");
      var facts = document.createElement("span");
      taken.href = view.folder + "/" + size[0];
      taken.download = sizes.dataset.name + "-" + view.folder.split("/").pop() + "-" + Math.max(size[1], size[2]) + ".jpg";
      taken.textContent = words[size[4]];
      facts.textContent = size[1] + " × " + size[2] + " px" + (size[3] ? " · " + inBytes(size[3]) : "");
      line.appendChild(taken);
      line.appendChild(document.createTextNode(" "));
      line.appendChild(facts);
      sizes.appendChild(line);
    });
  }

  function openView() {
    var view = views[current];
    sayView(status, view, current);
    viewer.viewport.setRotation(0, true);
    viewer.open(tileSource(view));
  }

  function load(name) {
    if (!loading[name]) {
      loading[name] = new Promise(function (resolve, reject) {
        var script = document.createElement("script");
        script.src = stage.dataset[name];
        script.onload = resolve;
        script.onerror = function () { loading[name] = null; reject(new Error(name)); };
        document.head.appendChild(script);
      });
    }
    return loading[name];
  }

  function makeViewer(element) {
    var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    return window.OpenSeadragon({
      element: element,
      // Canvas, because from a disk the browser taints WebGL textures.
      drawer: "canvas",
      showNavigationControl: false,
      crossOriginPolicy: false,
      visibilityRatio: 0.6,
      maxZoomPixelRatio: 2,
      animationTime: still ? 0 : 0.8,
      gestureSettingsMouse: { clickToZoom: true, dblClickToZoom: true }
    });
  }

  function openZoom(then) {
    load("viewer").then(function () {
      picture.hidden = true;
      zoom.hidden = false;
      if (!viewer) { viewer = makeViewer(zoom.querySelector(".zoom-canvas")); }
      if (typeof then === "function") { viewer.addOnceHandler("open", then); }
      openView();
      zoom.scrollIntoView({ block: "nearest" });
      zoom.querySelector("[data-do=in]").focus();
    }, function () {
      window.location.href = link.href;
    });
  }

  function isFull() {
    return document.fullscreenElement === zoom || zoom.classList.contains("fills");
  }

  function leaveFull() {
    if (document.fullscreenElement) { document.exitFullscreen(); }
    zoom.classList.remove("fills");
    fullButton.setAttribute("aria-pressed", "false");
  }

  function enterFull() {
    // Phones without full screen for elements get one that fills the page.
    function fill() { zoom.classList.add("fills"); }
    if (zoom.requestFullscreen) { zoom.requestFullscreen().catch(fill); } else { fill(); }
    fullButton.setAttribute("aria-pressed", "true");
  }

  function setComparing(wanted) {
    isComparing = wanted;
    if (compareButton) { compareButton.setAttribute("aria-pressed", String(wanted)); }
    if (compare) { if (wanted) { compare.begin(); } else { compare.end(); } }
  }

  function toggleCompare() {
    if (isComparing) { setComparing(false); return; }
    load("compare").then(function () {
      if (!compare) {
        compare = window.HoabanCompare({
          zoom: zoom, views: views, viewer: viewer, makeViewer: makeViewer, tileSource: tileSource,
          say: sayView, current: function () { return current; }
        });
      }
      if (!zoom.hidden) { setComparing(true); }
    }, function () { compareButton.hidden = true; });
  }

  function closeZoom() {
    leaveFull();
    // Before the comparison ends: there is no place to keep for whoever opens it again.
    viewer.close();
    if (isComparing) { setComparing(false); }
    zoom.hidden = true;
    picture.hidden = false;
    opener.focus();
  }

  var actions = {
    in: function () { viewer.viewport.zoomBy(1.5); viewer.viewport.applyConstraints(); },
    out: function () { viewer.viewport.zoomBy(1 / 1.5); viewer.viewport.applyConstraints(); },
    home: function () { viewer.viewport.setRotation(0); viewer.viewport.goHome(); },
    rotate: function () { viewer.viewport.setRotation(viewer.viewport.getRotation() + 90); },
    previous: function () { show(current - 1); },
    next: function () { show(current + 1); },
    compare: toggleCompare,
    full: function () { if (isFull()) { leaveFull(); } else { enterFull(); } },
    close: closeZoom
  };

  zoom.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-do]");
    if (button) {
      if (isComparing) { compare.lead(); }
      actions[button.dataset.do]();
    }
  });
  zoom.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !document.fullscreenElement) {
      if (isFull()) { leaveFull(); } else if (isComparing) { toggleCompare(); compareButton.focus(); } else { closeZoom(); }
    } else if (event.key === "PageDown" && views.length > 1) {
      event.preventDefault();
      show(current + 1);
    } else if (event.key === "PageUp" && views.length > 1) {
      event.preventDefault();
      show(current - 1);
    }
  });
  document.addEventListener("fullscreenchange", function () {
    fullButton.setAttribute("aria-pressed", String(isFull()));
  });

  // A plain click opens what it always opened with a modifier key: the file itself.
  function isPlain(event) {
    return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  }
  thumbs.forEach(function (thumb, index) {
    thumb.addEventListener("click", function (event) {
      if (isPlain(event)) { event.preventDefault(); show(index); }
    });
  });
  link.addEventListener("click", function (event) {
    if (isPlain(event)) { event.preventDefault(); openZoom(); }
  });
  opener.addEventListener("click", openZoom);
  opener.hidden = false;

  // The page shows a picture first that is light; when all is there, a large screen gets more.
  window.addEventListener("load", function () {
    var view = views[current];
    var shown = Math.min(image.clientWidth, image.clientHeight * view.width / view.height);
    var loaded = view.sources[view.first - 1][2];
    if (isLarge && shown * window.devicePixelRatio > loaded * 1.25) { setSources(view); }
  });

  // A story leads to a detail: #view=2&xywh=percent:30,20,40,40 (Media Fragments).
  function openPlace() {
    var hash = window.location.hash;
    var view = /[#&]view=(\d+)/.exec(hash);
    var part = /[#&]xywh=percent:([\d.]+),([\d.]+),([\d.]+),([\d.]+)/.exec(hash);
    if (view && views[view[1] - 1]) { show(view[1] - 1); }
    if (part) {
      openZoom(function () {
        var zoomed = views[current].zoom;
        var height = zoomed.height / zoomed.width;
        var at = part.slice(1).map(function (value) { return value / 100; });
        viewer.viewport.fitBounds(new window.OpenSeadragon.Rect(at[0], at[1] * height, at[2], at[3] * height), true);
      });
    }
  }
  window.addEventListener("hashchange", openPlace);
  openPlace();
})();
