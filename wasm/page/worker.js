// The worker: the verification core behind messages. Each message gets one answer with its `id`.
// The glue of wasm-bindgen stands before this text.

/** @type {Trust | undefined} */
let trust;
/** @type {Session | undefined} */
let session;
/** Hashes of the documents beside the bundles. */
const digests = new Set();
/** @type {Hasher | undefined} */
let hasher;

const LANGUAGES = ["en", "es"];

/** @type {Record<string, (message: any) => any>} */
const TASKS = {
  start({ module }) {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(module), GLUE);
    __wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
    const table = (names, say) =>
      LANGUAGES.map((language) => Object.fromEntries(names.map((name) => [name, say(name, language)])));
    return {
      codes: table(codes(), explain),
      steps: table(stepNames(), stepTitle),
      skips: table(skipNames(), skipReason),
    };
  },
  trust({ bytes }) {
    trust?.free();
    // One that cannot be used takes the place of one that could: every verdict says why.
    trust = new Trust(bytes);
    const { code, name, version, hash, issued, expires, example, issuers } = trust;
    return { code, name, version, hash, issued, expires, example, issuers };
  },
  terms({ mode, at, source }) {
    const next = new Session(trust, mode, at, source);
    session?.free();
    session = next;
    return {};
  },
  piece({ bytes }) {
    hasher ??= new Hasher();
    hasher.update(bytes);
    return {};
  },
  hashed() {
    const done = hasher ?? new Hasher();
    hasher = undefined;
    return { digest: done.finish() };
  },
  dropped() {
    hasher?.free();
    hasher = undefined;
    return {};
  },
  documents({ known }) {
    digests.clear();
    known.forEach((digest) => digests.add(digest));
    return {};
  },
  bundle({ bytes, only }) {
    const hash = documentHash(bytes);
    // One document for one bundle: the two are compared whatever their hashes, so that a wrong one is told as such.
    const digest = only ?? (hash !== undefined && digests.has(hash) ? hash : undefined);
    return { hash, digest, text: session.verify(bytes, digest), path: merklePath(bytes) };
  },
  unread({ code }) {
    return { text: session.unread(code) };
  },
  kind({ bytes }) {
    return { kind: kind(bytes) };
  },
};

onmessage = ({ data }) => {
  try {
    postMessage({ id: data.id, answer: TASKS[data.task](data) });
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    postMessage({ id: data.id, refused: { code: code ?? "internal", message: String(message) } });
  }
};
