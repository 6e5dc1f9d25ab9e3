/*
 * The scoring: the same hits and scores as search/scoring.py gives, where the rules are written.
 * Scores are maps from the number of a document to points.
 */
HoabanSearch.receive("scoring", function makeScorer(tables, analysis, reader, index, byCodePoint) {
  "use strict";

  const bareForms = Object.keys(index.terms).sort(byCodePoint);
  const fieldTerms = Object.keys(index.fields).sort(byCodePoint);

  function partsOf(query) {
    return query.groups.reduce((sum, group) => sum + reader.partCount(group), 0);
  }

  /** Return how many documents have a bare form. */
  function bareDocuments(form) {
    const best = new Map();
    for (const [, codes] of termOf(form)) bestOf(best, tables.bare_weights, codes);
    return best.size;
  }

  function tokens(word) {
    return word.whole ? [...word.parts, word.whole] : word.parts;
  }

  function rank(query) {
    const scoring = makeScoring(query);
    const found = new Map(), score = new Map(), excluded = new Set();
    let allowed = null;
    for (const group of query.groups) {
      if (group.isNegated) {
        for (const number of scoring.excluded(group)) excluded.add(number);
        continue;
      }
      const [scores, parts] = scoring.group(group);
      addTo(score, scores);
      if (reader.isRequired(group)) {
        allowed = new Set([...scores.keys()].filter((number) => !allowed || allowed.has(number)));
      } else {
        addTo(found, parts);
      }
    }
    for (const [first, second] of query.pairs) addTo(score, scoring.pair(first, second));
    const partCount = partsOf(query);
    if (partCount === 0) {
      const isNegated = query.groups.some((group) => group.isNegated);
      if (!allowed) allowed = new Set(isNegated ? index.documents.keys() : []);
      return [...allowed].filter((number) => !excluded.has(number))
        .map((number) => ({ number: number, found: 0, score: score.get(number) || 0 }));
    }
    const living = [...found].filter(
      ([number]) => !excluded.has(number) && (!allowed || allowed.has(number)));
    const wanted = living.some(([, parts]) => parts === partCount) ? partCount : 1;
    return living.filter(([, parts]) => parts >= wanted)
      .map(([number, parts]) => ({ number: number, found: parts, score: score.get(number) }));
  }

  function addTo(total, more) {
    for (const [number, points] of more) total.set(number, (total.get(number) || 0) + points);
  }

  /** Return the sums over the documents that are in all maps; none of nothing. */
  function allOf(maps) {
    const sums = new Map();
    if (maps.length === 0) return sums;
    for (const number of maps[0].keys()) {
      if (maps.every((map) => map.has(number))) {
        sums.set(number, maps.reduce((sum, map) => sum + map.get(number), 0));
      }
    }
    return sums;
  }

  function same(numbers, value) {
    return new Map([...numbers].map((number) => [number, value]));
  }

  function termOf(form) {
    return Object.prototype.hasOwnProperty.call(index.terms, form) ? index.terms[form] : [];
  }

  function stepped(postings, term) {
    if (!Object.prototype.hasOwnProperty.call(postings, term)) return [];
    let number = 0;
    return postings[term].map((step) => { number += step; return number; });
  }

  function pairDocuments(first, second) {
    return stepped(index.pairs, first + " " + second);
  }

  function bestOf(best, weights, codes) {
    let number = 0;
    for (const code of codes) {
      number += Math.floor(code / 3);
      const weight = weights[code % 3];
      if (weight > (best.get(number) || 0)) best.set(number, weight);
    }
  }

  function timesRarity(weights) {
    if (weights.size === 0) return weights;
    const rarity = 32 - Math.clz32(Math.floor(index.documents.length / weights.size));
    return new Map([...weights].map(([number, weight]) => [number, weight * rarity]));
  }

  function makeScoring(query) {
    const isMarked = query.groups.some((group) => !group.isNegated && group.clauses.some(
      (clause) => reader.tokensOf(clause).some((token) => token.exact !== token.bare)));
    const exactWeights = isMarked ? tables.marked_weights : tables.exact_weights;
    const known = new Map();

    function weightsOf(token) {
      let best = known.get(token.exact);
      if (best) return best;
      best = new Map();
      const toned = new Set(analysis.tonedForms(token.exact));
      for (const [exact, codes] of termOf(token.bare)) {
        bestOf(best, exact === token.exact ? exactWeights
          : toned.has(exact) ? tables.toneless_weights : tables.bare_weights, codes);
      }
      known.set(token.exact, best);
      return best;
    }

    function tokenScores(token) {
      return timesRarity(weightsOf(token));
    }

    function beside(first, second) {
      const ones = weightsOf(first), others = weightsOf(second);
      return new Map(pairDocuments(first.bare, second.bare)
        .map((number) => [number, Math.min(ones.get(number), others.get(number))]));
    }

    function pair(first, second) {
      return timesRarity(beside(first, second));
    }

    function pairwise(parts, use) {
      return parts.slice(1).map((part, place) => use(parts[place], part));
    }

    /** Return [scores of a word, how many of its parts each document has]. */
    function word(looked) {
      const score = new Map();
      let found = new Map();
      for (const token of looked.parts) {
        const scores = tokenScores(token);
        addTo(score, scores);
        addTo(found, same(scores.keys(), 1));
      }
      for (const scores of pairwise(looked.parts, pair)) addTo(score, scores);
      if (looked.isBound && looked.parts.length > 1) {
        found = same(allOf(pairwise(looked.parts, beside)).keys(), looked.parts.length);
      }
      if (looked.whole) {
        const whole = tokenScores(looked.whole);
        addTo(score, whole);
        for (const number of whole.keys()) found.set(number, looked.parts.length);
      }
      return [new Map([...found.keys()].map((number) => [number, score.get(number)])), found];
    }

    function wholeWord(looked) {
      const [score, found] = word(looked);
      return new Map([...score].filter(([number]) => found.get(number) === looked.parts.length));
    }

    function exactDocuments(token) {
      const numbers = new Map();
      for (const [exact, codes] of termOf(token.bare)) {
        if (exact === token.exact) bestOf(numbers, [1, 1, 1], codes);
      }
      return numbers;
    }

    function phrase(clause) {
      const parts = reader.tokensOf(clause);
      const sums = allOf([...parts.map(tokenScores), ...pairwise(parts, pair)]);
      const exact = parts.filter((token) => token.exact !== token.bare).map(exactDocuments);
      return new Map([...sums].filter(([number]) => exact.every((map) => map.has(number))));
    }

    function tokenInField(token, clause) {
      const exact = new Set(stepped(index.fields, clause.field + "=" + token.exact));
      const isExact = clause.isPhrase && token.exact !== token.bare;
      const numbers = isExact ? exact : stepped(index.fields, clause.field + ":" + token.bare);
      return timesRarity(new Map([...numbers].map(
        (number) => [number, (exact.has(number) ? exactWeights : tables.bare_weights)[1]])));
    }

    function wordInField(looked, clause) {
      const found = allOf(looked.parts.map((token) => tokenInField(token, clause)));
      if (looked.whole) addTo(found, tokenInField(looked.whole, clause));
      return found;
    }

    function inField(clause) {
      const parts = clause.words.map((looked) => wordInField(looked, clause));
      if (clause.isPhrase) parts.push(...pairwise(reader.tokensOf(clause), pair));
      return allOf(parts);
    }

    function patternScores(clause) {
      const best = new Map(), fits = reader.fitter(clause.pattern);
      const start = clause.field ? clause.field + ":" : "";
      const forms = clause.field
        ? fieldTerms.filter((term) => term.startsWith(start)).map((term) => term.slice(start.length))
        : bareForms;
      for (const form of forms.filter(fits).slice(0, tables.most_expansions)) {
        if (clause.field) {
          for (const number of stepped(index.fields, start + form)) {
            best.set(number, tables.bare_weights[1]);
          }
        } else {
          for (const [, codes] of termOf(form)) bestOf(best, tables.bare_weights, codes);
        }
      }
      return timesRarity(best);
    }

    function yearScores([first, last]) {
      const scores = new Map();
      index.documents.forEach((entry, number) => {
        const span = entry[5];
        if (!span || span[0] > last || first > span[1]) return;
        const isWithin = first <= span[0] && span[1] <= last;
        scores.set(number, isWithin ? tables.within_years : tables.touches_years);
      });
      return scores;
    }

    /** Return the scores of the documents that have all of a clause. */
    function clauseScores(clause) {
      if (clause.years) return yearScores(clause.years);
      if (clause.pattern) {
        const scores = patternScores(clause);
        if (scores.size > 0) return scores;
      }
      if (clause.field) return inField(clause);
      if (clause.isPhrase) return phrase(clause);
      return allOf(clause.words.map(wholeWord));
    }

    function group(looked) {
      const own = reader.wordOf(looked);
      if (own) return word(own);
      const scores = new Map();
      for (const clause of looked.clauses) addTo(scores, clauseScores(clause));
      return [scores, same(scores.keys(), 1)];
    }

    /** Return the documents a negated group takes out. */
    function excluded(looked) {
      return looked.clauses.flatMap((clause) => {
        const marked = reader.isPlain(clause)
          ? reader.tokensOf(clause).filter((token) => token.exact !== token.bare) : [];
        const exact = marked.map(exactDocuments);
        return [...clauseScores(clause).keys()].filter(
          (number) => exact.every((map) => map.has(number)));
      });
    }

    return { group, pair, excluded };
  }

  return { rank, partsOf, tokens, bareForms, bareDocuments, pairDocuments };
});
