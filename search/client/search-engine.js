/*
 * The search of the site, without any page: HoabanSearch.load(folder), then
 * HoabanSearch.search(query). Classic script, so that it also runs from file://.
 *
 * The scoring is written down in search/scoring.py, the format of the index in
 * search/static.py; both give the same answers as the Whoosh index.
 */
var HoabanSearch = (function () {
  "use strict";

  const FORMAT = 2;
  const SCRIPTS = [
    "search-analysis.js", "search-query.js", "search-tables.js", "search-index.js"];
  const received = {};
  let loading = null;
  let analysis = null;
  let tables = null;
  let index = null;
  let reader = null;
  let bareForms = [];
  let fieldTerms = [];

  /** Take what one of the scripts brings: "analysis", "query", "tables" or "index". */
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
    bareForms = Object.keys(index.terms).sort(byCodePoint);
    fieldTerms = Object.keys(index.fields).sort(byCodePoint);
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
   * @param {{limit?: number, offset?: number, order?: string, facets?: boolean}} [options] Hits
   *     wanted (20) and passed over (0), "relevance", "date", "number" or "newest", and whether
   *     to count the values of facets.
   * @returns {{total: number, corrected: string, hits: Array<{item_id: string,
   *     identifier: string, titles: Array<[string, string]>, date: string, thumbnail: string,
   *     score: number}>, facets: Object<string, Array<[string, number]>>, query: object}}
   *     query is for highlight().
   */
  function search(query, options) {
    if (!index) throw new Error("HoabanSearch.load has not finished");
    const { limit = 20, offset = 0, order = "relevance", facets = false } = options || {};
    const answer = answerTo(query);
    const ranked = answer.ranked.sort(ORDERS[order]);
    return {
      total: ranked.length,
      corrected: answer.corrected,
      hits: ranked.slice(offset, offset + limit).map(hit),
      facets: facets ? facetCounts(ranked) : {},
      query: answer.query,
    };
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
    const ranked = rank(query);
    const plain = query.groups.map(reader.wordOf).filter(Boolean);
    const partCount = partsOf(query);
    const most = mostFound(ranked);
    const asTyped = { ranked: ranked, corrected: "", query: query };
    if (plain.length === 0 || most >= partCount) return asTyped;
    const meant = corrected(query, plain);
    if (!meant) return asTyped;
    const better = rank(meant);
    if (mostFound(better) <= most) return asTyped;
    return { ranked: better, corrected: spelled(meant, better), query: meant };
  }

  function partsOf(query) {
    return query.groups.reduce((sum, group) => sum + reader.partCount(group), 0);
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

  function facetCounts(ranked) {
    const counts = {};
    for (const entry of ranked) {
      for (const [field, value] of index.documents[entry.number][7]) {
        if (!counts[field]) counts[field] = new Map();
        counts[field].set(value, (counts[field].get(value) || 0) + 1);
      }
    }
    const sorted = {};
    for (const field of Object.keys(counts).sort(byCodePoint)) {
      sorted[field] = [...counts[field]].sort((a, b) => b[1] - a[1] || byCodePoint(a[0], b[0]));
    }
    return sorted;
  }

  /** Return [[piece, whether the query finds it], ...] of a text, as search/highlight.py does. */
  function highlight(text, query) {
    const clauses = query.groups.filter((group) => !group.isNegated)
      .flatMap((group) => group.clauses);
    const bare = new Set(clauses.flatMap((clause) => clause.words.flatMap(tokens))
      .map((token) => token.bare));
    const fits = clauses.filter((clause) => clause.pattern)
      .map((clause) => reader.fitter(clause.pattern));
    const result = [];
    for (const piece of pieces(text.normalize("NFC"))) {
      const forms = analysis.words(piece).flatMap(tokens).map((token) => token.bare);
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

  // Corrections: search/correct.py -----------------------------------------------------------

  function corrected(query, plain) {
    const typed = [...plain];
    const unknown = typed.filter((word) => documentsWith(word) === 0);
    if (unknown.length === 0) return oneExchanged(query, typed);
    let result = query;
    typed.forEach((word, place) => {
      const found = unknown.includes(word) && isOpen(word) ? bestCandidate(typed, place) : null;
      if (!found) return;
      typed[place] = found.word;
      result = reader.withWord(result, word, found.word);
    });
    return result === query ? null : result;
  }

  function oneExchanged(query, typed) {
    let best = null;
    typed.forEach((word, place) => {
      const found = isOpen(word) ? bestCandidate(typed, place) : null;
      if (found && found.beside > 0 && (!best || isBetter(found, best.found))) {
        best = { found: found, place: place };
      }
    });
    return best ? reader.withWord(query, typed[best.place], best.found.word) : null;
  }

  function isBetter(one, other) {
    return one.beside !== other.beside ? one.beside > other.beside
      : one.documents > other.documents;
  }

  function isOpen(word) {
    const bare = word.parts[0].bare;
    return word.parts.length === 1 && !word.whole && [...bare].length >= tables.shortest_word &&
      !/\p{Nd}/u.test(bare);
  }

  function bestCandidate(typed, place) {
    const bare = typed[place].parts[0].bare;
    const previous = typed[place - 1], next = typed[place + 1];
    const before = previous ? previous.parts[previous.parts.length - 1].bare : "";
    const after = next ? next.parts[0].bare : "";
    let best = null;
    for (const form of candidates(bare)) {
      const beside = (before ? pairDocuments(before, form).length : 0) +
        (after ? pairDocuments(form, after).length : 0);
      const found = { beside: beside, documents: bareDocuments(form), form: form };
      if (!best || isBetter(found, best)) best = found;
    }
    if (!best) return null;
    best.word = { parts: [{ exact: best.form, bare: best.form }], whole: null, isBound: false };
    return best;
  }

  function candidates(bare) {
    const letters = new Set([...bare].slice(0, 2));
    const characters = [...bare];
    return bareForms.filter((form) => letters.has(String.fromCodePoint(form.codePointAt(0))) &&
      isOneSlip(characters, [...form]) && !/\p{Nd}/u.test(form));
  }

  function isOneSlip(word, other) {
    if (Math.abs(word.length - other.length) > 1) return false;
    let start = 0;
    while (start < Math.min(word.length, other.length) && word[start] === other[start]) start += 1;
    if (start === word.length && start === other.length) return false;
    const rest = (letters, from) => letters.slice(from).join("");
    if (word.length !== other.length) {
      const [longer, shorter] = word.length > other.length ? [word, other] : [other, word];
      return rest(longer, start + 1) === rest(shorter, start);
    }
    if (rest(word, start + 1) === rest(other, start + 1)) return true;
    return word[start] === other[start + 1] && word[start + 1] === other[start] &&
      rest(word, start + 2) === rest(other, start + 2);
  }

  function documentsWith(word) {
    return Math.max(...tokens(word).map((token) => bareDocuments(token.bare)));
  }

  function bareDocuments(form) {
    const best = new Map();
    for (const [, codes] of termOf(form)) bestOf(best, tables.bare_weights, codes);
    return best.size;
  }

  // Scoring: search/scoring.py ---------------------------------------------------------------

  function tokens(word) {
    return word.whole ? [...word.parts, word.whole] : word.parts;
  }

  function rank(query) {
    const scoring = makeScoring(query);
    const found = new Map(), score = new Map(), excluded = new Set();
    let allowed = null;
    for (const group of query.groups) {
      if (group.isNegated) {
        for (const number of scoring.excluded(group)) excluded.add(number);
        continue;
      }
      const [scores, parts] = scoring.group(group);
      addTo(score, scores);
      if (reader.isRequired(group)) {
        allowed = new Set([...scores.keys()].filter((number) => !allowed || allowed.has(number)));
      } else {
        addTo(found, parts);
      }
    }
    for (const [first, second] of query.pairs) addTo(score, scoring.pair(first, second));
    const partCount = partsOf(query);
    if (partCount === 0) {
      if (!allowed) allowed = new Set(excluded.size > 0 ? index.documents.keys() : []);
      return [...allowed].filter((number) => !excluded.has(number))
        .map((number) => ({ number: number, found: 0, score: score.get(number) || 0 }));
    }
    const living = [...found].filter(
      ([number]) => !excluded.has(number) && (!allowed || allowed.has(number)));
    const wanted = living.some(([, parts]) => parts === partCount) ? partCount : 1;
    return living.filter(([, parts]) => parts >= wanted)
      .map(([number, parts]) => ({ number: number, found: parts, score: score.get(number) }));
  }

  function addTo(total, more) {
    for (const [number, points] of more) total.set(number, (total.get(number) || 0) + points);
  }

  /** Return the sums over the documents that are in all maps; none of nothing. */
  function allOf(maps) {
    const sums = new Map();
    if (maps.length === 0) return sums;
    for (const number of maps[0].keys()) {
      if (maps.every((map) => map.has(number))) {
        sums.set(number, maps.reduce((sum, map) => sum + map.get(number), 0));
      }
    }
    return sums;
  }

  function same(numbers, value) {
    return new Map([...numbers].map((number) => [number, value]));
  }

  function termOf(form) {
    return Object.prototype.hasOwnProperty.call(index.terms, form) ? index.terms[form] : [];
  }

  function stepped(postings, term) {
    if (!Object.prototype.hasOwnProperty.call(postings, term)) return [];
    let number = 0;
    return postings[term].map((step) => { number += step; return number; });
  }

  function pairDocuments(first, second) {
    return stepped(index.pairs, first + " " + second);
  }

  function bestOf(best, weights, codes) {
    let number = 0;
    for (const code of codes) {
      number += Math.floor(code / 3);
      const weight = weights[code % 3];
      if (weight > (best.get(number) || 0)) best.set(number, weight);
    }
  }

  function timesRarity(weights) {
    if (weights.size === 0) return weights;
    const rarity = 32 - Math.clz32(Math.floor(index.documents.length / weights.size));
    return new Map([...weights].map(([number, weight]) => [number, weight * rarity]));
  }

  function makeScoring(query) {
    const isMarked = query.groups.some((group) => !group.isNegated && group.clauses.some(
      (clause) => reader.tokensOf(clause).some((token) => token.exact !== token.bare)));
    const exactWeights = isMarked ? tables.marked_weights : tables.exact_weights;
    const known = new Map();

    function weightsOf(token) {
      let best = known.get(token.exact);
      if (best) return best;
      best = new Map();
      const toned = new Set(analysis.tonedForms(token.exact));
      for (const [exact, codes] of termOf(token.bare)) {
        bestOf(best, exact === token.exact ? exactWeights
          : toned.has(exact) ? tables.toneless_weights : tables.bare_weights, codes);
      }
      known.set(token.exact, best);
      return best;
    }

    function tokenScores(token) {
      return timesRarity(weightsOf(token));
    }

    function beside(first, second) {
      const ones = weightsOf(first), others = weightsOf(second);
      return new Map(pairDocuments(first.bare, second.bare)
        .map((number) => [number, Math.min(ones.get(number), others.get(number))]));
    }

    function pair(first, second) {
      return timesRarity(beside(first, second));
    }

    function pairwise(parts, use) {
      return parts.slice(1).map((part, place) => use(parts[place], part));
    }

    /** Return [scores of a word, how many of its parts each document has]. */
    function word(looked) {
      const score = new Map();
      let found = new Map();
      for (const token of looked.parts) {
        const scores = tokenScores(token);
        addTo(score, scores);
        addTo(found, same(scores.keys(), 1));
      }
      for (const scores of pairwise(looked.parts, pair)) addTo(score, scores);
      if (looked.isBound && looked.parts.length > 1) {
        found = same(allOf(pairwise(looked.parts, beside)).keys(), looked.parts.length);
      }
      if (looked.whole) {
        const whole = tokenScores(looked.whole);
        addTo(score, whole);
        for (const number of whole.keys()) found.set(number, looked.parts.length);
      }
      return [new Map([...found.keys()].map((number) => [number, score.get(number)])), found];
    }

    function wholeWord(looked) {
      const [score, found] = word(looked);
      return new Map([...score].filter(([number]) => found.get(number) === looked.parts.length));
    }

    function exactDocuments(token) {
      const numbers = new Map();
      for (const [exact, codes] of termOf(token.bare)) {
        if (exact === token.exact) bestOf(numbers, [1, 1, 1], codes);
      }
      return numbers;
    }

    function phrase(clause) {
      const parts = reader.tokensOf(clause);
      const sums = allOf([...parts.map(tokenScores), ...pairwise(parts, pair)]);
      const exact = parts.filter((token) => token.exact !== token.bare).map(exactDocuments);
      return new Map([...sums].filter(([number]) => exact.every((map) => map.has(number))));
    }

    function tokenInField(token, clause) {
      const exact = new Set(stepped(index.fields, clause.field + "=" + token.exact));
      const isExact = clause.isPhrase && token.exact !== token.bare;
      const numbers = isExact ? exact : stepped(index.fields, clause.field + ":" + token.bare);
      return timesRarity(new Map([...numbers].map(
        (number) => [number, (exact.has(number) ? exactWeights : tables.bare_weights)[1]])));
    }

    function wordInField(looked, clause) {
      const found = allOf(looked.parts.map((token) => tokenInField(token, clause)));
      if (looked.whole) addTo(found, tokenInField(looked.whole, clause));
      return found;
    }

    function inField(clause) {
      const parts = clause.words.map((looked) => wordInField(looked, clause));
      if (clause.isPhrase) parts.push(...pairwise(reader.tokensOf(clause), pair));
      return allOf(parts);
    }

    function patternScores(clause) {
      const best = new Map(), fits = reader.fitter(clause.pattern);
      const start = clause.field ? clause.field + ":" : "";
      const forms = clause.field
        ? fieldTerms.filter((term) => term.startsWith(start)).map((term) => term.slice(start.length))
        : bareForms;
      for (const form of forms.filter(fits).slice(0, tables.most_expansions)) {
        if (clause.field) {
          for (const number of stepped(index.fields, start + form)) {
            best.set(number, tables.bare_weights[1]);
          }
        } else {
          for (const [, codes] of termOf(form)) bestOf(best, tables.bare_weights, codes);
        }
      }
      return timesRarity(best);
    }

    function yearScores([first, last]) {
      const scores = new Map();
      index.documents.forEach((entry, number) => {
        const span = entry[5];
        if (!span || span[0] > last || first > span[1]) return;
        const isWithin = first <= span[0] && span[1] <= last;
        scores.set(number, isWithin ? tables.within_years : tables.touches_years);
      });
      return scores;
    }

    /** Return the scores of the documents that have all of a clause. */
    function clauseScores(clause) {
      if (clause.years) return yearScores(clause.years);
      if (clause.pattern) {
        const scores = patternScores(clause);
        if (scores.size > 0) return scores;
      }
      if (clause.field) return inField(clause);
      if (clause.isPhrase) return phrase(clause);
      return allOf(clause.words.map(wholeWord));
    }

    function group(looked) {
      const own = reader.wordOf(looked);
      if (own) return word(own);
      const scores = new Map();
      for (const clause of looked.clauses) addTo(scores, clauseScores(clause));
      return [scores, same(scores.keys(), 1)];
    }

    /** Return the documents a negated group takes out. */
    function excluded(looked) {
      return looked.clauses.flatMap((clause) => {
        const marked = reader.isPlain(clause)
          ? reader.tokensOf(clause).filter((token) => token.exact !== token.bare) : [];
        const exact = marked.map(exactDocuments);
        return [...clauseScores(clause).keys()].filter(
          (number) => exact.every((map) => map.has(number)));
      });
    }

    return { group, pair, excluded };
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

  return { load, search, receive, words, parse, highlight };
})();
