/*
 * The search of the site, without any page: HoabanSearch.load(folder), then
 * HoabanSearch.search(query). Classic script, so that it also runs from file://.
 *
 * The scoring is written down in search/scoring.py, the format of the index in
 * docs/static-index.md; both give the same answers as the index of the command line.
 */
var HoabanSearch = (function () {
  "use strict";

  const FORMAT = 7;
  // Of the scripts that are loaded later; search/static.py writes it. That of the language is in the
  // manifest, because it brings the shards with it that every query needs.
  const DIGEST = /*digest*/"";
  const received = {};
  const scripts = new Map();
  let folder = "";
  let loading = null;
  let language = null;
  let tables = null;
  let analysis = null;
  let store = null;
  let reader = null;
  let scorer = null;
  let answers = null;

  /** Take what one of the scripts brings: a function that makes a part, the manifest, a shard. */
  function receive(name, data) {
    received[name] = data;
  }

  /**
   * Load what every search needs: the manifest, and the rules for words.
   *
   * @param {string} baseUrl The folder, relative to the page or absolute.
   * @returns {Promise<number>} How many items there are. Rejects with an Error if a file is missing or of another format;
   *     may then be tried again.
   */
  function load(baseUrl) {
    if (!loading) {
      folder = baseUrl === "" || baseUrl.endsWith("/") ? baseUrl : baseUrl + "/";
      loading = started();
      loading.catch(() => { loading = null; });
    }
    return loading;
  }

  async function started() {
    // Its name stays the same while its content changes: it must never come from a cache.
    await loadScript(folder + "search-index.js?" + Date.now());
    const manifest = received.index;
    if (manifest.format !== FORMAT) {
      throw new Error("search index of format " + manifest.format + ", expected " + FORMAT);
    }
    store = received.shards(manifest, folder, loadScript, received);
    tables = await store.json(manifest.tables);
    analysis = received.analysis(tables);
    return manifest.documents;
  }

  // A script element is the one way to load a file that works from http and from file://.
  function loadScript(url) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.charset = "utf-8";
      script.src = url;
      script.onload = () => { script.remove(); resolve(); };
      script.onerror = () => { script.remove(); reject(new Error("cannot load " + url)); };
      document.head.append(script);
    });
  }

  /**
   * Load one of the scripts that not every visit needs. No cache may give this engine a script that
   * belongs to an older one, so the address changes when the scripts do.
   */
  function loadOnce(name, digest = DIGEST) {
    if (!scripts.has(name)) {
      scripts.set(name, loadScript(folder + name + "?" + digest));
      scripts.get(name).catch(() => scripts.delete(name));
    }
    return scripts.get(name);
  }

  /**
   * Load what understands and answers queries, with what counts facets if the first query has them
   * counted; names of fields only where one may be named.
   */
  async function ready(query, isCounted) {
    if (!loading) throw new Error("HoabanSearch.load has not been called");
    await loading;
    if (!language) {
      const name = isCounted ? "search-facets.js" : "search-language.js";
      language = loadOnce(name, store.manifest.language).then(() => {
        Object.assign(store, received.columns(store));
        reader = received.query(tables, analysis);
        const scores = received.scores(store.manifest.documents);
        scorer = received.scoring({ tables, analysis, reader, store, scores });
        answers = received.answers(
          { analysis, reader, store, scorer, scores, corrector, counter, received });
      });
      language.catch(() => { language = null; });
    }
    await language;
    if (query.includes(":") && !tables.hasFields) {
      Object.assign(tables.fields, await store.json(store.manifest.fields));
      tables.hasFields = true;
    }
  }

  async function corrector() {
    await loadOnce("search-correct.js");
    return received.corrections(tables, reader, scorer, store);
  }

  async function counter() {
    await loadOnce("search-facets.js", store.manifest.language);
    return received.facets(tables, store, answers.placesOf);
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
    const { facets, years, filters, between } = options || {};
    const isNarrowed = Boolean(between) || Object.keys(filters || {}).length > 0;
    await ready(query, Boolean(isNarrowed || facets || years));
    return answers.search(query, options || {}, isNarrowed);
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
    if (!loading) throw new Error("HoabanSearch.load has not been called");
    await Promise.all([loading, loadOnce("search-suggest.js")]);
    const suggester = received.suggestions(tables, analysis, store);
    return suggester.suggest(text, limit || 8);
  }

  /** Return the words of a text, as search/analysis.py gives them. */
  function words(text) {
    return analysis.words(text);
  }

  /** Promise what a query asks for, as search/query.py gives it. */
  async function parse(query) {
    await ready(query);
    return reader.parse(query);
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
      const forms = analysis.words(piece)
        .flatMap((word) => [...scorer.tokens(word), ...word.latin]).map((token) => token.bare);
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

  return { load, search, suggest, receive, words, parse, highlight };
})();
