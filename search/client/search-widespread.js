/*
 * Widespread words of a large archive: the first hits of two of them, and of one with a filter,
 * without the lists of all their documents. What stands beside them says how many hits there are,
 * and holds those documents that have the words in titles or subjects; their points may already be
 * more than any other document can have. Where they are not, null is promised, and the query is
 * answered as all others are. The format is written down in docs/static-index.md.
 */
HoabanSearch.receive("widespread", function makeWidespread(parts) {
  "use strict";

  const { reader, store, scorer, scores } = parts;
  const CROSSINGS = 5, BEGUN = 1024, NAME = 7;
  const YEARS = "\0years";
  const { manifest } = store;
  const columns = Object.keys(manifest.columns);
  const facets = columns.filter((name) => name !== YEARS);

  /** Return {words, side, names}: the widespread words, and the shards of what two share. */
  async function listed() {
    const [words, side, names] = await store.json(manifest.together);
    return { words, side, names: store.namesIn(names, NAME) };
  }

  /** Return the token of a group that is nothing but one, or null. */
  function tokenOf(group) {
    const word = reader.wordOf(group);
    return word && word.parts.length === 1 && !word.whole ? word.parts[0] : null;
  }

  async function topOf(token) {
    return store.forms(await store.entry("w", token.bare), 3, store.TOP);
  }

  /**
   * Keeps the best of what is known to be a hit, and how good anything else may be at most.
   * Of equal points the lower number is better.
   */
  function makeContest() {
    const hits = [];
    let rival = { number: 0, points: -1 };
    const isBetter = (one, other) => one.points > other.points ||
      (one.points === other.points && one.number < other.number);

    function mayBe(number, points) {
      if (isBetter({ number, points }, rival)) rival = { number, points };
    }

    /** Add a hit that has between so many points. */
    function add(number, least, most) {
      if (least === most) hits.push({ number, points: most });
      else mayBe(number, most);
    }

    /** Return the first hits in the order of their numbers, or null if others may precede them. */
    function first(wanted, total) {
      hits.sort((one, other) => isBetter(one, other) ? -1 : 1);
      const last = hits[Math.min(wanted, total) - 1];
      if (total > 0 && !(last && (hits.length === total || isBetter(last, rival)))) return null;
      return hits.slice(0, wanted).sort((one, other) => one.number - other.number);
    }

    return { add, mayBe, first };
  }

  function rankedOf(hits, total, parts, needed) {
    return {
      numbers: Uint32Array.from(hits, ({ number }) => number),
      score: Uint32Array.from(hits, ({ points }) => points),
      found: new Uint32Array(hits.length).fill(parts),
      total, needed,
    };
  }

  function neededOf(words, pairs) {
    return { words: () => words, pairEntries: () => pairs };
  }

  // Two words --------------------------------------------------------------------------------

  /** Return the first hits of two words and nothing else, or null. */
  async function ofTwo(query, wanted) {
    const tokens = query.groups.map(tokenOf);
    if (tokens.length !== 2 || tokens.includes(null) || tokens[0].bare === tokens[1].bare) return null;
    const list = await listed();
    const places = tokens.map((token) => list.words.indexOf(token.bare));
    if (places.includes(-1)) return null;
    const [total, ...tops] = await Promise.all([shared(list, places), ...tokens.map(topOf)]);
    if (total === 0) return null;
    const pair = await store.pair(tokens[0].bare, tokens[1].bare, tops[0].entry);
    const beside = pair ? store.numbersOf(pair) : scores.NONE.numbers;
    const tableOf = scorer.weightTables(query);
    const sides = tops.map((top, at) => sideOf(top, tableOf(tokens[at])));
    const hits = contestOfTwo(sides, beside).first(wanted, total);
    return hits && { ranked: rankedOf(hits, total, 2, neededOf(tops, pair ? [pair] : [])) };
  }

  /** Return in how many documents two of the words are. */
  async function shared({ words, side, names }, places) {
    const [low, high] = [...places].sort((one, other) => one - other);
    const row = Math.floor(low / side), column = Math.floor(high / side);
    const sides = Math.ceil(words.length / side);
    // Shards stand row after row, each row beginning with that of its own words.
    const bytes = await store.shard(names[row * sides - row * (row - 1) / 2 + column - row]);
    const at = low % side, other = high % side;
    const wide = Math.min(side, words.length - column * side);
    const place = row === column ? at * wide - at * (at + 1) / 2 + other - at - 1
      : at * wide + other;
    return store.makeReader(bytes, 0).integers(place + 1)[place];
  }

  /** Return what is known of a word: its weights in titles and subjects, and those in texts. */
  function sideOf(top, table) {
    const elsewhere = top.variants.filter(({ sizes }) => sizes[2] > 0)
      .map(({ exact }) => table(exact)[2]);
    return {
      weights: scores.best(top.variants.flatMap(({ exact, lists }) => [
        [lists[0], table(exact)[0]], [lists[1], table(exact)[1]]])),
      rarity: scores.rarity(top.count),
      least: elsewhere.length > 0 ? Math.min(...elsewhere) : 0,
      most: Math.max(0, ...elsewhere),
    };
  }

  function contestOfTwo([one, other], beside) {
    const contest = makeContest(), ofPair = scores.rarity(beside.length);
    const points = (first, second, isBeside) => one.rarity * first + other.rarity * second +
      (isBeside ? ofPair * Math.min(first, second) : 0);
    if (one.most > 0 && other.most > 0) contest.mayBe(0, points(one.most, other.most, false));
    const lists = [one.weights.numbers, other.weights.numbers, beside], at = [0, 0, 0];
    for (;;) {
      let number = Infinity;
      lists.forEach((list, which) => { number = Math.min(number, list[at[which]] ?? Infinity); });
      if (number === Infinity) return contest;
      const isIn = lists.map((list, which) => list[at[which]] === number);
      const known = [one, other].map(({ weights }, which) =>
        isIn[which] ? weights.points[at[which]] : 0);
      isIn.forEach((isThere, which) => { at[which] += isThere; });
      const most = [one, other].map((side, which) => Math.max(known[which], side.most));
      if (most.includes(0)) continue;
      const isHit = isIn[2] || !known.includes(0);
      if (!isHit) {
        contest.mayBe(number, points(...most, false));
        continue;
      }
      const least = [one, other].map((side, which) => known[which] || side.least);
      contest.add(number, points(...least, isIn[2]), points(...most, isIn[2]));
    }
  }

  // One word with a filter -------------------------------------------------------------------

  /** Return {ranked, facets, years} of one word filtered by values of one facet, or null. */
  async function filtered(query, filters, wanted, options, counter) {
    const token = query.groups.length === 1 ? tokenOf(query.groups[0]) : null;
    const [[name, chosen] = [], ...others] = filters.values;
    const place = facets.indexOf(name);
    if (!token || place < 0 || others.length > 0 || filters.between) return null;
    if (!(await listed()).words.includes(token.bare)) return null;
    const { folder } = await store.entry("w", token.bare), first = CROSSINGS + 2 * place;
    if (!folder) return null;
    const [top, ofFacets, ofYears] = await Promise.all([
      topOf(token),
      crossingsIn(folder + "/" + first, facets.filter((other) => other !== name)),
      options.years ? crossingsIn(folder + "/" + (first + 1), [YEARS]) : [],
    ]);
    if (ofFacets.rows.size === 0 || (options.years && ofYears.rows.size === 0)) return null;
    const passing = new Set();
    for (const [at, values] of await store.combinations(name, new Set(ofFacets.rows.keys()))) {
      if (values.some((value) => chosen.has(value))) passing.add(at);
    }
    let total = 0;
    for (const at of passing) total += ofFacets.rows.get(at).count;
    const table = scorer.weightTables(query)(token);
    const hits = contestOfBegun(top, ofFacets.behind, passing, table).first(wanted, total);
    if (!hits) return null;
    const rarity = scores.rarity(top.count);
    for (const hit of hits) hit.points *= rarity;
    const uses = new Map([[name, store.countsOf(top).get(name)]]);
    for (const crossing of options.years ? [ofFacets, ofYears] : [ofFacets]) {
      for (const column of crossing.names) uses.set(column, usesIn(crossing, column, passing));
    }
    return {
      ranked: rankedOf(hits, total, 1, neededOf([top], [])),
      ...await counter.answerOf(uses, filters, options),
    };
  }

  /** Return the crossings of a shard, {names, rows: Map of place to {count, uses}, behind}. */
  async function crossingsIn(shard, names) {
    const read = store.makeReader(await store.shard(shard), 0), size = read.integer();
    const places = read.steps(size), lengths = read.integers(size), rows = new Map();
    places.forEach((place, at) => {
      const own = store.makeReader(read.part(lengths[at]), 0), count = own.integer();
      const uses = new Map(names.map((name) => {
        const many = own.integer();
        return [name, { places: own.steps(many), counts: own.integers(many) }];
      }));
      rows.set(place, { count, uses });
    });
    return { names, rows, behind: read };
  }

  /** Return how many documents with one of some places have each place of another column. */
  function usesIn({ rows }, column, passing) {
    const uses = new Map();
    for (const at of passing) {
      const { places, counts } = rows.get(at).uses.get(column);
      places.forEach((place, own) => uses.set(place, (uses.get(place) || 0) + counts[own]));
    }
    return uses;
  }

  /** Return the contest of the first documents of each list that have one of some places. */
  function contestOfBegun(top, read, passing, table) {
    const contest = makeContest(), weights = new Map(), open = [];
    for (const { exact, lists, sizes } of top.variants) {
      for (const level of [0, 1]) {
        const numbers = lists[level].subarray(0, BEGUN), weight = table(exact)[level];
        read.integers(numbers.length).forEach((place, at) => {
          const best = weights.get(numbers[at]) || 0;
          if (passing.has(place)) weights.set(numbers[at], Math.max(best, weight));
        });
        if (sizes[level] > BEGUN) open.push({ from: numbers[BEGUN - 1] + 1, weight });
      }
      if (sizes[2] > 0) open.push({ from: 0, weight: table(exact)[2] });
    }
    for (const { from, weight } of open) contest.mayBe(from, weight);
    for (const [number, weight] of weights) {
      const more = open.filter(({ from }) => number >= from).map((list) => list.weight);
      contest.add(number, weight, Math.max(weight, ...more));
    }
    return contest;
  }

  return { ofTwo, filtered };
});
