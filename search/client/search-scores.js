/*
 * Sums over documents. Scores are {numbers, points}: documents in ascending order and the points
 * of each, side by side, in typed arrays: a word may be in hundreds of thousands.
 */
HoabanSearch.receive("scores", function makeScores(documents) {
  "use strict";

  const LEAP = 16;
  const NONE = { numbers: new Uint32Array(0), points: new Uint32Array(0) };
  const weightOf = new Uint8Array(documents);

  /** Return documents that all have as many points. */
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

  /** Return the documents of one or the other, with the sum of their points. */
  function added(one, other) {
    return united(one, other, (left, right) => left + right);
  }

  /** Return the documents of the first that are, or are not, among some numbers. */
  function kept(scores, among, isWanted) {
    const all = scores.numbers, weights = scores.points;
    if (all === among) return isWanted ? scores : NONE;
    if (among.length === 0) return isWanted ? NONE : scores;
    const most = isWanted ? Math.min(all.length, among.length) : all.length;
    const numbers = new Uint32Array(most), points = new Uint32Array(most);
    // Of a few in a long list each is looked for.
    const isLeap = isWanted && among.length * LEAP < all.length;
    const isFew = all.length * LEAP < among.length;
    let place = 0, other = 0, size = 0;
    while (place < all.length) {
      const number = all[place];
      if (isFew) other = placeFrom(among, other, number);
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

  /** Return the documents that are in all lists; none of nothing. */
  function common(lists) {
    if (lists.length === 0) return NONE.numbers;
    // The fewest first: what is left of them is then looked for in the others.
    const [fewest, ...others] = [...lists].sort((one, other) => one.length - other.length);
    return others.reduce(
      (rest, list) => kept({ numbers: rest, points: rest }, list, true).numbers, fewest);
  }

  /** Return the sum of the points that each of some documents has in several scores. */
  function sumsOf(numbers, all) {
    if (all.length === 1 && all[0].numbers === numbers) return all[0].points;
    const points = new Uint32Array(numbers.length);
    for (const scores of all) addTo(points, numbers, scores);
    return points;
  }

  function addTo(points, numbers, { numbers: others, points: weights }) {
    const isFew = numbers.length * LEAP < others.length;
    for (let place = 0, other = 0; place < numbers.length; place++) {
      const number = numbers[place];
      if (isFew) other = placeFrom(others, other, number);
      while (other < others.length && others[other] < number) other += 1;
      if (other === others.length) break;
      if (others[other] === number) points[place] += weights[other];
    }
  }

  /** Return the sums over the documents that are in all scores; none of nothing. */
  function allOf(scores) {
    const numbers = common(scores.map((own) => own.numbers));
    return { numbers, points: sumsOf(numbers, scores) };
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
    const isSorted = size * LEAP < documents;
    if (isSorted) numbers.sort();
    for (let number = 0, at = 0; at < size; number++) {
      if (isSorted) number = numbers[at];
      const weight = weightOf[number];
      if (weight === 0) continue;
      numbers[at] = number;
      points[at++] = weight;
      weightOf[number] = 0;
    }
    return { numbers, points };
  }

  /** Return how rare what so many documents have is. */
  function rarity(size) {
    return size && 32 - Math.clz32(Math.floor(documents / size));
  }

  function timesRarity(weights, count) {
    const size = count || weights.numbers.length;
    if (size === 0) return NONE;
    const times = rarity(size), points = new Uint32Array(weights.points);
    for (let place = 0; place < points.length; place++) points[place] *= times;
    return { numbers: weights.numbers, points };
  }

  return { NONE, same, united, added, kept, common, sumsOf, allOf, best, rarity, timesRarity };
});
