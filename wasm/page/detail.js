// One verdict in full: what it means, what is established, each check, the log, the report.

/** @param {Row} row */
function detail(row) {
  const { report } = row;
  const isGood = row.status === "verified";
  const words = explained(row.code);
  return make(
    "div",
    { class: "detail" },
    report.trust?.example && make("p", { class: "notice warn" }, say("trust_example")),
    !isGood && make("p", { class: "class" }, say(`class_${report.class}`)),
    make("h3", {}, ...title(row)),
    make("p", {}, words.meaning),
    make("h4", {}, say("next")),
    make("p", {}, words.next),
    facts(row),
    report.claims && claims(report.claims),
    report.steps.length > 0 && fold(say("steps"), !isGood, steps(report)),
    report.steps.length > 0 && fold(say("log"), false, log(row)),
    row.text && fold(say("report"), false, reportText(row)),
  );
}

/** What a reader wants to know first. @param {Row} row */
function title({ status, code, report }) {
  const { statement, issuer } = report;
  return status === "verified" && statement && issuer
    ? sayWith("good_title", outside(statement.type), outside(issuer.name))
    : [explained(code).title];
}

/** @param {string} title @param {boolean} isOpen @param {...Content} content */
const fold = (title, isOpen, ...content) => make("details", { open: isOpen }, make("summary", {}, title), ...content);

/** @param {[string, Content][]} entries those without content are left out */
const list = (entries) =>
  make("dl", {}, ...entries.filter(([, content]) => content).flatMap(([name, content]) => [make("dt", {}, name), make("dd", {}, content)]));

/** @param {Row} row */
function facts({ report }) {
  const { statement, issuer, subject, trust } = report;
  const judged = say(report.at_source === "clock" ? "judged_clock" : "judged_given", "{0}", report.mode).split("{0}");
  return list([
    [say("type"), statement && outside(statement.type)],
    [say("issued_by"), issuer && make("span", {}, outside(issuer.name), " ", make("small", {}, outside(issuer.id)))],
    [say("about"), subject?.sub && outside(subject.sub)],
    [say("issued_at"), statement && time(statement.issued_at)],
    [say("valid_from"), statement?.not_before && time(statement.not_before)],
    [say("valid_until"), statement?.expires && time(statement.expires)],
    [say("status_as_of"), report.status_as_of && time(report.status_as_of)],
    [say("document"), report.document_hash && grouped(report.document_hash)],
    [say("trust_used"), trust && make("span", {}, outside(trust.name), `, ${say("trust_version", trust.version)}`)],
    [say("judged"), report.at && make("span", {}, judged[0], time(report.at), judged[1])],
  ]);
}

/** @param {any} claimed */
function claims(claimed) {
  const row = (/** @type {any} */ { index, name, value }) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, outside(name)),
      make("td", {}, outside(value), BigInt(index) < BigInt(claimed.mandatory) && make("small", {}, ` (${say("claim_always")})`)),
    );
  return make(
    "div",
    { class: "claims" },
    make("table", {}, make("caption", {}, say("claims")), make("tbody", {}, ...claimed.shown.map(row))),
    claimed.withheld !== "0" && make("p", { class: "withheld" }, say("claims_withheld", claimed.withheld, claimed.size)),
  );
}

/** @param {any} report */
function steps(report) {
  const item = (/** @type {any} */ step) => {
    const title = CATALOGUE.steps[spoken][step.name] ?? step.name;
    const why = {
      ok: () => undefined,
      failed: () => make("span", { class: "why" }, `${explained(step.code).title}. `, make("code", {}, failure(step))),
      skipped: () => make("span", { class: "why" }, CATALOGUE.skips[spoken][step.why] ?? step.why),
    }[/** @type {"ok" | "failed" | "skipped"} */ (step.result)]();
    const mark = make("span", { class: `mark ${step.result}` }, say(`step_${step.result}`));
    return make("li", { "data-step": step.name, "data-result": step.result }, mark, " ", title, why && make("br"), why);
  };
  return make("ol", { class: "steps" }, ...report.steps.map(item));
}

/** As core says an error. @param {any} step */
const failure = ({ code, field, at }) => `${code}${field ? ` in ${field}` : ""}${at === null ? "" : ` at byte ${at}`}`;

/** @param {Row} row */
function log({ report, path }) {
  const known = report.log;
  const entry = known && report.leaf_index !== null ? `, ${say("log_entry", report.leaf_index, known.tree_size)}` : "";
  return make(
    "div",
    {},
    known
      ? list([
          [say("log_origin"), make("span", {}, outside(known.origin), entry)],
          [say("anchored"), report.anchored_at && time(report.anchored_at)],
          [say("fresh"), report.fresh_at && time(report.fresh_at)],
          ...report.witnesses.map((/** @type {any} */ { name, time: at }) => [
            say("witness"),
            make("span", {}, outside(name), ", ", time(at)),
          ]),
        ])
      : make("p", {}, say("log_unknown")),
    path && drawing(report, path),
  );
}

/** @param {Row} row */
function reportText(row) {
  const told = make("span", { role: "status", class: "told" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(row.text);
      told.textContent = say("copied");
    } catch {
      told.textContent = say("copy_failed");
    }
  };
  const keep = () => save(`${row.name.split("/").pop()}.report.json`, "application/json", `${row.text}\n`);
  return make(
    "div",
    {},
    make("pre", { "data-report": true, tabindex: 0, "aria-label": say("report") }, row.text),
    make("p", { class: "actions" }, button(say("copy"), copy), button(say("save"), keep), told),
  );
}

/** @param {string} title @param {() => void} act */
const button = (title, act) => make("button", { type: "button", onclick: act }, title);

/** Gives the reader a file. @param {string} name @param {string} type @param {string} text */
function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
