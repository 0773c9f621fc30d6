//! Where a name stands next to a value: `name = "value"`, `name: value`, `<name>value</name>`, `name="X" value="Y"`.

mod argument;
mod before;
mod beside;
mod compared;
mod enclosed;
mod filled;
mod several;
mod sign;
mod tags;
mod unset;

use super::literal;
use crate::read::Part;

/// How the value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// In quotes.
    Quoted,
    /// Up to the end of the word or line.
    Bare,
    /// Between tags.
    Tagged,
}

/// What stands between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// `=`, `:=`, `=>`, `>`.
    Equals,
    /// `:`.
    Colon,
}

/// A name with its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site<'b> {
    /// The whole name around the keyword.
    pub name: Part<'b>,
    /// What stands between name and value.
    pub sign: Sign,
    /// How the value is written.
    pub written: Written,
    /// The value without quotes.
    pub value: Part<'b>,
    /// Whether the name is a quoted one.
    pub quoted_name: Written,
}

/// Longer values are no passwords, and no tokens either.
const LONGEST: usize = 2048;

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')
}

/// How long the name is that a text begins with: Latin letters with marks are letters of it (`contraseña`, `jelszó`).
fn word(rest: &[u8]) -> usize {
    let marked = |at: usize| {
        let lead = rest.get(at).is_some_and(|b| (0xc3..=0xc5).contains(b));
        lead && rest.get(at + 1).is_some_and(|b| (0x80..0xc0).contains(b))
    };
    let mut end = 0;
    while end < 80 {
        match rest.get(end) {
            Some(b) if is_name(*b) => end += 1,
            Some(_) if marked(end) => end += 2,
            _ => break,
        }
    }
    end
}

/// `"host=a\ntoken=x"`: what a text has before the name begins a line, and its letter is none of the name.
fn is_behind_escape(before: &[u8], left: usize) -> bool {
    let start = before.len() - left;
    let escape = start.checked_sub(1).and_then(|n| before.get(n)) == Some(&b'\\');
    left > 0 && escape && matches!(before.get(start), Some(b'n' | b't' | b'r'))
}

/// The name around an offset.
pub(crate) fn name_around(text: &[u8], at: usize) -> Part<'_> {
    let before = text.get(..at).unwrap_or_default();
    let left = before.iter().rev().take(80).take_while(|b| is_name(**b)).count();
    let left = left - usize::from(is_behind_escape(before, left));
    let rest = text.get(at..).unwrap_or_default();
    let mut right = word(rest);
    // In texts for people a name has blanks: `API key`.
    let first = rest.get(..right).unwrap_or_default().to_ascii_lowercase();
    if [&b"api"[..], b"access", b"secret"].contains(&first.as_slice()) && rest.get(right) == Some(&b' ') {
        let second = word(rest.get(right + 1..).unwrap_or_default());
        let key = rest.get(right + 1..right + 1 + second).is_some_and(|w| w.eq_ignore_ascii_case(b"key"));
        right += if key { 1 + second } else { 0 };
    }
    let name = Part::between(text, at - left..at + right).trim_of(|b| matches!(b, b'-' | b'.'));
    compared::without_call(name)
}

/// What opens right before a name.
enum Open {
    /// `<name>`.
    Tag,
    /// `<tag>name`.
    Text,
    /// `${name`.
    Variable,
}

/// A name and what stands around it.
struct Around<'b> {
    name: Part<'b>,
    before: Part<'b>,
    rest: Part<'b>,
}

/// The value that belongs to a name, if one does.
pub(crate) fn value_of<'b>(text: &'b [u8], name: Part<'b>) -> Option<Site<'b>> {
    let span = name.span();
    let before = Part::between(text, span.start.saturating_sub(LONGEST)..span.start);
    let rest = Part::between(text, span.end..text.len().min(span.end + LONGEST));
    let name = compared::without_field(name);
    let around = Around { name, before, rest };
    match opened(before) {
        Some(Open::Tag) => tags::between(name, rest).map(|value| around.tagged(value)),
        Some(Open::Text) => tags::next(rest).map(|value| around.tagged(value)),
        Some(Open::Variable) => enclosed::fallback(rest).map(|value| around.quoted(value, Written::Quoted)),
        None => around.held().or_else(|| around.closed()),
    }
}

fn opened(before: Part<'_>) -> Option<Open> {
    match without_space(before.bytes()) {
        [.., b'<'] | [.., b'&', b'l', b't', b';'] => Some(Open::Tag),
        // `$mailer->setPassword('x')` of PHP is no tag.
        [.., b'-', b'>'] => None,
        [.., b'>'] => Some(Open::Text),
        [.., b'$', b'{'] => Some(Open::Variable),
        _ => None,
    }
}

