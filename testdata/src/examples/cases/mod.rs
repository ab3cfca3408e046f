//! `testdata/cases/` and `testdata/trust/`: one failure each, named by what was changed.

mod claims;
mod continuity;
mod evidence;
mod form;
mod issuance;
mod plan;
mod status;
mod time;
mod trust;
mod verified;

use super::file::Files;
use plan::Plan;

/// Writes both folders.
pub(super) fn write(files: &mut Files) {
    let mut names = Vec::new();
    for plan in plans() {
        names.push(plan.name);
        plan.write(files);
    }
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "a case's name is used twice");
}

fn plans() -> Vec<Plan> {
    [
        verified::plans(),
        form::plans(),
        form::incomplete(),
        trust::plans(),
        issuance::plans(),
        evidence::plans(),
        evidence::later(),
        time::plans(),
        time::status(),
        claims::plans(),
        status::plans(),
        continuity::plans(),
    ]
    .concat()
}
