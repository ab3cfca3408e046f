//! The documents that are generated from the code: the registers of codes and limits. `CIVICTRUST_UPDATE=1` rewrites
//! them; without it, the test says which is out of date. What is written by hand about codes is compared as well.

use ct_core::{Class, Code, Explanation, Language, StepName, explain, limits};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

// R1.1, R1.4
#[test]
fn registers_are_up_to_date() {
    let update = env::var_os("CIVICTRUST_UPDATE").is_some_and(|value| value == "1");
    let mut outdated = Vec::new();
    for (path, text) in [
        ("specs/codes.md", codes(&ENGLISH)),
        ("specs/codes.es.md", codes(&SPANISH)),
        ("specs/exit-statuses.md", exit_statuses()),
        ("specs/limits.md", limits_table()),
    ] {
        if update {
            fs::write(in_workspace(path), text).unwrap();
        } else if fs::read_to_string(in_workspace(path)).ok() != Some(text) {
            outdated.push(path);
        }
    }
    assert!(outdated.is_empty(), "run CIVICTRUST_UPDATE=1 cargo test -p ct-core --test registers: {outdated:?}");
}

// R1.1: the contract, in figures that do not come from the code.
#[test]
fn exit_statuses_are_those_of_the_contract() {
    let table: Vec<_> = Class::ALL.iter().map(|class| (class.as_str(), class.exit_status())).collect();
    let contract = [
        ("verified", 0),
        ("invalid", 1),
        ("indeterminate", 3),
        ("malformed", 4),
        ("io", 5),
        ("trust", 6),
        ("usage", 2),
        ("internal", 70),
        ("interrupted", 130),
    ];
    assert_eq!(table, contract);
}

