/*
 * The scoring: the same hits and scores as search/scoring.py gives, where the rules are written.
 * What a query needs of the index is fetched before anything is reckoned.
 */
HoabanSearch.receive("scoring", function makeScorer(parts) {
  "use strict";

  const { tables, analysis, reader, store, scores } = parts;
  const LEVELS = { w: 3, f: 1 };
  const documents = store.manifest.documents;
  const { NONE, same, united, added, kept, common, sumsOf, allOf, best, timesRarity } =
    scores;

  function partsOf(query) {
    return query.groups.reduce((sum, group) => sum + reader.partCount(group), 0);
  }

  function tokens(word) {
    return word.whole ? [...word.parts, word.whole] : word.parts;
  }

  // What a query needs -----------------------------------------------------------------------

  /** Holds what was fetched for a query: entries by kind and key, pairs, expansions, years. */
  function makeNeeded() {
    const entries = new Map(), pairs = new Map(), patterns = new Map(), pairEntries = [];
    let spans = null;

    async function fetchForms(kind, key, isHeadEnough) {
      await take(kind, key, await store.entry(kind, key), isHeadEnough);
    }

    async function take(kind, key, found, isHeadEnough) {
      const forms = found && await store.forms(
        found, LEVELS[kind], isHeadEnough ? store.HEAD : store.WHOLE);
      if (!entries.has(kind + key)) entries.set(kind + key, forms);
    }

    async function fetchPair(key) {
      const found = await store.pair(...key.split(" "));
      if (found) pairEntries.push(found);
      pairs.set(key, found ? store.numbersOf(found) : NONE.numbers);
    }

    /** Fetch the first words in the order of code points that fit a pattern. */
    async function fetchPattern(clause) {
      const fits = reader.fitter(clause.pattern), found = new Map();
      const kind = clause.field ? "f" : "w", start = clause.field ? clause.field + ":" : "";
      for (const prefix of [...clause.pattern.prefixes].sort(store.compare)) {
        let count = 0;
        for await (const entry of store.entriesFrom(kind, start + prefix)) {
          const own = entry.key.slice(start.length);
          if (own.includes(" ") || !fits(own)) continue;
          found.set(entry.key, entry);
          count += 1;
          if (count === tables.most_expansions) break;
        }
      }
      const keys = [...found.keys()].sort(store.compare).slice(0, tables.most_expansions);
      patterns.set(patternKey(clause), keys);
      await Promise.all(keys.map((key) => take(kind, key, found.get(key), false)));
    }

    async function fetchYears() {
      const [places, table] = await Promise.all([store.column("\0years"), store.table("\0years")]);
      spans = { places, table };
    }

    return {
      fetchForms, fetchPair, fetchPattern, fetchYears,
      forms: (kind, key) => entries.get(kind + key) || null,
      words: () => [...entries].filter(([key, found]) => key[0] === "w" && found)
        .map(([, found]) => found),
      pairEntries: () => pairEntries,
      pair: (key) => pairs.get(key) || NONE.numbers,
      expansions: (clause) => patterns.get(patternKey(clause)) || [],
      spans: () => spans,
    };
  }

  function patternKey(clause) {
    return JSON.stringify([clause.field, clause.pattern]);
  }

  function isWithPairs(group, clause) {
    return clause.isPhrase || !clause.field;
  }

  /** Fetch all that ranking a query asks for. */
  async function fetchFor(query, needed, isHeadEnough) {
    const words = new Set(), fields = new Set(), pairs = new Set(), others = [];
    const pairOf = (first, second) => {
      pairs.add(first.bare + " " + second.bare);
    };
    for (const group of query.groups) {
      for (const clause of group.clauses) {
        if (clause.years) others.push(needed.fetchYears());
        if (clause.pattern) others.push(needed.fetchPattern(clause));
        const parts = reader.tokensOf(clause);
        for (const token of clause.words.flatMap(tokens)) {
          if (clause.field) fields.add(clause.field + ":" + token.bare);
          if (isWithPairs(group, clause)) words.add(token.bare);
        }
        const runs = clause.isPhrase ? [parts]
          : clause.field ? [] : clause.words.map((word) => word.parts);
        for (const run of runs) {
          run.slice(1).forEach((token, place) => pairOf(run[place], token));
        }
      }
    }
    for (const [first, second] of query.pairs) pairOf(first, second);
    await Promise.all([
      ...others,
      ...[...words].map((key) => needed.fetchForms("w", key, isHeadEnough)),
      ...[...fields].map((key) => needed.fetchForms("f", key, false)),
      ...[...pairs].map(needed.fetchPair),
    ]);
  }

  // Ranking ----------------------------------------------------------------------------------

  /**
   * Return the hits of a query: {numbers, found, score}, side by side, and needed, which has all
   * that was fetched.
   *
   * @param {object} query What reader.parse gave.
   * @param {boolean} isHeadEnough Of a query of one word, whether no more is wanted than the
   *     beginnings of its lists.
   */
  async function rank(query, isHeadEnough) {
    const needed = makeNeeded();
    await fetchFor(query, needed, isHeadEnough);
    const scoring = makeScoring(query, needed);
    const all = [], words = [], others = [], required = [];
    let excluded = NONE;
    for (const group of query.groups) {
      await store.pause();
      const own = reader.wordOf(group);
      if (group.isNegated) {
        excluded = added(excluded, await scoring.excluded(group));
      } else if (own) {
        words.push(own);
      } else {
        const score = await scoring.group(group);
        all.push(score);
        if (reader.isRequired(group)) required.push(score.numbers);
        else others.push(same(score.numbers, 1));
      }
    }
    const living = (found) => kept(
      required.length > 0 ? kept(found, common(required), true) : found, excluded.numbers, false);
    let left, found = [];
    if (partsOf(query) === 0) {
      const isNegated = query.groups.some((group) => group.isNegated);
      const allowed = required.length > 0 ? common(required)
        : isNegated ? everything().numbers : NONE.numbers;
      left = living(same(allowed, 0));
    } else {
      // Few have all parts: to add up what all others have is needed only if none does.
      found = await scoring.each(words, (word) => scoring.partsIn(word, true));
      left = living(allOf([...found, ...others]));
      if (left.numbers.length === 0) {
        found = await scoring.each(words, (word) => scoring.partsIn(word, false));
        left = living([...found, ...others].reduce(added, NONE));
      }
    }
    // Only now, of those that are left.
    all.push(...await scoring.each(
      words, (word, place) => scoring.ofWord(word, common([left.numbers, found[place].numbers]))));
    for (const [first, second] of query.pairs) {
      all.push(scoring.pair(first, second));
      await store.pause();
    }
    return hits(left, all, needed);
  }

  function hits({ numbers, points }, all, needed) {
    return {
      numbers: numbers, found: points, score: sumsOf(numbers, all), total: numbers.length,
      needed: needed,
    };
  }

  /** Return where documents stand in the list of those of a word, or null if not all do. */
  function placesAmong(numbers, word) {
    const all = best(word.variants.flatMap(({ lists }) => lists.map((list) => [list, 1]))).numbers;
    const places = new Uint32Array(numbers.length);
    let other = 0;
    for (let place = 0; place < numbers.length; place++) {
      while (other < all.length && all[other] < numbers[place]) other += 1;
      if (all[other] !== numbers[place]) return null;
      places[place] = other;
    }
    return places;
  }

  /** Return all documents as hits. */
  function everything() {
    return hits(same(new Uint32Array(documents).map((_number, place) => place), 0), [], null);
  }

  function exactWeightsOf(query) {
    const isMarked = query.groups.some((group) => !group.isNegated && group.clauses.some(
      (clause) => reader.tokensOf(clause).some((token) => token.exact !== token.bare)));
    return isMarked ? tables.marked_weights : tables.exact_weights;
  }

  /** Return of a token the function that gives of an exact form its weight at each level. */
  function weightTables(query) {
    const exactWeights = exactWeightsOf(query);
    return (token) => {
      const toned = new Set(analysis.tonedForms(token.exact));
      return (exact) => exact === token.exact ? exactWeights
        : toned.has(exact) ? tables.toneless_weights : tables.bare_weights;
    };
  }

  function makeScoring(query, needed) {
    const exactWeights = exactWeightsOf(query), tableOf = weightTables(query), known = new Map();

    function weightsOf(token) {
      let weights = known.get(token.exact);
      if (weights) return weights;
      const table = tableOf(token), lists = [], forms = needed.forms("w", token.bare);
      for (const variant of forms ? forms.variants : []) {
        const weights = table(variant.exact);
        variant.lists.forEach((numbers, level) => lists.push([numbers, weights[level]]));
      }
      weights = best(lists);
      known.set(token.exact, weights);
      return weights;
    }

    /** Return the scores of a token; of some documents, if only they are wanted. */
    function tokenScores(token, among) {
      const forms = needed.forms("w", token.bare), weights = weightsOf(token);
      const wanted = among ? kept(weights, among, true) : weights;
      return wanted.numbers.length > 0 ? timesRarity(wanted, forms.count) : NONE;
    }

    function beside(first, second) {
      const numbers = needed.pair(first.bare + " " + second.bare);
      const ones = kept(weightsOf(first), numbers, true);
      return united(ones, kept(weightsOf(second), numbers, true), Math.min);
    }

    function pair(first, second) {
      return timesRarity(beside(first, second));
    }

    function pairwise(parts, use) {
      return each(parts.slice(1), (part, place) => use(parts[place], part));
    }

    /** Return what use() makes of each part, one after the other; the page breathes between. */
    async function each(parts, use) {
      const made = [];
      for (const part of parts) {
        made.push(await use(part, made.length));
        await store.pause();
      }
      return made;
    }

    async function allOfEach(parts, use) {
      return allOf(await each(parts, use));
    }

    /** Return how many parts of a word each document has: those that have all, or any of them. */
    async function partsIn({ parts, whole, isBound }, isAll) {
      const size = parts.length;
      let found;
      if (isBound && size > 1) {
        const pairs = await pairwise(parts, beside);
        found = same(common(pairs.map(({ numbers }) => numbers)), size);
      } else {
        const lists = await each(parts, (token) => weightsOf(token).numbers);
        found = isAll ? same(common(lists), size)
          : lists.map((numbers) => same(numbers, 1)).reduce(added, NONE);
      }
      return whole ? united(found, same(weightsOf(whole).numbers, size), Math.max) : found;
    }

    /** Return the scores of a word in some documents. */
    async function ofWord(looked, numbers) {
      const all = [
        ...await each(tokens(looked), (token) => tokenScores(token, numbers)),
        ...await pairwise(looked.parts, pair),
      ];
      return { numbers, points: sumsOf(numbers, all) };
    }

    async function wholeWord(looked) {
      return ofWord(looked, (await partsIn(looked, true)).numbers);
    }

    function exactDocuments(token) {
      const forms = needed.forms("w", token.bare);
      const variant = forms && forms.variants.find(({ exact }) => exact === token.exact);
      return variant ? best(variant.lists.map((numbers) => [numbers, 1])).numbers : NONE.numbers;
    }

    function exactly(scores, exact) {
      return exact.reduce((rest, token) => kept(rest, exactDocuments(token), true), scores);
    }

    function marked(parts) {
      return parts.filter((token) => token.exact !== token.bare);
    }

    async function phrase(clause) {
      const parts = reader.tokensOf(clause);
      const all = [
        ...await each(parts, (token) => tokenScores(token)), ...await pairwise(parts, pair)];
      return exactly(allOf(all), marked(parts));
    }

    function tokenInField(token, clause) {
      const forms = needed.forms("f", clause.field + ":" + token.bare);
      const variants = forms ? forms.variants : [];
      const isExactWanted = clause.isPhrase && token.exact !== token.bare;
      return timesRarity(best(variants
        .filter(({ exact }) => !isExactWanted || exact === token.exact)
        .map(({ exact, lists }) => [
          lists[0], (exact === token.exact ? exactWeights : tables.bare_weights)[1]])));
    }

    async function wordInField(looked, clause) {
      const found = await allOfEach(looked.parts, (token) => tokenInField(token, clause));
      return looked.whole ? added(found, tokenInField(looked.whole, clause)) : found;
    }

    async function inField(clause) {
      const parts = await each(clause.words, (looked) => wordInField(looked, clause));
      if (clause.isPhrase) parts.push(...await pairwise(reader.tokensOf(clause), pair));
      return allOf(parts);
    }

    function patternScores(clause) {
      const kind = clause.field ? "f" : "w";
      const lists = needed.expansions(clause).flatMap((key) => needed.forms(kind, key).variants)
        .flatMap((variant) => variant.lists.map((numbers, level) => [
          numbers, tables.bare_weights[clause.field ? 1 : level]]));
      return timesRarity(best(lists));
    }

    function yearScores([first, last]) {
      const { places, table } = needed.spans();
      const points = table.map((span) => span.length === 0 || span[0] > last || first > span[1] ? 0
        : first <= span[0] && span[1] <= last ? tables.within_years : tables.touches_years);
      const numbers = new Uint32Array(documents);
      let size = 0;
      for (let number = 0; number < documents; number++) {
        if (points[places[number]] > 0) numbers[size++] = number;
      }
      const found = numbers.subarray(0, size);
      return { numbers: found, points: found.map((number) => points[places[number]]) };
    }

    /** Return the scores of the documents that have all of a clause. */
    async function clauseScores(clause) {
      if (clause.years) return yearScores(clause.years);
      if (clause.pattern) {
        const scores = patternScores(clause);
        if (scores.numbers.length > 0) return scores;
      }
      if (clause.field) return inField(clause);
      if (clause.isPhrase) return phrase(clause);
      return allOfEach(clause.words, wholeWord);
    }

    /** Return the scores of the documents that have one of the clauses of a group. */
    async function group(looked) {
      return (await each(looked.clauses, clauseScores)).reduce(added, NONE);
    }

    /** Return the documents a negated group takes out. */
    async function excluded(looked) {
      const all = await each(looked.clauses, async (clause) => exactly(
        await clauseScores(clause), reader.isPlain(clause) ? marked(reader.tokensOf(clause)) : []));
      return all.reduce(added, NONE);
    }

    return { group, partsIn, ofWord, pair, excluded, each };
  }

  return { rank, everything, placesAmong, partsOf, tokens, weightTables };
});
