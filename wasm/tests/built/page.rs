//! The page as somebody uses it: the three inputs, the settings, the rows.

use crate::chromium::Chromium;
use crate::webdriver::WebDriver;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the page says of each file: status and code.
pub(crate) type Rows = BTreeMap<String, (String, String)>;

/// The page in a browser.
pub(crate) struct Page<'a> {
    driver: &'a WebDriver,
}

impl<'a> Page<'a> {
    /// Opens a file as a page, and waits until it can be used.
    pub(crate) fn open(chromium: &'a Chromium, file: &Path) -> Self {
        Self::load(chromium.driver(), &file_address(file))
    }

    /// Opens an address, and waits until the page can be used.
    pub(crate) fn load(driver: &'a WebDriver, address: &str) -> Self {
        driver.go(address);
        let page = Self { driver };
        page.wait("the page to be ready", "return document.documentElement.dataset.ready === 'true'", &[]);
        page
    }

    /// Chooses the trust root, and waits until the page has taken it in.
    pub(crate) fn trust(&self, files: &[PathBuf]) {
        self.pick("#trust", files);
    }

    /// Sets mode and time of verification.
    pub(crate) fn set(&self, mode: &str, at: &str) {
        assert_eq!(self.driver.run(SETTINGS, &[json!(mode), json!(at)]), json!(""));
    }

    /// Chooses files in an input, as its picker does.
    pub(crate) fn pick(&self, input: &str, files: &[PathBuf]) {
        let paths: Vec<String> = files.iter().map(|path| path.to_str().unwrap().to_owned()).collect();
        self.driver.type_into(input, &paths.join("\n")).unwrap();
    }

    /// The rows, once there are `count` of them and none is pending.
    pub(crate) fn settled(&self, count: usize) -> Rows {
        let rows = self.wait(&format!("{count} verdicts"), SETTLED, &[json!(count)]);
        let cell = |row: &Value, at: usize| row[at].as_str().unwrap_or_default().to_owned();
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| (cell(row, 0), (cell(row, 1), cell(row, 2)))).collect()
    }

    /// Waits until the page has nothing left to do that it had begun: its work is in promises, its worker and timers of
    /// at most some tenths of a second, and no row is pending.
    pub(crate) fn quiet(&self) {
        let script = "const text = () => document.body.innerText; let before = text(), same = 0; \
            while (same < 3) { await new Promise(done => setTimeout(done, 150)); \
            const now = text(); same = now === before ? same + 1 : 0; before = now; }";
        self.driver.run_async(script, &[]);
    }

    /// Everything that the page shows.
    pub(crate) fn text(&self) -> String {
        self.driver.run("return document.body.innerText", &[]).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says that it has nothing to do.
    pub(crate) fn idle(&self) {
        self.wait("the page to have done its work", IDLE, &[]);
    }

    /// Waits, for as long as anything should take, until the script answers.
    pub(crate) fn wait(&self, what: &str, script: &str, arguments: &[Value]) -> Value {
        self.driver.wait(what, Duration::from_secs(60), script, arguments)
    }
}

/// Sets mode and time; gives what was wrong, or an empty text.
pub(crate) const SETTINGS: &str = "for (const [selector, value] of [['#mode', arguments[0]], ['#at', arguments[1]]]) { \
    const field = document.querySelector(selector); field.value = value; \
    if (field.value !== value) return selector + ' does not take ' + value + ' but ' + field.value; \
    for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true })); } \
    return ''";

/// File, status and code of each row, once there are as many rows as said and none is pending.
pub(crate) const SETTLED: &str = "const rows = [...document.querySelectorAll('[data-file]')]; \
    return rows.length >= arguments[0] && rows.every(row => row.dataset.status !== 'pending') \
    && rows.map(row => [row.dataset.file, row.dataset.status, row.dataset.code])";

/// Whether no progress is shown and no document is being read.
pub(crate) const IDLE: &str = "const bar = document.querySelector('[role=progressbar]'); \
    return bar.closest('[hidden]') !== null && document.querySelector('[data-match=hashing]') === null";

/// A file as an address; the paths of tests need no escaping but that of spaces.
pub(crate) fn file_address(file: &Path) -> String {
    format!("file://{}", file.to_str().unwrap().replace(' ', "%20"))
}
