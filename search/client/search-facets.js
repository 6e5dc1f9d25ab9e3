/*
 * Filters, counts of facets and the histogram of years: the same as search/facets.py gives, where
 * the rules are written.
 *
 * What it asks of the documents is {facets(number) -> [[field, value], ...],
 * years(number) -> [first, last] or null}.
 */
HoabanSearch.receive("facets", function makeFacets(tables, byCodePoint) {
  "use strict";

  const BETWEEN = "\0between";

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
   * @param {Array<{number: number}>} ranked What a query finds.
   * @param {object} documents See above.
   * @param {object} filters From filtersOf().
   * @param {{facets?: boolean, years?: boolean}} wanted What to count.
   */
  function faceted(ranked, documents, filters, wanted) {
    const isCounted = Boolean(wanted.facets), isDated = Boolean(wanted.years);
    if (!(filters.isAny || isCounted || isDated)) return { ranked: ranked, facets: {}, years: [] };
    const passed = [], spans = [], counts = new Map();
    for (const [field, values] of filters.values) {
      counts.set(field, new Map([...values].map((value) => [value, 0])));
    }
    for (const entry of ranked) {
      const facets = filters.values.size > 0 || isCounted ? documents.facets(entry.number) : [];
      const span = filters.between || isDated ? documents.years(entry.number) : null;
      const missed = missedBy(facets, span, filters);
      if (missed.size === 0) passed.push(entry);
      if (isCounted && missed.size <= 1) {
        for (const [field, value] of facets) {
          if (missed.size === 0 || missed.has(field)) count(counts, field, value);
        }
      }
      if (isDated && span && (missed.size === 0 || (missed.size === 1 && missed.has(BETWEEN)))) {
        spans.push(span);
      }
    }
    return { ranked: passed, facets: isCounted ? sorted(counts) : {}, years: histogram(spans) };
  }

  /** Return the fields whose filter a document does not pass. */
  function missedBy(facets, span, filters) {
    const missed = new Set(filters.values.keys());
    if (missed.size > 0) {
      for (const [field, value] of facets) {
        const values = filters.values.get(field);
        if (values && values.has(value)) missed.delete(field);
      }
    }
    if (filters.between && !touches(span, filters.between)) missed.add(BETWEEN);
    return missed;
  }

  function touches(span, [first, last]) {
    return Boolean(span) && (first === null || first <= span[1]) &&
      (last === null || span[0] <= last);
  }

  function count(counts, field, value) {
    if (!counts.has(field)) counts.set(field, new Map());
    const values = counts.get(field);
    values.set(value, (values.get(value) || 0) + 1);
  }

  function sorted(counts) {
    const fields = [...counts.keys()].sort(byCodePoint);
    return Object.fromEntries(fields.map((field) => [field, [...counts.get(field)].sort(
      (one, other) => other[1] - one[1] || byCodePoint(one[0], other[0]))]));
  }

  /** Return the bars [{first, last, count}] over the years of some documents. */
  function histogram(spans) {
    if (spans.length === 0) return [];
    const firsts = spans.map((span) => span[0]).sort((one, other) => one - other);
    const lasts = spans.map((span) => span[1]).sort((one, other) => other - one);
    const leftOut = Math.floor(spans.length / tables.outliers);
    const from = firsts[leftOut], to = Math.max(from, lasts[leftOut]);
    const breadth = tables.breadths.find((years) =>
      Math.floor(to / years) - Math.floor(from / years) < tables.most_bars) ||
      tables.breadths[tables.breadths.length - 1];
    const start = Math.floor(from / breadth), end = Math.floor(to / breadth);
    const place = (year) => Math.min(Math.max(Math.floor(year / breadth), start), end) - start;
    const changes = new Array(end - start + 2).fill(0);
    for (const [first, last] of spans) {
      changes[place(first)] += 1;
      changes[place(last) + 1] -= 1;
    }
    const isOpenFirst = firsts[0] < start * breadth;
    const isOpenLast = lasts[0] >= (end + 1) * breadth;
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

  return { filtersOf, faceted, histogram };
});
