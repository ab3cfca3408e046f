//! What the page's script may not contain: names by which a script reaches a network or leaves something behind.
//!
//! A security policy blocks requests, but not every way to send something: navigation, WebRTC and prefetching are not
//! its business. Script that is pinned by its hash and contains none of these names cannot use them by their names, and
//! nothing in it makes names at run time.

/// Every forbidden name in `script`, with the line in which it stands.
pub(crate) fn forbidden(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(script.lines()) {
        let line = line.replace(SVG, "");
        for name in NAMES.iter().filter(|name| contains(&line, name)) {
            found.push(format!("{name} in line {number}: {}", line.trim().chars().take(100).collect::<String>()));
        }
    }
    found
}

/// Whether a name stands in a line, and not as a part of a longer one.
fn contains(line: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    line.match_indices(name).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let after = line.get(start + name.len()..).and_then(|text| text.chars().next());
        !(before.is_some_and(is_part) || name.ends_with(is_part) && after.is_some_and(is_part))
    })
}

/// Names a kind of element, and is never asked for.
const SVG: &str = "http://www.w3.org/2000/svg";

const NAMES: &[&str] = &[
    // Connections
    "EventSource",
    "RTCDataChannel",
    "RTCPeerConnection",
    "WebSocket",
    "WebSocketStream",
    "WebTransport",
    "XMLHttpRequest",
    "fetch",
    "fetchLater",
    "sendBeacon",
    // Code from elsewhere, or made at run time
    "Function",
    "SharedWorker",
    "eval",
    "import",
    "importScripts",
    "require",
    "serviceWorker",
    "setAttributeNS",
    // Navigation
    "location",
    "open(",
    "submit",
    // Subresources
    "Audio",
    "Image",
    "dns-prefetch",
    "http:",
    "https:",
    "iframe",
    "preconnect",
    "prefetch",
    "src",
    "srcset",
    "url(",
    // Markup made of text
    "DOMParser",
    "document.write",
    "innerHTML",
    "insertAdjacentHTML",
    "outerHTML",
    "setHTMLUnsafe",
    "srcdoc",
    // What stays behind, or goes along
    "BroadcastChannel",
    "caches",
    "cookie",
    "indexedDB",
    "localStorage",
    "sessionStorage",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_found_however_it_is_reached() {
        for script in [
            "fetch(x)",
            "self.fetch (x)",
            "self[\"fetch\"](x)",
            "new WebSocket(x)",
            "navigator.sendBeacon(x)",
            "window.location = x",
            "image.src=x",
            "const a = 'https://example.org'",
            "import('./x.js')",
            "element.innerHTML = x",
        ] {
            assert!(!forbidden(script).is_empty(), "{script}");
        }
        for name in NAMES {
            assert!(!forbidden(&format!("\n {name} ")).is_empty(), "{name}");
        }
    }

    #[test]
    fn a_part_of_another_name_is_none() {
        let svg = format!("document.createElementNS(\"{SVG}\", \"g\")");
        for script in ["prefetched(x)", "isImage", "srcElement", "details.open = yes", "important", svg.as_str()] {
            assert_eq!(forbidden(script), Vec::<String>::new(), "{script}");
        }
    }

    #[test]
    fn the_line_is_named() {
        assert_eq!(forbidden("ok()\n  fetch(x)\n"), ["fetch in line 2: fetch(x)"]);
    }
}
