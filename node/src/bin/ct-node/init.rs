//! `ct-node init`: a registry of one's own.

use crate::args::{InitArgs, NameArgs};
use crate::output::{line, word};
use ct_core::Timestamp;
use ct_node::trust::days;
use ct_node::{Plan, Registry, Result, TrustPlan, deployment};

pub(crate) fn run(args: &InitArgs) -> Result<()> {
    let now = args.repeatable.now()?;
    let witnesses = args.witnesses.unwrap_or(if args.nodes.is_some() { 3 } else { 1 });
    let mut plan = plan(&args.names, witnesses, now);
    // Whoever knows the seed has the keys.
    plan.trust.example = args.repeatable.seed.is_some();
    if let Some(nodes) = args.nodes {
        deployment::create(&args.dir, &plan, nodes, &mut args.repeatable.entropy()?)?;
        return describe_log(args, nodes, witnesses);
    }
    let registry = Registry::create(&args.dir, &plan, &mut args.repeatable.entropy()?)?;
    let dir = word(&args.dir);
    line(format_args!("Made a registry in {dir}: the log {}, the issuer {}.", args.names.origin, args.names.issuer))?;
    line(format_args!("Trust root: {dir}/trust.cbor, sha256:{}", registry.trust().hash()))?;
    warn_of_examples(args)?;
    line("")?;
    line("Try next:")?;
    let document_type = match args.names.types.as_slice() {
        [_] => String::new(),
        [first, ..] => format!(" --type {first}"),
        [] => String::new(),
    };
    line(format_args!("  ct-node issue --dir {dir}{document_type} FILE..."))?;
    line(format_args!("  ct verify --trust {dir}/trust.cbor {dir}/bundles"))?;
    line(format_args!("Keep {dir}/keys secret and backed up."))
}

/// A log and an issuer of these names, whose trust root is to be made anew within a year.
pub(crate) fn plan(names: &NameArgs, witnesses: u32, now: Timestamp) -> Plan {
    Plan {
        origin: names.origin.clone(),
        witnesses,
        trust: TrustPlan {
            name: names.issuer_name.as_ref().unwrap_or(&names.issuer).clone(),
            issuer: names.issuer.clone(),
            issuer_name: names.issuer_name.as_ref().unwrap_or(&names.issuer).clone(),
            types: names.types.clone(),
            quorum: u64::from(witnesses / 2 + 1),
            issued: now,
            expires: now.plus(days(365)),
            keys_until: now.plus(days(2 * 365)),
            evidence: days(365),
            status: days(7),
            example: false,
        },
    }
}

fn describe_log(args: &InitArgs, nodes: u32, witnesses: u32) -> Result<()> {
    let dir = word(&args.dir);
    line(format_args!("Made a log in {dir}: {}, {nodes} node(s) and {witnesses} witness(es).", args.names.origin))?;
    line(format_args!("Trust root: {dir}/trust.cbor"))?;
    warn_of_examples(args)?;
    line("")?;
    line("Try next, each in a terminal of its own:")?;
    for number in 1..=witnesses {
        line(format_args!("  ct-node witness --config {dir}/witness-{number}/config.toml"))?;
    }
    line(format_args!("  ct-node serve --config {dir}/node-1/config.toml"))?;
    let document_type = args.names.types.first().filter(|_| args.names.types.len() > 1);
    let document_type = document_type.map_or(String::new(), |first| format!(" --type {first}"));
    let issue = format!("ct-node issue --to $(cat {dir}/node-1/api) --key {dir}/keys/issuer.pem --out bundles");
    line(format_args!("  {issue}{document_type} FILE..."))?;
    line(format_args!("  ct verify --trust {dir}/trust.cbor bundles"))?;
    line(format_args!("Keep {dir}/keys secret and backed up."))
}

fn warn_of_examples(args: &InitArgs) -> Result<()> {
    if args.names.origin.ends_with(".example") || args.names.issuer.ends_with(".example") {
        line("The names are examples and cannot be changed later; for real use choose --origin and --issuer.")?;
    }
    Ok(())
}
