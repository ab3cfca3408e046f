//! The page asks for nothing: from a file and from a web server, whatever it is given.

use crate::chromium::Chromium;
use crate::dist;
use crate::namespace::inside;
use crate::page::{Page, file_address};
use crate::web_server::WebServer;
use std::collections::BTreeMap;

// R19.3: no remote calls, by construction; and none is seen.
#[test]
fn the_page_asks_for_nothing_but_itself_and_its_worker() {
    let test = "requests::the_page_asks_for_nothing_but_itself_and_its_worker";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        let server = WebServer::of(BTreeMap::from([("verify.html".to_owned(), dist::read(&file))]));
        for address in [file_address(&file), server.address("verify.html")] {
            let page = Page::load(chromium.driver(), &address);
            page.trust(
                &dist::files("bundles").into_iter().filter(|path| path.ends_with("trust.cbor")).collect::<Vec<_>>(),
            );
            let bundles = dist::files("bundles/valid");
            page.pick("#bundles", &bundles);
            page.settled(bundles.len());
            let asked = chromium.requests();
            let (own, others): (Vec<&String>, Vec<&String>) = asked.iter().partition(|url| **url == address);
            assert_eq!(own.len(), 1, "{asked:?}");
            assert!(others.iter().all(|url| url.starts_with("blob:") || url.starts_with("data:")), "{asked:?}");
            assert_eq!(chromium.complaints(), Vec::<String>::new(), "{address}");
        }
        // A browser asks a server for an icon by itself, unless the page brings one.
        assert_eq!(server.asked(), ["GET /verify.html HTTP/1.1"]);
        let asked = chromium.end();
        let is_own = |url: &String| url.starts_with("blob:") || server.address("").starts_with(url);
        assert!(asked.iter().any(is_own) && asked.iter().all(is_own), "{asked:?}");
    });
}
