//! LZMA as the page and the npm package unpack it: a raw stream with fixed parameters, see `wasm/page/lzma.js`.

use anyhow::Result;
use lzma_rust2::{EncodeMode, LzmaOptions, LzmaWriter, MfType};
use std::io::Write;

/// The bytes, packed. Whoever unpacks them has to know how many they were.
///
/// # Errors
/// If the encoder cannot work with its parameters.
pub(crate) fn packed(bytes: &[u8]) -> Result<Vec<u8>> {
    let options = LzmaOptions {
        dict_size: DICTIONARY,
        // What our modules and texts are smallest with, and what the decoder is written for.
        lc: 3,
        lp: 0,
        pb: 0,
        mode: EncodeMode::Normal,
        nice_len: LzmaOptions::NICE_LEN_MAX,
        mf: MfType::Bt4,
        depth_limit: 1000,
        preset_dict: None,
    };
    let mut writer = LzmaWriter::new_no_header(Vec::new(), &options, false)?;
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}

/// More than is ever packed, so that everything can refer to everything before it.
const DICTIONARY: u32 = 1 << 22;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node;
    use std::fs;
    use std::path::Path;

    /// Bytes that no encoder can make smaller, the same in each run.
    fn noise(count: usize) -> Vec<u8> {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let next = |_| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            state.to_be_bytes()[0]
        };
        (0..count).map(next).collect()
    }

    /// Literals, and copies of every length from a few distances, in an order that is never the same.
    fn patchwork() -> Vec<u8> {
        let noise = noise(60_000);
        let mut bytes = noise[..300].to_vec();
        for choice in noise[300..].chunks_exact(3) {
            let (distance, length) = ([1, 3, 4, 17, 90, 260][usize::from(choice[0]) % 6], usize::from(choice[1]) % 12);
            for _ in 0..length {
                bytes.push(bytes[bytes.len() - distance]);
            }
            if choice[2] % 3 > 0 {
                bytes.push(choice[2]);
            }
        }
        bytes
    }

    // Between them, the samples take every branch of the decoder: literals after literals and after copies, the four
    // recent distances, single repeated bytes, lengths of each class, distances near and of many bits.
    fn samples() -> Vec<Vec<u8>> {
        let sources = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page.rs")).unwrap();
        let noise = noise(70_000);
        let far = [&noise, &noise[1000..1300], &noise[..9], &noise[40_000..40_500], &noise[1..3]].concat();
        let rows: Vec<u8> = (0..2000_u16).flat_map(|row| [[7, 9], row.to_be_bytes(), [7, 9]].concat()).collect();
        vec![
            Vec::new(),
            vec![0],
            vec![b'a'; 5000],
            (0..=255).collect(),
            noise[..300].to_vec(),
            far,
            rows,
            patchwork(),
            sources,
        ]
    }

    #[test]
    fn the_page_unpacks_the_same_bytes() {
        for sample in samples() {
            let packed = packed(&sample).unwrap();
            let script = format!("write(unpacked(Uint8Array.from({packed:?}), {}))", sample.len());
            let Some(said) = node::say(&["lzma.js"], &script) else { return };
            assert!(said.iter().copied().eq(sample.iter().map(|byte| u16::from(*byte))), "{} bytes", sample.len());
        }
    }

    #[test]
    fn what_repeats_becomes_small() {
        assert!(packed(&b"0123456789abcdef".repeat(10_000)).unwrap().len() < 150);
    }
}
