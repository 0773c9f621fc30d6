//! Texts that PowerShell makes passwords of: `ConvertTo-SecureString -String '…' -AsPlainText -Force`, also at the end of a pipe.
//!
//! Whatever has its name, that is what is done with it: so every text counts but words that everybody tries first.
//!
//! bad: `$initial = ConvertTo-SecureString -String 'Kiesel_Fasan23' -AsPlainText -Force`
//! good: `$initial = Read-Host -AsSecureString`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::own_word::is_own_word;
use super::judge::reading::{line_around, line_from, text_in_quotes};
use super::judge::value::{Worth, is_wordy, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "secure-string",
    "Password in a script of PowerShell",
    "Whoever can read the script has it: only what is made of it is kept from others.",
)
.source("https://learn.microsoft.com/powershell/module/microsoft.powershell.security/convertto-securestring")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "secure-string",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise,
    keywords: &["convertto-securestring"],
    find,
    hits: &[
        Example {
            path: "a.ps1",
            text: "$p = ConvertTo-SecureString -String 'P{lower:6}_97' -AsPlainText -Force\n",
            rule: "secure-string",
        },
        Example {
            path: "a.ps1",
            text: "$p = ConvertTo-SecureString -AsPlainText -Force \"P{lower:6}97\"\n",
            rule: "secure-string",
        },
        Example {
            path: "a.ps1",
            text: "$c = [pscredential]::new('bob', ('P{lower:6}97' | ConvertTo-SecureString -AsPlainText -Force))\n",
            rule: "secure-string",
        },
        Example {
            path: "",
            text: "powershell -Command $p = ConvertTo-SecureString 'P{lower:6}97' -AsPlainText -Force",
            rule: "secure-string",
        },
    ],
    misses: &[
        Example {
            path: "a.ps1",
            text: "$p = ConvertTo-SecureString $env:PW -AsPlainText -Force; $q = ConvertTo-SecureString \"$pw\" -AsPlainText\n",
            rule: "",
        },
        Example {
            path: "a.ps1",
            text: "$p = Get-Content 'C:\\pw97x.txt' | ConvertTo-SecureString -Key $key\n'a97xyz' | Out-Null; $x | ConvertTo-SecureString\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let called = line_from(text.bytes, at).skip(FINDER.keywords.first().map_or(0, |word| word.len()));
        let Some(value) = given(called).or_else(|| piped(text.bytes, at)) else { continue };
        let level = match worth(value.bytes()) {
            Worth::Strong | Worth::Number => Level::Deny,
            Worth::Weak if is_filled_in(value) => continue,
            Worth::Weak if !is_wordy(value.bytes()) || is_own_word(value.bytes()) => Level::Deny,
            Worth::Weak | Worth::Default | Worth::Uuid => Level::Warn,
            _ => continue,
        };
        let confidence = if level == Level::Deny { Confidence::Medium } else { Confidence::Low };
        let shape = length_of("password that PowerShell is given", value.len());
        out(Found::here(&RULE, value, shape).at(level, confidence));
    }
}

/// The text among what the cmdlet is given, flags aside. What it is given with a key is sealed already.
fn given(called: Part<'_>) -> Option<Part<'_>> {
    let call = called.while_(|b| !matches!(b, b'|' | b';' | b')'));
    let quote = call.bytes().iter().position(|b| matches!(b, b'"' | b'\''))?;
    let flags = call.first(quote);
    let known = ["-string", "-s", "-asplaintext", "-force", "-asplaintext:$true"];
    let plain = flags.words().all(|flag| known.iter().any(|known| flag.is(known)));
    plain.then(|| text_in_quotes(called.skip(quote))).flatten().map(|(value, _)| value)
}

/// The text that ends right before the pipe.
fn piped(text: &[u8], at: usize) -> Option<Part<'_>> {
    let line = line_around(text, at);
    let before = Part::between(text, line.span().start..at).trim();
    let said = before.first(before.bytes().strip_suffix(b"|")?.len()).trim();
    let (quote, inner) = said.bytes().split_last().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    let open = memchr::memrchr(*quote, inner)?;
    // Behind a word it is what a command was given: `Get-Content 'x' | …`.
    let alone = said.first(open).trim().bytes().last().is_none_or(|b| matches!(b, b'(' | b'=' | b'{' | b';'));
    alone.then(|| said.first(inner.len()).skip(open + 1))
}

/// Whether the script puts a part of it there when it runs: `"pre$x"`.
fn is_filled_in(value: Part<'_>) -> bool {
    let variable = |w: &[u8]| {
        w.first() == Some(&b'$')
            && w.last().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'(' | b'{'))
    };
    value.byte_before() == b'"' && value.bytes().windows(2).any(variable)
}
