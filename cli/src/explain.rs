//! `ct explain`: what a code means and what to do.

use crate::args::ExplainArgs;
use crate::failure::Failure;
use crate::output;
use ct_core::Code;
use ct_core::explanation::{Language, explain};

pub(crate) fn run(args: &ExplainArgs) -> Result<Code, Failure> {
    let language = Language::from_tag(&args.language).ok_or_else(|| {
        Failure::new(Code::UsageArguments, format!("--language {}: there are en and es", args.language))
    })?;
    match &args.code {
        Some(text) => one(known(text)?, language)?,
        None => all(language)?,
    }
    Ok(Code::Ok)
}

fn known(text: &str) -> Result<Code, Failure> {
    Code::from_text(text).ok_or_else(|| {
        let family = text.split('.').next().unwrap_or(text);
        let near = Code::ALL.iter().find(|code| code.as_str().split('.').next() == Some(family));
        let hint = near.map_or_else(String::new, |code| format!(", for example {code}"));
        let what = format!("there is no code {text}; `ct explain` lists them all{hint}");
        Failure::new(Code::UsageArguments, what)
    })
}

fn one(code: Code, language: Language) -> Result<(), Failure> {
    let words = explain(code, language);
    let (class, status) = (code.class(), code.class().exit_status());
    output::print(|out| {
        writeln!(out, "{code}  (class {class}, exit status {status})\n")?;
        writeln!(out, "{}\n\n{}\n\n{}", words.title, words.meaning, words.next)
    })
}

fn all(language: Language) -> Result<(), Failure> {
    output::print(|out| {
        for code in Code::ALL {
            writeln!(
                out,
                "{:<32} {:>3}  {}",
                code.as_str(),
                code.class().exit_status(),
                explain(*code, language).title
            )?;
        }
        Ok(())
    })
}
