// What the page carries packed: the module, the script, the worker's script and the words.

/** A trust root that the page was built with, in base64; empty if there is none. */
const BAKED = "{trust}";

const CARRIED = (() => {
  const sizes = [{sizes}];
  const bytes = unpacked(
    septets("{payload}"),
    sizes.reduce((sum, size) => sum + size),
  );
  let at = 0;
  const [module, ...texts] = sizes.map((size) => bytes.slice(at, (at += size)));
  const [words, script, worker] = texts.map((text) => new TextDecoder().decode(text));
  return { module, script, worker, words: JSON.parse(words) };
})();

/** What becomes script: the one text that is carried, whoever asks, and the worker's address. */
const RULES = { createScript: () => CARRIED.script, createScriptURL: (/** @type {string} */ url) => url };
const POLICY = /** @type {any} */ (self).trustedTypes?.createPolicy?.("civictrust", RULES) ?? RULES;

{
  const script = document.createElement("script");
  script.textContent = POLICY.createScript("");
  document.body.append(script);
}
