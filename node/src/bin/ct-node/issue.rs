//! `ct-node issue`: documents of one's own.

use crate::args::IssueArgs;
use crate::output::{self, SHOWN, counted, line, word};
use crate::{interrupt, issue_remotely};
use ct_core::{Code, SubjectKind, Timestamp};
use ct_node::trust::days;
use ct_node::{Anchored, ClaimsDocument, DocumentFile, Draft, Entropy, Error, Registry, Result, read_document};
use std::collections::HashMap;
use std::path::Path;

pub(crate) fn run(args: &IssueArgs) -> Result<()> {
    match &args.dir {
        Some(dir) => run_here(args, dir),
        None => issue_remotely::run(args),
    }
}

fn run_here(args: &IssueArgs, dir: &Path) -> Result<()> {
    let now = args.repeatable.now()?;
    let mut entropy = args.repeatable.entropy()?;
    let mut registry = Registry::open(dir)?;
    let document_type = document_type(args, registry.types())?;
    let names = bundle_names(args, &registry.bundles())?;
    let bar = output::progress(args.files.len());
    let (mut drafts, contents) = examine_all(args, &document_type, now, &mut entropy)?;
    if args.status {
        // Indices are used up by this, whatever comes of it; so what can be refused is refused before.
        registry.admit(&drafts, now)?;
        interrupt::check("nothing has been issued")?;
        let entries = registry.reserve_status(drafts.len(), now, &mut entropy)?;
        drafts.iter_mut().zip(entries).for_each(|(draft, entry)| draft.status = Some(entry));
    }
    let statements = if args.batch {
        vec![registry.sign_batch(&drafts, now, &mut entropy)?]
    } else {
        registry.sign(&drafts, now, &mut entropy)?
    };
    interrupt::check("nothing has been issued")?;
    // From here on everything is finished: a statement in the log without its bundle would be of use to nobody.
    let anchored = registry.anchor_with_status(statements, args.repeatable.now()?, &mut entropy)?;
    let mut trouble = Vec::new();
    let mut bundles = Vec::new();
    let mut pending = Vec::new();
    for (position, ((file, name), content)) in args.files.iter().zip(&names).zip(contents).enumerate() {
        let at = args.repeatable.now()?;
        match bundle(&mut registry, &anchored, position, file, &content, at) {
            Ok(bundle) => {
                bundles.push((name.clone(), bundle));
                pending.push(file);
            }
            Err(error) => trouble.push(without_bundle(file, &error)),
        }
        let bytes: usize = bundles.iter().map(|(_, bundle)| bundle.len()).sum();
        if bytes >= WRITTEN_TOGETHER_BYTES || bundles.len() >= WRITTEN_TOGETHER || position + 1 == names.len() {
            for (file, written) in pending.drain(..).zip(registry.write_bundles(&mut bundles)) {
                match written {
                    Ok(path) if names.len() <= SHOWN => line(word(&path))?,
                    Ok(_) => {}
                    Err(error) => trouble.push(without_bundle(file, &error)),
                }
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    output::end_with(trouble)?;
    let dir = word(dir);
    line(format_args!("Issued and verified {} as {document_type}.", counted(args.files.len())))?;
    line("")?;
    line("Try next:")?;
    let one = if let [name] = names.as_slice() { format!("/{}", word(Path::new(name))) } else { String::new() };
    let beside = if args.detached { " --document FILE" } else { "" };
    line(format_args!("  ct verify --trust {dir}/trust.cbor{beside} {dir}/bundles{one}"))
}

/// What goes into a document's bundle beside the evidence.
pub(crate) enum Content {
    /// The file as it is when the bundle is made.
    File,
    /// Nothing.
    Detached,
    Claims(ClaimsDocument),
}

fn bundle(
    registry: &mut Registry,
    anchored: &Anchored,
    position: usize,
    file: &Path,
    content: &Content,
    at: Timestamp,
) -> Result<Vec<u8>> {
    match content {
        Content::File => registry.bundle(anchored, position, Some(&read_document(file)?), at),
        Content::Detached => registry.bundle(anchored, position, None, at),
        Content::Claims(claims) => registry.claims_bundle(anchored, position, &claims.disclosure()?, at),
    }
}

pub(crate) fn without_bundle(file: &Path, error: &Error) -> Error {
    let what = format!("is in the log, but without a bundle: {error}");
    Error::new(error.code(), file.display(), what, "put that right and issue this document again")
}

/// A draft for each document, and what goes into its bundle.
pub(crate) fn examine_all(
    args: &IssueArgs,
    document_type: &str,
    now: Timestamp,
    entropy: &mut Entropy,
) -> Result<(Vec<Draft>, Vec<Content>)> {
    let mut drafts = Vec::with_capacity(args.files.len());
    let mut contents = Vec::with_capacity(args.files.len());
    for file in &args.files {
        interrupt::check("nothing has been issued")?;
        let (draft, content) = examine(args, document_type, file, now, entropy)?;
        drafts.push(draft);
        contents.push(content);
    }
    Ok((drafts, contents))
}

fn examine(
    args: &IssueArgs,
    document_type: &str,
    file: &Path,
    now: Timestamp,
    entropy: &mut Entropy,
) -> Result<(Draft, Content)> {
    let (document_hash, kind, content) = if args.claims {
        let claims = ClaimsDocument::read(file, entropy)?;
        (claims.disclosure()?.document_hash(), SubjectKind::Claims, Content::Claims(claims))
    } else {
        let document = DocumentFile::examine(file)?;
        if !args.detached {
            document.check_attachable()?;
        }
        (document.hash, SubjectKind::File, if args.detached { Content::Detached } else { Content::File })
    };
    let draft = Draft {
        document_hash,
        document_type: document_type.to_owned(),
        sub: args.sub.clone(),
        expires: args.valid_for.map(|valid_for| now.plus(days(valid_for))),
        kind,
        status: None,
    };
    Ok((draft, content))
}

pub(crate) fn document_type(args: &IssueArgs, types: &[String]) -> Result<String> {
    match (&args.document_type, types) {
        (Some(given), _) => Ok(given.clone()),
        (None, [only]) => Ok(only.clone()),
        (None, _) => {
            let what = "the issuer has several document types";
            Err(Error::new(Code::UsageArguments, "--type", what, format!("name one of: {}", types.join(", "))))
        }
    }
}

/// The bundle's name for each file. All of them are free, and no two are the same.
pub(crate) fn bundle_names(args: &IssueArgs, bundles: &Path) -> Result<Vec<String>> {
    let mut taken: HashMap<String, &Path> = HashMap::new();
    let mut names = Vec::with_capacity(args.files.len());
    for file in &args.files {
        let Some(stem) = file.file_stem().and_then(|stem| stem.to_str()) else {
            let what = "has no name that a bundle could be named after";
            return Err(Error::new(Code::IoNotAFile, file.display(), what, "name a file with a name in UTF-8"));
        };
        let name = format!("{stem}.cbor");
        let path = bundles.join(&name);
        if path.symlink_metadata().is_ok() {
            let what = format!("has a bundle already: {}", path.display());
            let next = "move that bundle away or rename the document; nothing is overwritten";
            return Err(Error::new(Code::IoExists, file.display(), what, next));
        }
        if let Some(other) = taken.insert(name.clone(), file) {
            let what = format!("would have the same bundle, {name}, as {}", other.display());
            return Err(Error::new(Code::IoExists, file.display(), what, "rename one of the two documents"));
        }
        names.push(name);
    }
    Ok(names)
}

/// Bundles are written in groups: of so many, or of so many bytes.
const WRITTEN_TOGETHER: usize = 128;
const WRITTEN_TOGETHER_BYTES: usize = 16 << 20;
