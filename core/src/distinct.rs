//! Whether things are all different, by what they are in bytes: one rule for names, keys and key IDs.

use alloc::vec::Vec;

/// Whether no two of the texts are the same.
pub(crate) fn are_distinct(texts: &mut dyn Iterator<Item = &[u8]>) -> bool {
    // Ascending.
    let mut seen: Vec<&[u8]> = Vec::new();
    for text in texts {
        match seen.binary_search(&text) {
            Ok(_) => return false,
            Err(place) => seen.insert(place, text),
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_twice_is_found_wherever_it_is() {
        let distinct = |texts: &[&str]| are_distinct(&mut texts.iter().map(|text| text.as_bytes()));
        assert!(distinct(&[]) && distinct(&["a"]) && distinct(&["b", "a", "", "ab"]));
        assert!(!distinct(&["a", "a"]) && !distinct(&["a", "b", "a"]) && !distinct(&["b", "c", "a", "c"]));
        assert!(!distinct(&["", "a", ""]));
    }
}
