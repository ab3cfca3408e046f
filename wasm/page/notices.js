// What went otherwise than expected, each in a sentence that one can act on.

/** @typedef {{ key: string, values: string[], act?: { key: string, run: () => void } }} Notice */

class Notices {
  constructor() {
    /** @type {Notice[]} */
    this.list = [];
  }

  /** @param {Notice} notice */
  add(notice) {
    const isSame = (/** @type {Notice} */ other) => other.key === notice.key && other.values.join("\n") === notice.values.join("\n");
    this.list = [...this.list.filter((other) => !isSame(other)), notice].slice(-MOST_NOTICES);
    this.show();
  }

  clear() {
    this.list = [];
    this.show();
  }

  show() {
    byId("notices").replaceChildren(...this.list.map((notice) => this.#line(notice)));
  }

  /** @param {Notice} notice */
  #line(notice) {
    const remove = () => {
      this.list = this.list.filter((other) => other !== notice);
      this.show();
    };
    const { act } = notice;
    const run = () => {
      remove();
      act?.run();
    };
    return make(
      "li",
      { class: "notice warn", "data-notice": notice.key },
      make("span", {}, ...sayWith(notice.key, ...notice.values.map(outside))),
      act && button(say(act.key), run),
      button(say("notice_dismiss"), remove),
    );
  }
}

const MOST_NOTICES = 20;
