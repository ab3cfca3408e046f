//! `ct manual`: the manual pages, made of the same words as `--help`, and of nothing else: no date, no path.

use crate::args::{Args, ManualArgs};
use crate::exit_statuses;
use crate::failure::Failure;
use crate::file::{self, Readers};
use crate::output;
use crate::text::shown;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use ct_core::Code;
use std::fs;

/// Writes a page for each command into a folder, which is made if it is missing.
pub(crate) fn run(args: &ManualArgs) -> Result<Code, Failure> {
    let folder = &args.out;
    fs::create_dir_all(folder).map_err(|error| Failure::writing(folder, &error))?;
    let pages = pages();
    for (name, page) in &pages {
        file::write_new(&folder.join(name), page, Readers::Everybody)?;
    }
    output::print(|out| {
        for (name, _) in &pages {
            writeln!(out, "{}", shown(&folder.join(name)))?;
        }
        Ok(())
    })?;
    Ok(Code::Ok)
}

/// The pages with their file names: a command, then its subcommands.
fn pages() -> Vec<(String, Vec<u8>)> {
    let mut command = Args::command();
    command.build();
    let mut pages = Vec::new();
    add_pages(&command, &mut pages);
    pages
}

fn add_pages(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) {
    pages.push((format!("{}.1", name(command)), page(command)));
    for subcommand in documented(command) {
        add_pages(subcommand, pages);
    }
}

/// The subcommands with pages. `help` is none: it would be a second copy of all others.
fn documented(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help")
}

/// `ct-trust-build` for `ct trust build`.
fn name(command: &Command) -> String {
    command.get_bin_name().unwrap_or_else(|| command.get_name()).replace(' ', "-")
}

fn page(command: &Command) -> Vec<u8> {
    let man = Man::new(command.clone())
        .title(name(command).to_uppercase())
        // The last change of the page is not known to the program. An empty date would be left out, and the next word
        // be taken for it.
        .date(" ")
        .source(concat!("CivicTrust ", env!("CARGO_PKG_VERSION")))
        .manual("CivicTrust");
    let mut page = Vec::new();
    // Writing to memory does not fail.
    let _ = man.render_title(&mut page);
    let _ = man.render_name_section(&mut page);
    let _ = synopsis(command).to_writer(&mut page);
    let _ = man.render_description_section(&mut page);
    let _ = man.render_options_section(&mut page);
    if command.has_subcommands() {
        let _ = commands(command).to_writer(&mut page);
    }
    let _ = after_help(command).to_writer(&mut page);
    let _ = exit_status_section().to_writer(&mut page);
    let _ = see_also(command).to_writer(&mut page);
    page
}

/// The usage line of the help text, which shows the values of options that have to be there.
fn synopsis(command: &Command) -> Roff {
    let usage = command.clone().render_usage().to_string();
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    roff.text([roman(usage.trim_start_matches("Usage: "))]);
    roff
}

fn commands(command: &Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    for subcommand in documented(command) {
        roff.control("TP", []);
        roff.text([bold(name(subcommand)), roman("(1)")]);
        roff.text([roman(subcommand.get_about().map(ToString::to_string).unwrap_or_default())]);
    }
    roff
}

/// The text below the options: examples as they are typed, anything else as notes.
fn after_help(command: &Command) -> Roff {
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    // The exit statuses have a section of their own on every page.
    let text = text.split(exit_statuses::HEADING).next().unwrap_or_default();
    let mut roff = Roff::new();
    for paragraph in text.split("\n\n").map(str::trim_end).filter(|paragraph| !paragraph.is_empty()) {
        if let Some(examples) = paragraph.strip_prefix("Examples:\n").or(paragraph.strip_prefix("Example:\n")) {
            roff.control("SH", ["EXAMPLES"]);
            roff.control("nf", []);
            for line in examples.lines() {
                roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
            }
            roff.control("fi", []);
        } else {
            roff.control("SH", ["NOTES"]);
            roff.text([roman(paragraph)]);
        }
    }
    roff
}

// R1.1
fn exit_status_section() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (status, meaning) in exit_statuses::table() {
        roff.control("TP", []);
        roff.text([bold(status.to_string())]);
        roff.text([roman(meaning)]);
    }
    roff.control("PP", []);
    roff.text([roman(exit_statuses::order())]);
    roff
}

/// The command above and those below; `ct explain`, because every refusal has a code.
fn see_also(command: &Command) -> Roff {
    let own = name(command);
    let mut names: Vec<String> = documented(command).map(name).collect();
    if let Some((above, _)) = own.rsplit_once('-') {
        names.push(above.to_owned());
    }
    names.push("ct-explain".to_owned());
    names.retain(|name| *name != own);
    names.sort();
    names.dedup();
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    let mut line = Vec::new();
    for name in names {
        if !line.is_empty() {
            line.push(roman(", "));
        }
        line.push(bold(name));
        line.push(roman("(1)"));
    }
    roff.text(line);
    roff
}

#[cfg(test)]
mod tests {
    use super::*;
    use ct_core::Class;

    fn text(name: &str) -> String {
        let (_, page) = pages().into_iter().find(|(found, _)| found == name).unwrap();
        String::from_utf8(page).unwrap()
    }

    // R1.1
    #[test]
    fn every_page_has_the_exit_statuses_of_the_register() {
        for (name, page) in pages() {
            let page = String::from_utf8(page).unwrap();
            let section = page.split(".SH \"EXIT STATUS\"").nth(1).unwrap();
            for class in Class::ALL {
                let entry = format!(".TP\n\\fB{}\\fR\n{}\n", class.exit_status(), class.meaning());
                assert!(section.contains(&entry), "{name}: {class}");
            }
        }
    }

    #[test]
    fn there_is_a_page_for_every_command_and_none_for_help() {
        let names: Vec<_> = pages().into_iter().map(|(name, _)| name).collect();
        for name in ["ct.1", "ct-verify.1", "ct-trust.1", "ct-trust-build.1", "ct-manual.1"] {
            assert!(names.iter().any(|found| found == name), "{name} is not in {names:?}");
        }
        assert!(!names.iter().any(|name| name.contains("help")), "{names:?}");
    }

    #[test]
    fn a_page_shows_what_is_typed_and_where_to_read_on() {
        let page = text("ct-trust-build.1");
        assert!(page.contains(".SH SYNOPSIS\nct trust build [OPTIONS] \\-\\-key <FILE>"), "{page}");
        assert!(page.contains(".SH EXAMPLES\n.nf\nct trust build trust.toml \\-\\-key root.pem"), "{page}");
        assert!(page.ends_with(".SH \"SEE ALSO\"\n\\fBct\\-explain\\fR(1), \\fBct\\-trust\\fR(1)\n"), "{page}");
        let page = text("ct.1");
        assert!(page.contains(".TH CT 1 \" \" \"CivicTrust "), "{page}");
        assert!(!page.contains("Exit statuses:"), "one table is enough: {page}");
    }
}
