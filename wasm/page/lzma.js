// LZMA (the format of the LZMA SDK's specification) with lc = 3, lp = 0 and pb = 0: a raw stream whose length is known.
// Every browser unpacks deflate by itself, and none LZMA, which is a sixth smaller; this decoder is smaller than that.

/** @param {Uint8Array} packed @param {number} size of what was packed @returns {Uint8Array<ArrayBuffer>} */
function unpacked(packed, size) {
  // Every probability of a zero, in 2048ths. Where each group of them begins:
  const [MATCH, REP, REP0, REP1, REP2, SHORT, SLOT, FAR, ALIGN, LENGTH, AGAIN, LITERAL] = [0, 12, 24, 36, 48, 60, 72, 328, 456, 472, 746, 1020];
  const odds = new Uint16Array(LITERAL + 0x300 * 8).fill(1024);
  const out = new Uint8Array(size);
  let at = 5;
  let range = 0xffffffff;
  let code = new DataView(packed.buffer, packed.byteOffset).getUint32(1);

  const halve = () => {
    if (range < 0x1000000) {
      range = (range << 8) >>> 0;
      code = ((code << 8) | packed[at++]) >>> 0;
    }
  };
  const bit = (/** @type {number} */ which) => {
    const bound = (range >>> 11) * odds[which];
    const is = code < bound ? 0 : 1;
    if (is) {
      range -= bound;
      code -= bound;
      odds[which] -= odds[which] >> 5;
    } else {
      range = bound;
      odds[which] += (2048 - odds[which]) >> 5;
    }
    halve();
    return is;
  };
  // A number of so many bits, the highest first.
  const tree = (/** @type {number} */ base, /** @type {number} */ bits) => {
    let node = 1;
    for (let left = bits; left > 0; left--) {
      node = node * 2 + bit(base + node);
    }
    return node - (1 << bits);
  };
  // The lowest first.
  const reversed = (/** @type {number} */ base, /** @type {number} */ bits) => {
    let node = 1;
    let value = 0;
    for (let place = 0; place < bits; place++) {
      const is = bit(base + node);
      node = node * 2 + is;
      value |= is << place;
    }
    return value;
  };
  const evenly = (/** @type {number} */ bits) => {
    let value = 0;
    for (let left = bits; left > 0; left--) {
      range >>>= 1;
      const is = code < range ? 0 : 1;
      code -= is * range;
      value = value * 2 + is;
      halve();
    }
    return value;
  };
  const length = (/** @type {number} */ base) =>
    !bit(base) ? 2 + tree(base + 2, 3) : !bit(base + 1) ? 10 + tree(base + 10, 3) : 18 + tree(base + 18, 8);
  const distance = (/** @type {number} */ copied) => {
    const slot = tree(SLOT + 64 * Math.min(copied - 2, 3), 6);
    if (slot < 4) {
      return slot;
    }
    const bits = (slot >> 1) - 1;
    const start = (2 + (slot & 1)) << bits;
    return slot < 14 ? start + reversed(FAR + start - slot, bits) : start + evenly(bits - 4) * 16 + reversed(ALIGN, 4);
  };

  const recent = [0, 0, 0, 0];
  let state = 0;
  for (let done = 0; done < size; ) {
    if (!bit(MATCH + state)) {
      const base = LITERAL + 0x300 * (out[done - 1] >> 5);
      let node = 1;
      if (state > 6) {
        // After a copy, the byte that would have gone on with it foretells this one, until the first bit that differs.
        for (let like = out[done - recent[0] - 1], same = 1; same && node < 256; like <<= 1) {
          const expected = (like >> 7) & 1;
          const is = bit(base + 0x100 + expected * 0x100 + node);
          node = node * 2 + is;
          same = is === expected ? 1 : 0;
        }
      }
      while (node < 256) {
        node = node * 2 + bit(base + node);
      }
      out[done++] = node;
      state = state < 4 ? 0 : state - (state < 10 ? 3 : 6);
      continue;
    }
    const wasLiteral = state < 7;
    let copied = 1;
    if (!bit(REP + state)) {
      state = wasLiteral ? 7 : 10;
      copied = length(LENGTH);
      recent.pop();
      recent.unshift(distance(copied));
    } else if (bit(REP0 + state)) {
      const which = bit(REP1 + state) ? 2 + bit(REP2 + state) : 1;
      recent.unshift(...recent.splice(which, 1));
      state = wasLiteral ? 8 : 11;
      copied = length(AGAIN);
    } else if (bit(SHORT + state)) {
      state = wasLiteral ? 8 : 11;
      copied = length(AGAIN);
    } else {
      state = wasLiteral ? 9 : 11;
    }
    for (; copied > 0; copied--, done++) {
      out[done] = out[done - recent[0] - 1];
    }
  }
  return out;
}
