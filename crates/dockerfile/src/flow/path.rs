//! Paths of scripts: made absolute, made plain, compared with patterns.

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

/// Whether a name matches a pattern of the shell; sets (`[…]`) match any character.
fn fits(pattern: &str, name: &str) -> bool {
    if !pattern.contains(['*', '?', '[', '{']) {
        return pattern == name;
    }
    let braces = pattern.split_once('{').and_then(|(head, rest)| Some((head, rest.split_once('}')?)));
    if let Some((head, (choices, tail))) = braces {
        return choices.split(',').any(|choice| fits(&format!("{head}{choice}{tail}"), name));
    }
    // A pattern does not take names that begin with a dot, unless it begins with one too.
    (!name.starts_with('.') || pattern.starts_with('.')) && wild(pattern.as_bytes(), name.as_bytes())
}

/// Matches with one place to come back to: the last `*`.
fn wild(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n, mut back) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                back = Some((p, n));
                p += 1;
            }
            Some(b'[') => {
                let set = pattern.get(p..).unwrap_or(&[]);
                p += set.iter().position(|byte| *byte == b']').unwrap_or(0) + 1;
                n += 1;
            }
            Some(byte) if *byte == b'?' || name.get(n) == Some(byte) => {
                p += 1;
                n += 1;
            }
            _ => match back {
                Some((star, from)) => {
                    back = Some((star, from + 1));
                    p = star + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or(&[]).iter().all(|byte| *byte == b'*')
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
