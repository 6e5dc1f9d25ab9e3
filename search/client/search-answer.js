/*
 * The answer to a query: hits in order, corrected words, counts of facets; as search/answer.py
 * gives it.
 */
HoabanSearch.receive("answers", function makeAnswers(parts) {
  "use strict";

  const { analysis, reader, store, scorer, corrector, counter, received } = parts;
  const YEARS = "\0years";
  const manifest = store.manifest;
  // In a large archive a shard is as much as a dozen hits by themselves.
  const FEWEST_TOGETHER = manifest.together ? 4 : 3, MOST_ALONE = 4;
  // Only a large archive has any.
  const widespread = manifest.together ? received.widespread(parts) : null;

  /** Return the answer that HoabanSearch.search promises; isNarrowed: by filters or years. */
  async function search(text, options, isNarrowed) {
    const { limit = 20, offset = 0, order = "relevance", all = false } = options;
    const wanted = offset + limit, query = reader.parse(text);
    const isCounted = Boolean(isNarrowed || options.facets || options.years);
    const facets = isCounted ? await counter() : null;
    const filters = isCounted ? facets.filtersOf(options) : { isAny: false };
    const isFirst = order === "relevance" && wanted <= manifest.head;
    const sooner = isFirst && wanted > 0 && widespread &&
      query.groups.length === (isCounted ? 1 : 2) && filters.isAny === isCounted
      ? await ofWidespread(query, filters, wanted, options, facets) : null;
    const isByRank = isFirst && !filters.isAny;
    const found = sooner ? { query, ranked: sooner.ranked, corrected: "" }
      : (all || filters.isAny) && reader.isBlank(text)
      ? { query, ranked: everything(), corrected: "" }
      : await answerTo(query, { isByRank, isCounted });
    const counts = isCounted
      ? sooner || await facets.faceted(found.ranked, filters, options)
      : { ranked: found.ranked, facets: {}, years: [] };
    const ranked = counts.ranked;
    await store.pause();
    const places = (await ordered(ranked, wanted, order)).slice(offset);
    await store.pause();
    await fetchShown(places.map((place) => ranked.numbers[place]), ranked.needed);
    return {
      total: ranked.total,
      corrected: found.corrected,
      hits: await Promise.all(places.map((place) => hit(ranked, place))),
      facets: counts.facets,
      years: counts.years,
      query: found.query,
    };
  }

  /** Return {ranked, facets, years} from what stands beside widespread words, if that is enough. */
  async function ofWidespread(query, filters, wanted, options, facets) {
    return filters.isAny ? widespread.filtered(query, filters, wanted, options, facets)
      : widespread.ofTwo(query, wanted);
  }

  function everything() {
    return Object.assign(scorer.everything(), manifest.counts ? { counts: store.allCounts } : {});
  }

  async function answerTo(query, wanted) {
    const ranked = await rank(query, wanted);
    const asTyped = { query, ranked, corrected: "" };
    const plain = query.groups.map(reader.wordOf).filter(Boolean);
    const most = mostFound(ranked);
    if (plain.length === 0 || most >= scorer.partsOf(query)) return asTyped;
    const meant = await (await corrector()).corrected(query, plain, ranked.needed);
    if (!meant) return asTyped;
    const better = await rank(meant, wanted);
    if (mostFound(better) <= most) return asTyped;
    return { query: meant, ranked: better, corrected: await spelled(meant, better) };
  }

  /** Return the hits; of one word, where that is enough, those that come first. */
  async function rank(query, { isByRank, isCounted }) {
    const own = query.groups.length === 1 ? reader.wordOf(query.groups[0]) : null;
    const isOne = own && own.parts.length === 1 && !own.whole;
    const isEnough = isOne && isByRank && (!isCounted || Boolean(manifest.counts));
    const ranked = await scorer.rank(query, isEnough);
    const found = isOne ? ranked.needed.forms("w", own.parts[0].bare) : null;
    if (found && store.hasCounts(found)) ranked.counts = () => store.countsOf(found);
    if (found && isByRank) {
      ranked.total = found.count;
      const [block] = store.shownBeside(found.entry);
      if (block) await store.fetchShown(block.name);
    }
    return ranked;
  }

  function mostFound(ranked) {
    let most = 0;
    for (const found of ranked.found) if (found > most) most = found;
    return most;
  }

  /** Return the words of a query with the marks they have in the title of the best hit. */
  async function spelled(query, ranked) {
    const forms = new Map();
    const [best] = await ordered(ranked, 1, "relevance");
    for (const [, title] of (await store.shown(ranked.numbers[best]))[4]) {
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

  // Order ------------------------------------------------------------------------------------

  /** Return a function from the place of a hit to what it is ordered by, the least first. */
  async function keyOf(ranked, order) {
    if (order === "relevance") {
      return (place) => -(ranked.found[place] * 2 ** 32 + ranked.score[place]);
    }
    if (order === "number") return () => 0;
    if (order === "newest") {
      const ranks = await store.ranksOfTime();
      return (place) => ranks[ranked.numbers[place]];
    }
    const [places, table] = await Promise.all([store.column(YEARS), store.table(YEARS)]);
    const keys = table.map((years) => years.length ? years[0] * 2 ** 24 + years[1] : Infinity);
    return (place) => keys[places[ranked.numbers[place]]];
  }

  /** Return the places of the first hits; equal ones stay in the order of their numbers. */
  async function ordered(ranked, wanted, order) {
    const key = await keyOf(ranked, order);
    const best = [], keys = [];
    for (let place = 0; place < ranked.numbers.length && wanted > 0; place++) {
      const own = key(place);
      if (best.length >= wanted && own >= keys[best.length - 1]) continue;
      let low = 0, high = best.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (keys[middle] <= own) low = middle + 1;
        else high = middle;
      }
      best.splice(low, 0, place);
      keys.splice(low, 0, own);
      if (best.length > wanted) { best.pop(); keys.pop(); }
    }
    return best;
  }

  async function hit(ranked, place) {
    const [thumbnail, itemId, identifier, date, titles] = await store.shown(ranked.numbers[place]);
    return {
      item_id: itemId,
      identifier: identifier,
      titles: titles,
      date: date,
      thumbnail: thumbnail,
      score: ranked.score[place],
    };
  }

  // What hits show ---------------------------------------------------------------------------

  /** Fetch what many of the hits show together: it stands beside the words and pairs they have. */
  async function fetchShown(numbers, needed) {
    if (!needed) return;
    await Promise.all(needed.pairEntries().map(async (entry) => {
      const [block] = store.shownBeside(entry);
      if (block && isWorth(numbers.filter(isAmong([store.numbersOf(entry)])))) {
        await store.fetchShown(block.name);
      }
    }));
    await store.pause();
    let missing = numbers.filter((number) => !store.isShown(number));
    const blocks = blocksOf(missing, needed.words()), chosen = [];
    for (;;) {
      const best = [...blocks.keys()].reduce((one, other) => !one ||
        blocks.get(other).filter((number) => missing.includes(number)).length >
        blocks.get(one).filter((number) => missing.includes(number)).length ? other : one, "");
      const found = missing.filter((number) => best && blocks.get(best).includes(number));
      // Two are worth a shard only where too many are left to ask for one by one.
      if (!isWorth(found) && (found.length < 2 || missing.length <= MOST_ALONE)) break;
      chosen.push(best);
      missing = missing.filter((number) => !found.includes(number));
    }
    // What is left is asked for at the same time, not when these have come.
    await Promise.all([...chosen.map(store.fetchShown), ...missing.map(store.shown)]);
  }

  function isWorth(numbers) {
    return numbers.length >= FEWEST_TOGETHER;
  }

  /** Return by name of a shard beside a word which of some documents it has. */
  function blocksOf(numbers, words) {
    const blocks = new Map();
    for (const word of words) {
      const beside = store.shownBeside(word.entry);
      word.variants.forEach(({ lists: [titled, ...rest] }, place) => {
        const isTitled = isAmong([titled]), isOther = isAmong(rest);
        for (const number of beside.length ? numbers : []) {
          if (!isTitled(number) && !isOther(number)) continue;
          const rank = (2 * place + !isTitled(number)) * manifest.documents + number;
          const { name } = beside.filter(({ first }) => first <= rank).pop();
          if (name[0] !== "-") blocks.set(name, [...(blocks.get(name) || []), number]);
        }
      });
    }
    return blocks;
  }

  /** Return whether a document is in one of some lists, as a function of its number. */
  function isAmong(lists) {
    return (number) => lists.some((list) => store.isAmong(list, number));
  }

  // Facets -----------------------------------------------------------------------------------

  /** Return of every hit the place of its values in the table of a column. */
  async function placesOf(name, ranked) {
    const isYears = name === YEARS, key = isYears ? "yearsBeside" : "facetsBeside";
    if (!ranked[key]) ranked[key] = facetsBeside(ranked, isYears);
    const beside = await ranked[key];
    if (beside) return beside.get(name);
    const column = await store.column(name);
    return ranked.numbers.map((number) => column[number]);
  }

  /** Return the columns of the hits from beside the rarest word that all have, or null. */
  async function facetsBeside(ranked, isYears) {
    const words = ranked.needed ? ranked.needed.words().filter(store.hasFacets) : [];
    words.sort((one, other) => one.count - other.count);
    for (const word of words) {
      const places = scorer.placesAmong(ranked.numbers, word);
      if (!places) continue;
      const columns = await store.facetsOf(word, isYears);
      return new Map([...columns].map(([name, values]) => [
        name, places.map((place) => values[place])]));
    }
    return null;
  }

  return { search, placesOf };
});