/// Without the space of names that a tag's name may have before it: `<wsse:Password>`.
fn without_space(before: &[u8]) -> &[u8] {
    let space = |head: &[u8]| head.iter().rev().take(24).take_while(|b| is_name(**b)).count();
    let tag = before.strip_suffix(b":").and_then(|head| head.get(..head.len() - space(head)));
    tag.filter(|tag| tag.ends_with(b"<") || tag.ends_with(b"&lt;")).unwrap_or(before)
}

impl<'b> Around<'b> {
    fn tagged(&self, value: Part<'b>) -> Site<'b> {
        let (sign, written) = (Sign::Equals, Written::Tagged);
        Site { name: self.name, sign, written, value, quoted_name: Written::Bare }
    }

    fn quoted(&self, value: Part<'b>, quoted_name: Written) -> Site<'b> {
        Site { name: self.name, sign: Sign::Equals, written: Written::Quoted, value, quoted_name }
    }

    /// Name and value in one pair of brackets or quotes, or between the same tags.
    fn held(&self) -> Option<Site<'b>> {
        let (before, rest) = (self.before, self.rest);
        let value = enclosed::environment(before, rest).or_else(|| enclosed::term(before, rest));
        value
            .map(|value| self.quoted(value, Written::Quoted))
            .or_else(|| tags::setting(rest).map(|value| self.tagged(value)))
            .or_else(|| enclosed::in_one_string(before, rest).map(|value| self.quoted(value, Written::Bare)))
    }

    /// The value behind the quotes and brackets that close the name.
    fn closed(&self) -> Option<Site<'b>> {
        let Self { name, before, .. } = *self;
        if let Some(value) = several::several(before, self.rest).or_else(|| filled::filled(before, self.rest))
        {
            return Some(self.quoted(value, Written::Bare));
        }
        if let Some(rest) = unset::unset(before, self.rest) {
            let (written, value) = literal::value(rest)?;
            return Some(Site { name, sign: Sign::Equals, written, value, quoted_name: Written::Quoted });
        }
        let close = self.rest.while_(|b| matches!(b, b'"' | b'\'' | b'\\' | b']' | b')' | b'`' | b'*'));
        // `*password*` of Lisp.
        let starred = close.is("*") && before.bytes().ends_with(b"*");
        let quoted_name = if close.is_empty() || starred { Written::Bare } else { Written::Quoted };
        let rest = self.rest.after(&close);
        // `if ("x".equals(request.getParameter("pw"))) {` closes all that was opened.
        if close.len() > 3 && !(close.len() <= 5 && close.bytes().ends_with(b"))")) {
            return None;
        }
        if let Some(after) = rest.strip(">").filter(|_| quoted_name == Written::Quoted) {
            return tags::named(after).map(|value| self.tagged(value));
        }
        // AppleScript's `set thePassword to "x"`.
        if let Some(rest) =
            rest.strip(" to ").filter(|rest| is_set(before) && rest.bytes().starts_with(b"\""))
        {
            let (written, value) = literal::value(rest)?;
            return Some(Site { name, sign: Sign::Equals, written, value, quoted_name });
        }
        // `$_SERVER['PHP_AUTH_PW']</td><td class="v">x`, as PHP tells what it was asked with.
        if quoted_name == Written::Quoted && rest.bytes().starts_with(b"</td>") {
            return tags::next(rest).map(|value| self.tagged(value));
        }
        let default = sign::default_of_variable(name, rest).map(|rest| (Sign::Equals, rest));
        if let Some(value) = compared::compared(name, before, rest) {
            return Some(self.quoted(value, quoted_name));
        }
        if quoted_name == Written::Quoted
            && let Some(rest) =
                sign::arrow(rest).or_else(|| sign::behind_index(rest)).or_else(|| sign::dumped(rest))
        {
            let (written, value) = literal::value(rest)?;
            return Some(Site { name, sign: Sign::Equals, written, value, quoted_name });
        }
        if let Some((sign, rest)) = sign::sign(rest).or(default) {
            // `[Form validatePassword:@"x"]` of Objective-C asks and sets nothing.
            if sign == Sign::Colon && rest.bytes().starts_with(b"@\"") && !argument::is_setter(name) {
                return None;
            }
            let (written, value) = literal::value(sign::next_line(rest, quoted_name))?;
            return Some(Site { name, sign, written, value, quoted_name });
        }
        let (written, value) =
            match (beside::beside(rest), argument::argument(name, before, rest, quoted_name)) {
                (Some(rest), _) => literal::value(rest)?,
                (None, Some(value)) => (Written::Quoted, value),
                (None, None) => before::value_before(before)?,
            };
        Some(Site { name, sign: Sign::Equals, written, value, quoted_name })
    }
}

