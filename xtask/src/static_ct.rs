//! The one file that is given away: `ct`, stripped, linked with nothing of the machine it runs on, and the same bytes
//! wherever it is built.

use crate::place::Place;
use crate::process::run;
use crate::size::Size;
use crate::tools;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The system that the file runs on: any Linux of this architecture.
pub(crate) const TARGET: &str = "x86_64-unknown-linux-musl";

/// Why `ct` cannot be built and run here, if it cannot.
pub(crate) fn obstacle(root: &Path) -> Option<String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Some("this is no Linux on x86_64".to_owned());
    }
    if !tools::is_on_path("musl-gcc") {
        // The allocator is C.
        return Some("musl-gcc is not installed".to_owned());
    }
    (!tools::target_is_installed(root, TARGET)).then(|| format!("the target {TARGET} is not installed"))
}

/// Builds `ct` alone, so that no other package's needs turn on a feature of what it depends on.
pub(crate) fn build(place: &Place) -> Result<PathBuf> {
    let alone = ["--package", "ct-cli", "--bin", "ct", "--profile", "dist", "--target", TARGET];
    run(&mut place.build(&alone, &[])?)?;
    let built = place.target_folder.join(TARGET).join("dist/ct");
    let bytes = fs::read(&built).with_context(|| format!("cannot read {}", built.display()))?;
    place.check_nameless("ct", &bytes)?;
    Ok(built)
}

/// Three megabytes are promised to somebody with a slow line or an old stick.
pub(crate) const SIZE: Size = Size { name: "ct", promised: 3 << 20, recorded: 3_074_984 };
