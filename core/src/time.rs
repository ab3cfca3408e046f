//! Points in time, in whole seconds, and their one text form.

use crate::code::Code;
use crate::error::Error;
use core::fmt;

/// Seconds since 1970-01-01T00:00:00Z, up to the end of the year 9999.
///
/// Its text form is RFC 3339 in UTC with whole seconds and a `Z`: `2026-11-20T08:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

/// A length of time in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(u64);

impl Timestamp {
    /// 9999-12-31T23:59:59Z, the last time RFC 3339 can write.
    pub const MAX: Self = Self(253_402_300_799);

    /// The time so many seconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// `limit.number` beyond [`Timestamp::MAX`].
    pub const fn from_seconds(seconds: u64) -> Result<Self, Error> {
        if seconds > Self::MAX.0 {
            return Err(Error::new(Code::LimitNumber, "time"));
        }
        Ok(Self(seconds))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// This time and `length` more, at most [`Timestamp::MAX`].
    #[must_use]
    pub fn plus(self, length: Seconds) -> Self {
        Self(self.0.saturating_add(length.0).min(Self::MAX.0))
    }

    /// This time less `length`, at least 1970.
    #[must_use]
    pub const fn minus(self, length: Seconds) -> Self {
        Self(self.0.saturating_sub(length.0))
    }

    /// Reads the one text form, for example `2026-11-20T08:00:00Z`.
    ///
    /// # Errors
    /// `malformed.time` for any other text, also for a day that no month has, a leap second, a fraction or an offset.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::parse_digits(text.as_bytes()).ok_or(Error::new(Code::MalformedTime, "time"))
    }

    fn parse_digits(text: &[u8]) -> Option<Self> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'Z'] = text else {
            return None;
        };
        let year = number(&[*y1, *y2, *y3, *y4])?;
        let month = number(&[*m1, *m2])?;
        let day = number(&[*d1, *d2])?;
        let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*n1, *n2])?, number(&[*s1, *s2])?);
        let known = year >= 1970
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        known.then(|| Self(days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_date(self.0 / 86_400);
        let second = self.0 % 86_400;
        write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3_600, second / 60 % 60, second % 60)
    }
}

impl Seconds {
    /// A length of so many seconds; lengths beyond the year 9999 count as that.
    #[must_use]
    pub const fn new(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The number of seconds.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |sum, digit| match digit {
        b'0'..=b'9' => Some(sum * 10 + u64::from(digit - b'0')),
        _ => None,
    })
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_in_month(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

// Both directions count from 0000-03-01, so that the leap day is the last of its year.
const DAYS_FROM_MARCH_0000_TO_1970: u64 = 719_468;
const DAYS_IN_400_YEARS: u64 = 146_097;

const fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    days - DAYS_FROM_MARCH_0000_TO_1970
}

const fn civil_date(days_since_1970: u64) -> (u64, u64, u64) {
    let days = days_since_1970 + DAYS_FROM_MARCH_0000_TO_1970;
    let (era, of_era) = (days / DAYS_IN_400_YEARS, days % DAYS_IN_400_YEARS);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn every_day_to_the_end_of_9999_prints_and_parses() {
        let mut last = "".to_string();
        for day in 0..=Timestamp::MAX.seconds() / 86_400 {
            let time = Timestamp::from_seconds(day * 86_400 + day % 86_400).unwrap();
            let text = time.to_string();
            assert_eq!(Timestamp::parse(&text), Ok(time));
            assert!(text > last, "{text} after {last}");
            last = text;
        }
    }

    // date -u -d @N +%FT%TZ
    #[test]
    fn agrees_with_known_times() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_161_600, "2026-11-20T08:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(Timestamp::from_seconds(seconds).unwrap().to_string(), text);
            assert_eq!(Timestamp::parse(text).unwrap().seconds(), seconds);
        }
    }

    #[test]
    fn refuses_every_other_form() {
        for text in [
            "",
            "now",
            "0",
            "2026-11-20",
            "2026-11-20T08:00Z",
            "2026-11-20 08:00:00Z",
            "2026-11-20t08:00:00z",
            "2026-11-20T08:00:00",
            "2026-11-20T08:00:00+00:00",
            "2026-11-20T08:00:00.0Z",
            "2026-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-32T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2016-12-31T23:59:60Z",
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z ",
        ] {
            assert_eq!(Timestamp::parse(text).map_err(Error::code), Err(Code::MalformedTime), "{text}");
        }
        let beyond = Timestamp::MAX.seconds() + 1;
        assert_eq!(Timestamp::from_seconds(beyond).map_err(Error::code), Err(Code::LimitNumber));
    }
}
