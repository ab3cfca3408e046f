// The documents beside the bundles: hashed in pieces, however large, and matched by their hash.

/** @typedef {{ name: string, file: File, digest: string | undefined, share: number, used: boolean }} Companion */

const PIECE = 1 << 20;

class Documents {
  /** @param {Engine} engine @param {() => void} changed called while a document is read, and when the list changes */
  constructor(engine, changed) {
    this.engine = engine;
    this.changed = changed;
    /** @type {Companion[]} */
    this.list = [];
    /** @type {Promise<void>} */
    this.busy = Promise.resolve();
    this.reading = 0;
  }

  /** Hashes one document after the others. @param {string} name @param {File} file @returns {Promise<void>} */
  add(name, file) {
    /** @type {Companion} */
    const companion = { name, file, digest: undefined, share: 0, used: false };
    this.list.push(companion);
    this.reading++;
    this.changed();
    const read = async () => {
      try {
        await this.#hash(companion);
      } finally {
        this.reading--;
        this.changed();
      }
    };
    const done = this.busy.then(read);
    this.busy = done.catch(() => {});
    return done;
  }

  /** @param {Companion} companion */
  async #hash(companion) {
    const { file } = companion;
    try {
      for (let start = 0; start < file.size; start += PIECE) {
        const bytes = new Uint8Array(await file.slice(start, start + PIECE).arrayBuffer());
        await this.engine.ask("piece", { bytes }, [bytes.buffer]);
        companion.share = Math.min(100, Math.floor((100 * (start + bytes.length)) / file.size));
        this.changed();
      }
      const { digest } = await this.engine.ask("hashed");
      const twin = this.list.find((other) => other !== companion && other.digest === digest);
      if (twin) {
        this.remove(companion);
        throw new Twice();
      }
      companion.digest = digest;
    } catch (error) {
      if (companion.digest === undefined) {
        this.remove(companion);
        await this.engine.ask("dropped").catch(() => {});
      }
      throw error;
    }
  }

  /** Tells the worker which documents there are. */
  tell() {
    return this.engine.ask("documents", { known: this.list.flatMap(({ digest }) => digest ?? []) });
  }

  /** @param {Companion} companion */
  remove(companion) {
    this.list = this.list.filter((other) => other !== companion);
  }
}

/** The same document is in the list already. */
class Twice extends Error {}
