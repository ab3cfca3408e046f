/** How times are judged; see `docs/verifying.md`. */
export type Mode = "strict" | "grace" | "archival";

/** The verdict: there is nothing between the two. */
export type Status = "verified" | "unverified";

/** What {@link verify} is told beside bundle and trust root. An option that is not listed here is refused. */
export interface Options {
  /** The time of verification, such as `2026-11-20T08:00:00Z`. The package has no clock. */
  at: string;
  /** The time policy. */
  mode: Mode;
  /** SHA-256 of the document beside the bundle, in lower-case hexadecimal. Without it the document must be in the bundle. */
  documentDigest?: string | undefined;
  /** Only the hash is asked about; compare the report's `document_hash` with the document yourself. */
  hashOnly?: boolean | undefined;
  /** What earlier runs remembered: a state file of `ct verify --state`. */
  state?: Uint8Array | undefined;
  /** Files of evidence that logs have shown two histories. */
  evidence?: readonly Uint8Array[] | undefined;
  /** Whether `at` was chosen or read from a clock; it stands in the report. `given` if left out. */
  atSource?: "given" | "clock" | undefined;
}

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

/** The twelve steps, in their order. */
export type StepName =
  | "form"
  | "completeness"
  | "trust"
  | "document"
  | "subject"
  | "issuer"
  | "checkpoint"
  | "witnesses"
  | "inclusion"
  | "continuity"
  | "time"
  | "status";

/** Why a step was not run. The last three do not keep a bundle from being verified. */
export type SkipReason =
  | "no_form"
  | "incomplete"
  | "no_trust"
  | "unfounded"
  | "hash_only"
  | "no_state"
  | "first_seen";

/** One of the twelve steps, and how it ended. */
export type Step =
  | { name: StepName; result: "ok" }
  | { name: StepName; result: "failed"; code: string; field: string; at: string | null }
  | { name: StepName; result: "skipped"; why: SkipReason };

/** What kind of answer a code is. */
export type Class = "verified" | "invalid" | "indeterminate" | "malformed" | "io" | "trust" | "internal";

/**
 * The report, as `specs/report.cddl` describes it. 64-bit integers are decimal texts, times are in UTC. A fact is there
 * only when the steps that establish it are ok; until then it is `null`. `document_hash` alone says merely which document
 * the report is about.
 */
export interface Report {
  kind: "civictrust.report";
  version: 1;
  status: Status;
  /** `ok`, or the one stable code that says why not; {@link explain} puts it into words. */
  code: string;
  class: Class;
  mode: Mode;
  at: string;
  at_source: "given" | "clock";
  document_hash: Digest | null;
  trust: { name: string; version: string; hash: Digest; example: boolean } | null;
  subject: { hash: Digest; kind: "file" | "claims"; sub: string } | null;
  claims: {
    shown: { index: string; name: string; value: string }[];
    mandatory: string;
    size: string;
    withheld: string;
  } | null;
  issuer: { id: string; name: string; kid: string } | null;
  statement: {
    id: string;
    request_id: string;
    type: string;
    subjects: string;
    issued_at: string;
    not_before: string | null;
    expires: string | null;
  } | null;
  log: { origin: string; tree_size: string; root: Digest } | null;
  leaf_index: string | null;
  anchored_at: string | null;
  fresh_at: string | null;
  status_as_of: string | null;
  witnesses: { name: string; time: string }[];
  steps: Step[];
}

/** A report, and its text: byte for byte what `ct verify --json` prints, without the line break at the end. */
export interface Verdict {
  report: Report;
  text: string;
}

/** What is thrown for arguments that cannot be acted on. Whatever is wrong with a bundle or trust root is in the report. */
export interface Refusal extends Error {
  /** A stable code, such as `usage.time`. */
  code: string;
  /** The code's class, such as `usage`. */
  class: string;
  /** Which argument or field it is about; may be empty. */
  field: string;
  /** The byte offset, where there is one. */
  at: number | undefined;
}

/**
 * Verifies one bundle, offline and at once: the same arguments give the same report, on every machine and in every year.
 *
 * `trust` is the trust root, or several of which each follows the one before, oldest first.
 *
 * @throws {Refusal} for arguments that cannot be acted on
 */
export function verify(bundle: Uint8Array, trust: Uint8Array | readonly Uint8Array[], options: Options): Verdict;

/** What a code means to a person. */
export interface Explanation {
  title: string;
  meaning: string;
  next: string;
}

/**
 * Puts a code into words. `language` is a tag such as `es-AR`; English stands in for a language that is not spoken.
 * `undefined` for a code that is none.
 */
export function explain(code: string, language?: string): Explanation | undefined;

/** SHA-256 of a document that arrives in pieces, for `documentDigest`. */
export class Hasher {
  constructor();
  /** Takes the next piece. */
  update(bytes: Uint8Array): void;
  /** The hash of all pieces in lower-case hexadecimal. The hasher is used up. */
  finish(): string;
  /** Gives its memory back; for a hasher that is not finished. */
  free(): void;
}
