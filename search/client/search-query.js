/*
 * What people type, as what to look for: the same clauses as search/query.py, search/patterns.py
 * and search/date_query.py give. Signs, names of fields and dates come from search-tables.js.
 *
 * A query is {groups: [{clauses, isNegated}], pairs: [[token, token]]}; a clause is
 * {words, isPhrase, field, pattern, years}, pattern and years being null where there is none.
 */
HoabanSearch.receive("query", function makeQueryReader(tables, analysis) {
  "use strict";

  const spaces = new Set(tables.spaces);
  const quotes = new Set(tables.quotes);
  const dateFields = new Set(tables.date_fields);
  const patterns = compiled(tables.date_patterns);
  const fieldPatterns = compiled(tables.field_date_patterns);
  const roman = { I: 1, V: 5, X: 10 };

  function compiled(entries) {
    return entries.map(([name, text]) => [name, new RegExp(text, "uy")]);
  }

  function has(object, key) {
    return Object.prototype.hasOwnProperty.call(object, key);
  }

  function isPlain(clause) {
    return !(clause.isPhrase || clause.field || clause.pattern || clause.years);
  }

  function isRequired(group) {
    return !group.isNegated && !group.clauses.every(isPlain);
  }

  /** Return the word, if a group is nothing but one. */
  function wordOf(group) {
    const clause = group.clauses[0];
    const isWord = group.clauses.length === 1 && isPlain(clause) && !group.isNegated;
    return isWord && clause.words.length === 1 ? clause.words[0] : null;
  }

  function partCount(group) {
    if (group.isNegated || isRequired(group)) return 0;
    const word = wordOf(group);
    return word ? word.parts.length : 1;
  }

  function tokensOf(clause) {
    return clause.words.flatMap((word) => word.parts);
  }

  function makeClause(parts) {
    return Object.assign(
      { words: [], isPhrase: false, field: "", pattern: null, years: null }, parts);
  }

  /** Return a query of groups: a group typed twice is there once. */
  function makeQuery(groups) {
    const different = new Map();
    for (const group of groups) {
      const key = JSON.stringify(group);
      if (!different.has(key)) different.set(key, group);
    }
    const kept = [...different.values()].slice(0, tables.most_words);
    const pairs = [];
    for (let place = 1; place < kept.length; place++) {
      const first = wordOf(kept[place - 1]), second = wordOf(kept[place]);
      if (first && second) pairs.push([first.parts[first.parts.length - 1], second.parts[0]]);
    }
    return { groups: kept, pairs: pairs };
  }

  // Dates ------------------------------------------------------------------------------------

  /** Return [[first, last], end] of the date that begins at a place, or null. */
  function yearsAt(text, place, isInField) {
    for (const [name, pattern] of isInField ? patterns.concat(fieldPatterns) : patterns) {
      pattern.lastIndex = place;
      const match = pattern.exec(text);
      if (!match || match[0] === "") continue;
      const years = yearsOf(name, match);
      if (years) return [years, place + match[0].length];
    }
    return null;
  }

  function yearsOf(name, match) {
    const first = match[1], second = match[2];
    let years;
    if (name === "range") {
      if (first === undefined && second === undefined) return null;
      years = [Number(first || tables.first_year), Number(second || tables.last_year)];
    } else if (name === "century") {
      return centuries(first, second || first, Boolean(match[3]));
    } else if (name === "ordinal") {
      return centuries(first, first, Boolean(second));
    } else if (name === "decade") {
      const start = Number(first || second || 0);
      years = [start, start + 9];
    } else if (name === "before") {
      years = [tables.first_year, Number(first) - 1];
    } else if (name === "after") {
      years = [Number(first) + 1, tables.last_year];
    } else {
      years = [Number(first), Number(second || first)];
    }
    return [Math.min(...years), Math.max(...years)];
  }

  function centuries(first, last, isBc) {
    const numbers = [first, last].map((text) => /^[0-9]/.test(text) ? Number(text) : romanOf(text));
    if (!numbers.every((number) => 1 <= number && number <= tables.most_centuries)) return null;
    const low = Math.min(...numbers), high = Math.max(...numbers);
    return isBc ? [1 - 100 * high, -100 * (low - 1)] : [100 * (low - 1) + 1, 100 * high];
  }

  function romanOf(text) {
    const values = [...text.toUpperCase()].map((letter) => roman[letter]);
    return values.reduce(
      (sum, value, place) => sum + (value < (values[place + 1] || 0) ? -value : value), 0);
  }

  // Patterns ---------------------------------------------------------------------------------

  /** Return {prefixes, rest} of a word as typed, or null when it has no wildcard that counts. */
  function patternOf(chunk) {
    if (/[0-9]/.test(chunk) && /[*?]/.test(chunk)) return numberPattern(chunk);
    if (!chunk.endsWith("*")) return null;
    const tokens = analysis.words(chunk).flatMap((word) => word.parts);
    return tokens.length === 1 ? { prefixes: prefixes(chunk, tokens[0].bare), rest: "*" } : null;
  }

  function prefixes(chunk, bare) {
    const isY = bare.endsWith("i") && /[yýỳỷỹỵ]$/u.test(
      analysis.normalText(chunk).replace(/\*+$/, ""));
    return isY ? [bare, bare.slice(0, -1) + "y"] : [bare];
  }

  function numberPattern(chunk) {
    let prefix = "", rest = "";
    for (const character of analysis.normalText(chunk)) {
      if (character === "*" || character === "?") {
        rest += character;
      } else if (!tables.joiners.includes(character)) {
        const bare = analysis.bareForm(analysis.exactForm(character));
        if (rest) rest += bare;
        else prefix += bare;
      }
    }
    return prefix && rest ? { prefixes: [prefix], rest: rest } : null;
  }

  /** Return a function that says whether a bare form fits a pattern. */
  function fitter(pattern) {
    const rest = [...pattern.rest].map((character) => character === "*" ? ".*"
      : character === "?" ? "." : character.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("");
    const whole = new RegExp("^(?:" + rest + ")$", "u");
    return (word) => pattern.prefixes.some(
      (prefix) => word.startsWith(prefix) && whole.test(word.slice(prefix.length)));
  }

  // The language -----------------------------------------------------------------------------

  function spellingKey(name) {
    return analysis.words(name).flatMap((word) => word.parts.map((part) => part.bare)).join(" ");
  }

  /** Say whether a text is nothing but spaces. */
  function isBlank(query) {
    return [...query].every((character) => spaces.has(character));
  }

  /** Return what a text asks for; never throws. */
  function parse(query) {
    const text = [...query.normalize("NFC")].slice(0, tables.longest_query).join("");
    const found = [];
    let place = 0;

    function skipSpaces() {
      while (place < text.length && spaces.has(text[place])) place += 1;
      return place < text.length;
    }

    function chunkEnd(from) {
      let end = from;
      while (end < text.length && !spaces.has(text[end]) && !quotes.has(text[end])) end += 1;
      return end;
    }

    function operator() {
      const end = chunkEnd(place), chunk = text.slice(place, end);
      const sign = has(tables.operators, chunk) ? tables.operators[chunk] : "";
      if (!sign || isBlank(text.slice(end)) || (found.length === 0 && sign !== "not")) return "";
      place = end;
      return sign;
    }

    function minus() {
      const after = String.fromCodePoint(text.codePointAt(place + 1) || 32);
      if (text[place] !== "-" || !(quotes.has(after) || analysis.isLetter(after))) return false;
      place += 1;
      return true;
    }

    function quoted() {
      place += 1;
      let end = place;
      while (end < text.length && !quotes.has(text[end])) end += 1;
      const words = analysis.words(text.slice(place, end));
      place = end + 1;
      return words;
    }

    function value(name) {
      if (!skipSpaces()) return makeClause({});
      if (dateFields.has(name)) {
        const quote = quotes.has(text[place]) ? 1 : 0;
        const date = yearsAt(text, place + quote, true);
        if (date) {
          place = date[1];
          if (quote && quotes.has(text[place])) place += 1;
          return makeClause({ years: date[0] });
        }
      }
      if (quotes.has(text[place])) {
        return makeClause({ words: quoted(), isPhrase: true, field: name });
      }
      const end = chunkEnd(place), chunk = text.slice(place, end);
      place = end;
      return makeClause({ words: analysis.words(chunk), field: name, pattern: patternOf(chunk) });
    }

    /** Return [field, first word taken for its name] named before a colon, or null. */
    function fieldBefore(colon) {
      const last = found.slice(-(tables.longest_field_name - 1));
      for (let count = last.length; count >= 0; count--) {
        const words = last.slice(last.length - count);
        if (words.some((entry) => !isPlain(entry.clause)) ||
            words.slice(1).some((entry) => entry.isNegated || entry.isAlternative)) continue;
        const key = spellingKey(text.slice(count > 0 ? words[0].start : place, colon));
        if (has(tables.fields, key) && (!isBlank(text.slice(colon + 1)) || count === 0)) {
          found.length -= count;
          return [tables.fields[key], count > 0 ? words[0] : null];
        }
      }
      return null;
    }

    function read(isNegated, isAlternative, start) {
      function add(clause) {
        if (clause.words.length > 0 || clause.pattern || clause.years) {
          found.push({ clause, isNegated, isAlternative, start });
        }
      }
      if (quotes.has(text[place])) {
        add(makeClause({ words: quoted(), isPhrase: true }));
        return;
      }
      const date = yearsAt(text, place, false);
      if (date) {
        const written = text.slice(place, date[1]);
        add(makeClause({ years: date[0] }));
        if (!written.includes("..") && !isNegated) {
          const clause = makeClause({ words: analysis.words(written), isPhrase: true });
          found.push({ clause, isNegated, isAlternative: true, start });
        }
        place = date[1];
        return;
      }
      const end = chunkEnd(place);
      const colon = text.slice(0, end).indexOf(":", place);
      if (colon > place) {
        const named = fieldBefore(colon);
        if (named) {
          if (named[1]) ({ isNegated, isAlternative } = named[1]);
          place = colon + 1;
          add(value(named[0]));
          return;
        }
      }
      const chunk = text.slice(place, end);
      place = end;
      add(makeClause({ words: analysis.words(chunk), pattern: patternOf(chunk) }));
    }

    let isNegated = false, isAlternative = false;
    while (skipSpaces()) {
      const start = place;
      const sign = operator();
      if (sign) {
        isAlternative = isAlternative || (sign === "or" && found.length > 0);
        isNegated = isNegated || sign === "not";
        continue;
      }
      isNegated = minus() || isNegated;
      const before = found.length;
      read(isNegated, isAlternative, start);
      if (found.length !== before || place === start) isNegated = isAlternative = false;
      if (place === start) place += 1;
    }
    return makeQuery(groupsOf(found));
  }

  function groupsOf(found) {
    const groups = [];
    for (const entry of found) {
      const last = groups[groups.length - 1];
      if (entry.isAlternative && last && !entry.isNegated && !last.isNegated) {
        last.clauses.push(entry.clause);
      } else {
        groups.push({ clauses: [entry.clause], isNegated: entry.isNegated });
      }
    }
    return groups.flatMap(apart);
  }

  /** Return a group of several plain words as one group for each of them. */
  function apart(group) {
    const clause = group.clauses[0];
    if (group.clauses.length > 1 || group.isNegated || !isPlain(clause)) return [group];
    return clause.words.map((word) => wordGroup(word));
  }

  function wordGroup(word) {
    return { clauses: [makeClause({ words: [word] })], isNegated: false };
  }

  /** Return a query with one word in the place of another. */
  function withWord(query, old, word) {
    const key = JSON.stringify(old);
    return makeQuery(query.groups.map((group) => {
      const own = wordOf(group);
      return own && JSON.stringify(own) === key ? wordGroup(word) : group;
    }));
  }

  return { parse, isBlank, withWord, wordOf, partCount, isRequired, isPlain, tokensOf, fitter };
});
