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
  // A word in at most one of so many documents has no long lists.
  const SHORT = 16;
  const YEARS = "\0years";
  const { manifest } = store;
  const columns = Object.keys(manifest.columns);
  const facets = columns.filter((name) => name !== YEARS);
  const known = new Map();

  /** Return {words, folders, side, names}: the widespread words, and what two of them share. */
  function listed() {
    // Every word of a query asks for it, and where there are many of them it is long.
    return store.once(known, manifest.together, async () => {
      const [words, folders, side, names] = await store.json(manifest.together);
      return {
        words, side, folders: store.namesIn(folders, NAME), names: store.namesIn(names, NAME),
      };
    });
  }

  // Who knows the folder of a word needs no node for it.
  const { entry } = store;
  store.entry = async (kind, key) => {
    const folder = kind === "w" ? folderOf(await listed(), key) : "";
    return folder ? { key, folder } : entry(kind, key);
  };

  /** Return the folder of a word, or "" where it is not widespread or all of it is in a leaf. */
  function folderOf({ words, folders }, word) {
    const folder = folders[words.indexOf(word)] || "-";
    return folder[0] === "-" ? "" : folder;
  }

  /** Return the token of a group that is nothing but one, or null. */
  function tokenOf(group) {
    const word = reader.wordOf(group);
    return word && word.parts.length === 1 && !word.whole ? word.parts[0] : null;
  }

  async function topOf(folder) {
    return store.forms({ folder }, 3, store.TOP);
  }

  /**
   * Keeps the best of what is known to be a hit, and how good anything else may be at most.
   * Of equal points the lower number is better.
   */
  function makeContest(wanted) {
    const hits = [];
    let many = 0, last = null;
    const rival = { number: 0, points: -1, unsure: 0 };

    /** Hear of what may be a hit with so many points at most; where unsure is passed on. */
    function mayBe(number, points, unsure) {
      if (points < rival.points || (points === rival.points && number >= rival.number)) return;
      Object.assign(rival, { number, points, unsure });
    }

    /** Add a hit with so many points. */
    function add(number, points) {
      many += 1;
      if (hits.length === wanted) {
        if (points < last.points || (points === last.points && number > last.number)) return;
        hits.pop();
      }
      let place = hits.length;
      while (place > 0 && (hits[place - 1].points < points ||
        (hits[place - 1].points === points && hits[place - 1].number > number))) place -= 1;
      hits.splice(place, 0, { number, points });
      last = hits[hits.length - 1];
    }

    /** Return the first hits in the order of their numbers, or null if others may precede them. */
    function first(total) {
      const isSettled = many === total || (hits.length === wanted &&
        (last.points > rival.points ||
          (last.points === rival.points && last.number < rival.number)));
      return isSettled ? hits.sort((one, other) => one.number - other.number) : null;
    }

    return { add, mayBe, first, rival };
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
    const list = await listed(), folders = tokens.map((token) => folderOf(list, token.bare));
    if (folders.includes("")) return null;
    const [total, ...tops] = await Promise.all([shared(list, tokens), ...folders.map(topOf)]);
    if (total === 0) return null;
    const pair = await store.pair(tokens[0].bare, tokens[1].bare, tops[0].entry);
    const beside = pair ? store.numbersOf(pair) : scores.NONE.numbers;
    const tableOf = scorer.weightTables(query), tables = tokens.map(tableOf), texts = [null, null];
    // Of two that are not so long the whole lists are less than these and one more.
    const isShort = tops.every(({ count }) => count * SHORT <= manifest.documents);
    for (;;) {
      const sides = tops.map((top, at) => sideOf(top, tables[at], texts[at]));
      const contest = contestOfTwo(sides, beside, wanted), hits = contest.first(total);
      await store.pause();
      if (hits) return { ranked: rankedOf(hits, total, 2, neededOf(tops, pair ? [pair] : [])) };
      const { unsure } = contest.rival;
      texts[unsure] = isShort || texts[unsure] ? null : await textsOf(tops[unsure], tokens[unsure]);
      if (!texts[unsure]) return null;
    }
  }

  /** Return in how many documents two of the words are. */
  async function shared({ words, side, names }, tokens) {
    const [low, high] = tokens.map((token) => words.indexOf(token.bare))
      .sort((one, other) => one - other);
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

  /** Return the documents that have just that form of a word in a text: {exact, numbers}, or null. */
  async function textsOf({ entry: { folder }, variants }, { exact }) {
    const place = variants.findIndex((variant) => variant.exact === exact);
    if (place < 0 || variants[place].sizes[2] === 0) return null;
    const bytes = await store.shard(folder + "/" + (CROSSINGS + 2 * facets.length + place));
    return { exact, numbers: store.makeReader(bytes, 0).steps(variants[place].sizes[2]) };
  }

  /**
   * Return what is known of a word: its weights in titles, subjects and those texts that are
   * known, and the least and the most it has in another.
   */
  function sideOf(top, table, texts) {
    const elsewhere = top.variants
      .filter(({ exact, sizes }) => sizes[2] > 0 && !(texts && texts.exact === exact))
      .map(({ exact }) => table(exact)[2]);
    const lists = top.variants.flatMap(({ exact, lists: [titled, subjects] }) => [
      [titled, table(exact)[0]], [subjects, table(exact)[1]]]);
    if (texts) lists.push([texts.numbers, table(texts.exact)[2]]);
    return {
      weights: scores.best(lists), rarity: scores.rarity(top.count), toLoad: texts ? 0 : top.count,
      least: elsewhere.length > 0 ? Math.min(...elsewhere) : 0, most: Math.max(0, ...elsewhere),
    };
  }

  /** Return the contest of the documents that two words, or the pair of them, are known to have. */
  function contestOfTwo([one, other], beside, wanted) {
    const contest = makeContest(wanted), ofPair = scores.rarity(beside.length);
    const points = (first, second, isBeside) => one.rarity * first + other.rarity * second +
      (isBeside ? ofPair * Math.min(first, second) : 0);
    const cheaper = Number(one.toLoad === 0 || (
      other.toLoad > 0 && other.toLoad < one.toLoad));
    if (one.most > 0 && other.most > 0) {
      contest.mayBe(0, points(one.most, other.most, false), cheaper);
    }
    const { numbers: ones, points: oneWeights } = one.weights;
    const { numbers: others, points: otherWeights } = other.weights;
    let a = 0, b = 0, pair = 0;
    while (a < ones.length || b < others.length || pair < beside.length) {
      const number = Math.min(
        a < ones.length ? ones[a] : Infinity, b < others.length ? others[b] : Infinity,
        pair < beside.length ? beside[pair] : Infinity);
      const first = ones[a] === number ? oneWeights[a++] : 0;
      const second = others[b] === number ? otherWeights[b++] : 0;
      const isBeside = beside[pair] === number;
      if (isBeside) pair += 1;
      const most = Math.max(first, one.most), mostOther = Math.max(second, other.most);
      if (most === 0 || mostOther === 0) continue;
      const isHit = isBeside || (first > 0 && second > 0), best = points(most, mostOther, isBeside);
      const isSure = most === (first || one.least), isOtherSure = mostOther === (second || other.least);
      if (isHit && isSure && isOtherSure) {
        contest.add(number, best);
      } else if (isHit) {
        contest.mayBe(number, best, isSure ? 1 : isOtherSure ? 0 : cheaper);
      } else {
        contest.mayBe(number, best, first > 0 ? 1 : second > 0 ? 0 : cheaper);
      }
    }
    return contest;
  }

  // One word with a filter -------------------------------------------------------------------

  /** Return {ranked, facets, years} of one word filtered by values of one facet, or null. */
  async function filtered(query, filters, wanted, options, counter) {
    const token = query.groups.length === 1 ? tokenOf(query.groups[0]) : null;
    const [[name, chosen] = [], ...others] = filters.values;
    const place = facets.indexOf(name);
    if (!token || place < 0 || others.length > 0 || filters.between) return null;
    const folder = folderOf(await listed(), token.bare);
    if (!folder) return null;
    const first = CROSSINGS + 2 * place;
    const [top, ofFacets, ofYears] = await Promise.all([
      topOf(folder),
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
    const hits = contestOfBegun(top, ofFacets.behind, passing, table, wanted).first(total);
    if (!hits) return null;
    const rarity = scores.rarity(top.count);
    for (const hit of hits) hit.points *= rarity;
    const own = [...ofFacets.rows].map(([at, { count }]) => [at, count]);
    const uses = new Map([[name, new Map(own)]]);
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
  function contestOfBegun(top, read, passing, table, wanted) {
    const contest = makeContest(wanted), weights = new Map(), open = [];
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
    for (const { from, weight } of open) contest.mayBe(from, weight, 0);
    for (const [number, weight] of weights) {
      const more = open.filter(({ from }) => number >= from).map((list) => list.weight);
      const most = Math.max(weight, ...more);
      if (most === weight) contest.add(number, weight);
      else contest.mayBe(number, most, 0);
    }
    return contest;
  }

  return { ofTwo, filtered };
});
