//! The page's security policy: nothing but the scripts and the style that are in it, and no connection.

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

/// The policy for a page with these scripts and this one style, be they in its text or unpacked when it is opened.
pub(crate) fn policy(scripts: &[&str], style: &str) -> String {
    let (script, style) = (scripts.iter().map(|script| pin(script)).collect::<Vec<_>>().join(" "), pin(style));
    [
        "default-src 'none'".to_owned(),
        format!("script-src {script} 'wasm-unsafe-eval'"),
        format!("style-src {style}"),
        "worker-src blob:".to_owned(),
        "img-src data:".to_owned(),
        "connect-src 'none'".to_owned(),
        "base-uri 'none'".to_owned(),
        "form-action 'none'".to_owned(),
        "require-trusted-types-for 'script'".to_owned(),
        "trusted-types civictrust".to_owned(),
    ]
    .join("; ")
}

/// The hash source of CSP level 3, section 2.3.1.
fn pin(text: &str) -> String {
    format!("'sha256-{}'", Base64::encode_string(&Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_and_style_are_pinned_and_everything_else_is_refused() {
        let policy = policy(&["", "a"], "a");
        let directives: Vec<&str> = policy.split("; ").collect();
        assert_eq!(directives.first(), Some(&"default-src 'none'"));
        // SHA-256 of nothing, and of "a"
        let script = "script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' \
            'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=' 'wasm-unsafe-eval'";
        assert!(directives.contains(&script), "{policy}");
        assert!(directives.contains(&"style-src 'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='"), "{policy}");
        assert!(directives.contains(&"connect-src 'none'") && directives.contains(&"worker-src blob:"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains('*'));
    }
}
