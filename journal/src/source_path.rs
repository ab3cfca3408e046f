//! A path as a record names it.

use std::path::{Component, Path, PathBuf};

/// The path with one spelling for one place, as far as its text alone tells (R1.3): no `.`, no doubled or trailing
/// slash, and `..` resolved against the name before it. What begins with `..` stays, for only the file system knows
/// what is above. An empty path is `.`.
///
/// It names the file in a record and is never opened: where a folder is a symbolic link, the system resolves `..`
/// another way.
#[must_use]
pub fn normalised(path: &Path) -> PathBuf {
    let mut kept: Vec<Component<'_>> = Vec::new();
    for component in path.components() {
        match (component, kept.last()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                kept.pop();
            }
            // Above the root there is the root.
            (Component::ParentDir, Some(Component::RootDir)) => {}
            _ => kept.push(component),
        }
    }
    if kept.is_empty() { PathBuf::from(".") } else { kept.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    // R1.3
    #[test]
    fn one_place_has_one_spelling() {
        for (path, expected) in [
            ("a/b", "a/b"),
            ("./a//b/", "a/b"),
            ("a/./b/.", "a/b"),
            ("a/../b", "b"),
            ("a/b/../../c", "c"),
            ("a/..", "."),
            (".", "."),
            ("", "."),
            ("./", "."),
            ("..", ".."),
            ("../../a", "../../a"),
            ("a/../../b", "../b"),
            ("a/b/../../../../c", "../../c"),
            ("/", "/"),
            ("//a", "/a"),
            ("/..", "/"),
            ("/../a/../../b", "/b"),
            ("/a/./b//c/..", "/a/b"),
            ("...", "..."),
            ("a/.../b", "a/.../b"),
        ] {
            assert_eq!(normalised(Path::new(path)).as_os_str(), expected, "{path:?}");
            assert_eq!(normalised(Path::new(expected)).as_os_str(), expected, "{path:?}, twice");
        }
    }
}
