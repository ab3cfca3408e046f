//! Bytes as text that HTML and scripts leave as it is, in UTF-8: seven bits to a byte, where base64 has six.
//!
//! Seven bits are a character of one byte. Six of the 128 would not survive in a script's text between quotation marks;
//! for one of these and the seven bits that follow stands one character of two bytes. So eight bytes of text always
//! carry seven. `wasm/page/septets.js` reads it.

/// The text for these bytes.
pub(crate) fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() / 7 * 8 + 8);
    let mut septets = septets(bytes).into_iter();
    while let Some(septet) = septets.next() {
        let pair = ABSENT.iter().zip((PAIRS..).step_by(128)).find(|(absent, _)| **absent == septet);
        text.push(match pair {
            Some((_, first)) => char::from_u32(first + u32::from(septets.next().unwrap_or(0))).unwrap_or_default(),
            None => char::from(septet),
        });
    }
    text
}

/// The bits in groups of seven, the highest first; the last group is filled up with zeros.
fn septets(bytes: &[u8]) -> Vec<u8> {
    let mut septets = Vec::with_capacity(bytes.len() / 7 * 8 + 8);
    let (mut bits, mut count) = (0_u8, 0);
    for byte in bytes {
        septets.push(bits << (7 - count) | byte >> (count + 1));
        bits = byte & (0x7f >> (6 - count));
        count += 1;
        if count == 7 {
            septets.push(bits);
            (bits, count) = (0, 0);
        }
    }
    if count > 0 {
        septets.push(bits << (7 - count));
    }
    septets
}

/// What HTML changes (zero, and the end of a line of another system), what ends a text in a script, and what ends a
/// script.
const ABSENT: [u8; 6] = [0, b'\n', b'\r', b'"', b'<', b'\\'];

/// The first character of two bytes: above the controls, and with room for six times 128.
const PAIRS: u32 = 0x100;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node;

    fn samples() -> Vec<Vec<u8>> {
        let all: Vec<u8> = (0..=255).collect();
        // Each byte after every remainder of bits, and each of the seven lengths modulo seven.
        let mut samples: Vec<Vec<u8>> = (0..=255_u8).map(|byte| vec![byte; 15]).collect();
        samples.extend((0..9).map(|length| vec![0; length]));
        samples.extend([all.repeat(9), all.iter().rev().copied().collect()]);
        samples
    }

    #[test]
    fn nothing_that_html_or_a_script_would_change_is_in_the_text() {
        for sample in samples() {
            let text = text(&sample);
            assert!(!text.contains(ABSENT.map(char::from)), "{sample:?}");
            assert!(text.chars().all(|c| c < '\u{80}' || ('\u{100}'..'\u{400}').contains(&c)));
            assert!(text.len() <= sample.len() * 8 / 7 + 2, "{} from {}", text.len(), sample.len());
        }
    }

    // The page's own reader is the other side.
    #[test]
    fn the_page_reads_the_same_bytes() {
        let samples = samples();
        let texts: Vec<String> = samples.iter().map(|sample| format!("\"{}\"", text(sample))).collect();
        let script = format!("write([{}].flatMap(text => [...septets(text), 256]))", texts.join(","));
        let Some(said) = node::say(&["septets.js"], &script) else { return };
        let mut said = said.split(|number| *number == 256);
        for sample in &samples {
            let read = said.next().unwrap();
            assert!(
                read.iter().copied().eq(sample.iter().map(|byte| u16::from(*byte)))
                    || read.split_last().is_some_and(|(last, rest)| *last == 0
                        && rest.iter().copied().eq(sample.iter().map(|byte| u16::from(*byte)))),
                "{sample:?}"
            );
        }
    }
}
