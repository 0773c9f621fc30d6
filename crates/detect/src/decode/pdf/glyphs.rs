//! The names of glyphs by which fonts say what their codes are (Adobe Glyph List).

/// The character of a glyph; ligatures are several.
pub(super) fn glyph(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    // What follows says which form it has: `a.sc`.
    let plain = name.split('.').next().filter(|plain| !plain.is_empty())?;
    let mut letters = plain.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return letter.is_ascii_alphabetic().then(|| plain.to_owned());
    }
    if let Some((_, said)) = GLYPHS.iter().find(|(known, _)| *known == plain) {
        return Some((*said).to_owned());
    }
    let digits =
        plain.strip_prefix("uni").or_else(|| plain.strip_prefix('u')).filter(|digits| digits.len() >= 4)?;
    let code = u32::from_str_radix(digits.get(..digits.len().min(6))?, 16).ok()?;
    char::from_u32(code).map(String::from)
}

const GLYPHS: &[(&str, &str)] = &[
    ("space", " "),
    ("exclam", "!"),
    ("quotedbl", "\""),
    ("numbersign", "#"),
    ("dollar", "$"),
    ("percent", "%"),
    ("ampersand", "&"),
    ("quotesingle", "'"),
    ("quoteright", "'"),
    ("quoteleft", "`"),
    ("grave", "`"),
    ("parenleft", "("),
    ("parenright", ")"),
    ("asterisk", "*"),
    ("asteriskmath", "*"),
    ("plus", "+"),
    ("comma", ","),
    ("hyphen", "-"),
    ("minus", "-"),
    ("period", "."),
    ("slash", "/"),
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("colon", ":"),
    ("semicolon", ";"),
    ("less", "<"),
    ("equal", "="),
    ("greater", ">"),
    ("question", "?"),
    ("at", "@"),
    ("bracketleft", "["),
    ("backslash", "\\"),
    ("bracketright", "]"),
    ("asciicircum", "^"),
    ("circumflex", "^"),
    ("underscore", "_"),
    ("braceleft", "{"),
    ("bar", "|"),
    ("braceright", "}"),
    ("asciitilde", "~"),
    ("tilde", "~"),
    ("quotedblleft", "\u{201c}"),
    ("quotedblright", "\u{201d}"),
    ("quotedblbase", "\u{201e}"),
    ("endash", "\u{2013}"),
    ("emdash", "\u{2014}"),
    ("bullet", "\u{2022}"),
    ("ff", "ff"),
    ("fi", "fi"),
    ("fl", "fl"),
    ("ffi", "ffi"),
    ("ffl", "ffl"),
    ("germandbls", "\u{df}"),
    ("adieresis", "\u{e4}"),
    ("odieresis", "\u{f6}"),
    ("udieresis", "\u{fc}"),
    ("Adieresis", "\u{c4}"),
    ("Odieresis", "\u{d6}"),
    ("Udieresis", "\u{dc}"),
    ("eacute", "\u{e9}"),
    ("egrave", "\u{e8}"),
    ("agrave", "\u{e0}"),
    ("ccedilla", "\u{e7}"),
    ("ntilde", "\u{f1}"),
    ("oacute", "\u{f3}"),
    ("aacute", "\u{e1}"),
    ("iacute", "\u{ed}"),
    ("uacute", "\u{fa}"),
];
