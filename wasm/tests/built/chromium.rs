//! Debian's Chromium without a window, in a fresh profile, with a record of what it asks of the network.

use crate::dist;
use crate::webdriver::{WebDriver, text};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A running Chromium with one empty tab.
pub(crate) struct Chromium {
    driver: WebDriver,
    profile: TempDir,
}

/// The window's size and what it prefers.
#[derive(Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) scheme: &'static str,
    pub(crate) media: &'static str,
}

/// A desk's screen, by day.
pub(crate) const DESK: Screen = Screen { width: 1280, height: 900, scheme: "light", media: "screen" };

/// A phone's, upright.
pub(crate) const PHONE: Screen = Screen { width: 390, height: 844, ..DESK };

impl Chromium {
    /// Starts it, if it is installed; else says that the test is skipped. `language` is what it prefers.
    pub(crate) fn start(test: &str, language: &str) -> Option<Self> {
        let browser = dist::program(test, "chromium")?;
        let driver = dist::program(test, "chromedriver")?;
        let profile = tempfile::tempdir().unwrap();
        let mut arguments: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        arguments.push(format!("--user-data-dir={}", profile.path().join("profile").display()));
        arguments.push(format!("--log-net-log={}", profile.path().join(NET_LOG).display()));
        arguments.push(format!("--lang={language}"));
        arguments.push(format!("--accept-lang={language}"));
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {"binary": browser, "args": arguments},
            "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
            "timeouts": {"script": 110_000},
        });
        let chromium = Self { driver: WebDriver::start(&driver, &capabilities), profile };
        chromium.show_on(DESK);
        // Its own first page asks for much; nothing of that is ours.
        chromium.driver.go("about:blank");
        chromium.requests();
        chromium.complaints();
        Some(chromium)
    }

    /// The session.
    pub(crate) fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// A command of the DevTools protocol.
    pub(crate) fn devtools(&self, method: &str, parameters: &Value) -> Value {
        self.driver.command("goog/cdp/execute", &json!({"cmd": method, "params": parameters})).unwrap()
    }

    /// Shows the page as on such a screen.
    pub(crate) fn show_on(&self, screen: Screen) {
        let Screen { width, height, scheme, media } = screen;
        let phone = width < 600;
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}),
        );
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.devtools("Emulation.setEmulatedMedia", &json!({"media": media, "features": features}));
    }

    /// A picture of the whole page, as PNG.
    pub(crate) fn picture(&self) -> Vec<u8> {
        let answer = self.devtools(
            "Page.captureScreenshot",
            &json!({"format": "png", "captureBeyondViewport": true, "fromSurface": true}),
        );
        ct_core::base64::decode(&text(&answer, "/data"), 64 << 20).unwrap()
    }

    /// The page as it would be printed, as PDF.
    pub(crate) fn printed(&self) -> Vec<u8> {
        let answer = self.devtools("Page.printToPDF", &json!({"printBackground": false, "preferCSSPageSize": true}));
        ct_core::base64::decode(&text(&answer, "/data"), 64 << 20).unwrap()
    }

    /// Drops files from the disk onto the middle of an element, by the browser's own input, as a file manager would.
    pub(crate) fn drop_files(&self, selector: &str, files: &[PathBuf]) {
        let middle = self.driver.run(
            "const e = document.querySelector(arguments[0]); e.scrollIntoView({block: 'center', behavior: 'instant'}); \
             const box = e.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]",
            &[json!(selector)],
        );
        let watch = "window.testDragged = window.testDropped = 0; \
                     window.addEventListener('dragover', () => window.testDragged++, true); \
                     window.addEventListener('drop', () => window.testDropped++, true); return 0";
        self.driver.run(watch, &[]);
        let drag = |kind: &str| {
            let data = json!({"items": [], "files": files, "dragOperationsMask": 1});
            let at = json!({"type": kind, "x": middle[0], "y": middle[1], "data": data});
            self.devtools("Input.dispatchDragEvent", &at);
        };
        let seen = |name: &str| self.driver.run(&format!("return window.{name}"), &[]) != json!(0);
        // A busy browser passes over a drop that comes before the page has answered to what is dragged over it.
        let start = Instant::now();
        while !seen("testDropped") {
            assert!(start.elapsed() < Duration::from_secs(60), "the page sees nothing that is dropped");
            drag("dragEnter");
            while !seen("testDragged") {
                assert!(start.elapsed() < Duration::from_secs(60), "the page sees nothing that is dragged over it");
                drag("dragOver");
            }
            drag("dragOver");
            drag("drop");
            let dropped = Instant::now();
            while !seen("testDropped") && dropped.elapsed() < Duration::from_secs(3) {
                thread::yield_now();
            }
        }
    }

    /// The addresses that the tab has asked for since this was last called, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        let entries = self.driver.command("se/log", &json!({"type": "performance"})).unwrap();
        let message = |entry: &Value| serde_json::from_str::<Value>(&text(entry, "/message")).unwrap();
        let messages = entries.as_array().unwrap().iter().map(message);
        let sent = messages.filter(|message| {
            let method = text(message, "/message/method");
            method == "Network.requestWillBeSent" || method == "Network.webSocketCreated"
        });
        sent.map(|message| {
            let url = text(&message, "/message/params/request/url");
            if url.is_empty() { text(&message, "/message/params/url") } else { url }
        })
        .collect()
    }

    /// What the page or the browser complained of on the console since this was last called.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let entries = self.driver.command("se/log", &json!({"type": "browser"})).unwrap();
        entries.as_array().unwrap().iter().map(|entry| text(entry, "/message")).collect()
    }

    /// Ends the browser and gives the addresses and hosts that its network service was asked for on behalf of a page or
    /// worker, also in advance of any request. What the browser asks for by itself is on behalf of nobody.
    pub(crate) fn end(self) -> Vec<String> {
        let Self { driver, profile } = self;
        drop(driver);
        requested_by_pages(&profile.path().join(NET_LOG))
    }
}

fn requested_by_pages(net_log: &Path) -> Vec<String> {
    let log = String::from_utf8_lossy(&std::fs::read(net_log).unwrap()).into_owned();
    let mut found = Vec::new();
    let mut events = 0;
    // One event, one line, after a first line with the constants; the end is missing if the browser was ended in haste.
    for line in log.lines().skip(1) {
        let line = line.trim_start_matches("\"events\": [").trim_end_matches(',').trim_end_matches("]}");
        let Ok(event) = serde_json::from_str::<Value>(line) else { continue };
        events += 1;
        let initiator = text(&event, "/params/initiator");
        if !initiator.is_empty() && initiator != "not an origin" {
            found.push(text(&event, "/params/url"));
        }
        // Also a connection or a name that is asked for in advance, before any request.
        let on_behalf_of = text(&event, "/params/network_anonymization_key");
        let host = text(&event, "/params/host");
        if !host.is_empty() && PAGES.iter().any(|site| on_behalf_of.starts_with(site)) {
            found.push(host);
        }
    }
    assert!(events > 0, "the browser kept no record of its requests");
    found
}

/// How the record calls pages from files and from the tests' web server.
const PAGES: [&str; 2] = ["file://", "http://localhost"];

const NET_LOG: &str = "net-log.json";

const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // It would ask its maker what the fields of a page mean.
    "--disable-features=AutofillServerCommunication",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
];
