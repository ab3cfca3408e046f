//! `ct-node demo`: everything, ready to look at.

use crate::args::DemoArgs;
use crate::interrupt;
use crate::output::{self, line, word};
use ct_node::demo::Demo;
use ct_node::{Registry, Result, demo};

pub(crate) fn run(args: &DemoArgs) -> Result<()> {
    let now = args.repeatable.now()?;
    let mut entropy = args.repeatable.entropy()?;
    let mut registry = Registry::create(&args.dir, &demo::plan(now), &mut entropy)?;
    let documents = args.dir.join("documents");
    demo::make_documents_dir(&documents)?;
    let mut demo = Demo { registry: &mut registry, documents: &documents, entropy: &mut entropy };
    let bar = output::progress(usize::try_from(args.documents).unwrap_or(usize::MAX));
    let mut done = 0;
    while done < args.documents {
        interrupt::check(&format!("{} holds a whole registry with {done} documents", word(&args.dir)))?;
        let end = done.saturating_add(demo::BATCH).min(args.documents);
        let now = args.repeatable.now()?;
        // People count from 1.
        let numbers = done.saturating_add(1)..end.saturating_add(1);
        demo.issue(numbers, args.documents, now)?;
        bar.inc(u64::from(end.saturating_sub(done)));
        done = end;
    }
    bar.finish_and_clear();
    if args.batch > 0 {
        interrupt::check(&format!("{} holds a whole registry with {done} documents", word(&args.dir)))?;
        demo.issue_batch(args.batch, args.repeatable.now()?)?;
        done = done.saturating_add(args.batch);
    }
    let refused = args.dir.join("bundles-refused");
    demo.issue_special(&refused, args.repeatable.now()?)?;
    let dir = word(&args.dir);
    line(format_args!("Issued and verified {done} documents in {dir}: documents, bundles, log and keys."))?;
    line(
        "Besides, documents with a status (one valid, one revoked, one suspended), and one of claims with a copy that",
    )?;
    line("shows less.")?;
    line(format_args!("Trust root: {dir}/trust.cbor, sha256:{}", registry.trust().hash()))?;
    line("")?;
    line("Try next:")?;
    line(format_args!("  ct verify --trust {dir}/trust.cbor {dir}/bundles"))?;
    let first = demo::sample(1, args.documents);
    line(format_args!("  ct inspect {dir}/bundles/{}.cbor", first.stem))?;
    line(format_args!("  ct verify --trust {dir}/trust.cbor {dir}/bundles-refused"))?;
    line(format_args!("  ct inspect {dir}/bundles/{}-redacted.cbor", demo::CLAIMS_STEM))?;
    line(format_args!("  ct-node revoke --dir {dir} --in-place {dir}/bundles/{}.cbor", demo::STATUSES[0].0))?;
    line(format_args!("  ct-node refresh --dir {dir} --in-place {dir}/bundles/{}.cbor", first.stem))?;
    line(format_args!("  cat {dir}/log/checkpoint"))?;
    line(format_args!("  ct-node issue --dir {dir} --type diploma FILE..."))
}
