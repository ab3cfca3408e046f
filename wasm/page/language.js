// The page's own words, and core's catalogue, in the language that is chosen.

/** @type {Record<string, [string, string]>} */
let WORDS = {};
/** @type {{ codes: any[], steps: any[], skips: any[] }} */
let CATALOGUE = { codes: [], steps: [], skips: [] };
/** 0 is English, 1 Spanish. */
let spoken = 0;

/** @param {string} key @param {...(string | number)} values for `{0}`, `{1}` and so on */
const say = (key, ...values) =>
  values.reduce((/** @type {string} */ text, value, at) => text.replace(`{${at}}`, () => String(value)), WORDS[key][spoken]);

/** The same with elements among the words. @param {string} key @param {...(Node | string)} values */
const sayWith = (key, ...values) =>
  WORDS[key][spoken].split(/\{(\d)\}/).map((part, at) => (at % 2 ? values[Number(part)] : part));

/** @param {string} code @returns {{ title: string, meaning: string, next: string }} */
function explained(code) {
  const [title, meaning, next] = CATALOGUE.codes[spoken][code] ?? [code, "", ""];
  return { title, meaning, next };
}

/** A time as people read it; its exact form stays in the element. @param {string} text */
function time(text) {
  const format = new Intl.DateTimeFormat(["en", "es"][spoken], { timeZone: "UTC", dateStyle: "long", timeStyle: "short" });
  const date = new Date(text);
  return make("time", { datetime: text, title: text }, Number.isNaN(date.valueOf()) ? text : `${format.format(date)} UTC`);
}

/** Puts the words of the chosen language into every element that names one. */
function speak() {
  document.documentElement.lang = ["en", "es"][spoken];
  document.title = say("page_title");
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = say(/** @type {HTMLElement} */ (element).dataset.word ?? "");
  }
  byId("language").value = ["en", "es"][spoken];
}
