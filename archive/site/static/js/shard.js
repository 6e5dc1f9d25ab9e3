// The folder an item's page is in: the first three hexadecimal digits of the sha256 of its id,
// as schemas.identifiers.shard_of has it. Written out here because browsers offer sha256 only
// on secure origins, and the site must work from a disk and from a plain web host too.
var HoabanPaths = (function () {
  "use strict";

  var constants = [];
  var start = [];

  // The first 32 bits of the fractional parts of roots of the first 64 primes (FIPS 180-4, 4.2.2).
  function fraction(x) {
    return ((x - Math.floor(x)) * 4294967296) | 0;
  }
  for (var candidate = 2; constants.length < 64; candidate++) {
    var isPrime = true;
    for (var divisor = 2; divisor * divisor <= candidate; divisor++) {
      if (candidate % divisor === 0) { isPrime = false; break; }
    }
    if (isPrime) {
      if (start.length < 8) { start.push(fraction(Math.sqrt(candidate))); }
      constants.push(fraction(Math.cbrt(candidate)));
    }
  }

  function rotate(word, bits) {
    return (word >>> bits) | (word << (32 - bits));
  }

  // The message in 512-bit blocks, as 32-bit words. Item ids are ASCII.
  function blocks(text) {
    var words = new Array((((text.length + 8) >> 6) + 1) * 16).fill(0);
    for (var i = 0; i < text.length; i++) {
      words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
    }
    words[text.length >> 2] |= 0x80 << (24 - (text.length % 4) * 8);
    words[words.length - 1] = text.length * 8;
    return words;
  }

  function compress(state, words, offset) {
    var w = words.slice(offset, offset + 16);
    for (var i = 16; i < 64; i++) {
      var s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >>> 3);
      var s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    var v = state.slice();
    for (i = 0; i < 64; i++) {
      var e = v[4], a = v[0];
      var t1 = (v[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & v[5]) ^ (~e & v[6])) + constants[i] + w[i]) | 0;
      var t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]))) | 0;
      v = [(t1 + t2) | 0, a, v[1], v[2], (v[3] + t1) | 0, e, v[5], v[6]];
    }
    return state.map(function (word, k) { return (word + v[k]) | 0; });
  }

  function shardOf(itemId) {
    var words = blocks(itemId);
    var state = start;
    for (var offset = 0; offset < words.length; offset += 16) {
      state = compress(state, words, offset);
    }
    return (state[0] >>> 20).toString(16).padStart(3, "0");
  }

  return {
    shardOf: shardOf,
    itemPage: function (itemId) {
      return "items/" + shardOf(itemId) + "/" + encodeURIComponent(itemId) + ".html";
    }
  };
})();
