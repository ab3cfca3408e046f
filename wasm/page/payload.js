// What the page carries packed: the worker's script, the words and the module.

const PAYLOAD = "{payload}";
/** A trust root that the page was built with; empty if there is none. */
const BAKED = "{trust}";

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
const fromBase64 = (text) => /** @type {any} */ (Uint8Array).fromBase64?.(text) ?? Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

async function unpack() {
  const packed = new Blob([fromBase64(PAYLOAD)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  // Two texts, each ended by a zero byte, then the module.
  const first = bytes.indexOf(0);
  const second = bytes.indexOf(0, first + 1);
  const text = (/** @type {number} */ start, /** @type {number} */ end) => new TextDecoder().decode(bytes.subarray(start, end));
  return { worker: text(0, first), words: JSON.parse(text(first + 1, second)), module: bytes.slice(second + 1) };
}
