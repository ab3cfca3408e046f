//! The files that are made: `bundles/`, `testdata/cases/` and `testdata/trust/`, and the worked examples in `specs/`.

pub mod bundles;
mod cases;
mod document;
mod file;
mod specs;

pub use file::Files;

/// Folders in which every file is made here: any other file is a leftover.
pub const FOLDERS: [&str; 3] = ["bundles", "testdata/cases", "testdata/trust"];

/// Every file. `read` gives the text of a specification, of which only the worked examples are made.
#[must_use]
pub fn files(read: impl Fn(&str) -> String) -> Files {
    let mut files = Files::default();
    bundles::write(&mut files);
    cases::write(&mut files);
    specs::write(&mut files, read);
    files
}
