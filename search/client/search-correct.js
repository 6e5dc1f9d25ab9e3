/*
 * What was probably meant, when no document has all words of a query: the same words as
 * search/correct.py gives, where the rules are written.
 */
HoabanSearch.receive("corrections", function makeCorrector(tables, reader, scorer, store) {
  "use strict";

  // Words of these letters are only taken for others of them.
  const LATIN = /^[a-z']+$/;

  /** Return the query that was probably meant, or null; plain are the words of the query. */
  async function corrected(query, plain, needed) {
    const typed = [...plain];
    const unknown = typed.filter((word) => documentsWith(word, needed) === 0);
    if (unknown.length === 0) return oneExchanged(query, typed);
    let result = query;
    for (let place = 0; place < typed.length; place++) {
      const word = typed[place];
      const found = unknown.includes(word) && isOpen(word)
        ? await bestCandidate(typed, place) : null;
      if (!found) continue;
      typed[place] = found.word;
      result = reader.withWord(result, word, found.word);
    }
    return result === query ? null : result;
  }

  /** Return in how many documents two words follow each other; many second words are asked for. */
  async function countOfPair(first, second) {
    const isTurned = !store.hasDigit(first) && !store.hasDigit(second);
    const found = await (isTurned ? store.entry("r", second + " " + first)
      : store.pair(first, second));
    return found ? found.count : 0;
  }

  async function oneExchanged(query, typed) {
    const all = await Promise.all(
      typed.map((word, place) => isOpen(word) ? bestCandidate(typed, place) : null));
    let best = null;
    all.forEach((found, place) => {
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

  async function bestCandidate(typed, place) {
    const bare = typed[place].parts[0].bare;
    const previous = typed[place - 1], next = typed[place + 1];
    const before = previous ? previous.parts[previous.parts.length - 1].bare : "";
    const after = next ? next.parts[0].bare : "";
    const all = await Promise.all((await candidates(bare)).map(async (entry) => ({
      beside: await countBefore(before, entry.key) + await countAfter(entry.key, after),
      documents: entry.count,
      form: entry.key,
    })));
    let best = null;
    for (const found of all) {
      if (!best || isBetter(found, best)) best = found;
    }
    if (!best) return null;
    best.word = { parts: [{ exact: best.form, bare: best.form }], whole: null, isBound: false,
      latin: [] };
    return best;
  }

  async function countBefore(before, word) {
    const found = before ? await store.pair(before, word) : null;
    return found ? found.count : 0;
  }

  async function countAfter(word, after) {
    return after ? countOfPair(word, after) : 0;
  }

  async function candidates(bare) {
    const characters = [...bare], found = [], isLatin = LATIN.test(bare);
    await Promise.all([...new Set(characters.slice(0, 2))].map(async (letter) => {
      for await (const entry of store.entriesFrom("l", letter)) {
        if (Math.abs(entry.key.length - bare.length) <= 2 &&
            (!isLatin || LATIN.test(entry.key)) &&
            isOneSlip(characters, [...entry.key])) found.push(entry);
      }
    }));
    return found.sort((one, other) => store.compare(one.key, other.key));
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

  function documentsWith(word, needed) {
    return Math.max(...scorer.tokens(word).map((token) => {
      const found = needed.forms("w", token.bare);
      return found ? found.count : 0;
    }));
  }

  return { corrected };
});
