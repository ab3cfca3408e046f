//! One record, and its one line.

use crate::canonical::canonical;
use crate::error::{Error, Problem};
use crate::record_type::RecordType;
use ct_core::limits::MAX_RECORD_BYTES;
use ct_core::{Hash, Timestamp};
use serde_json::{Map, Value};

/// What is to be recorded. Its place in the chain is found when it is appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    time: Timestamp,
    record_type: RecordType,
    body: String,
}

impl Draft {
    /// A record to be.
    ///
    /// # Errors
    /// `malformed.field` if there is a number in the body (write integers as decimal texts), `limit.depth` if the body
    /// is nested deeper than `MAX_DEPTH`.
    pub fn new(time: Timestamp, record_type: RecordType, body: Map<String, Value>) -> Result<Self, Error> {
        Ok(Self { time, record_type, body: canonical(&body)? })
    }

    pub(crate) const fn time(&self) -> Timestamp {
        self.time
    }

    /// The line that this draft becomes after a record with the hash `prev`, line break included.
    pub(crate) fn line(&self, seq: u64, prev: Hash) -> Result<String, Error> {
        let line = line(&self.body, prev, seq, self.time, &self.record_type);
        if line.len() > MAX_RECORD_BYTES {
            return Err(Problem::RecordSize { bytes: line.len() }.into());
        }
        Ok(line)
    }
}

/// A record as it stands in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    seq: u64,
    prev: Hash,
    time: Timestamp,
    record_type: RecordType,
    body: Map<String, Value>,
    line: String,
    hash: Hash,
}

impl Record {
    /// What stands in place of a hash where no record comes before.
    pub const NO_RECORD: Hash = Hash::new([0; Hash::LEN]);

    /// Reads one line, line break included. Whether it fits to the lines before it is for [`crate::Reader`] to say.
    ///
    /// # Errors
    /// `malformed.evidence_log` for a line that no journal writes, `unsupported.version` for a record of another
    /// version, `tampered.evidence_log` if it says that it is the first one and that one comes before it, or neither.
    pub fn parse(line: &[u8]) -> Result<Self, Error> {
        if line.len() > MAX_RECORD_BYTES {
            return Err(Problem::LineTooLong.into());
        }
        let not_a_record = |why| move || Error::from(Problem::NotARecord(why));
        let text = line.strip_suffix(b"\n").and_then(|text| std::str::from_utf8(text).ok());
        let text = text.ok_or_else(not_a_record("not a line of UTF-8"))?;
        let mut members: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| Problem::NotARecord("not a JSON object"))?;
        if text_member(&members, "kind") != Some(KIND) {
            return Err(Problem::NotARecord("another kind").into());
        }
        if text_member(&members, "version").is_some_and(|version| version != VERSION) {
            return Err(Problem::Version.into());
        }
        let seq = text_member(&members, "seq").and_then(|seq| seq.parse().ok());
        let seq = seq.ok_or_else(not_a_record("no number"))?;
        let prev = text_member(&members, "prev").and_then(|prev| Hash::from_hex(prev.strip_prefix(SHA256)?).ok());
        let prev = prev.ok_or_else(not_a_record("no hash of the record before it"))?;
        let time = text_member(&members, "time").and_then(|time| Timestamp::parse(time).ok());
        let time = time.ok_or_else(not_a_record("no time"))?;
        let record_type = text_member(&members, "type").and_then(|name| RecordType::parse(name).ok());
        let record_type = record_type.ok_or_else(not_a_record("no type"))?;
        let Some(Value::Object(body)) = members.remove("body") else {
            return Err(Problem::NotARecord("no body").into());
        };
        // One text for one record: another order, spelling or member of the line is found by writing it again.
        let written = canonical(&body).map_err(|_| Problem::NotARecord("a number, or nested too deep"))?;
        let written = self::line(&written, prev, seq, time, &record_type);
        if written.as_bytes() != line {
            return Err(Problem::NotARecord("not canonical").into());
        }
        if (seq == 0) != (prev == Self::NO_RECORD) {
            return Err(Problem::Prev.into());
        }
        Ok(Self { seq, prev, time, record_type, body, hash: Hash::of(line), line: written })
    }

    /// Its number in the log, from 0.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// The hash of the record before it; [`Record::NO_RECORD`] if it is the first.
    #[must_use]
    pub const fn prev(&self) -> Hash {
        self.prev
    }

    /// When it was recorded, by the clock of whoever recorded it.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// What it is about.
    #[must_use]
    pub const fn record_type(&self) -> &RecordType {
        &self.record_type
    }

    /// What it says.
    #[must_use]
    pub const fn body(&self) -> &Map<String, Value> {
        &self.body
    }

    /// SHA-256 of its line: the head of the log, if it is the last.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// Its line, line break included.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }
}

