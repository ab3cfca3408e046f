//! The table of exit statuses in help texts and manual pages, from core's register.

use ct_core::Class;
use std::fmt::Write;

/// The line above the table in a help text.
pub(crate) const HEADING: &str = "Exit statuses:\n";

/// Each exit status with its meaning, in ascending order.
pub(crate) fn table() -> Vec<(u8, &'static str)> {
    let mut table: Vec<_> = Class::ALL.iter().map(|class| (class.exit_status(), class.meaning())).collect();
    table.sort_unstable();
    table
}

/// Which status a run with several verdicts ends with.
pub(crate) fn order() -> String {
    let mut classes: Vec<_> =
        Class::ALL.iter().filter(|class| !matches!(class, Class::Usage | Class::Interrupted)).collect();
    classes.sort_by_key(|class| std::cmp::Reverse(class.batch_rank()));
    let statuses: Vec<_> = classes.iter().map(|class| class.exit_status().to_string()).collect();
    format!("Of several verdicts the worst counts, in the order {}.", statuses.join(", "))
}

/// What `ct --help` ends with: some first commands, and the table.
pub(crate) fn help() -> String {
    let mut text = String::from(EXAMPLES);
    text.push_str(HEADING);
    for (status, meaning) in table() {
        let _ = writeln!(text, "  {status:>3}  {meaning}");
    }
    text.push_str(&order());
    text
}

const EXAMPLES: &str = "\
Examples:
  ct trust show trust.cbor
  ct verify --trust trust.cbor diploma.cbor
  ct explain tampered.document

";
