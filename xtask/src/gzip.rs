//! gzip (RFC 1952) without a name or a time, so that the same bytes always come out the same.

use miniz_oxide::deflate::compress_to_vec;

/// The bytes, compressed as far as they go.
pub(crate) fn compressed(bytes: &[u8]) -> Vec<u8> {
    // RFC 1952 section 2.3: magic, deflate, no flags, no time, slowest algorithm, unknown system.
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
    out.extend(compress_to_vec(bytes, BEST));
    out.extend(crc32(bytes).to_le_bytes());
    // Section 2.3.1: the length modulo 2^32.
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX) & u64::from(u32::MAX);
    out.extend(length.to_le_bytes().iter().take(4));
    out
}

/// Section 8, bit by bit: what is compressed here is small.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (POLYNOMIAL & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

const POLYNOMIAL: u32 = 0xedb8_8320;

/// miniz_oxide's slowest level.
const BEST: u8 = 10;

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::{Command, Stdio};

    #[test]
    fn the_checksum_is_that_of_the_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn gzip_itself_gives_the_bytes_back() {
        for bytes in [Vec::new(), b"text".to_vec(), b"0123456789abcdef".repeat(40_000)] {
            let mut gzip = Command::new("gzip");
            let mut gzip = gzip.arg("-dc").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
            let mut stdin = gzip.stdin.take().unwrap();
            let packed = compressed(&bytes);
            let writer = std::thread::spawn(move || stdin.write_all(&packed));
            let output = gzip.wait_with_output().unwrap();
            writer.join().unwrap().unwrap();
            assert!(output.status.success() && output.stdout == bytes, "{} bytes", bytes.len());
        }
    }
}
