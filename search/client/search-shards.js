/*
 * The shards of the index: loading them, taking them apart, finding keys. Their format is written
 * down in docs/static-index.md; search/compiled writes them.
 */
HoabanSearch.receive("shards", function makeStore(manifest, base, loadScript, received) {
  "use strict";

  const NAME = 7;
  const PAUSE_AFTER_MS = 30;
  const decoder = new TextDecoder();
  const loaded = new Map();
  const leaves = new Map();
  let lastPause = 0;

  /** Let the page breathe if the last pause is long ago. */
  async function pause() {
    if (performance.now() - lastPause < PAUSE_AFTER_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    lastPause = performance.now();
  }

  /** Return what make() promised under a key before, or promises now; a failure is forgotten. */
  function once(cache, key, make) {
    let made = cache.get(key);
    if (!made) {
      made = make();
      cache.set(key, made);
      made.catch(() => cache.delete(key));
    }
    return made;
  }

  /** Return the bytes of a shard; a name with a stroke is one in the folder of a group. */
  function shard(name) {
    return once(loaded, name, async () => {
      const folders = [...name.slice(1, 1 + manifest.spread)].map((sign) => sign + "/").join("");
      await loadScript(base + "shards/" + folders + name + ".js");
      const text = atob(received[name]);
      delete received[name];
      const bytes = new Uint8Array(text.length);
      for (let place = 0; place < text.length; place++) bytes[place] = text.charCodeAt(place);
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
      const result = new Uint8Array(await new Response(stream).arrayBuffer());
      await pause();
      return result;
    });
  }

  async function json(name) {
    return JSON.parse(decoder.decode(await shard(name)));
  }

  function namesIn(text, width) {
    const names = [];
    for (let place = 0; place < text.length; place += width) {
      names.push(text.slice(place, place + width));
    }
    return names;
  }

  // Numbers ----------------------------------------------------------------------------------

  /** Reads integers one after the other. */
  function makeReader(bytes, start) {
    let place = start;
    function integer() {
      let value = 0, shift = 1, byte = 0;
      do {
        byte = bytes[place++];
        value += (byte & 127) * shift;
        shift *= 128;
      } while (byte > 127);
      return value;
    }
    function integers(count) {
      const values = new Uint32Array(count);
      for (let at = 0; at < count; at++) values[at] = integer();
      return values;
    }
    function steps(count) {
      const numbers = integers(count);
      for (let at = 1; at < count; at++) numbers[at] += numbers[at - 1];
      return numbers;
    }
    function part(length) {
      place += length;
      return bytes.subarray(place - length, place);
    }
    return { integer, integers, steps, part, isAtEnd: () => place >= bytes.length };
  }

  // Trees ------------------------------------------------------------------------------------

  /** Compare by code points; the order of UTF-16 units puts Nôm beyond the BMP too early. */
  function compare(one, other) {
    const length = Math.min(one.length, other.length);
    for (let place = 0; place < length; place++) {
      let a = one.charCodeAt(place), b = other.charCodeAt(place);
      if (a === b) continue;
      if (a >= 0xd800 && b >= 0xd800) {
        a = a >= 0xe000 ? a - 0x800 : a + 0x2000;
        b = b >= 0xe000 ? b - 0x800 : b + 0x2000;
      }
      return a - b;
    }
    return one.length - other.length;
  }

  /** Return the place of the last key that is not above another, or -1. */
  function placeOf(keys, key) {
    let low = 0, high = keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(keys[middle], key) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  function children([keys, names]) {
    const all = namesIn(names, names.length / keys.length || NAME);
    return keys.map((key, place) => ({ key: key, name: all[place] }));
  }

  /** Yield {key, name} of the leaves of a tree from the one that may have a key. */
  async function* leavesFrom(kind, key) {
    const [levels, ...root] = manifest.trees[kind];
    async function* below(node, level) {
      const nodes = children(node);
      const start = Math.max(0, placeOf(node[0], key));
      for (const child of nodes.slice(start)) {
        if (level === 0) yield child;
        else yield* below(await json(child.name), level - 1);
      }
    }
    yield* below(root, levels);
  }

  async function leafOf(kind, key) {
    for await (const child of leavesFrom(kind, key)) return leaf(child.name);
    return null;
  }

  /** Return {keys, counts, payloads}, side by side, and the pieces {facets, hits} beside them. */
  function leaf(name) {
    return once(leaves, name, async () => {
      const bytes = await shard(name);
      const read = makeReader(bytes, 0);
      const size = read.integer();
      const shared = read.integers(size), rests = read.integers(size);
      const counts = read.integers(size), lengths = read.integers(size);
      const keys = [], payloads = [];
      let key = new Uint8Array(0);
      for (let place = 0; place < size; place++) {
        const longer = new Uint8Array(shared[place] + rests[place]);
        longer.set(key.subarray(0, shared[place]));
        longer.set(read.part(rests[place]), shared[place]);
        keys.push(decoder.decode(longer));
        key = longer;
      }
      for (const length of lengths) payloads.push(read.part(length));
      const facets = pieces(read, 2 * NAME), hits = pieces(read, NAME);
      await pause();
      return { keys, counts, payloads, facets, hits };
    });
  }

  function pieces(read, width) {
    if (read.isAtEnd()) return { starts: [], firsts: [], names: [] };
    const size = read.integer();
    const starts = read.integers(size), firsts = read.integers(size);
    return { starts, firsts, names: namesIn(decoder.decode(read.part(size * width)), width) };
  }

  /** Return [start, name] of the piece that an entry is in, or null. */
  function pieceOf({ starts, names }, place) {
    let piece = starts.length - 1;
    while (piece >= 0 && starts[piece] > place) piece -= 1;
    return piece < 0 ? null : [starts[piece], names[piece]];
  }

  function entryAt(found, place) {
    return {
      key: found.keys[place], count: found.counts[place], payload: found.payloads[place],
      leaf: found, place: place,
    };
  }

  /** Return the entry of a key, or null. */
  async function entry(kind, key) {
    const found = await leafOf(kind, key);
    const place = found ? placeOf(found.keys, key) : -1;
    return place >= 0 && found.keys[place] === key ? entryAt(found, place) : null;
  }

  /** Yield the entries whose keys begin so, in the order of their keys. */
  async function* entriesFrom(kind, prefix) {
    for await (const child of leavesFrom(kind, prefix)) {
      if (compare(child.key, prefix) > 0 && !child.key.startsWith(prefix)) return;
      const found = await leaf(child.name);
      let place = placeOf(found.keys, prefix);
      if (place < 0 || found.keys[place] !== prefix) place += 1;
      for (; place < found.keys.length; place++) {
        if (!found.keys[place].startsWith(prefix)) return;
        yield entryAt(found, place);
      }
    }
  }

  /** Return the suggestions whose key begins so: [[key, kind, text, documents], ...]. */
  async function suggestionsAt(prefix) {
    const found = [];
    for await (const { key, count } of entriesFrom("s", prefix)) {
      found.push([...key.split("\0"), count]);
    }
    return found;
  }

  /** Say whether a number is among some in ascending order. */
  function isAmong(numbers, number) {
    let low = 0, high = numbers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[middle] < number) low = middle + 1;
      else high = middle;
    }
    return numbers[low] === number;
  }

  // Entries ----------------------------------------------------------------------------------

  /**
   * Return {count, variants: [{exact, lists}], tail, counts, facets} of an entry of words (3 levels)
   * or fields (1); with a tail, the lists are only their beginnings.
   */
  function forms(found, levels) {
    const bare = found.key.slice(found.key.indexOf(":") + 1);
    const read = makeReader(found.payload, 0);
    let size = read.integer(), tail = "", counts = "", facets = "";
    if (size === 0) {
      const names = decoder.decode(read.part(read.integer()));
      tail = names.slice(0, NAME);
      counts = names.slice(NAME, 2 * NAME);
      facets = names.slice(2 * NAME);
      size = read.integer();
    }
    const most = tail ? manifest.head : Infinity;
    const variants = [];
    for (; size > 0; size--) {
      const exact = decoder.decode(read.part(read.integer())) || bare;
      const lists = [];
      for (let level = 0; level < levels; level++) {
        lists.push(read.steps(Math.min(read.integer(), most)));
      }
      variants.push({ exact, lists });
    }
    return { entry: found, count: found.count, variants, tail, counts, facets };
  }

  /** Return the whole lists of an entry of which forms() gave the beginnings. */
  async function whole(head, levels) {
    const payload = await shard(head.tail);
    const lists = forms(Object.assign({}, head.entry, { payload: payload }), levels);
    return Object.assign(lists, {
      entry: head.entry, counts: head.counts, facets: head.facets, isLarge: true });
  }

  /** Return the documents of an entry of pairs. */
  function numbersOf(found) {
    return makeReader(found.payload, 0).steps(found.count);
  }

  return {
    manifest, shard, json, once, namesIn, pieceOf, makeReader, entry, entriesFrom, suggestionsAt,
    forms, whole, numbersOf, compare, isAmong, pause,
  };
});
