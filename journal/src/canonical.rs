//! Canonical JSON (RFC 8785), as far as records need it: no numbers, because JSON readers lose 64-bit integers.

use crate::error::{Error, Problem};
use ct_core::limits::MAX_DEPTH;
use serde_json::{Map, Value};

/// The one text of an object: members sorted by their UTF-16 code units (RFC 8785 section 3.2.3), no white space.
///
/// # Errors
/// `malformed.field` if there is a number in it (write integers as decimal texts), `limit.depth` if it is nested deeper
/// than `MAX_DEPTH`.
pub fn canonical(object: &Map<String, Value>) -> Result<String, Error> {
    let mut text = String::new();
    write_object(&mut text, object, MAX_DEPTH)?;
    Ok(text)
}

fn write_value(text: &mut String, value: &Value, levels: usize) -> Result<(), Error> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(_) => return Err(Problem::Number.into()),
        Value::String(string) => write_text(text, string),
        Value::Array(items) => {
            let levels = levels.checked_sub(1).ok_or(Problem::Depth)?;
            text.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write_value(text, item, levels)?;
            }
            text.push(']');
        }
        Value::Object(members) => write_object(text, members, levels)?,
    }
    Ok(())
}

fn write_object(text: &mut String, object: &Map<String, Value>, levels: usize) -> Result<(), Error> {
    let levels = levels.checked_sub(1).ok_or(Problem::Depth)?;
    let mut members: Vec<(&String, &Value)> = object.iter().collect();
    members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    text.push('{');
    for (position, (name, value)) in members.into_iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        write_text(text, name);
        text.push(':');
        write_value(text, value, levels)?;
    }
    text.push('}');
    Ok(())
}

/// `serde_json` escapes as RFC 8785 section 3.2.2.2 asks: the short forms, `\u00xx` for other controls, nothing else.
fn write_text(text: &mut String, string: &str) {
    text.push_str(&Value::from(string).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;
    use ct_core::Code;

    fn object(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).unwrap()
    }

    // R7.1: RFC 8785, sections 3.2.2.2 and 3.2.3.
    #[test]
    fn agrees_with_the_rfc() {
        let text = "\u{20ac}$\u{f}\nA'B\"\\\\\"/\u{7f}\u{0}\t\r\u{8}\u{c}";
        let written = canonical(&Map::from_iter([("a".to_owned(), text.into())])).unwrap();
        assert_eq!(written, "{\"a\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7f}\\u0000\\t\\r\\b\\f\"}");
        let unsorted = r#"{"\u20ac":"Euro","\r":"CR","\ufb33":"Dalet","1":"One","\ud83d\ude00":"Smiley","\u0080":"Ctl","\u00f6":"O"}"#;
        let sorted = "{\"\\r\":\"CR\",\"1\":\"One\",\"\u{80}\":\"Ctl\",\"\u{f6}\":\"O\",\"\u{20ac}\":\"Euro\",\"\u{1f600}\":\"Smiley\",\"\u{fb33}\":\"Dalet\"}";
        assert_eq!(canonical(&object(unsorted)).unwrap(), sorted);
    }

    // R7.4
    #[test]
    fn order_and_white_space_make_no_difference() {
        let one = object(r#"{"b":[true,false,null,{}],"a":{"d":"","c":[]}}"#);
        let other = object("{ \"a\" : {\"c\":[ ],\"d\":\"\"},\r\n\"b\":[true, false,null,{}]}");
        assert_eq!(canonical(&one).unwrap(), canonical(&other).unwrap());
        assert_eq!(canonical(&one).unwrap(), r#"{"a":{"c":[],"d":""},"b":[true,false,null,{}]}"#);
    }

    // R1.3
    #[test]
    fn numbers_and_depth_are_refused() {
        for number in [r#"{"a":1}"#, r#"{"a":[{"b":-0.5}]}"#] {
            assert_eq!(canonical(&object(number)).map_err(|error| error.code()), Err(Code::MalformedField));
        }
        let nested = |levels: usize| object(&format!("{}\"\"{}", "{\"a\":".repeat(levels), "}".repeat(levels)));
        assert!(canonical(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(canonical(&nested(MAX_DEPTH + 1)).map_err(|error| error.code()), Err(Code::LimitDepth));
        let arrays = |levels: usize| object(&format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels)));
        assert!(canonical(&arrays(MAX_DEPTH - 1)).is_ok());
        assert_eq!(canonical(&arrays(MAX_DEPTH)).map_err(|error| error.code()), Err(Code::LimitDepth));
    }
}
