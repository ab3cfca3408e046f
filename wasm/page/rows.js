// The list as it is seen: one line for each bundle, opened on demand. Failures are always shown; of the rest, only so
// many that a browser can hold.

const MOST_SHOWN = 200;

class Rows {
  /** @param {Verdicts} verdicts @param {() => void} changed called when verdicts are shown */
  constructor(verdicts, changed) {
    this.verdicts = verdicts;
    this.changed = changed;
    this.most = MOST_SHOWN;
    /** Rows whose line is not what it should be. @type {Set<Row>} */
    this.stale = new Set();
    /** Rows whose detail is shown. @type {Set<Row>} */
    this.opened = new Set();
    this.timer = 0;
    /** The words for what a bundle waits for. */
    this.reason = "waiting_trust";
    this.filter = { show: "all", find: "" };
  }

  /** @param {Row} row */
  touch(row) {
    this.stale.add(row);
    this.timer ||= setTimeout(() => this.update(), 50);
  }

  /** Everything again: another language, filter or length. */
  all() {
    this.verdicts.rows.forEach((row) => {
      row.element?.remove();
      row.element = undefined;
    });
    byId("rows").replaceChildren();
    this.update();
  }

  clear() {
    this.most = MOST_SHOWN;
    this.opened.clear();
    this.stale.clear();
    byId("rows").replaceChildren();
    this.update();
  }

  update() {
    clearTimeout(this.timer);
    this.timer = 0;
    const { rows } = this.verdicts;
    const only = rows.length === 1 && rows[0].status !== "pending" && !rows[0].element?.querySelector(".detail") ? rows[0] : undefined;
    if (only && this.stale.has(only)) {
      this.opened.add(only);
    }
    let [count, left] = [0, 0];
    /** @type {Element | null} */
    let before = byId("rows").firstElementChild;
    for (const row of rows) {
      const isFailure = row.status === "unverified";
      const isWanted = this.#matches(row) && (isFailure || count < this.most);
      if (this.#matches(row) && !isFailure) {
        isWanted ? count++ : left++;
      }
      if (!isWanted) {
        before = before === row.element ? before?.nextElementSibling ?? null : before;
        row.element?.remove();
        row.element = undefined;
        continue;
      }
      if (row.element && !this.stale.has(row)) {
        before = row.element.nextElementSibling;
        continue;
      }
      const element = this.#line(row);
      if (row.element) {
        const hadFocus = row.element.contains(document.activeElement);
        row.element.replaceWith(element);
        hadFocus && element.querySelector("button")?.focus();
      } else {
        byId("rows").insertBefore(element, before);
      }
      row.element = element;
      before = element.nextElementSibling;
    }
    this.stale.clear();
    this.#counts(left);
    this.changed();
    if (only && this.opened.has(only)) {
      byId("results").scrollIntoView({ block: "start" });
    }
  }

  /** @param {Row} row */
  #matches(row) {
    const { show, find } = this.filter;
    return (show === "all" || show === row.status) && (!find || `${row.name}\n${row.code}`.toLowerCase().includes(find));
  }

  /** @param {number} left */
  #counts(left) {
    const { rows, verified, unverified, waiting } = this.verdicts;
    byId("results").hidden = rows.length === 0;
    byId("tools").hidden = rows.length < 2;
    byId("summary").textContent = say(rows.length === 1 ? "summary_one" : "summary", rows.length, verified, unverified, waiting);
    byId("summary").hidden = rows.length < 2;
    const progress = byId("progress");
    progress.hidden = waiting === 0 || rows.length < 2;
    progress.max = Math.max(1, rows.length);
    progress.value = rows.length - waiting;
    byId("more").hidden = left === 0;
    byId("more-text").textContent = say(this.filter.show === "all" && !this.filter.find ? "more_text" : "more_text_filtered", left);
  }

  /** @param {Row} row */
  #line(row) {
    const isOpen = this.opened.has(row) && row.status !== "pending";
    const mark = make("span", { class: `badge ${row.status}` }, say(row.status === "pending" ? this.reason : row.status));
    const why = row.status === "unverified" && make("span", { class: "title" }, explained(row.code).title);
    const toggle = () => {
      isOpen ? this.opened.delete(row) : this.opened.add(row);
      this.touch(row);
      this.update();
    };
    const head = make(
      "button",
      { type: "button", class: "line", "aria-expanded": row.status === "pending" ? null : String(isOpen), disabled: row.status === "pending", onclick: toggle },
      mark,
      make("span", { class: "name" }, outside(row.name)),
      why,
    );
    return make("li", { "data-file": row.name, "data-status": row.status, "data-code": row.code }, head, isOpen && detail(row));
  }
}
