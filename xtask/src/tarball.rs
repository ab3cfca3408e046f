//! A tar archive of a few files, the same bytes whoever makes it: sorted, without times, owners or anything else of the
//! machine.

use anyhow::{Result, ensure};
use std::collections::BTreeMap;

/// The archive of these files, in POSIX ustar format, all below the folder `package`, as npm expects it.
///
/// # Errors
/// If a name or a file is too long for the format.
pub(crate) fn archive(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>> {
    let mut archive = Vec::new();
    for (name, bytes) in files {
        archive.extend(header(&format!("package/{name}"), bytes.len())?);
        archive.extend(bytes);
        archive.resize(archive.len().next_multiple_of(BLOCK), 0);
    }
    // Two empty blocks end it.
    archive.resize(archive.len() + 2 * BLOCK, 0);
    Ok(archive)
}

fn header(name: &str, size: usize) -> Result<Vec<u8>> {
    ensure!(name.is_ascii() && name.len() < 100, "{name} is no name for the archive");
    let size = format!("{size:011o}\0");
    ensure!(size.len() == 12, "{name} is too large for the archive");
    let mut header = Vec::with_capacity(BLOCK);
    header.extend(name.as_bytes());
    header.resize(100, 0);
    // Mode, owner, group.
    header.extend(b"0000644\x000000000\x000000000\0");
    header.extend(size.as_bytes());
    // Time of change.
    header.extend(b"00000000000\0");
    // The checksum counts itself as blanks.
    header.extend(b"        0");
    header.resize(257, 0);
    header.extend(b"ustar\x0000");
    header.resize(BLOCK, 0);
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header.splice(CHECKSUM..CHECKSUM + 8, format!("{sum:06o}\0 ").into_bytes());
    Ok(header)
}

const BLOCK: usize = 512;
const CHECKSUM: usize = 148;

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::{Command, Stdio};

    #[test]
    fn tar_lists_and_extracts_what_was_archived() {
        let files = [("index.mjs", vec![b'x'; 513]), ("a.txt", vec![]), ("b", vec![7; 512])];
        let files: BTreeMap<String, Vec<u8>> =
            files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect();
        let archive = archive(&files).unwrap();
        assert_eq!(archive.len() % BLOCK, 0);
        let tar = |arguments: &[&str]| {
            let mut tar = Command::new("tar");
            let mut tar = tar.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
            tar.stdin.take().unwrap().write_all(&archive).unwrap();
            let output = tar.wait_with_output().unwrap();
            assert!(output.status.success());
            output.stdout
        };
        let listed = String::from_utf8(tar(&["--list", "--file", "-"])).unwrap();
        assert_eq!(listed, "package/a.txt\npackage/b\npackage/index.mjs\n");
        assert_eq!(tar(&["--extract", "--to-stdout", "--file", "-", "package/index.mjs"]), [b'x'; 513]);
    }

    #[test]
    fn a_name_that_the_format_cannot_hold_is_an_error() {
        let named = |name: String| archive(&BTreeMap::from([(name, Vec::new())]));
        assert!(named("n".repeat(91)).is_ok());
        assert!(named("n".repeat(92)).is_err());
        assert!(named("\u{e9}".to_owned()).is_err());
    }
}
