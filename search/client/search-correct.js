/*
 * What was probably meant, when no document has all words of a query: the same words as
 * search/correct.py gives, where the rules are written.
 */
HoabanSearch.receive("corrections", function makeCorrector(tables, reader, scorer) {
  "use strict";

  /** Return the query that was probably meant, or null; plain are the words of the query. */
  function corrected(query, plain) {
    const typed = [...plain];
    const unknown = typed.filter((word) => documentsWith(word) === 0);
    if (unknown.length === 0) return oneExchanged(query, typed);
    let result = query;
    typed.forEach((word, place) => {
      const found = unknown.includes(word) && isOpen(word) ? bestCandidate(typed, place) : null;
      if (!found) return;
      typed[place] = found.word;
      result = reader.withWord(result, word, found.word);
    });
    return result === query ? null : result;
  }

  function oneExchanged(query, typed) {
    let best = null;
    typed.forEach((word, place) => {
      const found = isOpen(word) ? bestCandidate(typed, place) : null;
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

  function bestCandidate(typed, place) {
    const bare = typed[place].parts[0].bare;
    const previous = typed[place - 1], next = typed[place + 1];
    const before = previous ? previous.parts[previous.parts.length - 1].bare : "";
    const after = next ? next.parts[0].bare : "";
    let best = null;
    for (const form of candidates(bare)) {
      const beside = (before ? scorer.pairDocuments(before, form).length : 0) +
        (after ? scorer.pairDocuments(form, after).length : 0);
      const found = { beside: beside, documents: scorer.bareDocuments(form), form: form };
      if (!best || isBetter(found, best)) best = found;
    }
    if (!best) return null;
    best.word = { parts: [{ exact: best.form, bare: best.form }], whole: null, isBound: false };
    return best;
  }

  function candidates(bare) {
    const letters = new Set([...bare].slice(0, 2));
    const characters = [...bare];
    return scorer.bareForms.filter((form) => letters.has(String.fromCodePoint(form.codePointAt(0))) &&
      isOneSlip(characters, [...form]) && !/\p{Nd}/u.test(form));
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

  function documentsWith(word) {
    return Math.max(...scorer.tokens(word).map((token) => scorer.bareDocuments(token.bare)));
  }

  return { corrected };
});
