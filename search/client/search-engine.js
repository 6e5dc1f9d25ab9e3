/*
 * The search of the site, without any page: HoabanSearch.load(folder), then
 * HoabanSearch.search(query). Classic script, so that it also runs from file://.
 *
 * The scoring is written down in search/scoring.py, the format of the index in
 * search/static.py; both give the same answers as the Whoosh index.
 */
var HoabanSearch = (function () {
  "use strict";

  const FORMAT = 3;
  const SCRIPTS = [
    "search-analysis.js", "search-query.js", "search-scoring.js", "search-correct.js",
    "search-facets.js", "search-suggest.js", "search-tables.js", "search-index.js"];
  const received = {};
  let loading = null;
  let analysis = null;
  let tables = null;
  let index = null;
  let reader = null;
  let scorer = null;
  let corrector = null;
  let facets = null;
  let suggester = null;

  /** Take what one of the scripts brings: "analysis", "query", "scoring", "corrections", "facets",
   * "suggestions", "tables" or "index". */
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
    reader = received.query(tables, analysis);
    scorer = received.scoring(tables, analysis, reader, index, byCodePoint);
    corrector = received.corrections(tables, reader, scorer);
    facets = received.facets(tables, byCodePoint);
    suggester = received.suggestions(tables, analysis, byCodePoint);
  }

  // The default order of strings is by UTF-16 units, which puts Nôm beyond the BMP too early.
  function byCodePoint(a, b) {
    const ones = [...a], others = [...b];
    for (let place = 0; place < Math.min(ones.length, others.length); place++) {
      const difference = ones[place].codePointAt(0) - others[place].codePointAt(0);
      if (difference) return difference;
    }
    return ones.length - others.length;
  }

  /**
   * Find items.
   *
   * @param {string} query Anything a person types.
   * @param {{limit?: number, offset?: number, order?: string, filters?: Object<string, string[]>,
   *     between?: [?number, ?number], facets?: boolean, years?: boolean, all?: boolean}} [options]
   *     Hits wanted (20) and passed over (0); "relevance", "date", "number" or "newest"; what the
   *     hits have to have: one of the values of each field, and dates that touch the years
   *     between (null on an open side); whether to count the values of facets and to make the
   *     histogram (search/facets.py); whether an empty query finds everything, as it does with
   *     filters.
   * @returns {Promise<{total: number, corrected: string, hits: Array<{item_id: string,
   *     identifier: string, titles: Array<[string, string]>, date: string, thumbnail: string,
   *     score: number}>, facets: Object<string, Array<[string, number]>>,
   *     years: Array<{first: ?number, last: ?number, count: number}>, query: object}>}
   *     query is for highlight(). Rejects with an Error if a file cannot be loaded.
   */
  async function search(query, options) {
    if (!index) throw new Error("HoabanSearch.load has not finished");
    const { limit = 20, offset = 0, order = "relevance", all = false } = options || {};
    const filters = facets.filtersOf(options || {});
    const found = (all || filters.isAny) && reader.isBlank(query) ? everything(query)
      : answerTo(query);
    const counted = facets.faceted(found.ranked, documents, filters, options || {});
    const ranked = counted.ranked.sort(ORDERS[order]);
    return {
      total: ranked.length,
      corrected: found.corrected,
      hits: ranked.slice(offset, offset + limit).map(hit),
      facets: counted.facets,
      years: counted.years,
      query: found.query,
    };
  }

  /**
   * Suggest what a text that is being typed may become.
   *
   * @param {string} text As typed so far.
   * @param {number} [limit] How many suggestions at most (8).
   * @returns {Promise<Array<{text: string, kind: string, count: number}>>} Best first. The kind is
   *     "number", "word", or the name of the facet that the text is a value of.
   */
  async function suggest(text, limit) {
    if (!index) throw new Error("HoabanSearch.load has not finished");
    return suggester.suggest(text, async (prefix) => suggestionsAt(prefix), limit || 8);
  }

  // What search-facets.js asks of the documents.
  const documents = {
    facets: (number) => index.documents[number][7],
    years: (number) => index.documents[number][5],
  };

  function everything(query) {
    const ranked = index.documents.map((_document, number) => ({ number, found: 0, score: 0 }));
    return { ranked: ranked, corrected: "", query: reader.parse(query) };
  }

  function suggestionsAt(prefix) {
    return index.suggestions.filter(([key]) => key.startsWith(prefix));
  }

  const ORDERS = {
    relevance: (a, b) => b.found - a.found || b.score - a.score || a.number - b.number,
    number: (a, b) => a.number - b.number,
    date: (a, b) => byDate(index.documents[a.number][5], index.documents[b.number][5]) ||
      a.number - b.number,
    newest: (a, b) => byTime(index.documents[a.number][6], index.documents[b.number][6]) ||
      a.number - b.number,
  };

  function byDate(one, other) {
    if (!one || !other) return (one ? 0 : 1) - (other ? 0 : 1);
    return one[0] - other[0] || one[1] - other[1];
  }

  function byTime(one, other) {
    return one < other ? 1 : one > other ? -1 : 0;
  }

  /** Return the words of a text, as search/analysis.py gives them. */
  function words(text) {
    return analysis.words(text);
  }

  /** Return what a query asks for, as search/query.py gives it. */
  function parse(query) {
    return reader.parse(query);
  }

  // Answers: search/answer.py ----------------------------------------------------------------

  function answerTo(text) {
    const query = reader.parse(text);
    const ranked = scorer.rank(query);
    const plain = query.groups.map(reader.wordOf).filter(Boolean);
    const partCount = scorer.partsOf(query);
    const most = mostFound(ranked);
    const asTyped = { ranked: ranked, corrected: "", query: query };
    if (plain.length === 0 || most >= partCount) return asTyped;
    const meant = corrector.corrected(query, plain);
    if (!meant) return asTyped;
    const better = scorer.rank(meant);
    if (mostFound(better) <= most) return asTyped;
    return { ranked: better, corrected: spelled(meant, better), query: meant };
  }

  function mostFound(ranked) {
    return ranked.reduce((most, entry) => Math.max(most, entry.found), 0);
  }

  /** Return the words of a query with the marks they have in the title of the best hit. */
  function spelled(query, ranked) {
    const forms = new Map();
    const best = [...ranked].sort(ORDERS.relevance)[0];
    for (const [, title] of index.documents[best.number][2]) {
      for (const word of analysis.words(title)) {
        for (const part of word.parts) {
          if (!forms.has(part.bare)) forms.set(part.bare, part.exact);
        }
      }
    }
    return query.groups.map(reader.wordOf).filter(Boolean).flatMap((word) => word.parts)
      .map((part) => part.exact !== part.bare ? part.exact : forms.get(part.bare) || part.exact)
      .join(" ");
  }

  /** Return [[piece, whether the query finds it], ...] of a text, as search/highlight.py does. */
  function highlight(text, query) {
    const clauses = query.groups.filter((group) => !group.isNegated)
      .flatMap((group) => group.clauses);
    const bare = new Set(clauses.flatMap((clause) => clause.words.flatMap(scorer.tokens))
      .map((token) => token.bare));
    const fits = clauses.filter((clause) => clause.pattern)
      .map((clause) => reader.fitter(clause.pattern));
    const result = [];
    for (const piece of pieces(text.normalize("NFC"))) {
      const forms = analysis.words(piece).flatMap(scorer.tokens).map((token) => token.bare);
      const isFound = forms.some((form) => bare.has(form) || fits.some((fit) => fit(form)));
      const last = result[result.length - 1];
      if (last && last[1] === isFound) last[0] += piece;
      else result.push([piece, isFound]);
    }
    return result;
  }

  function pieces(text) {
    const result = [];
    let run = "";
    for (const character of text) {
      if (analysis.isWordCharacter(character) && !analysis.isHan(character)) {
        run += character;
        continue;
      }
      if (run) result.push(run);
      run = "";
      result.push(character);
    }
    if (run) result.push(run);
    return result;
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

  return { load, search, suggest, receive, words, parse, highlight };
})();
