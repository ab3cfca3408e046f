//! Scripts as they are given away: the sources without what only their readers need.

use anyhow::{Result, bail};
use std::fmt::Write;

/// A script of the page that may use names of those before it and be used by those after it.
pub(crate) fn strict(text: &str) -> String {
    format!("\"use strict\";\n{}", shortened(text))
}

/// A script of the page whose names are its own.
pub(crate) fn block(text: &str) -> String {
    format!("\"use strict\";\n{{\n{}}}\n", shortened(text))
}

/// The glue of a module as a part of a script: what it exports are names of that script, and `GLUE` is what the module
/// imports, under the name that it knows.
///
/// # Errors
/// If the glue has a line that works in modules only.
pub(crate) fn embedded(glue: &str, imported_as: &str) -> Result<String> {
    let mut text = String::new();
    let mut imported = Vec::new();
    for line in shortened(glue).lines() {
        let inner = line.strip_prefix("export ").unwrap_or(line);
        let is_exported = inner.len() < line.len();
        if line.starts_with("import ") || is_exported && !inner.starts_with("function ") && !inner.starts_with("class ")
        {
            bail!("the glue has a line that no worker can run: {line}");
        }
        let name = inner.strip_prefix("function ").and_then(|rest| rest.split('(').next());
        imported.extend(name.filter(|name| is_exported && name.starts_with("__wb")).map(str::to_owned));
        let _ = writeln!(text, "{inner}");
    }
    let _ = writeln!(text, "const GLUE = {{ \"{imported_as}\": {{ {} }} }};", imported.join(", "));
    Ok(text)
}

/// The text without indentation, empty lines, and comments, except those after code to the end of a line. The sources
/// have no text that goes over several lines or holds the beginning of such a comment, so nothing else changes.
pub(crate) fn shortened(text: &str) -> String {
    let mut short = String::new();
    let mut is_comment = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("/*") && !line.contains("*/") {
            is_comment = true;
        }
        if !is_comment && !line.starts_with("//") {
            let line = uncommented(line);
            short.push_str(&line);
            short.push_str(if line.is_empty() { "" } else { "\n" });
        }
        if line.ends_with("*/") {
            is_comment = false;
        }
    }
    short
}

fn uncommented(line: &str) -> String {
    let mut parts = line.split("/*");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once("*/").map_or(part, |(_, rest)| rest.trim_start()));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "let wasm;\nexport function __wbg_set_wasm(val) {\n    wasm = val;\n}\nexport class Trust {}\n";

    #[test]
    fn comments_and_indentation_go_and_nothing_else() {
        let text = "// a\n/** b\n * c */\n  let d = 1; // e\n\n/** f */\n  g(\"//h\", (/** @type {any} */ i) => /** j */ (i));\n";
        assert_eq!(shortened(text), "let d = 1; // e\ng(\"//h\", (i) => (i));\n");
    }

    #[test]
    fn glue_that_a_worker_cannot_run_is_refused() {
        let glue = embedded(GLUE, "./glue.js").unwrap();
        assert!(glue.contains("\nclass Trust {}") && glue.ends_with("{ __wbg_set_wasm } };\n"), "{glue}");
        assert!(embedded("import { x } from \"y\";\n", "").is_err());
        assert!(embedded("export { x };\nexport default 1;\n", "").is_err());
    }
}
