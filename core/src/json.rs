//! Canonical JSON (RFC 8785), as far as reports need it: objects, arrays, texts, `true`, `false`, `null`.
//!
//! Numbers never appear: 64-bit integers are written as decimal strings, because JSON readers lose them.

use alloc::string::String;
use core::fmt::{self, Write};

/// Writes one JSON value. Members must be given in ascending order of their (ASCII) names.
#[derive(Debug, Default)]
pub(crate) struct Json {
    text: String,
}

impl Json {
    /// An object whose members `write` adds.
    pub(crate) fn object(write: impl FnOnce(&mut Object<'_>)) -> String {
        let mut json = Self::default();
        json.write_object(write);
        json.text
    }

    fn write_object(&mut self, write: impl FnOnce(&mut Object<'_>)) {
        self.text.push('{');
        write(&mut Object { json: self, last: None });
        self.text.push('}');
    }

    fn write_array<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Object<'_>, T)) {
        self.text.push('[');
        for (position, item) in items.into_iter().enumerate() {
            if position > 0 {
                self.text.push(',');
            }
            self.write_object(|object| write(object, item));
        }
        self.text.push(']');
    }

    fn write_text(&mut self, value: impl fmt::Display) {
        self.text.push('"');
        // Writing to a String cannot fail.
        let _ = write!(Escaped(&mut self.text), "{value}");
        self.text.push('"');
    }
}

/// The members of an object being written.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    json: &'a mut Json,
    last: Option<&'static str>,
}

impl Object<'_> {
    fn name(&mut self, name: &'static str) -> &mut Json {
        debug_assert!(self.last < Some(name), "{name} after {:?}", self.last);
        if self.last.is_some() {
            self.json.text.push(',');
        }
        self.last = Some(name);
        debug_assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        self.json.text.push('"');
        self.json.text.push_str(name);
        self.json.text.push_str("\":");
        self.json
    }

    /// A text member.
    pub(crate) fn text(&mut self, name: &'static str, value: impl fmt::Display) {
        self.name(name).write_text(value);
    }

    /// A text member, or `null`.
    pub(crate) fn optional(&mut self, name: &'static str, value: Option<impl fmt::Display>) {
        match value {
            Some(value) => self.text(name, value),
            None => self.literal(name, "null"),
        }
    }

    /// `true` or `false`.
    pub(crate) fn truth(&mut self, name: &'static str, value: bool) {
        self.literal(name, if value { "true" } else { "false" });
    }

    /// The format version, a small integer.
    pub(crate) fn literal(&mut self, name: &'static str, value: &'static str) {
        self.name(name).text.push_str(value);
    }

    /// A member that is an object, or `null`.
    pub(crate) fn object<T>(&mut self, name: &'static str, value: Option<T>, write: impl FnOnce(&mut Object<'_>, T)) {
        match value {
            Some(value) => self.name(name).write_object(|object| write(object, value)),
            None => self.literal(name, "null"),
        }
    }

    /// A member that is an array of objects.
    pub(crate) fn array<T>(
        &mut self,
        name: &'static str,
        items: impl IntoIterator<Item = T>,
        write: impl FnMut(&mut Object<'_>, T),
    ) {
        self.name(name).write_array(items, write);
    }
}

/// RFC 8785 section 3.2.2.2: the short escapes where JSON has them, `\u00xx` for other controls, all else as it is.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        let is_special = |byte| byte < b' ' || byte == b'"' || byte == b'\\';
        while let Some((plain, special)) = rest.bytes().position(is_special).and_then(|at| rest.split_at_checked(at)) {
            self.0.push_str(plain);
            let mut characters = special.chars();
            match characters.next() {
                Some('"') => self.0.push_str("\\\""),
                Some('\\') => self.0.push_str("\\\\"),
                Some('\u{8}') => self.0.push_str("\\b"),
                Some('\u{9}') => self.0.push_str("\\t"),
                Some('\u{a}') => self.0.push_str("\\n"),
                Some('\u{c}') => self.0.push_str("\\f"),
                Some('\u{d}') => self.0.push_str("\\r"),
                Some(control) => write!(self.0, "\\u{:04x}", u32::from(control))?,
                None => {}
            }
            rest = characters.as_str();
        }
        self.0.push_str(rest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // R7.1
    #[test]
    fn escapes_as_rfc_8785_says() {
        let text =
            Json::object(|object| object.text("a", "\u{20ac}$\u{f}\nA'B\"\\\"/\u{7f}\u{1f600}\u{0}\t\r\u{8}\u{c}"));
        assert_eq!(text, "{\"a\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\"/\u{7f}\u{1f600}\\u0000\\t\\r\\b\\f\"}");
        let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed["a"], "\u{20ac}$\u{f}\nA'B\"\\\"/\u{7f}\u{1f600}\u{0}\t\r\u{8}\u{c}");
    }

    #[test]
    fn nests_and_separates() {
        let text = Json::object(|object| {
            object.array("a", [1, 2], |item, number| item.text("n", number));
            object.object("b", None::<()>, |_, ()| ());
            object.object("c", Some(()), |_, ()| ());
            object.optional("d", None::<&str>);
            object.truth("e", true);
        });
        assert_eq!(text, r#"{"a":[{"n":"1"},{"n":"2"}],"b":null,"c":{},"d":null,"e":true}"#);
    }

    #[test]
    #[should_panic(expected = "a after")]
    fn refuses_members_out_of_order() {
        Json::object(|object| {
            object.text("b", "");
            object.text("a", "");
        });
    }
}
