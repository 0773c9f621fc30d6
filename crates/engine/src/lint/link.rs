//! Where a link in a build context leads, as the builder sees it: the context is all there is.

use std::fs;
use std::path::Path;

/// So many links are followed, as the kernel does.
const MOST: usize = 40;

/// Where a path leads when every link on the way is followed: absolute links and `..` count from the root of the
/// context. Nothing when it leads nowhere or in circles.
pub(crate) fn target(root: &Path, path: &str) -> Option<String> {
    let mut ahead: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
    let mut at: Vec<String> = Vec::new();
    let mut links = 0;
    while let Some(part) = ahead.pop() {
        match part.as_str() {
            "" | "." => continue,
            ".." => {
                at.pop();
                continue;
            }
            _ => at.push(part),
        }
        let here = root.join(at.join("/"));
        if !fs::symlink_metadata(&here).ok()?.is_symlink() {
            continue;
        }
        links += 1;
        let to = fs::read_link(&here).ok().filter(|_| links <= MOST)?;
        let to = to.to_str()?.replace('\\', "/");
        at.pop();
        if to.starts_with('/') {
            at.clear();
        }
        ahead.extend(to.split('/').rev().map(str::to_owned));
    }
    Some(at.join("/"))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_leads_to_a_place_in_the_context_or_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("context");
        fs::create_dir_all(root.join("real")).unwrap();
        fs::write(root.join("real/a"), "").unwrap();
        fs::write(folder.path().join("outside"), "").unwrap();
        for (link, to) in [
            ("one", "real/a"),
            ("two", "/real/a"),
            ("folder", "real"),
            ("three", "one"),
            ("out", "../outside"),
            ("round", "round"),
        ] {
            symlink(to, root.join(link)).unwrap();
        }
        for path in ["one", "two", "three", "folder/a"] {
            assert_eq!(target(&root, path).as_deref(), Some("real/a"), "{path}");
        }
        assert_eq!((target(&root, "out"), target(&root, "round")), (None, None));
    }
}
