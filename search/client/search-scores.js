/*
 * Sums over documents. Scores are {numbers, points}: documents in ascending order and the points
 * of each, side by side, in typed arrays: a word may be in hundreds of thousands.
 */
HoabanSearch.receive("scores", function makeScores(documents) {
  "use strict";

  const LEAP = 16;
  const NONE = { numbers: new Uint32Array(0), points: new Uint32Array(0) };
  const weightOf = new Uint8Array(documents);

  function same(numbers, value) {
    return { numbers: numbers, points: new Uint32Array(numbers.length).fill(value) };
  }

  /** Return the documents of one or the other, with what use() makes of both points. */
  function united(one, other, use) {
    if (one.numbers.length === 0) return other;
    if (other.numbers.length === 0) return one;
    const left = one.numbers, right = other.numbers, lefts = one.points, rights = other.points;
    const most = left.length + right.length;
    const numbers = new Uint32Array(most), points = new Uint32Array(most);
    let a = 0, b = 0, size = 0;
    while (a < left.length && b < right.length) {
      const first = left[a], second = right[b];
      if (first < second) {
        numbers[size] = first;
        points[size++] = lefts[a++];
      } else if (second < first) {
        numbers[size] = second;
        points[size++] = rights[b++];
      } else {
        numbers[size] = first;
        points[size++] = use(lefts[a++], rights[b++]);
      }
    }
    numbers.set(left.subarray(a), size);
    points.set(lefts.subarray(a), size);
    size += left.length - a;
    numbers.set(right.subarray(b), size);
    points.set(rights.subarray(b), size);
    size += right.length - b;
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
    const all = scores.numbers, weights = scores.points;
    const most = isWanted ? Math.min(all.length, among.length) : all.length;
    const numbers = new Uint32Array(most), points = new Uint32Array(most);
    // Of a few in a long list each is looked for.
    const isLeap = isWanted && among.length * LEAP < all.length;
    let place = 0, other = 0, size = 0;
    while (place < all.length) {
      const number = all[place];
      while (other < among.length && among[other] < number) other += 1;
      if (isWanted && other === among.length) break;
      const isAmong = other < among.length && among[other] === number;
      if (isAmong === isWanted) {
        numbers[size] = number;
        points[size++] = weights[place];
      }
      place = isLeap && !isAmong ? placeFrom(all, place, among[other]) : place + 1;
    }
    return { numbers: numbers.subarray(0, size), points: points.subarray(0, size) };
  }

  /** Return the place of the first number from a place on that is not below another. */
  function placeFrom(numbers, start, number) {
    let low = start, high = numbers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[middle] < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Return the documents that have so many points. */
  function having(scores, wanted) {
    const numbers = new Uint32Array(scores.numbers.length);
    let size = 0;
    for (let place = 0; place < numbers.length; place++) {
      if (scores.points[place] === wanted) numbers[size++] = scores.numbers[place];
    }
    return same(numbers.subarray(0, size), wanted);
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
      for (let place = 0; place < list.length; place++) {
        const number = list[place];
        if (weightOf[number] === 0) numbers[size++] = number;
        if (weight > weightOf[number]) weightOf[number] = weight;
      }
    }
    numbers = numbers.subarray(0, size);
    const points = new Uint32Array(size);
    // To look at every document is faster than to sort many.
    if (size * LEAP < documents) {
      numbers.sort();
    } else {
      for (let number = 0, at = 0; at < size; number++) {
        if (weightOf[number] > 0) numbers[at++] = number;
      }
    }
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

  return { NONE, same, united, sum, added, kept, having, allOf, best, timesRarity };
});
