//! What changes between two trust roots, in plain words.

use crate::text::Shown;
use ct_core::report::KeyIdText;
use ct_core::trust::{Issuer, Revoked, Window};
use ct_core::{Seconds, Trust};
use std::collections::BTreeMap;

/// One line for each thing that was added, removed or changed; none if the two say the same.
pub(crate) fn changes(old: &Trust, new: &Trust) -> Vec<String> {
    let (old, new) = (statements(old), statements(new));
    let mut lines = Vec::new();
    for (thing, before) in &old {
        match new.get(thing) {
            None => lines.push(format!("- {thing}: no longer there (was {before})")),
            Some(after) if after != before => lines.push(format!("~ {thing}: {after} (was {before})")),
            Some(_) => {}
        }
    }
    lines.extend(
        new.iter().filter(|(thing, _)| !old.contains_key(*thing)).map(|(thing, is)| format!("+ {thing}: {is}")),
    );
    lines
}

/// Everything that a trust root says, each thing under a name of its own.
fn statements(trust: &Trust) -> BTreeMap<String, String> {
    let mut says = BTreeMap::new();
    let mut say = |thing: String, is: String| _ = says.insert(thing, is);
    say("name".into(), Shown(&trust.name).to_string());
    say("version".into(), trust.root_version.to_string());
    say("in force".into(), format!("from {} until before {}", trust.issued, trust.expires));
    say("example".into(), if trust.example { "yes: proves nothing".into() } else { "no".into() });
    say("root signatures needed".into(), format!("{} of {}", trust.root.threshold, trust.root.keys.len()));
    for key in &trust.root.keys {
        say(format!("root key {}", KeyIdText(&key.kid)), key.key.to_string());
    }
    for log in &trust.logs {
        let log_name = format!("log {}", Shown(&log.origin));
        let standing = log.equivocated.map_or_else(
            || "trusted".to_owned(),
            |since| format!("has shown two histories, known since {since}: only its pins count"),
        );
        say(log_name.clone(), standing);
        for key in &log.keys {
            say(format!("{log_name}, key {}", Shown(&key.verifier.to_string())), window(&key.window));
        }
        for pin in &log.pins {
            say(format!("{log_name}, pin at size {}, root {}", pin.size, pin.root), format!("known at {}", pin.time));
        }
    }
    for witness in &trust.witnesses {
        for key in &witness.keys {
            say(format!("witness key {}", Shown(&key.verifier.to_string())), window(&key.window));
        }
    }
    for epoch in &trust.epochs {
        let epoch_name = format!("what is anchored from {}", epoch.from);
        let delay = length(epoch.max_anchor_delay);
        let quorum = Shown(&epoch.quorum);
        say(epoch_name.clone(), format!("until before {}, needs quorum {quorum}, within {delay}", epoch.until));
        for group in &epoch.groups {
            let members: Vec<_> = group.members.iter().map(|name| Shown(name).to_string()).collect();
            let group_name = format!("{epoch_name}, group {}", Shown(&group.name));
            say(group_name, format!("{} of {}", group.threshold, members.join(", ")));
        }
    }
    trust.issuers.iter().for_each(|issuer| say_issuer(issuer, &mut say));
    let policy = &trust.policy;
    say("clocks may differ by".into(), length(policy.clock_skew));
    for (mode, windows) in [("strict", policy.strict), ("grace", policy.grace)] {
        let (evidence, status, root) = (length(windows.evidence), length(windows.status), length(windows.trust));
        let ages = format!("evidence {evidence} old, status {status}, trust root {root} after expiry");
        say(format!("at most, in mode {mode}"), ages);
    }
    for revocation in &trust.revocations {
        let what = match &revocation.what {
            Revoked::Subject(hash) => format!("subject {hash}"),
            Revoked::Statement { issuer, id } => format!("statement {} of {}", Shown(id), Shown(issuer)),
            Revoked::Status { uri, index } => format!("status {index} of {}", Shown(uri)),
        };
        say(format!("revocation of {what}"), format!("{}: {}", revocation.date, Shown(&revocation.reason)));
    }
    says
}

fn say_issuer(issuer: &Issuer, say: &mut impl FnMut(String, String)) {
    let issuer_name = format!("issuer {}", Shown(&issuer.id));
    let types: Vec<_> = issuer.types.iter().map(|name| Shown(name).to_string()).collect();
    let revoked = issuer.revoked_from.map_or_else(String::new, |from| format!(", REVOKED from {from}"));
    say(issuer_name.clone(), format!("{}, for {}{revoked}", Shown(&issuer.name), types.join(", ")));
    let mut say_key = |place: &str, key: &ct_core::trust::IssuerKey| {
        let overlap = length(key.overlap);
        let is = format!("{}, {}, overlap {overlap}", key.key, window(&key.window));
        say(format!("{issuer_name}, {place}key {}", KeyIdText(&key.kid)), is);
    };
    issuer.keys.iter().for_each(|key| say_key("", key));
    for binding in &issuer.status {
        let place = format!("status lists under {}, ", Shown(&binding.uri_prefix));
        binding.keys.iter().for_each(|key| say_key(&place, key));
    }
}

fn window(window: &Window) -> String {
    let compromised = window.compromised_from.map_or_else(String::new, |from| format!(", COMPROMISED from {from}"));
    format!("from {} until {}{compromised}", window.from, window.until)
}

/// Days where it is days, else hours, minutes or seconds.
pub(crate) fn length(length: Seconds) -> String {
    let seconds = length.get();
    let unit = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let exact = unit.iter().find(|(size, _)| seconds > 0 && seconds.is_multiple_of(*size));
    exact.map_or_else(|| format!("{seconds} seconds"), |(size, name)| format!("{} {name}", seconds / size))
}
