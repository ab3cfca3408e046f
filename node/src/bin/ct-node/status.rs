//! `ct-node revoke`, `suspend` and `reinstate`: what has become of a document.

use crate::args::StatusArgs;
use crate::output::{counted, line, word};
use crate::refresh::{Target, at, read};
use ct_core::Code;
use ct_node::{Change, Error, Registry, Result};

pub(crate) fn run(args: &StatusArgs, change: Change) -> Result<()> {
    let now = args.repeatable.now()?;
    let mut entropy = args.repeatable.entropy()?;
    let mut registry = Registry::open(&args.dir)?;
    let target = Target::choose(args.out.as_deref(), args.in_place, &args.bundles)?;
    let mut entries = Vec::with_capacity(args.bundles.len());
    for path in &args.bundles {
        let entry = registry.status_entry(&read(path)?).map_err(|error| at(path, &error))?;
        entries.push(entry.ok_or_else(|| {
            let what = "its document was issued without --status, so no status can be published";
            let next = "name it under revocations in trust.toml and run: ct trust build";
            Error::new(Code::IncompleteStatus, path.display(), what, next)
        })?);
    }
    let newest = registry.change_status(&entries, change, now, &mut entropy)?;
    let done = match change {
        Change::Revoke => "Revoked",
        Change::Suspend => "Suspended",
        Change::Reinstate => "Reinstated",
    };
    line(format_args!("{done} {}: logged and witnessed.", counted(args.bundles.len())))?;
    if let Some(target) = target {
        return target.write(&mut registry, &newest, &args.bundles, now);
    }
    line("")?;
    line("Try next:")?;
    line(format_args!("  ct-node refresh --dir {} --in-place BUNDLE...", word(&args.dir)))
}
