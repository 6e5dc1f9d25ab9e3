/*
 * Sums over documents. Scores are {numbers, points}: documents in ascending order and the points
 * of each, side by side, in typed arrays: a word may be in hundreds of thousands.
 */
HoabanSearch.receive("scores", function makeScores(documents) {
  "use strict";

  const NONE = { numbers: new Uint32Array(0), points: new Uint32Array(0) };
  const weightOf = new Uint8Array(documents);

  function same(numbers, value) {
    return { numbers: numbers, points: new Uint32Array(numbers.length).fill(value) };
  }

  /** Return the documents of one or the other, with what use() makes of both points. */
  function united(one, other, use) {
    if (one.numbers.length === 0) return other;
    if (other.numbers.length === 0) return one;
    const most = one.numbers.length + other.numbers.length;
    const numbers = new Uint32Array(most), points = new Uint32Array(most);
    let a = 0, b = 0, size = 0;
    while (a < one.numbers.length || b < other.numbers.length) {
      const first = a < one.numbers.length ? one.numbers[a] : Infinity;
      const second = b < other.numbers.length ? other.numbers[b] : Infinity;
      numbers[size] = Math.min(first, second);
      points[size++] = first < second ? one.points[a] : second < first ? other.points[b]
        : use(one.points[a], other.points[b]);
      if (first <= second) a += 1;
      if (second <= first) b += 1;
    }
    return { numbers: numbers.subarray(0, size), points: points.subarray(0, size) };
  }

  function sum(one, other) {
    return one + other;
  }

  function added(one, other) {
    return united(one, other, sum);
  }

  /** Return the documents of the first that are, or are not, among some numbers. */
  function kept(scores, among, isWanted) {
    const numbers = new Uint32Array(scores.numbers.length);
    const points = new Uint32Array(scores.numbers.length);
    let other = 0, size = 0;
    for (let place = 0; place < scores.numbers.length; place++) {
      const number = scores.numbers[place];
      while (other < among.length && among[other] < number) other += 1;
      if ((among[other] === number) !== isWanted) continue;
      numbers[size] = number;
      points[size++] = scores.points[place];
    }
    return { numbers: numbers.subarray(0, size), points: points.subarray(0, size) };
  }

  /** Return the sums over the documents that are in all scores; none of nothing. */
  function allOf(scores) {
    if (scores.length === 0) return NONE;
    return scores.reduce((one, other) => {
      const rest = kept(one, other.numbers, true);
      return added(rest, kept(other, rest.numbers, true));
    });
  }

  /** Return of documents in several lists the best weight: [[numbers, weight], ...]. */
  function best(lists) {
    const filled = lists.filter(([numbers, weight]) => numbers.length > 0 && weight > 0);
    if (filled.length === 0) return NONE;
    if (filled.length === 1) return same(filled[0][0], filled[0][1]);
    const most = filled.reduce((count, [numbers]) => count + numbers.length, 0);
    let numbers = new Uint32Array(Math.min(most, documents)), size = 0;
    for (const [list, weight] of filled) {
      for (const number of list) {
        if (weightOf[number] === 0) numbers[size++] = number;
        if (weight > weightOf[number]) weightOf[number] = weight;
      }
    }
    numbers = numbers.subarray(0, size).sort();
    const points = new Uint32Array(size);
    for (let place = 0; place < size; place++) {
      points[place] = weightOf[numbers[place]];
      weightOf[numbers[place]] = 0;
    }
    return { numbers, points };
  }

  function timesRarity(weights, count) {
    const size = count || weights.numbers.length;
    if (size === 0) return NONE;
    const rarity = 32 - Math.clz32(Math.floor(documents / size));
    return { numbers: weights.numbers, points: weights.points.map((points) => points * rarity) };
  }

  return { NONE, same, united, sum, added, kept, allOf, best, timesRarity };
});
