//! The list of what is in `ct`, for whoever has to know whether a hole in a library concerns them: CycloneDX 1.5, JSON.

use crate::linked::{Linked, Origin};
use serde_json::{Value, json};

/// The document: sorted, without a time or a random number, so that the same `ct` has the same list.
/// `rust` is the version of the compiler, whose standard library is linked too.
pub(crate) fn document(version: &str, rust: &str, crates: &[Linked]) -> Value {
    let mut components: Vec<Value> = crates.iter().filter(|linked| linked.name != PROGRAM).map(component).collect();
    components.push(json!({
        "type": "library",
        "bom-ref": format!("pkg:generic/rust-std@{rust}"),
        "name": "rust-std",
        "version": rust,
        "description": "The Rust standard library, with the musl C library that comes with it",
        "licenses": [{ "expression": "(Apache-2.0 OR MIT) AND MIT" }],
        "purl": format!("pkg:generic/rust-std@{rust}"),
    }));
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": format!("pkg:generic/civictrust/ct@{version}"),
                "name": "ct",
                "version": version,
                "licenses": [{ "expression": "Apache-2.0 OR MIT" }],
                "purl": format!("pkg:generic/civictrust/ct@{version}"),
            }
        },
        "components": components,
    })
}

fn component(linked: &Linked) -> Value {
    let Linked { name, version, license, origin } = linked;
    // The package URL specification, "version": + is percent-encoded.
    let escaped = version.replace('+', "%2B");
    let purl = match origin {
        Origin::Workspace => format!("pkg:generic/civictrust/{name}@{escaped}"),
        Origin::Registry { .. } => format!("pkg:cargo/{name}@{escaped}"),
    };
    let mut component = json!({
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "licenses": [{ "expression": license }],
        "purl": purl,
    });
    if let (Origin::Registry { checksum }, Some(fields)) = (origin, component.as_object_mut()) {
        fields.insert("hashes".to_owned(), json!([{ "alg": "SHA-256", "content": checksum }]));
    }
    component
}

/// The package that is the program itself.
const PROGRAM: &str = "ct-cli";

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(name: &str, version: &str, origin: Origin) -> Linked {
        Linked { name: name.to_owned(), version: version.to_owned(), license: "MIT".to_owned(), origin }
    }

    // R22: supply chain.
    #[test]
    fn a_crate_has_its_name_version_license_url_and_checksum() {
        let crates = [
            linked("ct-cli", "0.1.0", Origin::Workspace),
            linked("ct-core", "0.1.0", Origin::Workspace),
            linked("toml", "1.2.1+spec-1.1.0", Origin::Registry { checksum: "ab".repeat(32) }),
        ];
        let document = document("0.1.0", "1.95.0", &crates);
        let names: Vec<_> = document["components"].as_array().unwrap().iter().map(|c| c["name"].clone()).collect();
        assert_eq!(names, ["ct-core", "toml", "rust-std"]);
        assert_eq!(document["components"][0]["purl"], "pkg:generic/civictrust/ct-core@0.1.0");
        assert!(document["components"][0].get("hashes").is_none());
        let toml = &document["components"][1];
        assert_eq!(toml["purl"], "pkg:cargo/toml@1.2.1%2Bspec-1.1.0");
        assert_eq!(toml["version"], "1.2.1+spec-1.1.0");
        assert_eq!(toml["licenses"][0]["expression"], "MIT");
        assert_eq!(toml["hashes"][0], json!({ "alg": "SHA-256", "content": "ab".repeat(32) }));
        assert_eq!(document["specVersion"], "1.5");
        assert!(document.get("serialNumber").is_none() && document.pointer("/metadata/timestamp").is_none());
    }
}
