//! The report: canonical, repeatable, with the members that its specification names, and no fact that no step bears out.

use crate::{report, request};
use ct_core::report::Facts;
use ct_core::{AtSource, Code, Hash, Request, StepName, StepResult, verify};
use ct_testdata::{Draft, Parts, cases, repository, world};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

// RFC 8785 for objects of ASCII names without numbers: sorted, nothing between the tokens. serde_json sorts members.
#[test]
fn every_report_is_canonical_json() {
    for case in cases() {
        let json = case.verify().to_json();
        let value: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), json, "{}", case.name);
        assert_eq!(case.verify().to_json(), json, "{}: the same request, another report", case.name);
        assert_eq!(numbers(&value), 1, "{}: the format version is the only number", case.name);
    }
}

fn numbers(value: &Value) -> usize {
    match value {
        Value::Number(_) => 1,
        Value::Array(items) => items.iter().map(numbers).sum(),
        Value::Object(members) => members.values().map(numbers).sum(),
        Value::Null | Value::Bool(_) | Value::String(_) => 0,
    }
}

// R19.1
#[test]
fn members_are_those_of_the_specification() {
    let specification = fs::read_to_string(repository().join("specs/report.cddl")).unwrap();
    let rule = specification.split("report = {").nth(1).unwrap().split("\n}").next().unwrap();
    // Members of the report itself are indented by two spaces; those of an inner object follow an opening brace.
    let named: BTreeSet<&str> = rule.lines().filter_map(|line| line.strip_prefix("  \"")?.split('"').next()).collect();
    assert!(named.len() > 15, "{named:?}");
    for case in cases() {
        let value: Value = serde_json::from_str(&case.verify().to_json()).unwrap();
        let members: BTreeSet<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, named, "{}", case.name);
        let steps: Vec<&str> =
            value["steps"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap()).collect();
        assert_eq!(steps, StepName::ALL.map(StepName::as_str), "{}", case.name);
    }
}

// R19.1
#[test]
fn a_fact_stands_there_only_if_its_step_is_ok() {
    for case in cases() {
        let report = case.verify();
        let ok = |name| report.steps().any(|(step, result)| step == name && result == StepResult::Ok);
        let facts = report.facts();
        assert_eq!(facts.trust.is_some(), ok(StepName::Trust), "{}", case.name);
        // What nobody signed is no fact about a document; what is in a log that nobody vouches for has no place in one.
        let (issued, logged) = (ok(StepName::Issuer), ok(StepName::Checkpoint));
        assert_eq!(facts.subject.is_some(), ok(StepName::Subject) && issued, "{}", case.name);
        assert!(facts.claims.is_none() || facts.subject.is_some(), "{}", case.name);
        assert!(facts.status_as_of.is_none() || facts.subject.is_some(), "{}", case.name);
        assert_eq!(facts.issued.is_some(), ok(StepName::Issuer), "{}", case.name);
        assert_eq!(facts.log.is_some(), ok(StepName::Checkpoint), "{}", case.name);
        assert_eq!(facts.anchored_at.is_some(), ok(StepName::Witnesses) && logged, "{}", case.name);
        assert_eq!(facts.leaf_index.is_some(), ok(StepName::Inclusion) && logged, "{}", case.name);
        assert!(!ok(StepName::Time) || ok(StepName::Witnesses), "{}: which time?", case.name);
        assert!(ok(StepName::Witnesses) || (facts.fresh_at.is_none() && facts.witnesses.is_empty()), "{}", case.name);
    }
}

// R18.3: no step is silently left out.
#[test]
fn verified_means_every_step_ok_or_left_out_by_choice() {
    for case in cases() {
        let report = case.verify();
        let passes = report.steps().all(|(_, result)| match result {
            StepResult::Ok => true,
            StepResult::Skipped(why) => why.is_allowed(),
            StepResult::Failed(_) => false,
        });
        assert_eq!(report.is_verified(), passes, "{}", case.name);
    }
}

// R19.1
#[test]
fn says_what_was_verified() {
    let draft = Draft { sub: "\u{1}\"\\ \u{7f}\u{e9}".to_owned(), ..Draft::new("report", b"document") };
    let (trust, bundle) = (world::root(&world::trust()), draft.parts().encode());
    let report = report(&trust, &bundle);
    assert_eq!(report.code(), Code::Ok);
    let value: Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(value["status"], "verified");
    assert_eq!(value["class"], "verified");
    assert_eq!(value["at"], "2026-11-21T08:00:00Z");
    assert_eq!(value["at_source"], "given");
    assert_eq!(value["anchored_at"], "2026-11-20T08:01:15Z");
    assert_eq!(value["fresh_at"], "2026-11-20T08:01:15Z");
    assert_eq!(value["leaf_index"], "17");
    assert_eq!(value["log"]["tree_size"], "38");
    assert_eq!(value["log"]["origin"], world::ORIGIN);
    assert_eq!(value["issuer"]["id"], world::UNIVERSITY);
    assert_eq!(value["issuer"]["kid"], "university-2026");
    assert_eq!(value["statement"]["id"], draft.header.id);
    assert_eq!(value["statement"]["issued_at"], "2026-11-20T08:00:00Z");
    assert_eq!(value["subject"]["sub"], draft.sub);
    assert_eq!(value["trust"]["example"], true);
    assert_eq!(value["trust"]["hash"], format!("sha256:{}", trust.hash()));
    assert_eq!(value["witnesses"].as_array().unwrap().len(), 3);

    let by_clock = verify(&Request { at_source: AtSource::Clock, ..request(&trust, &bundle) });
    assert_eq!(by_clock.to_json(), report.to_json().replace("\"given\"", "\"clock\""));
}

// R15.3: later checkpoints say how new the evidence is if they follow; who saw the anchor, the anchor alone says.
#[test]
fn later_checkpoints_add_no_witness_and_tell_nothing_if_they_do_not_follow() {
    let trust = world::root(&world::trust());
    let mut parts = Draft::new("report", b"document").refreshed(5, world::ISSUED + 3_600).parts();
    let facts = |parts: &Parts| {
        let report = report(&trust, &parts.encode());
        let Facts { anchored_at, fresh_at, witnesses, .. } = report.facts();
        (report.code(), anchored_at.is_some(), fresh_at.map(|time| time > anchored_at.unwrap()), witnesses.len())
    };
    assert_eq!(facts(&parts), (Code::Ok, true, Some(true), 3));
    parts.later[0].proof[0] = Hash::of(b"another");
    assert_eq!(facts(&parts), (Code::TamperedConsistency, true, None, 3));
}
