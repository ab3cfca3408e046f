// The page: what is chosen, what comes in, and what follows from it.

/** Documents that are listed one by one. */
const MOST_DOCUMENTS = 10;
/** Files that are looked at together. */
const AT_ONCE = 64;
const AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

class Page {
  /** @param {Engine} engine */
  constructor(engine) {
    this.engine = engine;
    /** @type {{ bytes: Uint8Array, facts: any, name: string, isBaked: boolean } | undefined} */
    this.trust = undefined;
    this.notices = new Notices();
    this.verdicts = new Verdicts(engine, { decided: (row) => this.rows.touch(row), defect: (error) => this.defect(error) });
    this.rows = new Rows(this.verdicts, () => this.showDocuments());
    this.documents = new Documents(engine, () => {
      this.timer ||= setTimeout(() => this.showDocuments(), 50);
    });
    this.timer = 0;
    /** On what the verdicts rest. @type {{ mode: string, at: string, source: string } | undefined} */
    this.terms = undefined;
    /** @type {Promise<void> | undefined} */
    this.recovery = undefined;
    /** One thing after the other. @type {Promise<void>} */
    this.turn = Promise.resolve();
  }

  /** Does `act` when everything before it is done; what goes wrong is shown. @param {() => Promise<void>} act */
  next(act) {
    this.turn = this.turn.then(act).catch((error) => alarm("alarm_defect", error));
    return this.turn;
  }

  /** @param {string} name @param {Uint8Array} bytes @param {boolean} [isBaked] */
  async useTrust(name, bytes, isBaked = false) {
    const facts = await this.engine.ask("trust", { bytes });
    this.trust = { bytes, facts, name, isBaked };
    this.verdicts.again();
    this.showTrust();
    await this.judge();
  }

  /** @param {Incoming} incoming */
  async pickTrust({ name, file }) {
    let bytes;
    try {
      bytes = new Uint8Array(await file.slice(0, MOST_BYTES).arrayBuffer());
    } catch {
      this.notices.add({ key: "notice_unreadable", values: [name] });
      return;
    }
    if ((await this.engine.ask("kind", { bytes: bytes.slice(0, HEAD) })).kind === "bundle") {
      this.notices.add({ key: "notice_trust_bundle", values: [name] });
    }
    await this.useTrust(name, bytes);
  }

  /** @param {Incoming[]} incoming @param {"bundles" | "documents" | "any"} field */
  async take(incoming, field) {
    /** @type {Incoming[]} */
    const documents = [];
    for await (const [one, kind] of this.#kinds(incoming)) {
      if (kind === undefined) {
        // Also a folder that came as a file, in a browser that cannot tell: it cannot be read.
        this.notices.add({ key: "notice_unreadable", values: [one.name] });
        continue;
      }
      if (kind === "trust") {
        const act = { key: "notice_trust_use", run: () => void this.next(() => this.pickTrust(one)) };
        this.notices.add({ key: "notice_trust", values: [one.name], act });
      }
      if (field === "bundles" || kind === "bundle") {
        field === "documents" && this.notices.add({ key: "notice_bundle_as_document", values: [one.name] });
        const row = await this.verdicts.add(one.name, one.file);
        row ? this.rows.touch(row) : this.notices.add({ key: "notice_twice", values: [one.name] });
      } else if (kind === "document") {
        documents.push(one);
      }
    }
    this.rows.update();
    documents.forEach((one) => this.addDocument(one));
    if (documents.length === 0) {
      await this.judge();
    }
  }

