//! RFC 9162 by its definition, the slow way: what the log's tiles are compared with.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

pub(crate) type Node = [u8; 32];

pub(crate) fn leaf(entry: &[u8]) -> Node {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

pub(crate) fn node(left: &Node, right: &Node) -> Node {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// MTH(D[n]), section 2.1.1.
pub(crate) fn root(leaves: &[Node]) -> Node {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node(&root(left), &root(right))
        }
    }
}

/// Every file of the log of these entries, as C2SP tlog-tiles defines them.
pub(crate) fn tiles(entries: &[Vec<u8>]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for (index, bundle) in entries.chunks(256).enumerate() {
        let bytes = bundle.iter().flat_map(|entry| {
            let length = u16::try_from(entry.len()).unwrap().to_be_bytes();
            length.into_iter().chain(entry.iter().copied())
        });
        files.insert(format!("tile/entries/{}", name(index, bundle.len())), bytes.collect());
    }
    let leaves: Vec<Node> = entries.iter().map(|entry| leaf(entry)).collect();
    let mut level = 0;
    let mut width = 1;
    while leaves.len() >= width {
        let hashes: Vec<Node> = leaves.chunks_exact(width).map(root).collect();
        for (index, tile) in hashes.chunks(256).enumerate() {
            files.insert(format!("tile/{level}/{}", name(index, tile.len())), tile.concat());
        }
        level += 1;
        width *= 256;
    }
    files
}

fn name(index: usize, width: usize) -> String {
    assert!(index < 1000, "tests are small");
    if width == 256 { format!("{index:03}") } else { format!("{index:03}.p/{width}") }
}