fn is_set(before: Part<'_>) -> bool {
    before.bytes().strip_suffix(b"set ").is_some_and(|head| head.last().is_none_or(u8::is_ascii_whitespace))
}

fn blank(part: Part<'_>) -> Part<'_> {
    part.after(&part.while_(|b| b == b' ' || b == b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(text: &str) -> Option<(String, Written)> {
        let at = text.to_ascii_lowercase().find("pass")?;
        let site = value_of(text.as_bytes(), name_around(text.as_bytes(), at))?;
        Some((String::from_utf8_lossy(site.value.bytes()).into_owned(), site.written))
    }

    #[test]
    fn every_writing_gives_the_value() {
        for (text, value, written) in [
            ("db.password = x y ", "x y", Written::Bare),
            ("\"password\": \"x\\\"y\",", "x\\\"y", Written::Quoted),
            ("<password> x </password>", "x", Written::Tagged),
            ("<add key=\"Password\" value=\"x\"/>", "x", Written::Quoted),
            ("<property name=\"a.password\">x</property>", "x", Written::Tagged),
            ("variable \"db_password\" {\n  type = string\n  default = \"x\"\n}", "x", Written::Quoted),
            ("- name: DB_PASSWORD\n  value: x\n", "x", Written::Bare),
            ("<wsse:Password Type=\"text\">x</wsse:Password>", "x", Written::Tagged),
            ("<property name=\"password\"><value><![CDATA[x<y]]></value></property>", "x<y", Written::Tagged),
            ("<entry key=\"password\">\n  <value>x</value>\n</entry>", "x", Written::Tagged),
            ("&lt;wsse:Password Type=\"text\"&gt;x&lt;/wsse:Password&gt;", "x", Written::Tagged),
            ("<password value=\"x\"/>", "x", Written::Tagged),
            ("config['password'] = 'x'", "x", Written::Quoted),
            ("password: &str = \"x\"", "x", Written::Quoted),
            ("'password' => 'x'", "x", Written::Quoted),
            ("\"password\" -> \"x\",", "x", Written::Quoted),
            ("\"password\" to \"x\",", "x", Written::Quoted),
            ("password => q{x} );", "x", Written::Quoted),
            ("password = [[x]]", "x", Written::Quoted),
            ("sPassword : STRING(80) := 'x';", "x", Written::Quoted),
            ("c_password CONSTANT VARCHAR2(60) := 'x';", "x", Written::Quoted),
            ("const password {.strdefine.} = \"x\"", "x", Written::Quoted),
            ("password: []const u8 = \"x\";", "x", Written::Quoted),
            ("gc_password TYPE string VALUE 'x'.", "x", Written::Quoted),
            ("c_password(12) TYPE c VALUE 'x'.", "x", Written::Quoted),
            ("WS-PASSWORD PIC X(20) VALUE 'x'.", "x", Written::Quoted),
            ("val password by lazy { \"x\".toByteArray() }", "x", Written::Quoted),
            ("let(:password) { 'x' }", "x", Written::Quoted),
            ("PASSWORD = (\n    \"x\"\n)\n", "x", Written::Quoted),
            ("std::string password{\"x\"};", "x", Written::Quoted),
            ("default['db']['password']['admin'] = 'x'", "x", Written::Quoted),
            ("[\"password\"]=>\n  string(1) \"x\"\n", "x", Written::Quoted),
            ("[\"password\":\"Db\":private]=>\n  string(1) \"x\"\n", "x", Written::Quoted),
            ("password => Sensitive('x')", "x", Written::Quoted),
            ("txtPassword.Text = \"x\";", "x", Written::Quoted),
            ("{\\\"password\\\":\\\"x\\\"}", "x", Written::Quoted),
            ("\"host=a\\npassword=x\\nport=1\"", "x", Written::Quoted),
            ("\"password=x\\nport=1\"", "x", Written::Quoted),
        ] {
            assert_eq!(site(text), Some((value.to_owned(), written)), "{text}");
        }
    }

    #[test]
    fn comparisons_and_words_are_no_assignments() {
        for text in
            ["password == \"x\"", "the password is x", "pass::word", "<password>x</other>", "password"]
        {
            assert_eq!(site(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_input_is_too_strange(text in "(pass|=|:|\"|'|\\\\|<|>|value| |\n|x){0,12}", at in 0..40_usize) {
            let at = at.min(text.len());
            let _ = value_of(text.as_bytes(), name_around(text.as_bytes(), at));
        }
    }
}