  /**
   * What each file looks like; nothing for one that cannot be read.
   * @param {Incoming[]} incoming @returns {AsyncGenerator<[Incoming, string | undefined]>}
   */
  async *#kinds(incoming) {
    const kind = async (/** @type {Incoming} */ one) => {
      try {
        return await kindOf(this.engine, one);
      } catch (error) {
        if (error instanceof Refused) {
          throw error;
        }
        return undefined;
      }
    };
    for (let start = 0; start < incoming.length; start += AT_ONCE) {
      const some = incoming.slice(start, start + AT_ONCE);
      const found = await Promise.all(some.map(kind));
      yield* some.map((one, at) => /** @type {[Incoming, string | undefined]} */ ([one, found[at]]));
    }
  }

  /** @param {Incoming} incoming */
  async addDocument({ name, file }) {
    this.verdicts.ready = false;
    try {
      await this.documents.add(name, file);
    } catch (error) {
      this.notices.add({ key: error instanceof Twice ? "notice_twice" : "notice_unreadable", values: [name] });
    }
    if (this.documents.reading === 0) {
      await this.next(async () => {
        await this.documents.tell();
        this.verdicts.again();
        await this.judge();
      });
    }
  }

  /** @param {Companion} companion */
  async removeDocument(companion) {
    this.documents.remove(companion);
    await this.documents.tell();
    this.showDocuments();
    await this.again();
  }

  /** Verifies what waits, if everything is there that a verdict needs. */
  async judge() {
    const { verdicts, documents } = this;
    const at = byId("at").value.trim();
    const isTime = at === "" || (AT.test(at) && !Number.isNaN(Date.parse(at)));
    byId("at-error").textContent = isTime ? "" : say("at_error");
    byId("at").setAttribute("aria-invalid", String(!isTime));
    verdicts.ready = false;
    this.rows.reason = this.trust ? (isTime ? "waiting" : "waiting_at") : "waiting_trust";
    if (!this.trust || !isTime || documents.reading > 0) {
      verdicts.rows.forEach((row) => row.status === "pending" && this.rows.touch(row));
      return;
    }
    // One document for one bundle: the two belong together, whatever their hashes.
    const only = verdicts.rows.length === 1 && documents.list.length === 1 ? documents.list[0].digest : undefined;
    if (only !== verdicts.only) {
      verdicts.only = only;
      verdicts.again();
    }
    const [time, source] = at ? [at, "given"] : [`${new Date().toISOString().slice(0, 19)}Z`, "clock"];
    this.terms = { mode: byId("mode").value, at: time, source };
    try {
      await this.engine.ask("terms", this.terms);
    } catch (error) {
      if (/** @type {Refused} */ (error).code !== "usage.time") {
        throw error;
      }
      this.rows.reason = "waiting_at";
      byId("at-error").textContent = say("at_error");
      verdicts.rows.forEach((row) => this.rows.touch(row));
      return;
    }
    verdicts.ready = true;
    verdicts.pump();
  }

  /** Everything again on other terms. */
  async again() {
    this.verdicts.again();
    await this.judge();
  }

  /** A worker that met a defect is not asked again: another one takes its place. @param {any} error */
  defect(error) {
    alarm("alarm_defect", error);
    this.recovery ??= this.#recover().finally(() => (this.recovery = undefined));
    return this.recovery;
  }

  async #recover() {
    this.verdicts.ready = false;
    this.engine.stop();
    await this.engine.start();
    if (this.trust) {
      await this.engine.ask("trust", { bytes: this.trust.bytes });
    }
    await this.documents.tell();
    if (this.terms) {
      await this.engine.ask("terms", this.terms);
      this.verdicts.ready = true;
    }
  }

  clear() {
    this.verdicts.clear();
    this.documents.list = [];
    this.notices.clear();
    this.rows.clear();
    this.showDocuments();
    return this.documents.tell();
  }

  showTrust() {
    const { trust } = this;
    const parts = [];
    if (trust && trust.facts.code !== "ok") {
      const { code } = trust.facts;
      const { title, meaning, next } = explained(code);
      const heading = make("strong", {}, ...sayWith("trust_refused", outside(trust.name)));
      parts.push(make("div", { class: "notice bad", role: "alert" }, heading, make("p", {}, `${title}. ${meaning} ${next}`), make("code", {}, code)));
    } else if (trust) {
      const { name, version, hash, issued, expires, example, issuers } = trust.facts;
      example && parts.push(make("p", { class: "notice warn" }, say("trust_example")));
      const mark = trust.isBaked ? say("trust_baked_mark") : shown(trust.name);
      parts.push(
        make("p", { class: "trust-name" }, make("strong", {}, outside(name)), `, ${say("trust_version", version)} `, make("small", {}, `(${mark})`)),
        make("p", { class: "hint" }, ...sayWith("trust_issuers", outside(issuers.join(", ")))),
        make("p", { class: "hint" }, ...sayWith("trust_dates", time(issued), time(expires))),
        make("details", {}, make("summary", {}, say("trust_fingerprint")), grouped(hash)),
      );
      byId("brand").textContent = trust.isBaked ? shown(name) : "CivicTrust";
    } else {
      parts.push(make("p", { class: "trust-none" }, say("trust_none")));
    }
    const box = byId("trust-facts");
    box.dataset.code = trust?.facts.code ?? "";
    box.replaceChildren(...parts);
    byId("trust-hint").hidden = trust?.facts.code === "ok";
    const heading = trust?.isBaked ? "_baked" : "";
    byId("trust-heading").dataset.word = `trust_heading${heading}`;
    byId("drop-heading").dataset.word = `drop_heading${heading}`;
    document.querySelector("label[for=trust]")?.setAttribute("data-word", trust ? "trust_pick_other" : "trust_pick");
    speak();
  }

  showDocuments() {
    clearTimeout(this.timer);
    this.timer = 0;
    const { rows } = this.verdicts;
    const used = new Set(rows.map(({ digest }) => digest));
    const named = new Set(rows.map(({ hash }) => hash));
    // Which document a bundle names is known with its verdict.
    const isOpen = this.verdicts.ready && this.verdicts.waiting > 0;
    const match = (/** @type {Companion} */ { digest }) =>
      digest === undefined ? "hashing" : named.has(digest) ? "matched" : used.has(digest) ? "compared" : isOpen ? "hashing" : "alone";
    const all = this.documents.list.map((companion) => ({ companion, match: match(companion) }));
    // What is odd comes first, because it asks for something.
    const isOdd = (/** @type {string} */ match) => match === "alone" || match === "compared";
    const ordered = [...all.filter(({ match }) => isOdd(match)), ...all.filter(({ match }) => !isOdd(match))];
    const line = (/** @type {{ companion: Companion, match: string }} */ { companion, match }) =>
      make(
        "li",
        { "data-document": companion.name, "data-match": match, class: isOdd(match) && "notice warn" },
        make("span", {}, ...sayWith(`document_${match}`, outside(companion.name), String(companion.share))),
        isOdd(match) && button(say("remove"), () => void this.next(() => this.removeDocument(companion))),
      );
    const rest = ordered.slice(MOST_DOCUMENTS);
    const count = (/** @type {string} */ match) => rest.filter((other) => other.match === match).length;
    const more = make("li", {}, say("documents_more", rest.length, count("matched"), count("alone"), count("hashing")));
    byId("document-list").replaceChildren(...ordered.slice(0, MOST_DOCUMENTS).map(line), ...(rest.length > 0 ? [more] : []));
    byId("document-list").hidden = all.length === 0;
  }

  /** Another language, or the first. */
  speak() {
    this.showTrust();
    byId("mode-hint").textContent = say(`mode_hint_${byId("mode").value}`);
    this.notices.show();
    this.showDocuments();
    this.rows.all();
  }
}

/** What must not go unseen. @param {string} key @param {any} error */
function alarm(key, error) {
  const { message } = error ?? {};
  const text = WORDS[key] ? say(key, shown(String(message ?? error))) : `This browser cannot run the verifier. (${message ?? error})`;
  byId("alarm").textContent = text;
  byId("alarm").hidden = false;
}
