// Bytes from the text in which the page carries them: seven bits in a character of one byte of UTF-8, fourteen in one of
// two bytes where the first seven would be a character that HTML or a script does not leave as it is.

/** Characters that never stand in the text: those that HTML changes, and those that end or escape a script's text. */
const ABSENT = [0, 10, 13, 34, 60, 92];
/** The first of the characters of two bytes. */
const PAIRS = 256;

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} the bytes, and perhaps a zero after them */
function septets(text) {
  /** @type {number[]} */
  const bytes = [];
  let bits = 0;
  let count = 0;
  const take = (/** @type {number} */ seven) => {
    bits = (bits << 7) | seven;
    count += 7;
    if (count > 7) {
      count -= 8;
      bytes.push((bits >> count) & 255);
    }
  };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < PAIRS) {
      take(code);
    } else {
      take(ABSENT[(code - PAIRS) >> 7]);
      take(code & 127);
    }
  }
  return Uint8Array.from(bytes);
}
