//! Text that stays text in a page or another document of tags.

use crate::plain;

/// Text for an element or an attribute in quotes. What XML cannot hold is shown as [`plain()`] shows it.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A link to follow, if it leads to the web; anything else is shown as text. Rule packs bring links too.
pub(super) fn href(link: &str) -> String {
    let text = escaped(link);
    let web = link.starts_with("https://") || link.starts_with("http://");
    if web { format!("<a href=\"{text}\" rel=\"noreferrer noopener\">{text}</a>") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(escaped("<a href='x\">&"), "&lt;a href=&#39;x&quot;&gt;&amp;");
    }

    #[test]
    fn what_xml_cannot_hold_is_shown() {
        assert_eq!(escaped("<\u{1b}&\u{fffe}"), "&lt;\\u{1b}&amp;\u{fffd}");
    }

    #[test]
    fn only_links_to_the_web_can_be_followed() {
        assert!(href("https://a.example/?x=1&y").starts_with("<a href=\"https://a.example/?x=1&amp;y\""));
        assert_eq!(href("javascript:alert(1)"), "javascript:alert(1)");
    }
}
