// From a loaded page to one that can be used.

/** @param {Page} page */
function listen(page) {
  const pick = (/** @type {string} */ id, /** @type {(files: Incoming[]) => Promise<void>} */ act) =>
    byId(id).addEventListener("change", (/** @type {any} */ { target }) => {
      const files = picked(target.files);
      // The same file can be picked again.
      target.value = "";
      files.length > 0 && page.next(() => act(files));
    });
  pick("trust", ([first]) => page.pickTrust(first));
  pick("bundles", (files) => page.take(files, "bundles"));
  pick("documents", (files) => page.take(files, "documents"));
  pick("folder", (files) => page.take(files, "any"));
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      byId("drop").classList.toggle("over", name === "dragover");
    });
  }
  document.addEventListener("drop", ({ dataTransfer }) => {
    const coming = dataTransfer && dropped(dataTransfer, (notice) => page.notices.add(notice));
    coming && page.next(async () => page.take(await coming, "any"));
  });
  for (const id of ["mode", "at"]) {
    byId(id).addEventListener("change", () => {
      byId("mode-hint").textContent = say(`mode_hint_${byId("mode").value}`);
      page.next(() => page.again());
    });
  }
  byId("language").addEventListener("change", (/** @type {any} */ { target }) => {
    spoken = target.value === "es" ? 1 : 0;
    page.speak();
  });
  listenToResults(page);
}

/** @param {Page} page */
function listenToResults({ rows, verdicts }) {
  const refilter = () => {
    rows.filter = { show: byId("show").value, find: byId("find").value.trim().toLowerCase() };
    rows.update();
  };
  byId("show").addEventListener("change", refilter);
  byId("find").addEventListener("input", refilter);
  byId("more-button").addEventListener("click", () => {
    rows.most += MOST_SHOWN;
    rows.update();
  });
  byId("export-csv").addEventListener("click", () => save("verdicts.csv", "text/csv", asTable(verdicts.rows)));
  byId("export-jsonl").addEventListener("click", () => save("reports.jsonl", "application/jsonl", asReports(verdicts.rows)));
  byId("print").addEventListener("click", () => print());
}

/** Paper cannot be unfolded. */
function unfoldForPrint() {
  /** @type {HTMLDetailsElement[]} */
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [.../** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll(":is(.detail, #trust-facts) details:not([open])"))];
    unfolded.forEach((details) => (details.open = true));
  });
  addEventListener("afterprint", () => unfolded.forEach((details) => (details.open = false)));
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

async function start() {
  WORDS = CARRIED.words;
  spoken = navigator.languages.map((tag) => ["en", "es"].indexOf(tag.slice(0, 2).toLowerCase())).find((at) => at >= 0) ?? 0;
  speak();
  const engine = new Engine(CARRIED.worker, CARRIED.module);
  CATALOGUE = await engine.start();
  const page = new Page(engine);
  if (BAKED) {
    await page.useTrust("", fromBase64(BAKED), true);
  }
  page.speak();
  listen(page);
  byId("clear").addEventListener("click", () => page.next(() => page.clear()));
  unfoldForPrint();
  document.documentElement.dataset.ready = "true";
}

addEventListener("unhandledrejection", ({ reason }) => alarm("alarm_defect", reason));
addEventListener("error", ({ error, message }) => alarm("alarm_defect", error ?? message));
start().catch((error) => alarm("alarm_start", error));
