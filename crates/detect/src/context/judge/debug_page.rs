//! Is a page one by which a framework tells what went wrong in a program, or PHP what it was set up with?

use super::ground::is_page;
use super::once::stands_in;
use crate::Text;

/// What stands in the pages by which frameworks tell whoever made a program what went wrong in it, with all its settings.
const DEBUG_PAGES: &[&[u8]] = &[
    b"phpinfo()</title>",
    b"<table class=\"req\">",
    b"DEBUG = True</code>",
    b"Werkzeug Debugger",
    b"Whoops! There was an error",
    b"Symfony Exception",
    b"Action Controller: Exception caught",
];

/// Whether a page was made by a framework of what a program has in it, and so is no text for people.
pub(crate) fn is_debug_page(text: &Text<'_>) -> bool {
    let has = |mark: &&'static [u8]| stands_in(text.bytes, mark);
    is_page(&text.hint) && !text.binary && DEBUG_PAGES.iter().any(has)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hint;

    #[test]
    fn pages_of_frameworks_are_told_from_pages_for_people() {
        let page = |name: &'static str, bytes: &'static str| {
            let hint = Hint::File(name.as_bytes());
            is_debug_page(&Text { bytes: bytes.as_bytes(), hint, binary: false, at: &[] })
        };
        assert!(page("info.html", "<html><title>PHP 8.1 - phpinfo()</title>"));
        assert!(!page("info.html", "<html><title>How to use phpinfo</title>"));
        assert!(!page("info.txt", "<html><title>PHP 8.1 - phpinfo()</title>"));
    }
}