fn text_member<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

/// Members in ascending order; none of the values but the body needs an escape.
fn line(body: &str, prev: Hash, seq: u64, time: Timestamp, record_type: &RecordType) -> String {
    let head = format!("{{\"body\":{body},\"kind\":\"{KIND}\",\"prev\":\"{SHA256}{prev}\",\"seq\":\"{seq}\"");
    format!("{head},\"time\":\"{time}\",\"type\":\"{record_type}\",\"version\":\"{VERSION}\"}}\n")
}

const KIND: &str = "civictrust.record";
const VERSION: &str = "1";
const SHA256: &str = "sha256:";

#[cfg(test)]
mod tests {
    use super::*;
    use ct_core::Code;

    fn draft(body: Map<String, Value>) -> Draft {
        let time = Timestamp::parse("2026-11-20T08:00:00Z").unwrap();
        Draft::new(time, RecordType::parse("note").unwrap(), body).unwrap()
    }

    fn first_line() -> String {
        draft(Map::from_iter([("text".to_owned(), "caf\u{e9}\n".into())])).line(0, Record::NO_RECORD).unwrap()
    }

    // R7.1
    #[test]
    fn a_record_is_one_canonical_line() {
        let line = first_line();
        let zeros = "0".repeat(64);
        let expected = format!(
            "{{\"body\":{{\"text\":\"caf\u{e9}\\n\"}},\"kind\":\"civictrust.record\",\"prev\":\"sha256:{zeros}\",\
             \"seq\":\"0\",\"time\":\"2026-11-20T08:00:00Z\",\"type\":\"note\",\"version\":\"1\"}}\n"
        );
        assert_eq!(line, expected);
        let record = Record::parse(line.as_bytes()).unwrap();
        assert_eq!((record.seq(), record.prev(), record.time().seconds()), (0, Record::NO_RECORD, 1_795_161_600));
        assert_eq!((record.record_type().as_str(), record.line()), ("note", line.as_str()));
        assert_eq!((&record.body()["text"], record.hash()), (&"caf\u{e9}\n".into(), Hash::of(line.as_bytes())));
    }

    // R1.3: 0, max, max+1 bytes.
    #[test]
    fn a_record_has_a_greatest_size() {
        assert!(draft(Map::new()).line(0, Record::NO_RECORD).is_ok());
        let around = draft(Map::from_iter([("text".to_owned(), "".into())])).line(0, Record::NO_RECORD).unwrap().len();
        let of = |letters: usize| draft(Map::from_iter([("text".to_owned(), "x".repeat(letters).into())]));
        let longest = of(MAX_RECORD_BYTES - around);
        let line = longest.line(0, Record::NO_RECORD).unwrap();
        assert_eq!(line.len(), MAX_RECORD_BYTES);
        assert_eq!(Record::parse(line.as_bytes()).unwrap().line(), line);
        let longer = of(MAX_RECORD_BYTES - around + 1).line(0, Record::NO_RECORD);
        assert_eq!(longer.map_err(|error| error.code()), Err(Code::LimitRecordSize));
        // The number of the record counts too.
        assert_eq!(longest.line(10, Hash::of(b"")).map_err(|error| error.code()), Err(Code::LimitRecordSize));
        let too_long = line.replace("x\"", "xx\"");
        assert_eq!(Record::parse(too_long.as_bytes()).map_err(|error| error.code()), Err(Code::MalformedEvidenceLog));
    }

