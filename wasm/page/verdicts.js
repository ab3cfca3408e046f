// The list of bundles, and the queue of those that are still to be verified.

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {File} file
 * @property {"pending" | "verified" | "unverified"} status
 * @property {string} code
 * @property {any} report
 * @property {string} text
 * @property {any} path
 * @property {string | undefined} hash the document that the bundle names
 * @property {string | undefined} digest the document that it was held against
 * @property {any} element
 */

/** One byte more than core accepts: what is larger is refused by core, in its own words. */
const MOST_BYTES = (4 << 20) + 1;
/** Bundles that are read while one is verified. */
const AHEAD = 4;

class Verdicts {
  /** @param {Engine} engine @param {{ decided: (row: Row) => void, defect: (error: any) => Promise<void> }} told */
  constructor(engine, told) {
    this.engine = engine;
    this.told = told;
    /** @type {Row[]} */
    this.rows = [];
    /** Rows by the name of their file. @type {Map<string, Row[]>} */
    this.names = new Map();
    /** @type {Row[]} */
    this.queue = [];
    this.running = 0;
    /** Answers to questions of an earlier round do not count. */
    this.round = 0;
    this.ready = false;
    this.verified = 0;
    this.unverified = 0;
    /** @type {string | undefined} */
    this.only = undefined;
  }

  /** @param {string} name @param {File} file @returns {Promise<Row | undefined>} nothing if it is in the list already */
  async add(name, file) {
    for (const row of this.names.get(name) ?? []) {
      if (await isSame(row.file, file)) {
        return undefined;
      }
    }
    /** @type {Row} */
    const row = { name, file, status: "pending", code: "", report: undefined, text: "", path: undefined, hash: undefined, digest: undefined, element: undefined };
    this.names.set(name, [...(this.names.get(name) ?? []), row]);
    this.rows.push(row);
    this.queue.push(row);
    return row;
  }

  /** Every verdict again: trust root, time, mode or documents are others. */
  again() {
    this.round++;
    this.verified = 0;
    this.unverified = 0;
    for (const row of this.rows) {
      Object.assign(row, { status: "pending", code: "", report: undefined, text: "", path: undefined, digest: undefined });
      this.told.decided(row);
    }
    this.queue = [...this.rows];
  }

  clear() {
    this.round++;
    this.rows = [];
    this.queue = [];
    this.names.clear();
    this.verified = 0;
    this.unverified = 0;
  }

  get waiting() {
    return this.rows.length - this.verified - this.unverified;
  }

  /** Goes on as long as there is something to do. */
  pump() {
    while (this.ready && this.running < AHEAD && this.queue.length > 0) {
      this.running++;
      this.#judge(/** @type {Row} */ (this.queue.shift()), this.round).finally(() => {
        this.running--;
        this.pump();
      });
    }
  }

  /** @param {Row} row @param {number} round */
  async #judge(row, round) {
    let answer;
    try {
      answer = await this.#ask(row);
    } catch (error) {
      if (round !== this.round) {
        return;
      }
      if (/** @type {any} */ (error).code === "interrupted") {
        // Another bundle brought the worker down.
        this.queue.unshift(row);
        return;
      }
      await this.told.defect(error);
      answer = await this.engine.ask("unread", { code: "internal" }).catch(() => undefined);
    }
    if (round !== this.round) {
      return;
    }
    row.text = answer?.text ?? "";
    row.report = row.text ? JSON.parse(row.text) : { code: "internal", class: "internal", status: "unverified", steps: [] };
    row.code = row.report.code;
    // Anything but the one word is no good verdict.
    row.status = row.report.status === "verified" && row.code === "ok" ? "verified" : "unverified";
    row.hash = answer?.hash;
    row.digest = answer?.digest;
    row.path = answer?.path ? JSON.parse(answer.path) : undefined;
    this[row.status]++;
    this.told.decided(row);
  }

  /** @param {Row} row */
  async #ask(row) {
    let bytes;
    try {
      bytes = new Uint8Array(await row.file.slice(0, MOST_BYTES).arrayBuffer());
    } catch {
      return this.engine.ask("unread", { code: "io.read" });
    }
    return this.engine.ask("bundle", { bytes, only: this.only }, [bytes.buffer]);
  }
}

/** Whether two files have the same bytes, as far as a bundle may be long. @param {File} one @param {File} other */
async function isSame(one, other) {
  if (one.size !== other.size) {
    return false;
  }
  try {
    const [a, b] = await Promise.all([one, other].map((file) => file.slice(0, MOST_BYTES).arrayBuffer()));
    const [first, second] = [new Uint8Array(a), new Uint8Array(b)];
    return first.every((byte, at) => byte === second[at]);
  } catch {
    return false;
  }
}
