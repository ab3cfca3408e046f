//! What the page asks besides a verdict: where a file belongs, the catalogue, the drawing, the hash of a document.

#![cfg(test)]

use ct_core::merkle::node_hash;
use ct_core::{Bundle, Hash, Language, LeafIndex, TreeSize};
use ct_wasm::{catalogue, kind, path};
use serde_json::Value;
use std::fs;

fn example(name: &str) -> Vec<u8> {
    fs::read(ct_testdata::repository().join("bundles").join(name)).unwrap()
}

#[test]
fn a_file_is_told_by_how_it_begins() {
    for name in ["valid/diploma.cbor", "refused/cut-short.cbor"] {
        assert_eq!(kind::kind(&example(name)), "bundle", "{name}");
    }
    assert_eq!(kind::kind(&example("trust.cbor")), "trust");
    let others: [&[u8]; 8] =
        [b"", b"%PDF-1.7", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"<html>", "\u{e9}".as_bytes()];
    for other in others {
        assert_eq!(kind::kind(other), "document", "{other:?}");
    }
}

#[test]
fn a_document_is_matched_by_the_hash_that_its_bundle_names() {
    let bundle = example("refused/document-missing.cbor");
    let named = Bundle::parse(&bundle).unwrap().document_hash.unwrap();
    assert_eq!(kind::document_hash(&bundle), Some(named.to_string()));
    assert_eq!(kind::document_hash(b"%PDF-1.7"), None);
}

// R7.2: pieces give the hash of the whole.
#[test]
fn a_document_is_hashed_in_pieces() {
    let whole = example("valid/diploma.cbor");
    for size in [1, 63, 64, 65, whole.len()] {
        let mut hasher = ct_wasm::Hasher::new();
        whole.chunks(size).for_each(|piece| hasher.update(piece));
        assert_eq!(hasher.finish(), Hash::of(&whole).to_string(), "{size}");
    }
}

// R1.4: every code, step and reason can be shown in every language.
#[test]
fn the_catalogue_is_reached_by_the_texts_of_reports() {
    for language in Language::ALL.map(Language::as_str) {
        for code in catalogue::codes() {
            assert_eq!(catalogue::explain(&code, language).len(), 3, "{code} {language}");
        }
        assert!(catalogue::step_names().iter().all(|step| catalogue::title_of_step(step, language).is_some()));
        assert!(catalogue::skip_names().iter().all(|skip| catalogue::reason_of_skip(skip, language).is_some()));
    }
    assert_eq!((catalogue::step_names().len(), catalogue::skip_names().len()), (12, 7));
    assert_eq!(catalogue::explain("ok", "fr"), catalogue::explain("ok", "en-GB"));
    assert_ne!(catalogue::explain("ok", "es-AR"), catalogue::explain("ok", "en"));
    assert!(catalogue::explain("no.such_code", "en").is_empty());
    assert_eq!((catalogue::title_of_step("x", "en"), catalogue::reason_of_skip("x", "en")), (None, None));
}

// R14.2: what is drawn leads to the root that the checkpoint states, by the sides that are drawn.
#[test]
fn the_drawing_leads_to_the_checkpoints_root() {
    for name in ["valid/diploma.cbor", "valid/refreshed.cbor", "valid/certificate.cbor"] {
        let bundle = example(name);
        let drawing: Value = serde_json::from_str(&path::merkle_path(&bundle).unwrap()).unwrap();
        let hash = |value: &Value| Hash::from_hex(value.as_str().unwrap()).unwrap();
        let number = |value: &Value| value.as_str().unwrap().parse::<u64>().unwrap();
        let (index, size) = (number(&drawing["index"]), number(&drawing["size"]));
        let parsed = Bundle::parse(&bundle).unwrap();
        assert_eq!(parsed.leaf_index.map(LeafIndex::get), Some(index));
        assert_eq!(parsed.tree_size.map(TreeSize::get), Some(size));
        let mut covered = index..index + 1;
        let mut node = hash(&drawing["leaf"]);
        for sibling in drawing["siblings"].as_array().unwrap() {
            let other = hash(&sibling["hash"]);
            let (start, end) = (number(&sibling["start"]), number(&sibling["end"]));
            if sibling["side"] == "left" {
                assert_eq!(end, covered.start, "{name}");
                (node, covered) = (node_hash(&other, &node), start..covered.end);
            } else {
                assert_eq!((&sibling["side"], start), (&Value::from("right"), covered.end), "{name}");
                (node, covered) = (node_hash(&node, &other), covered.start..end);
            }
        }
        assert_eq!(covered, 0..size, "{name}");
        let checkpoint = ct_core::Checkpoint::parse(parsed.checkpoint.unwrap()).unwrap();
        assert_eq!(node, checkpoint.root(), "{name}");
    }
    assert_eq!(path::merkle_path(&example("refused/inclusion-proof-missing.cbor")), None);
}
