/*
 * Filters, counts of facets and the histogram of years: the same as search/facets.py gives, where
 * the rules are written, reckoned column by column.
 *
 * What it asks of the documents is placesOf(name, ranked), which promises of every hit the place
 * of its values in the table of a column, side by side with ranked.numbers.
 */
HoabanSearch.receive("facets", function makeFacets(tables, store, placesOf) {
  "use strict";

  const BETWEEN = "\0between", YEARS = "\0years";
  const columns = store.manifest.columns;
  const facets = Object.keys(columns).filter((name) => name !== YEARS);

  /** Return {values: Map of field to Set, between, isAny} of the options of a search. */
  function filtersOf(options) {
    const values = new Map();
    for (const [field, chosen] of Object.entries(options.filters || {})) {
      if (chosen.length > 0) values.set(field, new Set(chosen));
    }
    const between = options.between || null;
    return { values: values, between: between, isAny: values.size > 0 || between !== null };
  }

  /**
   * Return {ranked, facets, years}: the hits that pass the filters, with the counts asked for.
   *
   * @param {{numbers: Uint32Array, found: Uint32Array, score: Uint32Array}} ranked The hits.
   * @param {object} filters From filtersOf().
   * @param {{facets?: boolean, years?: boolean}} wanted What to count.
   */
  async function faceted(ranked, filters, wanted) {
    const isCounted = Boolean(wanted.facets), isDated = Boolean(wanted.years);
    if (!(filters.isAny || isCounted || isDated)) return { ranked: ranked, facets: {}, years: [] };
    const needed = new Set(filters.values.keys());
    if (isCounted) facets.forEach((name) => needed.add(name));
    if (isDated || filters.between) needed.add(YEARS);
    const quick = await byValues(ranked, filters, wanted, needed);
    if (quick) return quick;
    const counts = ranked.counts && !filters.isAny ? await ranked.counts() : null;
    const known = new Map(await Promise.all([...needed].filter(hasColumn).map(
      async (name) => [name, await columnOf(name, ranked, counts)])));
    const missed = await missedOf(ranked.numbers.length, known, filters);
    return {
      ranked: filters.isAny ? passing(ranked, missed.counts) : ranked,
      facets: isCounted ? await counted(known, missed, filters) : {},
      years: isDated ? histogram(spansOf(known.get(YEARS), missed)) : [],
    };
  }

  /**
   * The same from the documents that have the chosen values, where these are kept and few: the
   * columns of all documents, or of all hits, are then not needed. Null if they are.
   */
  async function byValues(ranked, filters, wanted, needed) {
    const names = [...filters.values.keys()];
    const isAlone = names.length === 1;
    if (names.length === 0 || filters.between || (isAlone && !ranked.counts)) return null;
    const size = ranked.numbers.length;
    const sets = await Promise.all(
      names.map((name) => store.valuesOf(name, filters.values.get(name), size)));
    if (sets.includes(null)) return null;
    await store.pause();
    const all = placesPassing(sets, ranked.numbers), uses = new Map();
    await store.pause();
    for (const name of [...needed].filter(hasColumn)) {
      uses.set(name, !filters.values.has(name) ? usesAmong(all, name)
        : isAlone ? (await ranked.counts()).get(name)
        : usesAmong(placesPassing(sets.filter((set) => set.name !== name), ranked.numbers), name));
      await store.pause();
    }
    const missing = new Uint8Array(size).fill(1);
    for (const { hits } of all) for (const hit of hits) missing[hit] = 0;
    return {
      ranked: passing(ranked, missing),
      ...await answerOf(uses, filters, wanted),
    };
  }

  /** Return {facets, years} of how many hits have each place of the columns asked for. */
  async function answerOf(uses, filters, wanted) {
    const known = new Map();
    for (const [name, own] of uses) {
      known.set(name, { uses: own, table: await store.combinations(name, new Set(own.keys())) });
    }
    return {
      facets: wanted.facets ? await counted(known, {}, filters) : {},
      years: wanted.years ? histogram(spansOf(known.get(YEARS), {})) : [],
    };
  }

  /**
   * Return which hits are in all sets, by the parts of one: {part, hits, rows}, the places of the
   * hits and those of the same documents in the part. Each hit is there once.
   */
  function placesPassing(sets, numbers) {
    const base = sets.reduce((one, other) => other.size < one.size ? other : one);
    const others = sets.filter((set) => set !== base);
    const isIn = (set, number) => set.parts.some((part) => store.isAmong(part.numbers, number));
    const isFound = base.parts.length > 1 ? new Uint8Array(numbers.length) : null;
    return base.parts.map((part) => {
      const hits = [], rows = [];
      let hit = 0;
      part.numbers.forEach((number, row) => {
        hit = reached(numbers, number, hit);
        if (numbers[hit] !== number || (isFound && isFound[hit])) return;
        if (!others.every((set) => isIn(set, number))) return;
        if (isFound) isFound[hit] = 1;
        hits.push(hit);
        rows.push(row);
      });
      return { part, hits, rows };
    });
  }

  /** Return the first place from one on that has a number or a larger one: near ones are found first. */
  function reached(numbers, number, from) {
    let low = from, high = from, step = 1;
    while (high < numbers.length && numbers[high] < number) {
      low = high + 1;
      high += step;
      step *= 2;
    }
    high = Math.min(high, numbers.length);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (numbers[middle] < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function usesAmong(passingParts, name) {
    const uses = new Map();
    for (const { part, rows } of passingParts) {
      const column = part.columnOf(name);
      for (const row of rows) uses.set(column[row], (uses.get(column[row]) || 0) + 1);
    }
    return uses;
  }

  function hasColumn(name) {
    return Object.prototype.hasOwnProperty.call(columns, name);
  }

  /**
   * Return {places, uses, table}: of each hit a place, or how many hits have each place where
   * that is known, and the values of these places.
   */
  async function columnOf(name, ranked, counts) {
    const places = counts ? null : await placesOf(name, ranked);
    const uses = counts ? counts.get(name) : null;
    return { places, uses, table: await store.combinations(name, new Set(places || uses.keys())) };
  }

  /** Return of every hit how many filters it does not pass, and one of them: {counts, fields}. */
  async function missedOf(size, known, filters) {
    const counts = new Uint8Array(size), fields = new Uint8Array(size);
    const names = [""];
    function miss(name, column, passes) {
      names.push(name);
      const passing = new Set();
      for (const [place, values] of column ? column.table : []) {
        if (passes(values)) passing.add(place);
      }
      for (let hit = 0; hit < size; hit++) {
        if (column && passing.has(column.places[hit])) continue;
        counts[hit] += 1;
        fields[hit] = names.length - 1;
      }
    }
    for (const [name, chosen] of filters.values) {
      miss(name, known.get(name), (values) => values.some((value) => chosen.has(value)));
      await store.pause();
    }
    if (filters.between) miss(BETWEEN, known.get(YEARS), (span) => touches(span, filters.between));
    return { counts, fields, names };
  }

  function touches(span, [first, last]) {
    return span.length > 0 && (first === null || first <= span[1]) &&
      (last === null || span[0] <= last);
  }

  function passing(ranked, counts) {
    const places = [];
    counts.forEach((count, place) => { if (count === 0) places.push(place); });
    const chosen = (values) => Uint32Array.from(places, (place) => values[place]);
    return Object.assign({}, ranked, {
      numbers: chosen(ranked.numbers), found: chosen(ranked.found), score: chosen(ranked.score),
      total: places.length,
    });
  }

  /** Return how often each place of a column stands in the hits that pass all other filters. */
  function usesOf(name, column, { counts, fields, names }) {
    if (column.uses) return column.uses;
    const own = names.indexOf(name), uses = new Map();
    for (let hit = 0; hit < counts.length; hit++) {
      if (counts[hit] > 1 || (counts[hit] === 1 && fields[hit] !== own)) continue;
      uses.set(column.places[hit], (uses.get(column.places[hit]) || 0) + 1);
    }
    return uses;
  }

  async function counted(known, missed, filters) {
    const found = [];
    for (const name of new Set([...facets, ...filters.values.keys()])) {
      const counts = new Map();
      for (const value of filters.values.get(name) || []) counts.set(value, 0);
      const column = known.get(name);
      if (column) {
        for (const [place, uses] of usesOf(name, column, missed)) {
          for (const value of column.table.get(place)) {
            counts.set(value, (counts.get(value) || 0) + uses);
          }
        }
      }
      if (counts.size > 0) found.push([name, counts]);
      await store.pause();
    }
    found.sort((one, other) => store.compare(one[0], other[0]));
    return Object.fromEntries(found.map(([name, counts]) => [name, [...counts].sort(
      (one, other) => other[1] - one[1] || store.compare(one[0], other[0]))]));
  }

  /** Return {firsts, lasts} of the dated hits that pass all filters but the one on years. */
  function spansOf(column, missed) {
    const firsts = [], lasts = [];
    for (const [place, uses] of usesOf(BETWEEN, column, missed)) {
      const span = column.table.get(place);
      for (let use = 0; use < uses && span.length > 0; use++) {
        firsts.push(span[0]);
        lasts.push(span[1]);
      }
    }
    return { firsts: Float64Array.from(firsts).sort(), lasts: Float64Array.from(lasts).sort() };
  }

  /** Return the bars [{first, last, count}] over the years of some documents. */
  function histogram({ firsts, lasts }) {
    const size = firsts.length;
    if (size === 0) return [];
    const leftOut = Math.floor(size / tables.outliers);
    const from = firsts[leftOut], to = Math.max(from, lasts[size - 1 - leftOut]);
    const breadth = tables.breadths.find((years) =>
      Math.floor(to / years) - Math.floor(from / years) < tables.most_bars) ||
      tables.breadths[tables.breadths.length - 1];
    const start = Math.floor(from / breadth), end = Math.floor(to / breadth);
    const place = (year) => Math.min(Math.max(Math.floor(year / breadth), start), end) - start;
    const changes = new Array(end - start + 2).fill(0);
    for (const first of firsts) changes[place(first)] += 1;
    for (const last of lasts) changes[place(last) + 1] -= 1;
    const isOpenFirst = firsts[0] < start * breadth;
    const isOpenLast = lasts[size - 1] >= (end + 1) * breadth;
    const bars = [];
    let count = 0;
    for (let number = start; number <= end; number++) {
      count += changes[number - start];
      bars.push({
        first: number === start && isOpenFirst ? null : number * breadth,
        last: number === end && isOpenLast ? null : (number + 1) * breadth - 1,
        count: count,
      });
    }
    return bars;
  }

  return { filtersOf, faceted, answerOf };
});
