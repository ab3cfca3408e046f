//! `ct redact`: the same document with fewer claims shown.

use crate::args::RedactArgs;
use crate::failure::Failure;
use crate::file::{self, Limit, Readers};
use crate::output;
use crate::text::{Shown, shown};
use ct_core::claims::Disclosure;
use ct_core::limits::MAX_BUNDLE_BYTES;
use ct_core::{Bundle, Code};

pub(crate) fn run(args: &RedactArgs) -> Result<Code, Failure> {
    let bytes = file::read(&args.bundle, Limit { bytes: MAX_BUNDLE_BYTES, code: Code::LimitBundleSize })?;
    let refused = |error: ct_core::Error| Failure::refused(&args.bundle, error);
    let bundle = Bundle::parse(&bytes).map_err(refused)?;
    let Some(encoded) = bundle.disclosure else {
        let what = format!("{}: it has no claims to choose from", shown(&args.bundle));
        return Err(Failure::new(Code::IncompleteDisclosure, what));
    };
    let whole = Disclosure::parse(encoded).map_err(refused)?;
    let hash = bundle.document_hash.ok_or(ct_core::Error::new(Code::IncompleteDocumentHash, "document_hash"));
    hash.and_then(|hash| whole.verify(&hash)).map_err(refused)?;
    for name in args.keep.iter().chain(&args.drop) {
        if !whole.claims().iter().any(|claim| claim.name == name) {
            let names: Vec<_> = whole.claims().iter().map(|claim| Shown(claim.name).to_string()).collect();
            let what = format!("no claim is shown under the name {name}; there are {}", names.join(", "));
            return Err(Failure::new(Code::UsageArguments, what));
        }
    }
    let wanted = |name: &str| {
        if args.keep.is_empty() {
            !args.drop.iter().any(|drop| drop == name)
        } else {
            args.keep.iter().any(|keep| keep == name)
        }
    };
    for claim in whole.claims().iter().filter(|claim| claim.index < whole.mandatory()) {
        if args.drop.iter().any(|drop| drop == claim.name) {
            let what = format!("{}: the issuer has made this claim mandatory; it cannot be withheld", claim.name);
            return Err(Failure::new(Code::TamperedMandatoryClaim, what));
        }
    }
    let redacted = whole.redact(|claim| wanted(claim.name)).map_err(refused)?;
    let disclosure = redacted.encode();
    let redacted_bundle = Bundle { disclosure: Some(&disclosure), document: None, ..bundle.clone() }.encode();
    file::write_new(&args.out, &redacted_bundle, Readers::Owner)?;
    output::print(|out| {
        for claim in whole.claims() {
            let shown = redacted.claims().iter().any(|kept| kept.index == claim.index);
            let mark = match (shown, claim.index < whole.mandatory()) {
                (true, true) => "shown (always)",
                (true, false) => "shown",
                (false, _) => "withheld",
            };
            writeln!(out, "{mark:<14}  {}: {}", Shown(claim.name), Shown(claim.value))?;
        }
        let hidden = whole.size().saturating_sub(u64::try_from(whole.claims().len()).unwrap_or(u64::MAX));
        if hidden > 0 {
            writeln!(out, "{hidden} more were withheld before")?;
        }
        writeln!(out, "{}", shown(&args.out))
    })?;
    Ok(Code::Ok)
}
