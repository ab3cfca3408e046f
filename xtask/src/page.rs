//! The page for people without `ct`: one file, put together from the plain parts in `wasm/page/` and the module.

use crate::csp;
use crate::lzma;
use crate::script;
use crate::septets;
use crate::tokens;
use crate::wasm_module::{GLUE_NAME, WasmModule};
use anyhow::{Context, Result, ensure};
use base64ct::{Base64, Encoding};
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The parts as they stand in the folder.
pub(crate) struct Parts {
    html: String,
    style: String,
    /// The files of the script that stands first and unpacks.
    first: Vec<String>,
    /// The script that carries everything else.
    payload: String,
    /// The page's script, in its files' order.
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
            first: FIRST.iter().map(|name| read(name)).collect::<Result<_>>()?,
            payload: read("payload.js")?,
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
        let worker = format!("{}\n{}", script::embedded(&module.glue, GLUE_NAME)?, script::shortened(&self.worker));
        let page = script::block(&self.scripts.concat());
        let first = script::strict(&self.first.concat());
        let payload = script::strict(&self.payload);
        for (name, text) in
            [("the first script", &first), ("the payload", &payload), ("the script", &page), ("the worker", &worker)]
        {
            let found = tokens::forbidden(text);
            ensure!(found.is_empty(), "{name} contains what it may not:\n{}", found.join("\n"));
        }
        let words: Value = serde_json::from_str(&self.words)?;
        let style = script::shortened(&self.style);
        let first = fill(&fill(&first, "{style}", &carried(style.as_bytes())?)?, "{size}", &style.len().to_string())?;
        let said = serde_json::to_string(&words)?;
        let parts = [&module.wasm, said.as_bytes(), page.as_bytes(), worker.as_bytes()];
        let sizes = parts.map(|part| part.len().to_string()).join(", ");
        let payload = fill(&fill(&payload, "{payload}", &carried(&parts.concat())?)?, "{sizes}", &sizes)?;
        let payload = fill(&payload, "{trust}", &trust.map(Base64::encode_string).unwrap_or_default())?;
        let ends = [&first, &payload].iter().any(|text| text.to_ascii_lowercase().contains("</script"));
        ensure!(!ends, "a script would end itself");
        let policy = csp::policy(&[&first, &payload, &page], &style);
        let html = fill(&worded(&self.html, &words)?, "{policy}", &policy)?;
        fill(&fill(&html, "{first}", &first)?, "{second}", &payload)
    }
}

/// The attribute that names an element's words.
const WORD: &str = "data-word=\"";

/// The files of the script that stands before everything that can be seen.
const FIRST: &[&str] = &["septets.js", "lzma.js", "look.js"];

/// The files of the page's script: each uses only what stands before it, until it runs.
const SCRIPTS: &[&str] = &[
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

/// As it stands in the page: packed, and as text between quotation marks.
fn carried(bytes: &[u8]) -> Result<String> {
    Ok(septets::text(&lzma::packed(bytes)?))
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
        assert!(plain.contains("script-src 'sha256-") && !plain.contains("{payload}") && !plain.contains("{first}"));
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
        for place in 0..5 {
            let (mut parts, mut module) = (parts(), module());
            match place {
                0 => parts.scripts.push("fetch(\"x\");\n".to_owned()),
                1 => parts.first.push("fetch(\"x\");\n".to_owned()),
                2 => parts.payload.push_str("fetch(\"x\");\n"),
                3 => parts.worker.push_str("fetch(\"x\");\n"),
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
        let Parts { html, style, first, payload, scripts, worker, words } = parts();
        for text in scripts.iter().chain(&first).chain([&html, &style, &payload, &worker, &words]) {
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
}
