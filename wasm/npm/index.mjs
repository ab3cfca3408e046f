// The package's entry: arguments are checked and handed on; what is verified, and how, is the core's alone.

import { Session, Trust, explain as texts } from "./core.mjs";

export { Hasher } from "./core.mjs";

/** Verifies one bundle. Types and meaning of everything: index.d.ts. */
export function verify(bundle, trust, options) {
  const given = checked(options);
  bytes(bundle, "bundle");
  const roots = Array.isArray(trust) ? trust : [trust];
  if (roots.length === 0) refuse("trust", "give at least one trust root");
  roots.forEach((root) => bytes(root, "trust"));
  const newest = new Trust(roots[0]);
  let session;
  try {
    roots.slice(1).forEach((root) => newest.follow(root));
    session = new Session(newest, given.mode, given.at, given.atSource ?? "given", given.state);
    (given.evidence ?? []).forEach((evidence) => session.evidence(evidence));
    const text = given.hashOnly ? session.verifyHash(bundle) : session.verify(bundle, given.documentDigest);
    return { report: JSON.parse(text), text };
  } finally {
    session?.free();
    newest.free();
  }
}

/** What a code means and what to do next, in English or Spanish; undefined for an unknown code. */
export function explain(code, language = "en") {
  if (typeof code !== "string") refuse("code", "give a text");
  if (typeof language !== "string") refuse("language", "give a text");
  const [title, meaning, next] = texts(code, language);
  return title === undefined ? undefined : { title, meaning, next };
}

// A misspelt option would be one that is not obeyed: a document that is not compared, evidence that is not held against
// the bundle. So nothing unknown passes.
function checked(options) {
  if (typeof options !== "object" || options === null) refuse("options", "give an object with at and mode");
  for (const [name, value] of Object.entries(options)) {
    const check = CHECKS[name];
    if (!Object.hasOwn(CHECKS, name)) refuse(name, "there is no such option");
    if (value !== undefined) check(value, name);
  }
  if (options.at === undefined) refuse("at", "give the time of verification, such as 2026-11-20T08:00:00Z");
  if (options.mode === undefined) refuse("mode", "give strict, grace or archival");
  if (options.hashOnly && options.documentDigest !== undefined) {
    refuse("hashOnly", "either the document's hash is given or only the hash is asked about");
  }
  return options;
}

const CHECKS = {
  at: text,
  atSource: text,
  documentDigest: text,
  evidence: (value, name) => {
    if (!Array.isArray(value)) refuse(name, "give an array");
    value.forEach((item) => bytes(item, name));
  },
  hashOnly: (value, name) => {
    if (typeof value !== "boolean") refuse(name, "give true or false");
  },
  mode: text,
  state: bytes,
};

function bytes(value, name) {
  if (!(value instanceof Uint8Array)) refuse(name, "give a Uint8Array");
}

function text(value, name) {
  if (typeof value !== "string") refuse(name, "give a text");
}

// The same members as the core's own errors.
function refuse(field, what) {
  const members = { code: "usage.arguments", class: "usage", field, at: undefined };
  throw Object.assign(new Error(`usage.arguments: ${field}: ${what}`), members);
}
