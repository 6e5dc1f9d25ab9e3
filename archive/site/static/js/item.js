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
  var title = image.alt.replace(views[0].label ? " (" + views[0].label + ")" : "", "");
  var label = picture.querySelector(".picture-label");
  var count = picture.querySelector(".picture-count");
  var opener = picture.querySelector(".zoom-open");
  var zoom = stage.querySelector(".zoom");
  var status = zoom.querySelector(".zoom-status");
  var fullButton = zoom.querySelector("[data-do=full]");
  var thumbs = Array.prototype.slice.call(stage.querySelectorAll(".strip a"));
  var current = 0;
  var viewer = null;
  var loading = null;

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

  function sourceSet(view, kind) {
    return view.sources.map(function (source) {
      return view.folder + "/" + source[kind] + " " + source[2] + "w";
    }).join(", ");
  }

  function say(element, view) {
    element.textContent = view.label;
    if (view.lang) { element.lang = view.lang; } else { element.removeAttribute("lang"); }
  }

  function show(index) {
    current = (index + views.length) % views.length;
    var view = views[current];
    image.srcset = sourceSet(view, 0);
    webp.srcset = sourceSet(view, 1);
    image.width = view.width;
    image.height = view.height;
    image.src = view.access;
    image.alt = title + (view.label ? " (" + view.label + ")" : "");
    link.href = view.access;
    say(label, view);
    if (count) { count.textContent = (current + 1) + " / " + views.length; }
    thumbs.forEach(function (thumb, i) {
      if (i === current) { thumb.setAttribute("aria-current", "true"); } else { thumb.removeAttribute("aria-current"); }
    });
    if (viewer && !zoom.hidden) { openView(); }
  }

  function openView() {
    var view = views[current];
    say(status, view);
    if (views.length > 1) {
      status.textContent = (view.label ? view.label + " · " : "") + (current + 1) + " / " + views.length;
    }
    viewer.viewport.setRotation(0, true);
    viewer.open(tileSource(view));
  }

  function loadViewer() {
    if (!loading) {
      loading = new Promise(function (resolve, reject) {
        var script = document.createElement("script");
        script.src = stage.dataset.viewer;
        script.onload = resolve;
        script.onerror = function () { loading = null; reject(new Error("viewer")); };
        document.head.appendChild(script);
      });
    }
    return loading;
  }

  function makeViewer() {
    var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    return window.OpenSeadragon({
      element: zoom.querySelector(".zoom-canvas"),
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
    loadViewer().then(function () {
      picture.hidden = true;
      zoom.hidden = false;
      if (!viewer) { viewer = makeViewer(); }
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

  function closeZoom() {
    leaveFull();
    zoom.hidden = true;
    picture.hidden = false;
    viewer.close();
    opener.focus();
  }

  var actions = {
    in: function () { viewer.viewport.zoomBy(1.5); viewer.viewport.applyConstraints(); },
    out: function () { viewer.viewport.zoomBy(1 / 1.5); viewer.viewport.applyConstraints(); },
    home: function () { viewer.viewport.setRotation(0); viewer.viewport.goHome(); },
    rotate: function () { viewer.viewport.setRotation(viewer.viewport.getRotation() + 90); },
    previous: function () { show(current - 1); },
    next: function () { show(current + 1); },
    full: function () { if (isFull()) { leaveFull(); } else { enterFull(); } },
    close: closeZoom
  };

  zoom.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-do]");
    if (button) { actions[button.dataset.do](); }
  });
  zoom.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !document.fullscreenElement) {
      if (isFull()) { leaveFull(); } else { closeZoom(); }
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
