// Keeps what a reader has seen of the archive, so that it opens again without a network.
//
// Whatever the network gives goes before what is kept, so nothing old is shown while there is one.
// What is kept belongs to one state of the archive: a site that says something else has a worker
// with another version, which throws it all away. Nothing of other hosts is asked for or kept.
(function () {
  "use strict";

  var SETTINGS = /*settings*/null;
  var SCOPE = self.registration.scope;
  var PREFIX = "hoaban " + SCOPE + " ";
  var NAME = PREFIX + SETTINGS.version;
  var SIZE = "x-hoaban-bytes";
  var OFFLINE = new URL("offline.html", SCOPE).href;
  // Answered by a server for programs and never for readers.
  var NOT_KEPT = ["api/", "oai", "_live", "service-worker.js"].map(function (path) {
    return new URL(path, SCOPE).href;
  });
  // A browser ends a worker that rests, and with it this count: the first file of each life trims.
  var keptSinceTrim = SETTINGS.most_bytes;
  var trimming = null;

  self.addEventListener("install", function (event) {
    self.skipWaiting();
    if (!SETTINGS.most_bytes) { return; }
    event.waitUntil(caches.open(NAME).then(function (cache) {
      return cache.addAll(SETTINGS.first.map(function (path) {
        return new Request(new URL(path, SCOPE).href, { cache: "no-cache" });
      }));
    }));
  });

  self.addEventListener("activate", function (event) {
    event.waitUntil(caches.keys().then(function (names) {
      return Promise.all(names.filter(function (name) {
        return name.indexOf(PREFIX) === 0 && (name !== NAME || !SETTINGS.most_bytes);
      }).map(function (name) { return caches.delete(name); }));
    }).then(function () {
      return SETTINGS.most_bytes ? self.clients.claim() : self.registration.unregister();
    }));
  });

  if (!SETTINGS.most_bytes) { return; }

  self.addEventListener("fetch", function (event) {
    if (isOurs(event.request)) { event.respondWith(answer(event)); }
  });

  // A page tells what it had loaded before this worker was there.
  self.addEventListener("message", function (event) {
    var seen = event.data && event.data.seen;
    if (!Array.isArray(seen)) { return; }
    event.waitUntil(Promise.all(seen.map(function (address) {
      var request = new Request(address);
      if (!isOurs(request)) { return null; }
      return fetch(request).then(function (response) { return keep(request, response); })
        .catch(function () { /* the network is gone: it is kept when it is seen again */ });
    })));
  });

  function isOurs(request) {
    return request.method === "GET" && request.url.indexOf(SCOPE) === 0 &&
      !request.headers.has("range") &&
      !NOT_KEPT.some(function (start) { return request.url.indexOf(start) === 0; });
  }

  function answer(event) {
    return fetch(event.request).then(function (response) {
      event.waitUntil(keep(event.request, response.clone()));
      return response;
    }, function (error) {
      return kept(event.request).then(function (found) {
        if (found) { return found; }
        if (event.request.mode !== "navigate") { throw error; }
        return caches.match(OFFLINE, { cacheName: NAME });
      });
    });
  }

  function kept(request) {
    // A search is the same page whatever it asks for.
    return caches.match(plain(request.url), { cacheName: NAME, ignoreVary: true });
  }

  function plain(address) {
    return address.split("#")[0].split("?")[0];
  }

  function keep(request, response) {
    if (response.status === 404 || response.status === 410) {
      return open().then(function (cache) { return cache.delete(plain(request.url)); });
    }
    if (response.status !== 200 || response.type !== "basic" || response.redirected) { return null; }
    // A package for partners may have any size: it is not read to be measured.
    if (Number(response.headers.get("content-length")) > SETTINGS.most_bytes / 10) { return null; }
    return response.arrayBuffer().then(function (body) {
      if (body.byteLength > SETTINGS.most_bytes / 10) { return null; }
      var headers = new Headers(response.headers);
      headers.delete("content-encoding");
      headers.set(SIZE, String(body.byteLength));
      return open().then(function (cache) {
        var copy = new Response(body, { status: 200, headers: headers });
        return cache.put(plain(request.url), copy).then(function () {
          keptSinceTrim += body.byteLength;
          return keptSinceTrim > SETTINGS.most_bytes / 20 ? trim(cache, SETTINGS.most_bytes) : null;
        }, function () { return trim(cache, SETTINGS.most_bytes / 2); });
      });
    });
  }

  function open() {
    return caches.open(NAME);
  }

  // Takes out what was seen longest ago, but never what the page for "no network" needs.
  function trim(cache, most) {
    keptSinceTrim = 0;
    trimming = trimming || cache.keys().then(function (requests) {
      return requests.reverse().reduce(function (before, request) {
        return before.then(function (sum) {
          return cache.match(request).then(function (found) {
            var total = sum + Number((found && found.headers.get(SIZE)) || 0);
            var isNeeded = !found || !found.headers.get(SIZE);
            if (total <= most || isNeeded) { return total; }
            return cache.delete(request).then(function () { return total; });
          });
        });
      }, Promise.resolve(0));
    }).then(function () { trimming = null; }, function (error) { trimming = null; throw error; });
    return trimming;
  }
})();
