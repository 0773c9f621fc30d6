//! A name and its value with nothing but blanks between them, as servers' configurations have it: `shared_key x`,
//! `AuthLDAPBindPassword "x"`, `server.ssl.key-store-password x`; and as programs list their settings in columns:
//! `db_pass     x`, `[smtp.password] x`.

use super::chosen::is_chosen;
use super::ground::Ground;
use super::joined::{is_joined_phrase, is_word_and_number};
use super::name::{Says, is_password, says};
use super::site::{Sign, Site, Written};
use super::value::{Worth, is_wordy, worth};
use crate::read::Part;
use crate::{Hint, Text};

/// How far behind the name its line may end, in bytes.
const LONGEST: usize = 512;

/// The value in a line of a log's listing, or of Robot Framework's: `${PASSWORD}    x`.
pub(crate) fn in_listing<'b>(text: &Text<'b>, name: Part<'b>) -> Option<Site<'b>> {
    let robot = [&b".robot"[..], b".resource"].iter().any(|end| text.hint.file_name().ends_with(end));
    (robot || matches!(text.hint, Hint::Text)).then(|| listed(text.bytes, name)).flatten()
}

/// The one word behind a name that begins its line.
pub(crate) fn value<'b>(text: &Text<'b>, ground: Ground, name: Part<'b>) -> Option<Site<'b>> {
    // In YAML such a line is one of a file that is to be written, whatever its form.
    let written = ground == Ground::Yaml;
    if ground != Ground::Lines && !written || !starts_line(text.bytes, name.span().start) {
        return None;
    }
    let end = name.span().end;
    let rest = Part::between(text.bytes, end..text.bytes.len().min(end + LONGEST));
    let line = rest.while_(|b| b != b'\n' && b != b'\r');
    let blank = line.while_(|b| matches!(b, b' ' | b'\t'));
    let word = line.after(&blank).trim();
    let word = if word.bytes().ends_with(b";") { word.first(word.len() - 1) } else { word };
    let value = word.unquote();
    let quoted = value.len() < word.len();
    let one = quoted || word.words().count() == 1;
    // A directive may as well take a word that says where or how.
    let told = is_chosen(value.bytes())
        || worth(value.bytes()) == Worth::Strong
        || is_password(name.bytes()) && !is_wordy(value.bytes()) && !written;
    // Where the value ends is known already.
    let written = if quoted { Written::Quoted } else { Written::Tagged };
    let site = Site { name, sign: Sign::Equals, written, value, quoted_name: Written::Bare };
    (!blank.is_empty() && one && told).then_some(site)
}

/// What begins a line of a listing before the name, and what closes it there.
const BRACKETS: &[(&[u8], &str)] = &[(b"", ""), (b"[", "]"), (b"${", "}"), (b"| ", "")];

/// The value in the next column of a line that has no more than two, or behind a name in brackets.
fn listed<'b>(text: &'b [u8], name: Part<'b>) -> Option<Site<'b>> {
    let span = name.span();
    let before = text.get(span.start.saturating_sub(LONGEST)..span.start)?;
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let line = without_step(line).trim_ascii_start();
    let rest = Part::between(text, span.end..text.len().min(span.end + LONGEST));
    let (_, close) = BRACKETS.iter().find(|(open, _)| *open == line)?;
    let rest = rest.while_(|b| b != b'\n' && b != b'\r').strip(close)?;
    let gap = rest.while_(|b| matches!(b, b' ' | b'\t'));
    let column = gap.len() >= 2 || *close == "]" && gap.len() == 1 || gap.bytes() == b"\t";
    let word = rest.after(&gap).trim();
    let value = word.unquote();
    let quoted = value.len() < word.len();
    let one = if quoted {
        word.bytes().iter().filter(|b| **b == b'\'').count() <= 2
    } else {
        word.words().count() == 1
    };
    let bytes = value.bytes();
    let told = is_chosen(bytes)
        || worth(bytes) == Worth::Strong
        || is_password(name.bytes()) && (is_joined_phrase(bytes) || is_word_and_number(bytes));
    let sure = column && one && told && says(name.bytes()) == Says::Secret;
    let (sign, written) = (Sign::Equals, Written::Tagged);
    sure.then_some(Site { name, sign, written, value, quoted_name: Written::Bare })
}

/// A line without the mark of BuildKit's log for its step and time: `#8 4.326 `.
fn without_step(line: &[u8]) -> &[u8] {
    let number = |part: &[u8]| !part.is_empty() && part.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    let mut parts = line.strip_prefix(b"#").unwrap_or_default().splitn(3, |b| *b == b' ');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(step), Some(time), Some(rest)) if number(step) && number(time) => rest,
        _ => line,
    }
}

fn starts_line(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(LONGEST)..at).unwrap_or_default();
    before.rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use crate::context::assignment;
    use crate::finder::tests::found_in;

    fn secrets(text: &str) -> Vec<String> {
        let found = found_in(&assignment::FINDER, "", text.as_bytes());
        found.iter().map(|f| String::from_utf8_lossy(&f.secret).into_owned()).collect()
    }

    #[test]
    fn settings_that_a_log_lists_are_read() {
        for (line, expected) in [
            ("db_pass     Kiesel2019#", "Kiesel2019#"),
            ("  mailPassword  'tundra-fasan-48'", "tundra-fasan-48"),
            ("[http-basic.repo.acme.dev.password] KieselFasan80", "KieselFasan80"),
            ("      <password>Kiesel_Fasan23#</password>", "Kiesel_Fasan23#"),
            ("#12 0.831 [smtp.relay.password] KieselFasan80", "KieselFasan80"),
            ("Smtp:Password = Kiesel_Fasan23#", "Kiesel_Fasan23#"),
        ] {
            assert_eq!(secrets(line), [expected], "{line}");
        }
        let plan = "  ~ password  = \"KieselFasan31\" -> \"MyTundra26??\"";
        assert_eq!(secrets(plan), ["KieselFasan31", "MyTundra26??"]);
    }

    #[test]
    fn words_beside_a_name_in_a_log_are_none() {
        for line in [
            "password  required",
            "[password] is required",
            "token  refreshed 12 times",
            "password  (sensitive value)",
            "  ~ password  = (sensitive value) -> (known after apply)",
            "Token: Position = 12",
            "see db_pass  Kiesel2019#",
        ] {
            assert_eq!(secrets(line), Vec::<String>::new(), "{line}");
        }
    }
}
