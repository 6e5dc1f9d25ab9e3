/*
 * What stands beside words and documents: what hits show, the columns of facets and years, the
 * documents that have a value. Their format is written down in docs/static-index.md.
 */
HoabanSearch.receive("columns", function makeColumns(store) {
  "use strict";

  const NAME = 7;
  const YEARS = "\0years";
  const GROUPS_LISTED = 128;
  // A request costs as much as some rows of columns.
  const ROWS_IN_REQUEST = 500;
  const decoder = new TextDecoder();
  const { manifest, shard, json, once, namesIn, pieceOf, makeReader, pause } = store;

  const chunks = new Map(), first = new Map();

  async function groupName(group) {
    const isListed = manifest.documents <= GROUPS_LISTED * manifest.group;
    const names = isListed ? manifest.groups : (await json(manifest.groups))[0];
    return names.slice(group * NAME, (group + 1) * NAME);
  }

  /** Return [thumbnail, id, identifier, date, titles] of each document from rows and titles. */
  function rowsOf([rows, titles]) {
    return rows.map((row, at) => [...row, titles[at]]);
  }

  /** Return what a hit shows of a document, one of these rows. */
  async function shown(number) {
    if (first.has(number)) return first.get(number);
    const chunk = Math.floor(number / manifest.chunk);
    const all = await once(chunks, chunk, async () => {
      const inGroup = manifest.group / manifest.chunk;
      const name = await groupName(Math.floor(chunk / inGroup));
      return rowsOf(await json(name + "/" + chunk % inGroup));
    });
    return all[number % manifest.chunk];
  }

  /** Return the shards beside an entry with what hits show: [{first, name}], or none. */
  function shownBeside({ leaf: { hits }, place }) {
    const found = [];
    hits.starts.forEach((start, at) => {
      if (start === place) found.push({ first: hits.firsts[at], name: hits.names[at] });
    });
    return found;
  }

  /** Fetch a shard that has what many hits show. */
  async function fetchShown(name) {
    const [distances, columns] = await json(name);
    let number = 0;
    show(distances.map((distance) => { number += distance; return number; }), columns);
  }

  /** Keep what hits show of the first of some documents. */
  function show(numbers, columns) {
    rowsOf(columns).forEach((row, at) => first.set(numbers[at], row));
  }

  function isShown(number) {
    return first.has(number);
  }

  /** Say whether the facets of the documents of a word are kept beside it. */
  function hasFacets(found) {
    const { folder, part, leaf: { facets } } = found.entry;
    return found.count * manifest.common <= manifest.documents && Boolean(
      folder ? part === store.WHOLE && manifest.counts : facets.names.length);
  }

  /**
   * Return, by column, the places of all documents of a word, in the order of their numbers: of
   * the years, or of all facets.
   */
  async function facetsOf(found, isYears) {
    const { leaf: own, place, folder } = found.entry;
    let pair = [folder + "/2", folder + "/3"], before = 0;
    if (!folder) {
      const [start, names] = pieceOf(own.facets, place);
      pair = namesIn(names, NAME);
      for (let other = start; other < place; other++) {
        const isWord = !own.keys[other].includes(" ");
        if (isWord && own.counts[other] * manifest.common <= manifest.documents) {
          before += own.counts[other];
        }
      }
    }
    const bytes = await shard(pair[isYears ? 1 : 0]);
    const names = Object.keys(manifest.columns).filter((name) => (name === YEARS) === isYears);
    const read = makeReader(bytes, 0);
    const lengths = isYears ? [bytes.length] : read.integers(names.length);
    return new Map(names.map((column, at) => {
      const values = makeReader(read.part(lengths[at]), 0);
      values.integers(before);
      return [column, values.integers(found.count)];
    }));
  }

  /** Return, by column, how many documents of a frequent word have each place of its table. */
  function countsOf(found) {
    return countsIn(found.entry.leaf.rest);
  }

  /** Say whether these are kept of a word. */
  function hasCounts(found) {
    return found.entry.leaf.rest.length > 0;
  }

  /** Return the same of all documents. */
  async function allCounts() {
    return countsIn(await shard(manifest.counts));
  }

  function countsIn(bytes) {
    const read = makeReader(bytes, 0);
    return new Map(Object.keys(manifest.columns).map((column) => {
      const size = read.integer(), places = read.steps(size), counts = read.integers(size);
      return [column, new Map([...places].map((place, at) => [place, counts[at]]))];
    }));
  }

  /**
   * Return the documents that have one of some values of a facet, {name, size, parts}, each part
   * {numbers, columnOf: (name) => the place of each}, or null if that is not kept of all of these
   * values, or would cost more than so many rows. A document may be in several parts.
   */
  async function valuesOf(name, chosen, most) {
    const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
    const kept = (await json(manifest.combinations))[1];
    const [values, counts, places, shards] = has(kept, name) ? kept[name] : [[], [], [], ""];
    const names = namesIn(shards, NAME);
    const wanted = [...chosen].map((value) => values.findIndex(([own]) => own === value))
      .map((at) => [counts[at], names[at], places[at]]);
    const size = wanted.reduce((sum, [count]) => sum + count, 0);
    const cost = size + ROWS_IN_REQUEST * (new Set(wanted.map(([, own]) => own)).size - 1);
    if (wanted.some(([count, own]) => !count || own[0] === "-") || cost > most) return null;
    const all = Object.keys(manifest.columns);
    return { name, size, parts: await Promise.all(wanted.map(async ([count, own, place]) => {
      const [list, shown, ...columns] = parts(parts(await shard(own))[place]);
      const numbers = makeReader(list, 0).steps(count);
      show(numbers, JSON.parse(decoder.decode(shown)));
      await pause();
      // Most columns are not asked for, and of the others only once.
      return {
        numbers, columnOf: (column) => makeReader(columns[all.indexOf(column)], 0).integers(count),
      };
    })) };
  }

  /** Return the parts of bytes that begin with how many there are and how long each is. */
  function parts(bytes) {
    const read = makeReader(bytes, 0), lengths = read.integers(read.integer());
    return [...lengths].map(read.part);
  }

  const columns = new Map();

  async function blocksOf(names) {
    const values = new Uint32Array(manifest.documents);
    const blocks = await Promise.all(namesIn(names, NAME).map(shard));
    for (let block = 0; block < blocks.length; block++) {
      const start = block * manifest.block;
      const count = Math.min(manifest.block, manifest.documents - start);
      values.set(makeReader(blocks[block], 0).integers(count), start);
      await pause();
    }
    return values;
  }

  /** Return the places of all documents in the table of a column. */
  function column(name) {
    return once(columns, name, () => blocksOf(manifest.columns[name][0]));
  }

  /** Return the combinations of a column that stand at some places, as a map. */
  async function combinations(name, wanted) {
    const names = namesIn(manifest.columns[name][1], NAME), result = new Map();
    const places = [...wanted];
    if (names.length === 0) {
      const all = await table(name);
      return new Map(places.map((place) => [place, all[place]]));
    }
    const parts = new Set(places.map((place) => Math.floor(place / manifest.table)));
    const tables = new Map(await Promise.all(
      [...parts].map(async (part) => [part, await json(names[part])])));
    for (const place of places) {
      result.set(place, tables.get(Math.floor(place / manifest.table))[place % manifest.table]);
    }
    return result;
  }

  /** Return all combinations of a column. */
  async function table(name) {
    const parts = namesIn(manifest.columns[name][1], NAME);
    if (parts.length === 0) return (await json(manifest.combinations))[0][name];
    return (await Promise.all(parts.map(json))).flat();
  }

  /** Return of every document the rank of the time it came, the newest first. */
  function ranksOfTime() {
    return once(columns, "\0added", async () => {
      const turns = await blocksOf(manifest.added);
      let rank = 0;
      return turns.map((turn) => { rank += turn & 1 ? -(turn + 1) / 2 : turn / 2; return rank; });
    });
  }

  return {
    shown, shownBeside, fetchShown, isShown, hasFacets, facetsOf, hasCounts, countsOf, allCounts,
    valuesOf, column, combinations, table, ranksOfTime,
  };
});
