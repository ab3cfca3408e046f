//! `cargo xtask dist`: a folder for a USB stick, with all that somebody needs who has a computer and no network.

use crate::linked::{self, Linked};
use crate::place::Place;
use crate::process::{output, program, run as run_command};
use crate::step::Run;
use crate::{licences, sbom, static_ct};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes the folder and looks at the size of what is in it.
pub(crate) fn run(run: &mut Run) -> Result<()> {
    if let Some(obstacle) = static_ct::obstacle(&run.root) {
        return run.skips.record(&format!("nothing to give away was built: {obstacle}"));
    }
    let folder = assemble(&Place::usual(&run.root))?;
    println!("{}", folder.display());
    Ok(())
}

/// Makes the folder below the target folder, again if it is there, and gives its path.
pub(crate) fn assemble(place: &Place) -> Result<PathBuf> {
    let root = &place.root;
    // First, because it also brings the sources that the build refers to.
    let crates = linked::crates(root)?;
    let built = static_ct::build(place)?;
    static_ct::SIZE.check(fs::metadata(&built).with_context(|| format!("cannot read {}", built.display()))?.len())?;
    let version = version(&built)?;
    let folder = place.target_folder.join("dist").join(format!("civictrust-{version}-x86_64-linux"));
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    let stick = Stick { folder };
    let ct = stick.copy(&built, "ct")?;
    fs::set_permissions(&ct, Permissions::from_mode(0o755))?;
    output(Command::new(&ct).current_dir(&stick.folder).args(["manual", "--out", "man"]))?;
    for (shell, file) in [("bash", "ct.bash"), ("zsh", "_ct"), ("fish", "ct.fish"), ("powershell", "ct.ps1")] {
        let script = output(Command::new(&ct).args(["completions", shell]))?;
        stick.write(&format!("completions/{file}"), &script)?;
    }
    for path in COPIED {
        stick.copy(&root.join(path), path)?;
    }
    stick.write("README.txt", &readme(root, &ct, &version)?)?;
    stick.write("LICENSES.txt", &licences::text(root, &crates)?)?;
    stick.write("sbom.cdx.json", &bill(root, &version, &crates)?)?;
    let files = files(&stick.folder)?;
    // ct itself is what makes the list: the first thing that it shows is that it runs.
    let list = output(Command::new(&ct).current_dir(&stick.folder).arg("hash").args(files.keys()))?;
    stick.write("SHA256SUMS", &list)?;
    let mut check = program(&stick.folder, "sha256sum");
    run_command(check.args(["--check", "--strict", "--quiet", "SHA256SUMS"]))?;
    Ok(stick.folder)
}

/// Every file below a folder: its path from there, and its bytes.
pub(crate) fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("cannot list {}", next.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).ok().and_then(Path::to_str);
            let name = name.with_context(|| format!("{} has a name that no list can hold", path.display()))?;
            let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(name.to_owned(), bytes);
        }
    }
    Ok(files)
}

/// The folder that is being filled.
struct Stick {
    folder: PathBuf,
}

impl Stick {
    /// Copies a file or a folder, readable by everybody whatever the source's mode.
    fn copy(&self, from: &Path, name: &str) -> Result<PathBuf> {
        if from.is_dir() {
            for (below, bytes) in files(from)? {
                self.put(&format!("{name}/{below}"), &bytes)?;
            }
            return Ok(self.folder.join(name));
        }
        self.put(name, &fs::read(from).with_context(|| format!("cannot read {}", from.display()))?)
    }

    fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        self.put(name, text.as_bytes())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.folder.join(name);
        let parent = path.parent().unwrap_or(&self.folder);
        let written = fs::create_dir_all(parent)
            .and_then(|()| fs::write(&path, bytes))
            .and_then(|()| fs::set_permissions(&path, Permissions::from_mode(0o644)));
        written.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

/// `0.1.0`, as `ct` itself says it.
fn version(ct: &Path) -> Result<String> {
    let said = output(Command::new(ct).arg("--version"))?;
    Ok(said.trim_end().strip_prefix("ct ").context("ct --version says something else")?.to_owned())
}

/// The template with the version and the exit statuses, as `ct` itself lists them.
fn readme(root: &Path, ct: &Path, version: &str) -> Result<String> {
    let template = fs::read_to_string(root.join(README)).with_context(|| format!("cannot read {README}"))?;
    let help = output(Command::new(ct).arg("--help").env("COLUMNS", "76"))?;
    let statuses = help.split_once("Exit statuses:\n").context("ct --help lists no exit statuses")?.1;
    let readme = template.replace("{version}", version).replace("{exit-statuses}", statuses.trim_end());
    ensure!(!readme.contains(['{', '}']), "{README} has a gap that nothing fills");
    Ok(readme)
}

fn bill(root: &Path, version: &str, crates: &[Linked]) -> Result<String> {
    let said = output(program(root, "rustc").arg("--version"))?;
    let rust = said.split_whitespace().nth(1).context("rustc --version says nothing")?;
    Ok(format!("{:#}\n", sbom::document(version, rust, crates)))
}

const README: &str = "docs/usb-stick.txt";

/// What is passed on as it is: examples to try, guides, and the pages that the guides point to.
const COPIED: &[&str] = &[
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "bundles",
    "docs/desk.md",
    "docs/verifying.md",
    "specs/codes.es.md",
    "specs/codes.md",
    "specs/exit-statuses.md",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    /// What a page points to, without a place within the page and without what is elsewhere.
    fn links(page: &str) -> Vec<&str> {
        let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let files = targets.filter_map(|target| target.split('#').next());
        files.filter(|target| !target.is_empty() && !target.contains("://")).collect()
    }

    #[test]
    fn links_between_the_pages_lead_to_files_on_the_stick() {
        let mut seen = 0;
        for path in COPIED.iter().filter(|path| path.ends_with(".md")) {
            let page = fs::read_to_string(root().join(path)).unwrap();
            for link in links(&page) {
                let folder = Path::new(path).parent().unwrap();
                let target = match link.strip_prefix("../") {
                    Some(rest) => folder.parent().unwrap().join(rest),
                    None => folder.join(link),
                };
                assert!(COPIED.iter().any(|copied| target.starts_with(copied)), "{path} points to {link}");
                seen += 1;
            }
        }
        assert!(seen > 3, "{seen} links");
    }

    #[test]
    fn the_text_for_whoever_finds_the_stick_can_be_read_anywhere() {
        let text = fs::read_to_string(root().join(README)).unwrap();
        assert!(text.is_ascii());
        for line in text.lines() {
            assert!(line.len() <= 76, "{line}");
        }
        for gap in ["{version}", "{exit-statuses}"] {
            assert!(text.contains(gap), "{gap}");
        }
    }
}
