/*
 * The shards of the index: loading them, taking them apart, finding keys. Their format is written
 * down in docs/static-index.md; search/compiled writes them.
 */
HoabanSearch.receive("shards", function makeStore(manifest, base, loadScript, received) {
  "use strict";

  const NAME = 7;
  const PAUSE_AFTER_MS = 16;
  // Of a frequent word: the beginnings of its lists, all, those of titles and subjects.
  const HEAD = 0, WHOLE = 1, TOP = 4;
  const decoder = new TextDecoder();
  const loaded = new Map();
  const leaves = new Map();
  const channel = new MessageChannel();
  const paused = [];
  let lastPause = 0;

  // A timer that is set again and again waits for 4 ms each time; a message does not.
  channel.port1.onmessage = () => {
    lastPause = performance.now();
    paused.shift()();
  };

  /** Let the page breathe if the last pause is long ago. */
  async function pause() {
    if (performance.now() - lastPause < PAUSE_AFTER_MS) return;
    await new Promise((resolve) => {
      paused.push(resolve);
      channel.port2.postMessage(null);
    });
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
      const { readable, writable } = new DecompressionStream("deflate-raw");
      const writer = writable.getWriter();
      const [buffer] = await Promise.all(
        [new Response(readable).arrayBuffer(), writer.write(bytes), writer.close()]);
      const result = new Uint8Array(buffer);
      await pause();
      return result;
    });
  }

  /** Return the data of a shard; that of some came with the language. */
  async function json(name) {
    if (typeof received[name] === "object") return received[name];
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

  /**
   * Read integers into an array, each added to the one before if they are steps; return the place
   * behind them.
   */
  function readInto(values, bytes, start, isSteps) {
    let place = start, value = 0;
    for (let at = 0; at < values.length; at++) {
      let byte = bytes[place++];
      value = (isSteps ? value : 0) + (byte & 127);
      for (let shift = 128; byte > 127; shift *= 128) {
        byte = bytes[place++];
        value += (byte & 127) * shift;
      }
      values[at] = value;
    }
    return place;
  }

  /** Reads integers one after the other. */
  function makeReader(bytes, start) {
    let place = start;
    function read(count, isSteps) {
      const values = new Uint32Array(count);
      place = readInto(values, bytes, place, isSteps);
      return values;
    }
    const integers = (count) => read(count, false), steps = (count) => read(count, true);
    const integer = () => integers(1)[0];
    function part(length) {
      place += length;
      return bytes.subarray(place - length, place);
    }
    return {
      integer, integers, steps, part, isAtEnd: () => place >= bytes.length,
      rest: () => bytes.subarray(place),
    };
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

  /** Return one of the names that stand one after the other. */
  function nameAt({ names }, place) {
    return names.slice(place * NAME, (place + 1) * NAME);
  }

  /**
   * Yield {leaves, frequent}, each {keys, names}, of the lowest nodes of a tree from the one that
   * may have a key.
   */
  async function* nodesFrom(kind, key) {
    const [levels, ...root] = manifest.trees[kind];
    async function* below([keys, names, frequent, folders], level) {
      if (level === 0) {
        yield {
          leaves: { keys, names }, frequent: { keys: frequent || [], names: folders || "" },
        };
        return;
      }
      for (let child = Math.max(0, placeOf(keys, key)); child < keys.length; child++) {
        yield* below(await json(nameAt({ names }, child)), level - 1);
      }
    }
    yield* below(root, levels);
  }

  /**
   * Return {keys, counts, ends}, side by side, the payloads that end there, the pieces
   * {facets, hits} beside them, the bytes of the node of pairs, and those that follow.
   */
  function leaf(name) {
    return once(leaves, name, async () => {
      const bytes = await shard(name);
      const read = makeReader(bytes, 0);
      const size = read.integer();
      const shared = read.integers(size), rests = read.integers(size);
      const counts = read.integers(size), ends = read.integers(size);
      const keys = keysOf(shared, rests, read.part(rests.reduce((sum, rest) => sum + rest, 0)));
      for (let place = 1; place < size; place++) ends[place] += ends[place - 1];
      const payloads = read.part(size > 0 ? ends[size - 1] : 0);
      const facets = pieces(read, 2 * NAME), hits = pieces(read, NAME);
      const pairs = read.part(read.integer());
      await pause();
      return { keys, counts, ends, payloads, facets, hits, pairs, rest: read.rest() };
    });
  }

  /** Return keys from how many bytes each has of the one before, how many follow, and these. */
  function keysOf(shared, rests, bytes) {
    const keys = [], text = decoder.decode(bytes);
    // Where every sign is one byte, its place in the text is that in the bytes.
    const isPlain = text.length === bytes.length;
    let last = isPlain ? "" : new Uint8Array(0), start = 0;
    for (let place = 0; place < rests.length; place++) {
      const end = start + rests[place];
      if (isPlain) {
        last = last.slice(0, shared[place]) + text.slice(start, end);
      } else {
        const longer = new Uint8Array(shared[place] + end - start);
        longer.set(last.subarray(0, shared[place]));
        longer.set(bytes.subarray(start, end), shared[place]);
        last = longer;
      }
      keys.push(isPlain ? last : decoder.decode(last));
      start = end;
    }
    return keys;
  }

  function pieces(read, width) {
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
    const start = place > 0 ? found.ends[place - 1] : 0;
    return {
      key: found.keys[place], count: found.counts[place],
      payload: found.payloads.subarray(start, found.ends[place]), leaf: found, place: place,
    };
  }

  /** Return the entry of a key, of a frequent word {key, folder}, or null. */
  async function entry(kind, key) {
    for await (const { leaves: nodes, frequent } of nodesFrom(kind, key)) {
      const own = placeOf(frequent.keys, key);
      if (frequent.keys[own] === key) return { key: key, folder: nameAt(frequent, own) };
      return entryIn(nodes, key);
    }
    return null;
  }

  async function entryIn(nodes, key) {
    const child = placeOf(nodes.keys, key);
    const found = child >= 0 ? await leaf(nameAt(nodes, child)) : { keys: [] };
    const place = placeOf(found.keys, key);
    return place >= 0 && found.keys[place] === key ? entryAt(found, place) : null;
  }

  /** Return the entry of a frequent word, with one of the shards of its folder: HEAD, WHOLE, TOP. */
  async function unfolded({ folder }, part) {
    return Object.assign(entryAt(await leaf(folder + "/" + part), 0), { folder, part });
  }

  /** Yield the entries whose keys begin so, in the order of their keys. */
  async function* entriesFrom(kind, prefix) {
    for await (const { leaves: nodes, frequent } of nodesFrom(kind, prefix)) {
      const isBehind = (key) => compare(key, prefix) > 0 && !key.startsWith(prefix);
      const open = frequent.keys.map((key, at) => ({ key: key, folder: nameAt(frequent, at) }))
        .filter(({ key }) => key.startsWith(prefix));
      const start = Math.max(0, placeOf(nodes.keys, prefix));
      for (let child = start; child < nodes.keys.length; child++) {
        if (isBehind(nodes.keys[child])) break;
        const found = await leaf(nameAt(nodes, child));
        for (let place = 0; place < found.keys.length; place++) {
          if (!found.keys[place].startsWith(prefix)) continue;
          while (open.length > 0 && compare(open[0].key, found.keys[place]) < 0) yield open.shift();
          yield entryAt(found, place);
        }
      }
      yield* open;
      if (frequent.keys.some(isBehind) || nodes.keys.some(isBehind)) return;
    }
  }

  const hasDigit = (text) => /\p{Nd}/u.test(text);

  /** Return the entry of two words that follow each other, or null; that of the first may be known. */
  async function pair(first, second, known) {
    if (hasDigit(first)) return entry("w", first + " " + second);
    if (hasDigit(second)) return entry("w", second + "  " + first);
    const word = known || await store.entry("w", first);
    if (!word) return null;
    const { leaf: { pairs } } = word.leaf ? word : await unfolded(word, WHOLE);
    const [keys, names] = JSON.parse(decoder.decode(pairs));
    return entryIn({ keys, names }, first + " " + second);
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
   * Return {entry, count, variants: [{exact, lists, sizes}]} of an entry of words (3 levels) or
   * fields (1); of a frequent word that part of the lists, and how long they all are.
   */
  async function forms(known, levels, part = WHOLE) {
    const found = known.folder ? await unfolded(known, part) : known;
    const bare = found.key.slice(found.key.indexOf(":") + 1);
    const read = makeReader(found.payload, 0);
    const most = (level) => found.part === HEAD ? manifest.head
      : found.part === TOP && level === 2 ? 0 : Infinity;
    const variants = [];
    for (let size = read.integer(); size > 0; size--) {
      const exact = decoder.decode(read.part(read.integer())) || bare;
      const lists = [], sizes = [];
      for (let level = 0; level < levels; level++) {
        sizes.push(read.integer());
        lists.push(read.steps(Math.min(sizes[level], most(level))));
      }
      variants.push({ exact, lists, sizes });
      await pause();
    }
    return { entry: found, count: found.count, variants };
  }

  /** Return the documents of an entry of pairs. */
  function numbersOf(found) {
    return makeReader(found.payload, 0).steps(found.count);
  }

  const store = {
    manifest, shard, json, once, namesIn, pieceOf, makeReader, entry, entriesFrom,
    pair, hasDigit, forms, numbersOf, compare, isAmong, pause, HEAD, WHOLE, TOP,
  };
  return store;
});
