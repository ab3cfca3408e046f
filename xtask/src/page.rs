//! The page for people without `ct`: one file, put together from the plain parts in `wasm/page/` and the module.

use crate::csp;
use crate::tokens;
use crate::wasm_module::{GLUE_NAME, WasmModule};
use anyhow::{Context, Result, bail, ensure};
use base64ct::{Base64, Encoding};
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The parts as they stand in the folder.
pub(crate) struct Parts {
    html: String,
    style: String,
    /// The script's files, in their order.
    scripts: Vec<String>,
    worker: String,
    words: String,
}

impl Parts {
    /// Reads the folder.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        Ok(Self {
            html: read("page.html")?,
            style: read("style.css")?,
            scripts: SCRIPTS.iter().map(|name| read(name)).collect::<Result<_>>()?,
            worker: read("worker.js")?,
            words: read("words.json")?,
        })
    }

    /// The whole page. `trust` is a trust root to build in.
    ///
    /// # Errors
    /// If a part has no place, or the script contains what it may not.
    pub(crate) fn assemble(&self, module: &WasmModule, trust: Option<&[u8]>) -> Result<String> {
        let worker = format!("{}\n{}", embedded(&module.glue)?, shortened(&self.worker));
        let payload = Base64::encode_string(&packed(&worker, &self.words, &module.wasm)?);
        let trust = trust.map(Base64::encode_string).unwrap_or_default();
        let scripts: Vec<String> = self.scripts.iter().map(|text| shortened(text)).collect();
        let script = format!("\"use strict\";\n{{\n{}}}\n", scripts.concat());
        for (name, text) in [("the script", &script), ("the worker", &worker)] {
            let found = tokens::forbidden(text);
            ensure!(found.is_empty(), "{name} contains what it may not:\n{}", found.join("\n"));
        }
        let script = fill(&fill(&script, "{payload}", &payload)?, "{trust}", &trust)?;
        ensure!(!script.to_ascii_lowercase().contains("</script"), "the script would end itself");
        let style = shortened(&self.style);
        let html = worded(&self.html, &serde_json::from_str(&self.words)?)?;
        let html = fill(&html, "{policy}", &csp::policy(&script, &style))?;
        fill(&fill(&html, "{style}", &style)?, "{script}", &script)
    }
}

/// The attribute that names an element's words.
const WORD: &str = "data-word=\"";

/// The script's files: each uses only what stands before it, until it runs.
const SCRIPTS: &[&str] = &[
    "payload.js",
    "dom.js",
    "language.js",
    "engine.js",
    "documents.js",
    "verdicts.js",
    "drawing.js",
    "detail.js",
    "rows.js",
    "inbox.js",
    "notices.js",
    "export.js",
    "page.js",
    "start.js",
];

/// The glue as a part of a script: what it exports are names of that script, and what the module imports is `GLUE`.
fn embedded(glue: &str) -> Result<String> {
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
    let _ = writeln!(text, "const GLUE = {{ \"{GLUE_NAME}\": {{ {} }} }};", imported.join(", "));
    Ok(text)
}

/// The markup with the English words in every element that names some, so that the page reads well before its script runs.
fn worded(html: &str, words: &Value) -> Result<String> {
    let mut parts = html.split(WORD);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (key, rest) =
            part.split_once("\">").context("an element that names its words has another attribute after")?;
        let english = words.get(key).and_then(|both| both.get(0)).and_then(Value::as_str);
        let english = english.with_context(|| format!("there are no words {key}"))?;
        let english = english.replace('&', "&amp;").replace('<', "&lt;");
        let _ = write!(text, "{WORD}{key}\">{english}{rest}");
    }
    Ok(text)
}

/// Two texts, each ended by a zero byte, and the module, as one zlib stream (RFC 1950), which has no date in it.
fn packed(worker: &str, words: &str, module: &[u8]) -> Result<Vec<u8>> {
    ensure!(!worker.contains('\0') && !words.contains('\0'), "a text contains the byte that ends it");
    let words = serde_json::to_string(&serde_json::from_str::<Value>(words)?)?;
    let bytes = [worker.as_bytes(), b"\0", words.as_bytes(), b"\0", module].concat();
    Ok(miniz_oxide::deflate::compress_to_vec_zlib(&bytes, 10))
}

/// The text without indentation, empty lines and comments that have lines of their own. The sources have no text that
/// goes over several lines, so nothing else changes.
fn shortened(text: &str) -> String {
    let mut short = String::new();
    let mut is_comment = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("/*") {
            is_comment = true;
        }
        if !is_comment && !line.starts_with("//") && !line.is_empty() {
            short.push_str(line);
            short.push('\n');
        }
        if line.ends_with("*/") {
            is_comment = false;
        }
    }
    short
}

