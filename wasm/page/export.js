// All verdicts as one file: a table for people, reports for programs.

const COLUMNS = ["file", "status", "code", "title", "issuer", "type", "issued_at", "expires", "document_hash", "mode", "at"];

/** A cell that no spreadsheet takes for a formula. @param {string} text */
const cell = (text) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replace(/"/g, '""')}"`;

/** @param {Row[]} rows */
function asTable(rows) {
  const line = (/** @type {Row} */ { name, status, code, report }) => {
    const { issuer, statement, document_hash, mode, at } = report ?? {};
    const title = code ? explained(code).title : "";
    const cells = [name, status, code, title, issuer?.name, statement?.type, statement?.issued_at, statement?.expires, document_hash, mode, at];
    return cells.map((text) => cell(text ?? "")).join(",");
  };
  return [COLUMNS.join(","), ...rows.map(line), ""].join("\r\n");
}

/** As `ct verify --jsonl`: the report with its source as a member, in the order of names. @param {Row[]} rows */
function asReports(rows) {
  const line = (/** @type {Row} */ { name, report }) => {
    const members = Object.entries({ ...report, source: name });
    members.sort(([one], [other]) => (one < other ? -1 : 1));
    return `${JSON.stringify(Object.fromEntries(members))}\n`;
  };
  return rows.filter(({ text }) => text).map(line).join("");
}
