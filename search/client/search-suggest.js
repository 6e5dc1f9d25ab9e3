/*
 * Suggestions while typing: the same as search/suggest.py gives, where the rules are written.
 */
HoabanSearch.receive("suggestions", function makeSuggester(tables, analysis, store) {
  "use strict";

  const byCodePoint = store.compare;
  const NUMBER = "number", WORD = "word";
  const spaces = new Set(tables.spaces);
  const tones = new Set(tables.tones);

  /** Return the suggestions whose key begins so: [[key, kind, text, documents], ...]. */
  async function entriesAt(prefix) {
    const found = [];
    for await (const { key, count } of store.entriesFrom("s", prefix)) {
      found.push([...key.split("\0"), count]);
    }
    return found;
  }

  async function suggest(typed, limit) {
    const text = [...analysis.normalText(typed)].slice(-tables.longest_suggested).join("");
    const isEnded = spaces.has(text.slice(-1));
    const chunks = chunksOf(text);
    const whole = reading(chunks, isEnded);
    const values = await whole.values();
    let words = await reading(chunks.slice(-2), isEnded).words(chunks.slice(0, -2));
    if (words.length === 0 && chunks.length > 1 && !isEnded) {
      words = await reading(chunks.slice(-1), false).words(chunks.slice(0, -1), true);
    }
    const shown = new Set(values.map((entry) => analysis.normalText(entry.text)));
    const others = values.concat(words.filter((entry) => !shown.has(entry.text)));
    others.sort((one, other) => other.count - one.count || byCodePoint(one.text, other.text) ||
      byCodePoint(one.kind, other.kind));
    return (await whole.numbers()).concat(others).slice(0, limit);
  }

  function chunksOf(text) {
    const chunks = [""];
    for (const character of text) {
      if (spaces.has(character)) chunks.push("");
      else chunks[chunks.length - 1] += character;
    }
    return chunks.filter(Boolean);
  }

  function tokensOf(text) {
    return analysis.words(text).flatMap((word) => word.parts);
  }

  /** Return what words at the end of the typed text find. */
  function reading(chunks, isEnded) {
    const tokens = tokensOf(chunks.join(" "));

    async function found(prefix) {
      const isEnough = prefix.length >= tables.shortest_suggested ||
        (prefix && !/^[\x00-\x7f]*$/.test(prefix));
      return isEnough ? entriesAt(prefix) : [];
    }

    async function entries() {
      const prefix = tokens.map((token) => token.bare).join(" ");
      return (await found(prefix + (isEnded ? " " : ""))).filter(fits);
    }

    /** Say whether the marks that were typed are those of the entry. */
    function fits([key, , text]) {
      const others = tokensOf(text).slice(-key.split(" ").length);
      return others.length >= tokens.length && tokens.every(
        (token, place) => mayBecome(token.exact, others[place].exact));
    }

    async function numbers() {
      const key = tokens.map((token) => token.bare).join("");
      if (!/\p{Nd}/u.test(key)) return [];
      return (await found(key)).filter((entry) => entry[1] === NUMBER)
        .sort((one, other) => byCodePoint(one[0], other[0]) || byCodePoint(one[2], other[2]))
        .map(suggestion);
    }

    async function values() {
      const different = new Map();
      for (const entry of await entries()) {
        if (entry[1] !== NUMBER && entry[1] !== WORD) {
          different.set(entry[1] + "\t" + entry[2], suggestion(entry));
        }
      }
      return [...different.values()];
    }

    async function words(before, isAlone) {
      return (await entries())
        .filter((entry) => entry[1] === WORD && !(isAlone && entry[2].includes(" ")))
        .map((entry) => ({ ...suggestion(entry), text: [...before, entry[2]].join(" ") }));
    }

    return { numbers, values, words };
  }

  function suggestion([, kind, text, count]) {
    return { text: text, kind: kind, count: count };
  }

  function mayBecome(typed, exact) {
    const [letters, tone] = lettersOf(typed), [others, otherTone] = lettersOf(exact);
    return (!tone || tone === otherTone) && letters.every((letter, place) =>
      place >= others.length || letter === others[place] ||
      letter === String.fromCodePoint(others[place].codePointAt(0)));
  }

  /** Return [letters of a word, each decomposed and without tone, the tone marks]. */
  function lettersOf(word) {
    const letters = [];
    let tone = "";
    for (const character of word.normalize("NFD").replace(/đ/g, "d\u0335")) {
      if (tones.has(character)) tone += character;
      else if (letters.length > 0 && /\p{M}/u.test(character)) letters[letters.length - 1] += character;
      else letters.push(character);
    }
    return [letters, tone];
  }

  return { suggest };
});
