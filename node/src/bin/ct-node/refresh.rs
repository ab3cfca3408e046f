//! `ct-node refresh`: bundles as they would be issued today, with the anchor that they have.

use crate::args::RefreshArgs;
use crate::interrupt;
use crate::output::{self, SHOWN, counted, line, word};
use ct_core::{Code, Timestamp};
use ct_node::{Error, Newest, Registry, Result, create_bundle, read_bundle, replace_bundle};
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn run(args: &RefreshArgs) -> Result<()> {
    let now = args.repeatable.now()?;
    let mut registry = Registry::open(&args.dir)?;
    let Some(target) = Target::choose(args.out.as_deref(), args.in_place, &args.bundles)? else {
        return Err(Error::new(Code::UsageArguments, "", "nothing says where to", "give --out DIR or --in-place"));
    };
    let mut uris = BTreeSet::new();
    for path in &args.bundles {
        interrupt::check("nothing has been written")?;
        uris.extend(registry.status_entry(&read(path)?).map_err(|error| at(path, &error))?.map(|entry| entry.uri));
    }
    let newest = registry.newest(&uris, now, &mut args.repeatable.entropy()?)?;
    target.write(&mut registry, &newest, &args.bundles, now)
}

/// Where refreshed bundles go.
pub(crate) enum Target<'a> {
    Directory(&'a Path),
    InPlace,
}

impl<'a> Target<'a> {
    /// What the user chose, if anything; all names in a directory are free, and no two are the same.
    pub(crate) fn choose(out: Option<&'a Path>, in_place: bool, bundles: &[PathBuf]) -> Result<Option<Self>> {
        let Some(dir) = out else { return Ok(in_place.then_some(Self::InPlace)) };
        let mut taken: HashMap<PathBuf, &Path> = HashMap::new();
        for bundle in bundles {
            let path = path_in(dir, bundle)?;
            if path.symlink_metadata().is_ok() {
                let next = "move it away, or choose another directory; nothing is overwritten";
                return Err(Error::new(Code::IoExists, path.display(), "exists already", next));
            }
            if let Some(other) = taken.insert(path, bundle) {
                let what = format!("has the same name as {}", other.display());
                return Err(Error::new(Code::IoExists, bundle.display(), what, "refresh them one after the other"));
            }
        }
        Ok(Some(Self::Directory(dir)))
    }

    /// Refreshes and writes each bundle; trouble with one is no trouble for the others.
    pub(crate) fn write(
        &self,
        registry: &mut Registry,
        newest: &Newest,
        bundles: &[PathBuf],
        now: Timestamp,
    ) -> Result<()> {
        if let Self::Directory(dir) = self {
            fs::create_dir_all(dir).map_err(|source| {
                let next = "choose another directory";
                Error::new(Code::IoWrite, dir.display(), format!("cannot be made: {source}"), next)
            })?;
        }
        let bar = output::progress(bundles.len());
        let mut trouble = Vec::new();
        let mut revoked = 0_u64;
        for (done, bundle) in bundles.iter().enumerate() {
            interrupt::check(&format!("{done} of {} are written", counted(bundles.len())))?;
            match self.write_one(registry, newest, bundle, now) {
                Ok((path, code)) => {
                    if code != Code::Ok {
                        revoked = revoked.saturating_add(1);
                    }
                    if bundles.len() <= SHOWN {
                        line(format_args!("{}: {code}", word(&path)))?;
                    }
                }
                Err(error) => trouble.push(at(bundle, &error)),
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        output::end_with(trouble)?;
        line(format_args!("Refreshed {}; {revoked} of them revoked or suspended.", counted(bundles.len())))
    }

    fn write_one(
        &self,
        registry: &mut Registry,
        newest: &Newest,
        bundle: &Path,
        now: Timestamp,
    ) -> Result<(PathBuf, Code)> {
        let (refreshed, code) = registry.refresh(&read(bundle)?, newest, now)?;
        match self {
            Self::InPlace => {
                replace_bundle(bundle, &refreshed)?;
                Ok((bundle.to_owned(), code))
            }
            Self::Directory(dir) => {
                let path = path_in(dir, bundle)?;
                create_bundle(&path, &refreshed)?;
                Ok((path, code))
            }
        }
    }
}

/// The file's bytes.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    read_bundle(path)
}

/// What is wrong with a bundle, with its path if the error does not name it.
pub(crate) fn at(path: &Path, error: &Error) -> Error {
    if error.place().contains(&path.display().to_string()) {
        return error.clone();
    }
    Error::new(error.code(), path.display(), error.to_string(), "")
}

fn path_in(dir: &Path, bundle: &Path) -> Result<PathBuf> {
    let name = bundle.file_name().map(|name| dir.join(name));
    name.ok_or_else(|| Error::new(Code::IoNotAFile, bundle.display(), "is no file", "name the bundle itself"))
}