// R1.1: no class is missing from the list of all, and none has no code.
#[test]
fn the_classes_are_those_of_the_codes() {
    let mut used: Vec<_> = Code::ALL.iter().map(|code| code.class()).collect();
    used.dedup();
    assert_eq!(used, Class::ALL);
    let mut statuses: Vec<_> = Class::ALL.iter().map(|class| class.exit_status()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    assert_eq!(statuses.len(), Class::ALL.len(), "one status, one class");
}

// R1.1: the tables that are written by hand say what the register says, in its words.
#[test]
fn the_tables_of_exit_statuses_agree_with_the_register() {
    for path in ["docs/verifying.md", "docs/desk.md", "README.md"] {
        let text = fs::read_to_string(in_workspace(path)).unwrap();
        let with_class = |class: &Class| format!("| {} | {class} | {} |", class.exit_status(), class.meaning());
        let without = |class: &Class| format!("| {} | {} |", class.exit_status(), class.meaning());
        for class in Class::ALL {
            let told =
                text.lines().any(|line| line.starts_with(&with_class(class)) || line.starts_with(&without(class)));
            assert!(told, "{path} does not have this line:\n{}\n{}", with_class(class), without(class));
        }
    }
    // The order may stand on the next line.
    for path in ["docs/verifying.md", "docs/desk.md"] {
        let words = fs::read_to_string(in_workspace(path)).unwrap().replace('\n', " ");
        assert!(words.contains(&format!("in the order {}", order_of_a_batch())), "{path}");
    }
}

// R19.6: the guide names codes and steps that exist, and every exit status.
#[test]
fn the_guide_agrees_with_the_code() {
    let guide = fs::read_to_string(in_workspace("docs/verifying.md")).unwrap();
    let families: Vec<_> = Code::ALL.iter().filter_map(|code| code.as_str().split_once('.')).collect();
    let quoted = guide.split('`').skip(1).step_by(2);
    let mut named = 0;
    for text in quoted {
        let Some((family, rest)) = text.split_once('.') else { continue };
        if families.iter().any(|(known, _)| *known == family) && rest != "*" && rest != "cbor" {
            assert!(Code::from_text(text).is_some(), "{text} is not a code");
            named += 1;
        }
    }
    assert!(named >= 8, "the guide explains {named} codes");
    for (number, step) in (1..).zip(StepName::ALL) {
        assert!(guide.contains(&format!("| {number} | `{}` |", step.as_str())), "step {number}: {}", step.as_str());
    }
}

/// The words around the codes in one language.
struct Words {
    language: Language,
    head: &'static str,
    /// Between a class and its exit status, in a heading.
    exit_status: &'static str,
    columns: &'static str,
}

const ENGLISH: Words = Words {
    language: Language::English,
    head: "# Codes\n\n\
        Every way in which a verification or a command can end. The register is closed and append-only: a code keeps its\n\
        meaning for ever. The explanations may be reworded; `ct explain CODE` prints them.\n\n\
        Generated from the code; `core/tests/registers.rs` says how. In Spanish: [codes.es.md](codes.es.md).\n",
    exit_status: "exit status",
    columns: "| code | title | meaning | what to do next |",
};

const SPANISH: Words = Words {
    language: Language::Spanish,
    head: "# C\u{f3}digos\n\n\
        Todas las maneras en que puede terminar una verificaci\u{f3}n o una orden. El registro es cerrado y solo crece: un\n\
        c\u{f3}digo conserva su significado para siempre. Las explicaciones pueden cambiar de redacci\u{f3}n.\n\n\
        Generado a partir del programa por `core/tests/registers.rs`. En ingl\u{e9}s: [codes.md](codes.md).\n",
    exit_status: "estado de salida",
    columns: "| c\u{f3}digo | t\u{ed}tulo | significado | qu\u{e9} hacer |",
};

/// A table for each class.
fn codes(words: &Words) -> String {
    let mut page = words.head.to_owned();
    for class in Class::ALL {
        let status = class.exit_status();
        page += &format!("\n## {class}: {} {status}\n\n{}\n|---|---|---|---|\n", words.exit_status, words.columns);
        for code in Code::ALL.iter().filter(|code| code.class() == *class) {
            let Explanation { title, meaning, next } = explain(*code, words.language);
            page += &format!("| `{code}` | {} | {} | {} |\n", cell(title), cell(meaning), cell(next));
        }
    }
    page
}

fn limits_table() -> String {
    let mut page = "# Limits\n\n\
        Each is checked before anything is allocated for it. Beyond a limit the code is one of `limit.*`, in a trust root\n\
        one of `trust.*`, in a key file `io.key_file`.\n\n\
        Generated from the code; `core/tests/registers.rs` says how.\n\n\
        | limit | value | unit | what it bounds, and why |\n|---|---:|---|---|\n"
        .to_owned();
    for (name, value, unit, reason) in limits::ALL {
        page += &format!("| `{name}` | {value} | {unit} | {} |\n", cell(reason.trim()));
    }
    page
}

/// The exit statuses with their classes, meanings and codes, in ascending order.
fn exit_statuses() -> String {
    let mut page = format!(
        "# Exit statuses\n\n\
        How every command of `ct` ends, and every run of a batch: with the worst of its verdicts, in the order\n\
        {}. A status keeps its meaning for ever; what a code says: [codes.md](codes.md).\n\n\
        Generated from the code; `core/tests/registers.rs` says how.\n\n\
        | exit status | class | meaning | codes |\n|---:|---|---|---|\n",
        order_of_a_batch()
    );
    let mut classes = Class::ALL.to_vec();
    classes.sort_by_key(|class| class.exit_status());
    for class in classes {
        let codes = Code::ALL.iter().filter(|code| code.class() == class);
        let codes: Vec<_> = codes.map(|code| format!("`{code}`")).collect();
        page += &format!("| {} | {class} | {} | {} |\n", class.exit_status(), class.meaning(), codes.join(", "));
    }
    page
}

/// The exit statuses that several verdicts can have, the worst first.
fn order_of_a_batch() -> String {
    let mut classes: Vec<_> =
        Class::ALL.iter().filter(|class| !matches!(class, Class::Usage | Class::Interrupted)).collect();
    classes.sort_by_key(|class| std::cmp::Reverse(class.batch_rank()));
    classes.iter().map(|class| class.exit_status().to_string()).collect::<Vec<_>>().join(", ")
}

/// Text that ends no cell and starts no emphasis.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('*', "\\*").replace('_', "\\_")
}

fn in_workspace(path: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(path)
}