    // R7.4
    #[test]
    fn every_other_spelling_is_refused() {
        let line = first_line();
        let zeros = format!("sha256:{}", "0".repeat(64));
        let changed = |from: &str, to: &str| {
            assert!(line.contains(from), "{from}");
            line.replacen(from, to, 1)
        };
        for (mutation, bad) in [
            ("empty", String::new()),
            ("a line break alone", "\n".to_owned()),
            ("no line break", line.trim_end().to_owned()),
            ("carriage return", changed("}\n", "}\r\n")),
            ("two lines", format!("{line}{line}")),
            ("white space", changed(":{", ": {")),
            ("white space in front", format!(" {line}")),
            (
                "another order",
                changed(
                    "\"seq\":\"0\",\"time\":\"2026-11-20T08:00:00Z\"",
                    "\"time\":\"2026-11-20T08:00:00Z\",\"seq\":\"0\"",
                ),
            ),
            ("a member more", changed("\"version\"", "\"u\":\"\",\"version\"")),
            ("a member less", changed(",\"version\":\"1\"", "")),
            ("a member twice", changed("\"seq\"", "\"seq\":\"0\",\"seq\"")),
            ("a member of the body twice", changed("{\"text\"", "{\"text\":\"\",\"text\"")),
            ("an escape that is not needed", changed("caf", "\\u0063af")),
            ("a number", changed("\"0\"", "0")),
            ("a number in the body", changed("\"caf\u{e9}\\n\"", "7")),
            ("leading zero", changed("\"seq\":\"0\"", "\"seq\":\"00\"")),
            ("sign", changed("\"seq\":\"0\"", "\"seq\":\"+0\"")),
            ("number too large", changed("\"seq\":\"0\"", "\"seq\":\"18446744073709551616\"")),
            ("another kind", changed("civictrust.record", "civictrust.report")),
            ("version as a number", changed("\"version\":\"1\"", "\"version\":1")),
            ("hash without its name", changed("sha256:", "")),
            ("short hash", changed(&zeros, "sha256:00")),
            ("no such day", changed("11-20", "11-31")),
            ("upper-case type", changed("\"note\"", "\"Note\"")),
            ("body as a text", changed("{\"text\":\"caf\u{e9}\\n\"}", "\"\"")),
            ("body as a list", changed("{\"text\":\"caf\u{e9}\\n\"}", "[]")),
            ("an array", "[]\n".to_owned()),
        ] {
            let code = Record::parse(bad.as_bytes()).map_err(|error| error.code());
            assert_eq!(code, Err(Code::MalformedEvidenceLog), "{mutation}: {bad}");
        }
        let not_utf8 = line
            .replace('\u{e9}', "?")
            .into_bytes()
            .iter()
            .map(|b| if *b == b'?' { 0xe9 } else { *b })
            .collect::<Vec<_>>();
        assert_eq!(Record::parse(&not_utf8).map_err(|error| error.code()), Err(Code::MalformedEvidenceLog));
    }

    // R8.4
    #[test]
    fn another_version_is_told_as_such() {
        let newer = first_line().replace("\"version\":\"1\"", "\"version\":\"2\"");
        assert_eq!(Record::parse(newer.as_bytes()).map_err(|error| error.code()), Err(Code::UnsupportedVersion));
    }

    #[test]
    fn only_the_first_record_has_none_before_it() {
        let second = first_line().replace("\"seq\":\"0\"", "\"seq\":\"1\"");
        assert_eq!(Record::parse(second.as_bytes()).map_err(|error| error.code()), Err(Code::TamperedEvidenceLog));
        let first = draft(Map::new()).line(0, Hash::of(b"")).unwrap();
        assert_eq!(Record::parse(first.as_bytes()).map_err(|error| error.code()), Err(Code::TamperedEvidenceLog));
    }
}
