// Two views of an item side by side in the zoom viewer: loaded when it is asked for.
// What is done in one pane is done in the other: places are told in shares of the picture, so that
// a front and a back of different sizes keep together.
var HoabanCompare = (function () {
  "use strict";

  // Where a viewer is, so that another picture can be there too.
  function place(viewer) {
    var viewport = viewer.viewport;
    var height = viewer.world.getItemAt(0).getBounds().height;
    var centre = viewport.getCenter(true);
    return {
      zoom: viewport.getZoom(true) / viewport.getHomeZoom(),
      x: centre.x,
      y: centre.y / height,
      turn: viewport.getRotation(true)
    };
  }

  function go(viewer, at) {
    var viewport = viewer.viewport;
    var height = viewer.world.getItemAt(0).getBounds().height;
    viewport.setRotation(at.turn, true);
    viewport.zoomTo(at.zoom * viewport.getHomeZoom(), null, true);
    viewport.panTo(new window.OpenSeadragon.Point(at.x, at.y * height), true);
  }

  // Begin: `stage` is what item.js gives of itself. Returns what ends it and what follows a change.
  return function (stage) {
    var zoom = stage.zoom;
    var pane = zoom.querySelector("#beside");
    var choice = zoom.querySelector(".beside-choice");
    var select = choice.querySelector("select");
    var status = pane.querySelector(".zoom-status");
    var main = stage.viewer;
    var beside = null;
    var leader = main;

    function isReady(viewer) {
      return viewer && viewer.isOpen() && viewer.world.getItemCount() > 0;
    }

    function follow(from, to) {
      if (leader === from && isReady(from) && isReady(to)) { go(to, place(from)); }
    }

    function lead(viewer) { leader = viewer; }

    function join(viewer, other) {
      viewer.addHandler("viewport-change", function () { follow(viewer, other); });
      ["canvas-press", "canvas-scroll", "canvas-key", "canvas-pinch"].forEach(function (happening) {
        viewer.addHandler(happening, function () { lead(viewer); });
      });
      viewer.addHandler("open", function () {
        // A new picture comes to where the other one is. It leads if it did: the viewer still moves
        // it for some frames after a key was pressed.
        if (isReady(other)) { go(viewer, place(other)); }
      });
      viewer.addHandler("resize", function () {
        window.requestAnimationFrame(function () { follow(leader, leader === main ? beside : main); });
      });
    }

    // The first pane gets another width, and what it shows should fill it as it did before.
    function keepPlace() {
      if (!isReady(main)) { return; }
      var at = place(main);
      main.addOnceHandler("resize", function () {
        window.requestAnimationFrame(function () { if (isReady(main)) { go(main, at); } });
      });
    }

    function show() {
      var view = stage.views[select.value];
      stage.say(status, view, Number(select.value));
      beside.open(stage.tileSource(view));
    }

    stage.views.forEach(function (view, index) {
      var option = document.createElement("option");
      option.value = String(index);
      option.textContent = (index + 1) + (view.label ? " · " + view.label : "");
      if (view.lang) { option.lang = view.lang; }
      select.appendChild(option);
    });
    select.addEventListener("change", show);

    return {
      begin: function () {
        keepPlace();
        pane.hidden = choice.hidden = false;
        zoom.classList.add("compares");
        // Not before: a viewer takes its size from a pane that is shown.
        if (!beside) {
          beside = stage.makeViewer(pane.querySelector(".beside-canvas"));
          join(main, beside);
          join(beside, main);
        }
        select.value = String((stage.current() + 1) % stage.views.length);
        lead(main);
        show();
      },
      end: function () {
        keepPlace();
        pane.hidden = choice.hidden = true;
        zoom.classList.remove("compares");
        beside.close();
        lead(main);
      },
      // The tools act on the first pane.
      lead: function () { lead(main); }
    };
  };
})();
