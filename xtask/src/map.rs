//! The map of `specs/README.md`, from each promise to the metric by which it is watched: it names what there is, and all
//! of it (R37).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The cells of each row of the table whose head begins with this cell.
fn table(text: &str, first: &str) -> Vec<Vec<String>> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&format!("| {first} |")));
    lines.next().unwrap_or_else(|| panic!("there is no table with {first}"));
    let rows = lines.skip(1).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// What stands between backquotes.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The names of the files in a folder that end so, without the ending.
fn files(folder: &str, end: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().file_name());
    entries.filter_map(|name| Some(name.to_str()?.strip_suffix(end)?.to_owned())).collect()
}

/// What the configurations of each specification claim.
fn claims() -> BTreeSet<(String, String)> {
    let mut claims = BTreeSet::new();
    for module in files("specs/tla", ".tla") {
        for configuration in files("specs/tla", ".cfg") {
            if configuration.split('.').next() != Some(module.as_str()) {
                continue;
            }
            let text = read(&format!("specs/tla/{configuration}.cfg"));
            let names = crate::specs::claims(&text).into_iter();
            claims.extend(names.map(|name| (module.clone(), name)));
        }
    }
    claims
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

struct Row {
    promise: String,
    invariant: String,
    specifications: Vec<String>,
    judge: String,
    code: (String, String),
    metric: String,
}

fn rows() -> Vec<Row> {
    let text = read("specs/README.md");
    let row = |cells: Vec<String>| {
        let [promise, invariant, specifications, judge, code, metric] = <[String; 6]>::try_from(cells).unwrap();
        let specifications = quoted(&specifications).into_iter().map(str::to_owned).collect();
        let named = quoted(&code);
        let [file, item] = *named.as_slice() else { panic!("{invariant}: {code}") };
        let code = (file.to_owned(), item.to_owned());
        Row { promise, invariant, specifications, judge, code, metric }
    };
    table(&text, "promise").into_iter().map(row).collect()
}

#[test]
fn every_promise_has_invariants_and_every_invariant_a_promise() {
    let readme = read("README.md");
    let section = readme.split("## What it promises").nth(1).unwrap().split("\n## ").next().unwrap();
    let numbered = section.lines().filter_map(|line| line.split_once(". ")?.0.parse::<u32>().ok());
    let promised: BTreeSet<String> = numbered.map(|number| number.to_string()).collect();
    assert!(promised.len() >= 10, "{promised:?}");
    assert_eq!(rows().into_iter().map(|row| row.promise).collect::<BTreeSet<_>>(), promised);
}

#[test]
fn the_map_has_what_the_specifications_claim_and_nothing_else() {
    let mapped: BTreeSet<(String, String)> = rows()
        .into_iter()
        .flat_map(|row| row.specifications.into_iter().map(move |module| (module, row.invariant.clone())))
        .collect();
    assert_eq!(mapped, claims());
}

#[test]
fn the_map_has_every_judge_of_the_simulation_under_its_name() {
    let mut mapped = BTreeSet::new();
    for row in rows() {
        match *quoted(&row.judge).as_slice() {
            [] => assert!(matches!(row.judge.as_str(), "-" | "every apply"), "{}: {}", row.invariant, row.judge),
            [orders] if orders.ends_with("_orders") => {
                assert!(root().join(format!("node/tests/schedules/{orders}.rs")).is_file(), "{orders}");
            }
            [judge] => {
                assert_eq!(judge, snake(&row.invariant));
                let text = read(&format!("node/src/simulation/invariants/{judge}.rs"));
                assert!(text.contains(&format!("\"{}\"", row.invariant)), "{judge}.rs calls itself otherwise");
                mapped.insert(judge.to_owned());
            }
            _ => panic!("{}: {}", row.invariant, row.judge),
        }
    }
    let mut judges = files("node/src/simulation/invariants", ".rs");
    judges.remove("mod");
    assert_eq!(mapped, judges);
    let all = read("node/src/simulation/invariants/mod.rs");
    for judge in &judges {
        assert!(all.contains(&format!("Box::new({judge}::")), "{judge} judges nothing");
    }
}

#[test]
fn the_map_has_every_invariant_that_the_state_machine_checks() {
    const FILE: &str = "node/src/machine/invariants.rs";
    let text = read(FILE);
    let list = text.split("let invariants: ").nth(1).unwrap().split("];").next().unwrap();
    let checked: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    assert_eq!(checked.len(), 8, "{checked:?}");
    let rows = rows();
    let mapped = rows.iter().filter(|row| row.code.0 == FILE).map(|row| row.invariant.as_str());
    assert_eq!(mapped.collect::<BTreeSet<_>>(), checked);
    for row in rows.iter().filter(|row| row.judge == "every apply") {
        assert_eq!(row.code.0, FILE, "{}", row.invariant);
    }
}

#[test]
fn what_the_map_points_at_is_there() {
    let metrics: String =
        ["node/src/service/metrics.rs", "node/src/service/vitals.rs", "node/src/http/telemetry.rs"].map(read).concat();
    let codes = read("specs/codes.md");
    let mut seen = BTreeSet::new();
    for Row { invariant, code: (file, item), metric, .. } in rows() {
        assert!(seen.insert(invariant.clone()), "{invariant} stands there twice");
        let text = read(&file);
        assert!(text.contains(&format!("fn {item}(")) || text.contains(&format!("fn {item}<")), "{file}: {item}");
        let names = quoted(&metric);
        let [name] = names.as_slice() else { panic!("{invariant}: {metric}") };
        if metric.starts_with("code ") {
            assert!(codes.contains(&format!("`{name}`")), "{invariant}: {name}");
        } else {
            assert!(metrics.contains(&format!("\"{name}\"")), "{invariant}: {name}");
        }
    }
}

// Names of events are those of actions, as far as there is one.
#[test]
fn every_event_of_the_simulation_is_an_action_or_says_that_it_is_none() {
    let text = read("specs/README.md");
    let mapped: BTreeMap<String, String> =
        table(&text, "event of the simulation").into_iter().map(|cells| (cells[0].clone(), cells[1].clone())).collect();
    let history = read("node/src/simulation/history.rs");
    let kinds = history.split("fn kind").nth(1).unwrap().split("\n    }\n").next().unwrap();
    let kinds: BTreeSet<&str> = kinds.split('"').skip(1).step_by(2).collect();
    assert_eq!(mapped.keys().map(String::as_str).collect::<BTreeSet<_>>(), kinds);
    for (event, actions) in &mapped {
        for part in actions.split("; ").filter(|part| *part != "-") {
            let (module, names) = part.split_once(": ").unwrap_or_else(|| panic!("{event}: {part}"));
            let text = read(&format!("specs/tla/{module}.tla"));
            for name in names.split(", ") {
                let is_defined = text.lines().any(|line| {
                    line.strip_prefix(name).is_some_and(|rest| rest.starts_with(" ==") || rest.starts_with('('))
                });
                assert!(is_defined, "{event}: {module} has no action {name}");
            }
        }
    }
}

// R37: what is planted in the code is noticed by a test, and searched for in a specification, too, unless it is about
// connections, which have none.
#[test]
fn every_planted_mistake_is_a_mutation_of_a_specification() {
    let text = read("node/src/planted.rs");
    let list = text.split("enum Planted {").nth(1).unwrap().split("\n}").next().unwrap();
    let planted: BTreeSet<&str> = list.lines().filter_map(|line| line.trim().strip_suffix(',')).collect();
    assert!(planted.len() >= 8, "{planted:?}");
    let configurations = files("specs/tla", ".cfg");
    let (log, connections) = (read("node/src/simulation/tests.rs"), read("node/src/peers/storm/tests.rs"));
    let proof = read("docs/proof.md");
    let table: BTreeMap<String, String> =
        table(&proof, "mistake").into_iter().map(|cells| (cells[0].clone(), cells[3].clone())).collect();
    assert_eq!(table.keys().map(String::as_str).collect::<BTreeSet<_>>(), planted);
    for (mistake, specification) in &table {
        let is_noticed = |tests: &str| tests.contains(&format!("noticed(Planted::{mistake}, "));
        if specification == "-" {
            assert!(is_noticed(&connections), "{mistake}");
        } else {
            assert!(configurations.iter().any(|name| name.ends_with(&format!(".{mistake}"))), "{mistake}");
            assert!(is_noticed(&log), "{mistake}");
        }
    }
}
