// The worker that verifies, seen from the page: a question and its answer. It is started again after a defect.

class Refused extends Error {
  /** @param {{ code: string, message: string }} why */
  constructor({ code, message }) {
    super(message);
    this.code = code;
  }
}

class Engine {
  /** @param {string} text the worker's script @param {Uint8Array} module */
  constructor(text, module) {
    this.text = text;
    this.module = module;
    /** @type {Map<number, [(answer: any) => void, (error: Error) => void]>} */
    this.asked = new Map();
    this.next = 0;
  }

  /** Starts a worker, and gives core's catalogue. */
  async start() {
    const address = URL.createObjectURL(new Blob([this.text], { type: "text/javascript" }));
    this.worker = new Worker(POLICY.createScriptURL(address));
    this.worker.onmessage = ({ data }) => this.#answer(data);
    this.worker.onerror = (event) => this.#fail(new Refused({ code: "internal", message: event.message ?? "worker" }));
    try {
      return await this.ask("start", { module: this.module });
    } finally {
      URL.revokeObjectURL(address);
    }
  }

  /** @param {string} task @param {Record<string, any>} [content] @param {Transferable[]} [transfer] @returns {Promise<any>} */
  ask(task, content = {}, transfer = []) {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.asked.set(id, [resolve, reject]);
      this.worker?.postMessage({ id, task, ...content }, transfer);
    });
  }

  stop() {
    this.worker?.terminate();
    this.#fail(new Refused({ code: "interrupted", message: "stopped" }));
  }

  /** @param {any} data */
  #answer({ id, answer, refused }) {
    const [resolve, reject] = this.asked.get(id) ?? [];
    this.asked.delete(id);
    if (refused) {
      reject?.(new Refused(refused));
    } else {
      resolve?.(answer);
    }
  }

  /** @param {Error} error */
  #fail(error) {
    const waiting = [...this.asked.values()];
    this.asked.clear();
    waiting.forEach(([, reject]) => reject(error));
  }
}
