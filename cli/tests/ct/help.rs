//! `ct --help`: the table of exit statuses, and examples.

use crate::desk::ct;
use ct_core::Class;

// R1.1
#[test]
fn the_table_of_exit_statuses_is_the_registers() {
    let help = ct(["--help"]).out;
    let table = help.split("\nExit statuses:\n").nth(1).unwrap();
    for class in Class::ALL {
        let line = format!("  {:>3}  {}", class.exit_status(), class.meaning());
        assert!(table.lines().any(|found| found == line), "{line}\n{table}");
    }
    assert_eq!(table.lines().count(), Class::ALL.len() + 1, "{table}");
    // The contract's order, in figures that do not come from the code.
    assert!(table.ends_with("the worst counts, in the order 70, 6, 5, 1, 4, 3, 0.\n"), "{table}");
}

#[test]
fn short_and_long_help_both_show_examples() {
    for words in [["verify", "-h"], ["verify", "--help"], ["help", "verify"]] {
        assert!(ct(words).out.contains("\nExamples:\n  ct verify --trust trust.cbor diploma.cbor\n"), "{words:?}");
    }
}
