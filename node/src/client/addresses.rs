//! Where a log is, as far as its client knows: which address is asked next, and which hint is followed (R12.3).

use crate::error::{Error, Result};
use ct_core::Code;

/// The addresses of one log.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    /// Those that the user gave, and after them at most one that a node has named as the leader's.
    urls: Vec<String>,
    /// How many the user gave.
    given: usize,
    /// The one to ask next: mostly the one that answered last.
    current: usize,
    /// The one that took a request last: it led.
    led: Option<usize>,
}

impl Addresses {
    /// Those that the user gives.
    ///
    /// # Errors
    /// `usage.arguments` for one that is none, and for none.
    pub(super) fn new(urls: &[String]) -> Result<Self> {
        let urls = urls.iter().map(|url| usable(url)).collect::<Result<Vec<_>>>()?;
        if urls.is_empty() {
            let next = "give addresses like http://127.0.0.1:8441";
            return Err(Error::new(Code::UsageArguments, "address", "no address of a log was given", next));
        }
        Ok(Self { given: urls.len(), urls, current: 0, led: None })
    }

    /// How many there are.
    pub(super) const fn count(&self) -> usize {
        self.urls.len()
    }

    /// The one to ask.
    pub(super) fn current(&self) -> String {
        self.urls.get(self.current).cloned().unwrap_or_default()
    }

    /// Its place, for [`Addresses::after`].
    pub(super) const fn place(&self) -> usize {
        self.current
    }

    /// Goes to the one that took a request last, if there is one.
    pub(super) fn prefer_leader(&mut self) {
        self.current = self.led.unwrap_or(self.current);
    }

    /// Notes whether the current one took a request.
    pub(super) fn note<T>(&mut self, answer: &Result<T>) {
        self.led = answer.is_ok().then_some(self.current);
    }

    /// Goes to the one after this place, and gives its place: every address gets its turn, also if one names a leader
    /// that is dead.
    pub(super) fn after(&mut self, place: usize) -> usize {
        self.current = place.wrapping_add(1) % self.urls.len().max(1);
        self.current
    }

    /// Goes to the node that another one has named; false if it is the one that was asked, or no address that may be
    /// followed.
    pub(super) fn follow(&mut self, leader: &str) -> bool {
        let Some(place) = self.urls.iter().position(|known| known == leader) else {
            if !self.may_follow(leader) {
                return false;
            }
            self.forget_named();
            self.urls.push(leader.to_owned());
            self.current = self.given;
            return true;
        };
        let is_other = place != self.current;
        self.current = place;
        is_other
    }

    /// Keeps to the addresses that the user gave.
    pub(super) fn forget_named(&mut self) {
        self.urls.truncate(self.given);
        self.led = self.led.filter(|led| *led < self.given);
        if self.current >= self.given {
            self.current = 0;
        }
    }

    /// A scheme, a host and a port, so that the path is ours; and no way back from TLS to none.
    fn may_follow(&self, leader: &str) -> bool {
        let is_https = |url: &String| url.starts_with("https://");
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        let host = match leader.split_once("://") {
            Some(("https", host)) => host,
            Some(("http", host)) if !self.urls.iter().take(self.given).all(is_https) => host,
            _ => return false,
        };
        !host.is_empty() && host.chars().all(plain)
    }
}

/// The address of a log, without a slash at its end.
///
/// # Errors
/// `usage.arguments`.
pub(crate) fn usable(url: &str) -> Result<String> {
    let url = url.trim_end_matches('/');
    let known = url.starts_with("http://") || url.starts_with("https://");
    if known && !url.contains(char::is_whitespace) {
        return Ok(url.to_owned());
    }
    let next = "give addresses like http://127.0.0.1:8441, several with commas between them";
    Err(Error::new(Code::UsageArguments, format!("address {url:?}"), "is not one of a log", next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(urls: &[&str]) -> Addresses {
        Addresses::new(&urls.iter().map(|url| (*url).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    // R12.3
    #[test]
    fn only_a_place_is_followed_and_never_from_tls_to_none() {
        let follows = |given: &[&str], leader: &str| addresses(given).follow(leader);
        for good in ["http://10.0.0.2:8441", "http://node-2.log.example", "https://[2001:db8::2]:443"] {
            assert!(follows(&["http://a"], good), "{good}");
        }
        for bad in
            ["", "http://", "http://b/c", "http://b?c", "http://b#c", "http://c@b", "ftp://b", "b:80", "http://b c"]
        {
            assert!(!follows(&["http://a"], bad), "{bad}");
        }
        assert!(!follows(&["https://a"], "http://b"));
        assert!(follows(&["https://a"], "https://b"));
        // Who has given an address without TLS has said that it may be one.
        assert!(follows(&["https://a", "http://c"], "http://b"));
        // Who names itself knows no other.
        assert!(!follows(&["http://a", "http://b"], "http://a"));
        assert!(follows(&["http://a", "http://b"], "http://b"));
    }

    // R12.3: at most one address is remembered that nobody gave, and the one that led is asked first.
    #[test]
    fn what_was_named_is_replaced_and_forgotten() {
        let mut known = addresses(&["http://a/", "http://b"]);
        for leader in ["http://c", "http://d"] {
            assert!(known.follow(leader));
            assert_eq!(known.current(), leader);
            known.note(&Ok(()));
        }
        assert_eq!(known.urls, ["http://a", "http://b", "http://d"]);
        let turns: Vec<_> = (0..3).map(|place| known.after(place)).collect();
        assert_eq!(turns, [1, 2, 0]);
        known.after(2);
        known.prefer_leader();
        assert_eq!(known.current(), "http://d");
        known.forget_named();
        assert_eq!((known.current().as_str(), known.led), ("http://a", None));
    }

    // R1.4
    #[test]
    fn what_is_no_address_is_refused() {
        let code = |urls: &[&str]| {
            let urls: Vec<_> = urls.iter().map(|url| (*url).to_owned()).collect();
            Addresses::new(&urls).map(drop).map_err(|error| error.code())
        };
        assert_eq!(code(&["http://a", "https://b"]), Ok(()));
        for bad in [&[][..], &["a:80"], &["http://a b"], &["http://a", "ftp://b"]] {
            assert_eq!(code(bad), Err(Code::UsageArguments), "{bad:?}");
        }
    }
}
