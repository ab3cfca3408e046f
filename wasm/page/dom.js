// Elements: found by their id, and made of a name, attributes and content. Text stays text: nothing here reads markup.

/** @typedef {Node | string | null | undefined | false} Content */

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/**
 * @param {string} name
 * @param {Record<string, any>} [attributes] `on...` is a listener, false or null leaves an attribute out
 * @param {...Content} content
 * @returns {any}
 */
function make(name, attributes = {}, ...content) {
  return fill(document.createElement(name), attributes, content);
}

/** The same for drawings. @param {string} name @param {Record<string, any>} [attributes] @param {...Content} content */
function draw(name, attributes = {}, ...content) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, content);
}

/** @param {Element} element @param {Record<string, any>} attributes @param {Content[]} content */
function fill(element, attributes, content) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...content.filter((part) => part || part === "").map((part) => /** @type {Node | string} */ (part)));
  return element;
}

/**
 * Text from outside: what would move, hide or reverse other text is written out.
 * @param {string} text
 */
const shown = (text) =>
  text.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`,
  );

/** The same, kept from mixing its direction with the words around it. @param {string} text */
const outside = (text) => make("bdi", {}, shown(text));

/** A hash in groups that can be read out. @param {string} hash */
const grouped = (hash) => make("code", { class: "hash" }, hash.replace(/^sha256:/, "").replace(/(.{8})(?=.)/g, "$1 "));
