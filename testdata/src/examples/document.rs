//! The documents that the examples are about. All persons and places are invented, and each says that it is an example.

use crate::pdf::{Line, one_page};

/// A diploma, one page of PDF.
pub(super) fn diploma() -> Vec<u8> {
    let line = |left, bottom, size, text| Line { left, bottom, size, text };
    one_page(
        "Diploma, EXAMPLE",
        &[
            line(72, 760, 14, "University of Example"),
            line(72, 690, 40, "Diploma"),
            line(72, 630, 16, "Ada Sample"),
            line(72, 605, 12, "has passed the examinations for the degree of Bachelor of Science."),
            line(72, 570, 12, "Example City, 20 November 2026"),
            line(72, 300, 90, "EXAMPLE"),
            line(72, 90, 10, "This document is an example of CivicTrust. It proves nothing about anybody."),
        ],
    )
}

/// The same diploma with another name on it.
pub(super) fn forged_diploma() -> Vec<u8> {
    let text = String::from_utf8(diploma()).expect("the diploma is ASCII");
    text.replace("(Ada Sample)", "(Eve Sample)").into_bytes()
}

/// A certificate of residence, plain text.
pub(super) fn certificate() -> Vec<u8> {
    b"EXAMPLE\n\nCity of Example\nCertificate of residence\n\n\
      Ada Sample, born 1 January 2000, has lived at 1 Example Street, Example City,\n\
      since 1 September 2022.\n\nExample City, 20 November 2026\n\n\
      This document is an example of CivicTrust. It proves nothing about anybody.\n"
        .to_vec()
}

/// An extract from a land register, as a table.
pub(super) fn land_registry_extract() -> Vec<u8> {
    b"EXAMPLE;Land Registry of Example;extract of 20 November 2026\n\
      folio;parcel;area (m2);owner;share;encumbrance\n\
      1207;Example City 88/3;640;Ada Sample;1/2;none\n\
      1207;Example City 88/3;640;Bob Sample;1/2;right of way for parcel 88/4\n"
        .to_vec()
}

/// A certificate with names beyond ASCII, in UTF-8.
pub(super) fn names_in_utf8() -> Vec<u8> {
    "EXAMPLE\n\nCity of Example\nCertificate of marriage\n\n\
     Zo\u{eb} Mu\u{f1}oz-\u{141}ukasiewicz and \u{5c71}\u{7530}\u{592a}\u{90ce}\n\
     \u{391}\u{3b8}\u{3ae}\u{3bd}\u{3b1}, 20 November 2026\n\n\
     This document is an example of CivicTrust. It proves nothing about anybody.\n"
        .as_bytes()
        .to_vec()
}
