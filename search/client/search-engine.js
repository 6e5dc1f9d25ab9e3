/*
 * The search of the site, without any page: HoabanSearch.load(folder), then
 * HoabanSearch.search(query). Classic script, so that it also runs from file://.
 *
 * The scoring is written down in search/scoring.py, the format of the index in
 * search/static.py; both give the same answers as the Whoosh index.
 */
var HoabanSearch = (function () {
  "use strict";

  const FORMAT = 1;
  const SCRIPTS = ["search-analysis.js", "search-tables.js", "search-index.js"];
  const received = {};
  let loading = null;
  let analysis = null;
  let tables = null;
  let index = null;

  /** Take what one of the scripts brings: "analysis", "tables" or "index". */
  function receive(name, data) {
    received[name] = data;
  }

  /**
   * Load the index from the folder it stands in.
   *
   * @param {string} baseUrl The folder, relative to the page or absolute.
   * @returns {Promise<void>} Rejects with an Error if a file is missing or of another format;
   *     may then be tried again.
   */
  function load(baseUrl) {
    if (!loading) {
      const base = baseUrl === "" || baseUrl.endsWith("/") ? baseUrl : baseUrl + "/";
      loading = Promise.all(SCRIPTS.map((name) => loadScript(base + name))).then(ready);
      loading.catch(() => { loading = null; });
    }
    return loading;
  }

  // A script element is the one way to load a file that works from http and from file://.
  function loadScript(url) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.charset = "utf-8";
      script.src = url;
      script.onload = () => resolve();
      script.onerror = () => reject(new Error("cannot load " + url));
      document.head.append(script);
    });
  }

  function ready() {
    for (const name of ["tables", "index"]) {
      const format = received[name] && received[name].format;
      if (format !== FORMAT) {
        throw new Error("search " + name + " of format " + format + ", expected " + FORMAT);
      }
    }
    tables = received.tables;
    index = received.index;
    analysis = received.analysis(tables);
  }

  /**
   * Find items.
   *
   * @param {string} query Anything a person types.
   * @param {{limit?: number, offset?: number}} [options] Hits wanted (20) and passed over (0).
   * @returns {{total: number, hits: Array<{item_id: string, identifier: string,
   *     titles: Array<[string, string]>, date: string, thumbnail: string, score: number}>}}
   */
  function search(query, options) {
    if (!index) throw new Error("HoabanSearch.load has not finished");
    const { limit = 20, offset = 0 } = options || {};
    const ranked = rank(parse(query));
    ranked.sort((a, b) => b.found - a.found || b.score - a.score || a.number - b.number);
    return { total: ranked.length, hits: ranked.slice(offset, offset + limit).map(hit) };
  }

  /** Return the words of a text, as search/analysis.py gives them. */
  function words(text) {
    return analysis.words(text);
  }

  /** Return the different words of a query, in the order typed. */
  function parse(query) {
    const cut = [...query.normalize("NFC")].slice(0, tables.longest_query).join("");
    const different = new Map();
    for (const word of analysis.words(cut)) {
      const key = JSON.stringify(word);
      if (!different.has(key)) different.set(key, word);
    }
    return [...different.values()].slice(0, tables.most_words);
  }

  function rank(queryWords) {
    const parts = queryWords.flatMap((word) => word.parts);
    const isMarked = parts.some((token) => token.exact !== token.bare);
    const exactWeights = isMarked ? tables.marked_weights : tables.exact_weights;
    const found = new Map();
    const score = new Map();
    for (const word of queryWords) {
      const wordFound = new Map();
      const seen = new Set();
      for (const token of word.whole ? [...word.parts, word.whole] : word.parts) {
        const scores = tokenScores(token, exactWeights);
        const isFirst = !seen.has(token.exact);
        seen.add(token.exact);
        for (const [number, points] of scores) {
          if (isFirst) score.set(number, (score.get(number) || 0) + points);
          const before = wordFound.get(number) || 0;
          wordFound.set(number, token === word.whole ? word.parts.length : before + 1);
        }
      }
      for (const [number, count] of wordFound) {
        found.set(number, (found.get(number) || 0) + count);
      }
    }
    return hitsOf(found, score, parts.length);
  }

  /** Return the documents with all parts, or if there is none, those with any. */
  function hitsOf(found, score, partCount) {
    const all = [];
    for (const [number, count] of found) {
      all.push({ number: number, found: count, score: score.get(number) });
    }
    const whole = all.filter((entry) => entry.found >= partCount);
    return whole.length > 0 ? whole : all;
  }

  /** Return a map from document number to weight × rarity of one token. */
  function tokenScores(token, exactWeights) {
    const best = new Map();
    if (!Object.prototype.hasOwnProperty.call(index.terms, token.bare)) return best;
    for (const [exact, codes] of index.terms[token.bare]) {
      const weights = exact === token.exact ? exactWeights : tables.bare_weights;
      let number = 0;
      for (const code of codes) {
        number += Math.floor(code / 3);
        const weight = weights[code % 3];
        if (weight > (best.get(number) || 0)) best.set(number, weight);
      }
    }
    const rarity = 32 - Math.clz32(Math.floor(index.documents.length / best.size));
    for (const [number, weight] of best) best.set(number, weight * rarity);
    return best;
  }

  function hit(entry) {
    const [itemId, identifier, titles, date, thumbnail] = index.documents[entry.number];
    return {
      item_id: itemId,
      identifier: identifier,
      titles: titles,
      date: date,
      thumbnail: thumbnail,
      score: entry.score,
    };
  }

  return { load: load, search: search, receive: receive, words: words };
})();
