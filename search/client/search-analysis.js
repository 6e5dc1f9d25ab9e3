/*
 * Words of a text: the same words as search/analysis.py and schemas/vietnamese.py give.
 * All tables come from there (search-tables.js); here is only the procedure.
 */
HoabanSearch.receive("analysis", function makeAnalysis(tables) {
  "use strict";

  const BREAK = 0, LETTER = 1, DIGIT = 2, MARK = 3, JOINER = 4, HAN = 5;

  const syllable = new RegExp("^(?:" + tables.syllable + ")$", "u");
  const openY = new RegExp("^(?:" + tables.open_y + ")$", "u");
  const tai = tables.tai_viet;
  const taiSyllable = new RegExp(tai.syllable, "gu");
  const tones = new Set(tables.tones);
  const joiners = new Set(tables.joiners);
  const prepared = translation(tables.ignored, tables.respelled);
  const bared = translation(tables.bare_dropped, tables.bare_letters);
  const kinds = new Map();
  const wholeJoiners = new Set(tables.whole_joiners);
  const openers = new Set(tables.cluster_openers);
  const closers = new Set(tables.cluster_closers);
  const binders = new Set(tables.cluster_binders);

  /** Return a map from character to its replacement; characters of the ranges map to nothing. */
  function translation(ranges, letters) {
    const map = new Map(Object.entries(letters));
    for (const [first, last] of ranges) {
      for (let point = first; point <= last; point++) map.set(String.fromCodePoint(point), "");
    }
    return map;
  }

  function translate(text, map) {
    let result = "";
    for (const character of text) {
      const replacement = map.get(character);
      result += replacement === undefined ? character : replacement;
    }
    return result;
  }

  function normalText(text) {
    return translate(text.normalize("NFC").toLowerCase(), prepared).normalize("NFC");
  }

  function exactForm(word) {
    return iForY(tonePlaced(normalText(word)));
  }

  /** Return the bare form of a word in its exact form. */
  function bareForm(exact) {
    return iForY(translate(exact.normalize("NFD"), bared).normalize("NFC"));
  }

  function tonePlaced(word) {
    const apart = word.normalize("NFD");
    const found = [...apart].filter((character) => tones.has(character));
    if (found.length !== 1) return word;
    const toneless = apart.replace(found[0], "").normalize("NFC");
    const match = syllable.exec(toneless);
    if (!match) return word;
    const carrier = match[1].length + toneCarrier(match[2], match[3] === "");
    const toned = toneless.slice(0, carrier + 1) + found[0] + toneless.slice(carrier + 1);
    return toned.normalize("NFC");
  }

  function toneCarrier(vowels, isOpen) {
    for (let place = vowels.length - 1; place >= 0; place--) {
      if (tables.marked_vowels.includes(vowels[place])) return place;
    }
    if (vowels.length === 3) return 1;
    return vowels.length === 2 && (!isOpen || tables.tone_on_second.includes(vowels)) ? 1 : 0;
  }

  function iForY(word) {
    const match = openY.exec(word);
    return match ? match[1] + tables.y_to_i[match[2]] : word;
  }

  function kindOf(character) {
    let kind = kinds.get(character);
    if (kind === undefined) {
      kind = readKind(character);
      kinds.set(character, kind);
    }
    return kind;
  }

  function readKind(character) {
    const point = character.codePointAt(0);
    if (joiners.has(character)) return JOINER;
    if (tables.han.some(([first, last]) => first <= point && point <= last)) return HAN;
    if (/^\p{Nd}$/u.test(character)) return DIGIT;
    if (/^[\p{L}\p{N}]$/u.test(character)) return LETTER;
    return /^[\p{Mn}\p{Mc}]$/u.test(character) ? MARK : BREAK;
  }

  function token(written) {
    const cut = written.length > tables.longest_part
      ? [...written].slice(0, tables.longest_part).join("")
      : written;
    const exact = exactForm(cut);
    return { exact: exact, bare: bareForm(exact) };
  }

  function isClustered(character) {
    const point = character.codePointAt(0);
    return tables.clustered.some(([first, last]) => first <= point && point <= last);
  }

  /** Return the clusters of a part in a script that has them, else the part itself. */
  function clusters(part) {
    const found = [];
    let isOpen = false;
    for (const character of part) {
      const isMark = kindOf(character) === MARK;
      if (!isMark && !isClustered(character)) return [part];
      const isSign = isMark || closers.has(character);
      if (found.length > 0 && (isOpen || isSign)) found[found.length - 1] += character;
      else found.push(character);
      isOpen = binders.has(character) || openers.has(character) || (isOpen && isSign);
    }
    return found;
  }

  function addWord(words, written, isWholeWanted) {
    const parts = written.flatMap(clusters);
    const isBound = parts.length > written.length;
    const whole = written.join("");
    const hasWhole = (isWholeWanted || isBound) && parts.length > 1 &&
      parts.length <= tables.most_parts;
    if (written.length === 1 || (written.length === 2 && hasWhole)) {
      const bare = token(whole).bare;
      const silent = Object.hasOwn(tables.silent_initials, bare) && tables.silent_initials[bare];
      if (silent) {
        words.push({
          parts: [token(whole.slice(silent))], whole: token(whole), isBound: false, latin: [],
        });
        return;
      }
    }
    const tokens = parts.map(token).filter((part) => part.bare !== "");
    if (tokens.length === 0) return;
    words.push({
      parts: tokens, whole: hasWhole ? token(whole) : null, isBound: isBound,
      latin: written.flatMap(latin),
    });
  }

  // Tai Viet in Latin letters, by the rules of schemas/tai_viet.py ----------------------------

  /** Return a token of each spelling in Latin letters of each syllable of a part in Tai Viet. */
  function latin(part) {
    if (![...part].some((sign) => tai.first <= sign && sign <= tai.last)) return [];
    return [...token(part).bare.matchAll(taiSyllable)].flatMap((found) =>
      [...new Set(spellings(found).map((spelling) => token(spelling).bare))]
        .map((spelling) => ({ exact: found[0], bare: spelling })));
  }

  function spellings(found) {
    if (found[11]) return tai.words[found[11]];
    const [before, initial, labial, after, final] =
      [1, 2, 3, 4, 5].map((group) => found[group] || found[group + 5] || "");
    let sign = Object.hasOwn(tai.vowels, before + after) ? before + after : before;
    if (sign + final === tai.stopped_am) sign = tai.short_a;
    const start = taiRow(initial), end = taiRow(final);
    const vowel = tai.vowels[sign][end[3] ? 2 : 1];
    return [
      start[0] + (labial ? tai.labial : "") + tai.vowels[sign][0] + end[1],
      taiInitial(start[2], vowel, labial) + vowel +
        (end[3] === tai.final_u && tai.u_to_o_after.includes(sign) ? "o" : end[3]),
    ];
  }

  function taiRow(letter) {
    const place = (letter.codePointAt(0) - tai.first.codePointAt(0)) >> 1;
    return letter ? tai.consonants[place] : ["", "", "", ""];
  }

  function taiInitial(initial, vowel, labial) {
    if (labial) {
      return tai.before_labial[initial] ||
        initial + (tai.open_labial.includes(vowel[0]) ? "o" : "u");
    }
    return (tai.front.includes(vowel[0]) && tai.before_front[initial]) || initial;
  }

  /** Return a toneless syllable, in its exact form, with each of the five tones, or nothing. */
  function tonedForms(exact) {
    const match = syllable.exec(exact);
    if (!match || exact === bareForm(exact)) return [];
    const after = match[1].length + toneCarrier(match[2], match[3] === "") + 1;
    return [...tables.tones].map(
      (tone) => (exact.slice(0, after) + tone + exact.slice(after)).normalize("NFC"));
  }

  /** Return the words of a text, in order: [{parts: [{exact, bare}], whole, isBound, latin}]. */
  function words(text) {
    const result = [];
    let parts = [], partKind = BREAK, last = BREAK, isWholeWanted = false;
    for (const character of normalText(text)) {
      let kind = kindOf(character);
      if (kind === MARK) kind = last === LETTER || last === DIGIT ? partKind : LETTER;
      if (kind === LETTER || kind === DIGIT) {
        if (kind === DIGIT) isWholeWanted = true;
        if (kind === last) parts[parts.length - 1] += character;
        else parts.push(character);
        partKind = kind;
      } else if (kind === JOINER && (last === LETTER || last === DIGIT)) {
        if (wholeJoiners.has(character)) isWholeWanted = true;
      } else {
        addWord(result, parts, isWholeWanted);
        parts = [];
        isWholeWanted = false;
        if (kind === HAN) addWord(result, [character], false);
      }
      last = kind;
    }
    addWord(result, parts, isWholeWanted);
    return result;
  }

  return {
    words: words,
    normalText: normalText,
    exactForm: exactForm,
    bareForm: bareForm,
    tonedForms: tonedForms,
    isWordCharacter: (character) => kindOf(character) !== BREAK,
    isHan: (character) => kindOf(character) === HAN,
    isLetter: (character) => kindOf(character) === LETTER || kindOf(character) === HAN,
  };
});
