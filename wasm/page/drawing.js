// The way from the document to the checkpoint's root, from the bottom up. Drawn from the proof; the report says if it holds.

const STEP = 62;
/** More room below the root, whose box is wider than its neighbours are far. */
const LAST = 18;
const [LEFT, CENTRE, RIGHT, WIDTH] = [76, 246, 416, 492];

/** @param {string} hash */
const short = (hash) => hash.replace(/^sha256:/, "").slice(0, 10);

/** @param {any} report @param {any} path */
function drawing(report, path) {
  const holds = report.steps.some((/** @type {any} */ step) => step.name === "inclusion" && step.result === "ok");
  const height = STEP * (path.siblings.length + 2) + 72 + LAST;
  const alt = say("drawing_alt", path.index, path.size, path.siblings.length);
  const parts = [];
  let y = height - 34;
  const document = report.document_hash ?? "";
  const level = () => (y -= STEP);
  parts.push(box(CENTRE, y, 190, say("draw_document"), short(document), "leaf"));
  parts.push(line(CENTRE, y - 20, CENTRE, y - STEP + 20, ""));
  level();
  parts.push(box(CENTRE, y, 190, say("draw_statement", path.index), short(path.leaf), "on"));
  path.siblings.forEach((/** @type {any} */ sibling, /** @type {number} */ at) => {
    const isLast = at === path.siblings.length - 1;
    const way = holds || !isLast ? "" : "broken";
    const x = sibling.side === "left" ? LEFT : RIGHT;
    const above = y - STEP - (isLast ? LAST : 0);
    parts.push(line(CENTRE, y - (at ? 9 : 20), CENTRE, above + (isLast ? 20 : 9), way));
    parts.push(line(x, y - 38, CENTRE, above + (isLast ? 20 : 9), `side ${way}`));
    parts.push(box(x, y - 18, 136, entries(sibling), short(sibling.hash), "side"));
    if (!isLast) {
      parts.push(draw("circle", { cx: CENTRE, cy: above, r: 8, class: "on" }));
    }
    y = above;
  });
  if (path.siblings.length === 0) {
    parts.push(line(CENTRE, y - 20, CENTRE, y - STEP + 20, holds ? "" : "broken"));
    level();
  }
  const root = report.log ? short(report.log.root) : "?";
  parts.push(box(CENTRE, y, 264, say("draw_checkpoint", path.size), root, holds ? "root" : "root broken"));
  const label = `${alt} ${say(holds ? "drawing_holds" : "drawing_fails")}`;
  const top = y - 34;
  const svg = draw("svg", { class: "path", role: "img", "aria-label": label, viewBox: `0 ${top} ${WIDTH} ${height - top}` }, ...parts);
  return make("figure", {}, make("figcaption", {}, say("drawing")), svg, make("p", { class: "hint" }, label));
}

/** @param {any} sibling */
function entries({ start, end }) {
  const last = String(BigInt(end) - 1n);
  return start === last ? say("draw_entry", start) : say("draw_entries", start, last);
}

/** @param {number} x @param {number} y @param {number} width @param {string} title @param {string} hash @param {string} kind */
const box = (x, y, width, title, hash, kind) =>
  draw(
    "g",
    { class: kind },
    draw("rect", { x: x - width / 2, y: y - 20, width, height: 40, rx: 6 }),
    // What would not fit is made narrower.
    draw("text", { x, y: y - 3, textLength: title.length * 7.5 > width ? width - 12 : null, lengthAdjust: "spacingAndGlyphs" }, title),
    draw("text", { x, y: y + 13, class: "hash" }, hash),
  );

/** @param {number} x @param {number} y @param {number} toX @param {number} toY @param {string} kind */
const line = (x, y, toX, toY, kind) => draw("line", { x1: x, y1: y, x2: toX, y2: toY, class: kind });
