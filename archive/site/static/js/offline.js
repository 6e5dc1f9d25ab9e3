// On a web host, has what was seen kept in the browser, so that it opens again without a network.
// From a disk nothing of this happens: everything is there already.
(function () {
  "use strict";

  var worker = document.currentScript.dataset.worker;
  var workers = navigator.serviceWorker;
  if (!workers || !window.isSecureContext || !/^https?:$/.test(location.protocol)) { return; }

  function tell() {
    var seen = performance.getEntriesByType("resource").map(function (entry) { return entry.name; });
    seen.push(location.href);
    if (workers.controller) { workers.controller.postMessage({ seen: seen }); }
  }

  // The first worker takes over a page that is already loaded, as does one of a changed site.
  workers.addEventListener("controllerchange", tell);
  window.addEventListener("load", function () {
    workers.register(worker, { updateViaCache: "none" }).catch(function () {
      // Where a browser or a host refuses one, pages only need the network.
    });
  });
})();
