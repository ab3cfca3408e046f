//! `testdata/cases/` and `testdata/trust/`.

use super::file::Files;

pub(super) fn write(_files: &mut Files) {}
