//! Paths of scripts: made absolute, made plain, compared with patterns.

mod fits;

use fits::fits;

/// `path` seen from `folder`, without `.` and `..`.
pub(super) fn join(folder: &str, path: &str) -> String {
    // What begins with something unknown may be absolute.
    if path.starts_with('$') {
        return path.to_owned();
    }
    let whole = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    let start = if parts.first().is_some_and(|first| first.starts_with('$')) { "" } else { "/" };
    format!("{start}{}", parts.join("/"))
}

/// The last part of a path.
pub(super) fn name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

/// Whether `path` is `folder` or lies in it.
pub(super) fn within(folder: &str, path: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether removing `pattern` takes `path` along.
pub(super) fn covers(pattern: &str, path: &str) -> bool {
    let (mut patterns, mut names) = (pattern.split('/'), path.split('/'));
    loop {
        match (patterns.next(), names.next()) {
            (None, _) => return true,
            (Some("**"), Some(_)) => {
                // `**/name`: at any depth below.
                let rest = patterns.collect::<Vec<_>>().join("/");
                return path.split('/').any(|name| fits(&rest, name));
            }
            (Some(_), None) => return false,
            (Some(pattern), Some(name)) if !fits(pattern, name) => return false,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_absolute_and_plain() {
        assert_eq!(join("/a/b", "../c/./d"), "/a/c/d");
        assert_eq!(join("/a", "/x//y/"), "/x/y");
        assert_eq!(join("/a", "$HOME/x"), "$HOME/x");
        assert_eq!(join("$D/b", "x"), "$D/b/x");
    }

    #[test]
    fn a_removal_takes_what_it_matches_and_all_below() {
        for (pattern, path) in [
            ("/a", "/a"),
            ("/a", "/a/b/c"),
            ("/a/*", "/a/b/c"),
            ("/root/.npm*", "/root/.npmrc"),
            ("/a/[xy]", "/a/x"),
            ("/x/**/.git", "/x/y/.git/config"),
            ("/tmp/{a,b}", "/tmp/b"),
        ] {
            assert!(covers(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [("/a/b", "/a"), ("/a", "/ab"), ("/a/*", "/a/.b"), ("/a/*", "/a")] {
            assert!(!covers(pattern, path), "{pattern} {path}");
        }
    }
}