/// Puts a text into the one gap of that name.
fn fill(template: &str, gap: &str, text: &str) -> Result<String> {
    ensure!(template.matches(gap).count() == 1, "there is not exactly one gap {gap}");
    Ok(template.replace(gap, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Parts {
        Parts::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm/page")).unwrap()
    }

    fn module() -> WasmModule {
        let glue = "let wasm;\nexport function __wbg_set_wasm(val) {\n    wasm = val;\n}\nexport class Trust {}\n";
        WasmModule { wasm: b"\0asm".to_vec(), glue: glue.to_owned() }
    }

    #[test]
    fn a_page_is_whole_and_carries_its_trust_root() {
        let plain = parts().assemble(&module(), None).unwrap();
        assert!(plain.starts_with("<!doctype html>") && plain.contains("const BAKED = \"\";"));
        assert!(plain.contains("script-src 'sha256-") && !plain.contains("{payload}") && !plain.contains("{script}"));
        let baked = parts().assemble(&module(), Some(b"root")).unwrap();
        assert!(baked.contains("const BAKED = \"cm9vdA==\";"));
        assert_ne!(csp_of(&plain), csp_of(&baked));
    }

    fn csp_of(page: &str) -> &str {
        page.lines().find(|line| line.contains("Content-Security-Policy")).unwrap()
    }

    #[test]
    fn the_same_parts_make_the_same_page() {
        assert_eq!(parts().assemble(&module(), None).unwrap(), parts().assemble(&module(), None).unwrap());
    }

    #[test]
    fn a_script_or_glue_that_could_reach_a_network_makes_no_page() {
        for place in [0, 1] {
            let (mut parts, mut module) = (parts(), module());
            match place {
                0 => parts.scripts.push("fetch(\"x\");\n".to_owned()),
                _ => module.glue.push_str("function __wbg_fetch_1() { return fetch(1); }\n"),
            }
            let error = parts.assemble(&module, None).unwrap_err();
            assert!(error.to_string().contains("fetch in line"), "{error}");
        }
    }

    // Whatever the element, nothing is loaded from anywhere.
    #[test]
    fn the_markup_names_nothing_to_load() {
        let Parts { html, style, .. } = parts();
        for name in ["src=", "href=", "action=", "<link", "<iframe", "<object", "<embed", "<form", "style=", " on"] {
            let found = html.matches(name).count();
            assert_eq!(found, usize::from(name == " on") * html.matches(" on ").count(), "{name}");
        }
        for name in ["url(", "@import", "@font-face"] {
            assert!(!style.contains(name), "{name}");
        }
    }

    #[test]
    fn every_word_that_is_asked_for_is_there_in_both_languages() {
        let Parts { html, scripts, words, .. } = parts();
        let words: Value = serde_json::from_str(&words).unwrap();
        let words = words.as_object().unwrap();
        for (key, both) in words {
            let both: Vec<&str> = both.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
            let [english, spanish] = both.as_slice() else { panic!("{key}") };
            let gaps = |text: &str| ["{0}", "{1}", "{2}", "{3}"].map(|gap| text.matches(gap).count());
            assert_eq!(gaps(english), gaps(spanish), "{key}");
            assert!(!english.is_empty() && !spanish.is_empty() && english.is_ascii(), "{key}");
        }
        let all = scripts.concat();
        let asked = html
            .split("data-word=\"")
            .skip(1)
            .chain(all.split("say(\"").skip(1))
            .chain(all.split("sayWith(\"").skip(1));
        let mut count = 0;
        for key in asked.filter_map(|rest| rest.split('"').next()) {
            assert!(words.contains_key(key), "{key}");
            count += 1;
        }
        assert!(count > 80, "{count}");
        for key in words.keys() {
            let stem = key.trim_end_matches("_baked");
            let stem = ["mode_hint_", "step_", "class_", "document_", "waiting", "verified", "unverified"]
                .iter()
                .find(|stem| key.starts_with(*stem))
                .copied()
                .unwrap_or(stem);
            assert!(all.contains(stem) || html.contains(stem), "nobody says {key}");
        }
    }

    #[test]
    fn sources_are_ascii() {
        let Parts { html, style, scripts, worker, words } = parts();
        for text in scripts.iter().chain([&html, &style, &worker, &words]) {
            assert!(text.is_ascii());
        }
    }

    #[test]
    fn the_markup_speaks_english_before_the_script_runs() {
        let words = serde_json::json!({"a": ["x < y & z", "-"]});
        assert_eq!(worded("<p data-word=\"a\"></p>.", &words).unwrap(), "<p data-word=\"a\">x &lt; y &amp; z</p>.");
        assert!(worded("<p data-word=\"b\"></p>", &words).is_err());
        let page = parts().assemble(&module(), None).unwrap();
        assert!(page.contains("<h1 data-word=\"title\">Is this document genuine?</h1>"));
    }

    #[test]
    fn a_gap_that_is_missing_or_there_twice_is_an_error() {
        assert_eq!(fill("a{b}c", "{b}", "d").unwrap(), "adc");
        assert!(fill("ac", "{b}", "d").is_err());
        assert!(fill("{b}{b}", "{b}", "d").is_err());
    }

    #[test]
    fn comments_and_indentation_go_and_nothing_else() {
        let text = "// a\n/** b\n * c */\n  let d = 1; // e\n\n/* f */\n  g(\"//h\");\n";
        assert_eq!(shortened(text), "let d = 1; // e\ng(\"//h\");\n");
    }

    #[test]
    fn glue_that_a_worker_cannot_run_is_refused() {
        let glue = embedded(&module().glue).unwrap();
        assert!(glue.contains("\nclass Trust {}") && glue.ends_with("{ __wbg_set_wasm } };\n"), "{glue}");
        assert!(embedded("import { x } from \"y\";\n").is_err());
        assert!(embedded("export { x };\nexport default 1;\n").is_err());
    }
}
