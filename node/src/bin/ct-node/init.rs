//! `ct-node init`: a registry of one's own.

use crate::args::InitArgs;
use crate::output::{line, word};
use ct_node::trust::days;
use ct_node::{Plan, Registry, Result, TrustPlan};

pub(crate) fn run(args: &InitArgs) -> Result<()> {
    let now = args.repeatable.now()?;
    let plan = Plan {
        origin: args.origin.clone(),
        witnesses: args.witnesses,
        trust: TrustPlan {
            name: args.issuer_name.as_ref().unwrap_or(&args.issuer).clone(),
            issuer: args.issuer.clone(),
            issuer_name: args.issuer_name.as_ref().unwrap_or(&args.issuer).clone(),
            types: args.types.clone(),
            quorum: u64::from(args.witnesses / 2 + 1),
            issued: now,
            expires: now.plus(days(365)),
            keys_until: now.plus(days(2 * 365)),
            evidence: days(365),
            status: days(7),
            // Whoever knows the seed has the keys.
            example: args.repeatable.seed.is_some(),
        },
    };
    let registry = Registry::create(&args.dir, &plan, &mut args.repeatable.entropy()?)?;
    let dir = word(&args.dir);
    line(format_args!("Made a registry in {dir}: the log {}, the issuer {}.", args.origin, args.issuer))?;
    line(format_args!("Trust root: {dir}/trust.cbor, sha256:{}", registry.trust().hash()))?;
    if args.origin.ends_with(".example") || args.issuer.ends_with(".example") {
        line("The names are examples and cannot be changed later; for real use choose --origin and --issuer.")?;
    }
    line("")?;
    line("Try next:")?;
    let document_type = match args.types.as_slice() {
        [_] => String::new(),
        [first, ..] => format!(" --type {first}"),
        [] => String::new(),
    };
    line(format_args!("  ct-node issue --dir {dir}{document_type} FILE..."))?;
    line(format_args!("  ct verify --trust {dir}/trust.cbor {dir}/bundles"))?;
    line(format_args!("Keep {dir}/keys secret and backed up."))
}
