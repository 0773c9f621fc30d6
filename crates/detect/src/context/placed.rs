//! Passwords that have no name and a fixed place in a line: `socks5 host 1080 user …` of proxychains, `MONITOR … user …` of
//! NUT, `package question password …` of debconf, the word in `secure_link_md5`.
//!
//! bad: `mysql-server mysql-server/root_password password hunter22x`
//! good: `debconf-set-selections < /run/secrets/answers`

use super::directive::{RULE, level};
use super::judge::coined::is_coined;
use super::judge::ground::{Ground, ground, ground_of, is_named_manual};
use super::judge::length_of;
use super::judge::reading::line_before;
use super::judge::value::{Worth, is_chosen, is_picked, is_secret, worth};
use super::url_credentials::is_word_with_number;
use crate::finder::firsts;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "placed",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && ground(hint) != Ground::Noise,
    keywords: &firsts(&FORMS),
    find,
    hits: &[
        Example {
            path: "etc/proxychains.conf",
            text: "[ProxyList]\nsocks5 10.1.2.3 1080 bob p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/nut/upsmon.conf",
            text: "MONITOR ups@localhost 1 mon p{lower:6}97 primary\n",
            rule: "password-directive",
        },
        Example {
            path: "x.sh",
            text: "echo 'slapd slapd/password1 password p{lower:6}97' | debconf-set-selections\n",
            rule: "password-directive",
        },
        Example {
            path: "preseed.cfg",
            text: "d-i netcfg/wireless_wpa passphrase x\nkeystone keystone/admin-password password p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "preseed.cfg",
            text: "d-i netcfg/wireless_wpa string p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/exim4/x.conf",
            text: "  client_send = : bob@acme.dev : p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "znc.conf",
            text: "  Server = irc.acme.dev +6697 p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/nginx/x.conf",
            text: "location /s/ {{ secure_link_md5 \"$secure_link_expires$uri$remote_addr p{lower:6}97\"; }}\n",
            rule: "password-directive",
        },
        Example {
            path: "conf/server.xml",
            text: "<Server port=\"8005\" shutdown=\"a1B{base62:14}\">\n",
            rule: "password-directive",
        },
        Example {
            path: "root/.fetchmailrc",
            text: "poll h proto imap user 'bob' pass 'p{lower:6}97' ssl\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/asterisk/sip.conf",
            text: "register => 4711:p{lower:6}97@sip.internal/100\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/asterisk/sip.conf",
            text: "register => 4711@sip.net:p{lower:6}97:4711@sip.net/100\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/snmp/snmpd.conf",
            text: "createUser bob SHA p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "tftp/core.cfg",
            text: "hostname core\nradius-server host 10.1.1.1 auth-port 1812 key 0 p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/caddy/Caddyfile",
            text: "{{\n\tacme_dns acmecloud a1B{base62:30}\n}}\n",
            rule: "password-directive",
        },
        Example {
            path: "opt/x.exp",
            text: "set timeout 5\nset pw \"Xk9v{lower:5}!7\"\n",
            rule: "password-directive",
        },
        Example {
            path: "a.ahk",
            text: "^!w::\n    RunAs, bob, P{lower:6}#97, ACME\n    Run, mmc.exe\n    RunAs\n",
            rule: "password-directive",
        },
        Example {
            path: "a.tcl",
            text: "set c [mysql::connect -host $h -user app -password P{lower:6}#97]\n",
            rule: "password-directive",
        },
        Example {
            path: "share.applescript",
            text: "mount volume \"smb://\" & h as user name n with password \"P{lower:6}#97\"\n",
            rule: "password-directive",
        },
        Example {
            path: "mount.applescript",
            text: "do shell script \"diskutil list\" user name \"bob\" password \"p{lower:6}97\" with administrator privileges\n",
            rule: "password-directive",
        },
        Example {
            path: "a.tcl",
            text: "set c [mysqlconnect -host db -user app -password \"p{lower:6}97\"]\n",
            rule: "password-directive",
        },
        Example {
            path: "login.robot",
            text: "    Input Password  id:pw      p{lower:6}97\n",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "login.robot",
            text: "    Input Password    id:pw    ${{PASSWORD}}\n    Input Password    p{lower:6}97\n    Input Password    id:pw    wrong\n",
            rule: "",
        },
        Example {
            path: "opt/x.tcl",
            text: "set password $env(PW)\nset pw [read_it a1]\nset pass 1\nset passwd password\n",
            rule: "",
        },
        Example {
            path: "etc/caddy/Caddyfile",
            text: "acme_dns acmecloud {{env.TOKEN}}\ndns 10.0.0.1 10.0.0.2\ndns route53\n",
            rule: "",
        },
        Example {
            path: "etc/snmp/snmpd.conf",
            text: "# createUser username SHA authpassphrase AES\nradius-server host 10.1.1.1 key 7\n",
            rule: "",
        },
        Example {
            path: "etc/proxychains.conf",
            text: "socks5 127.0.0.1 9050\n# socks5 192.168.67.78 1080 lamer secret\nhttp 10.0.0.1 8080 # ask97abc\n",
            rule: "",
        },
        Example {
            path: "etc/nut/upsmon.conf",
            text: "# MONITOR myups@bigserver 1 monmaster blah97x primary\nMONITOR everything you can97 see9x\n",
            rule: "",
        },
        Example {
            path: "preseed.cfg",
            text: "# d-i passwd/root-password password r00tme\nd-i passwd/user-password password\nthe and/or password protects2 it\n",
            rule: "",
        },
        Example {
            path: "x.conf",
            text: "server = h.acme.dev 1.2.3.4 p97abcdef\nserver = irc.acme.dev 6697\nclient_send = : $1 : ${{lookup x}}\n",
            rule: "",
        },
        Example {
            path: "a.rs",
            text: "/// A user can still pass `--help` or pass \"x97abc\" to it.\n",
            rule: "",
        },
        Example {
            path: "conf/server.xml",
            text: "<Server port=\"8005\" shutdown=\"SHUTDOWN\">\n<Bean shutdown=\"a1b2c3d4e5\"/>\n",
            rule: "",
        },
        Example {
            path: "a.conf",
            text: "secure_link_md5 \"$secure_link_expires$uri secret1\";\nsecure_link_md5 $arg_md5;\npackets pass in97x\n",
            rule: "",
        },
    ],
};

/// Where a word stands that leads to a password.
struct Place<'t, 'b> {
    /// What stands before it in its line.
    before: &'t [u8],
    /// What stands behind it.
    after: Part<'b>,
    /// The kind of text.
    ground: Ground,
}

impl Place<'_, '_> {
    fn starts_line(&self) -> bool {
        self.before.trim_ascii().is_empty()
    }
}

type Form = for<'b> fn(&Place<'_, 'b>) -> Option<Part<'b>>;

const FORMS: [(&str, Form); 30] = [
    ("user name \"", of_applescript),
    ("with password \"", of_volume),
    ("runas, ", of_autohotkey),
    ("-password ", option_of_tcl),
    ("input password ", of_robot),
    ("type password ", of_robot),
    ("socks5 ", behind_proxy),
    ("socks4 ", behind_proxy),
    ("http ", behind_proxy),
    ("monitor ", behind_ups),
    (" password ", behind_question),
    ("netcfg/wireless_wpa string ", answered),
    ("netcfg/wireless_wep string ", answered),
    ("secure_link_md5 ", in_expression),
    (" shutdown=\"", of_server),
    (" pass ", behind_user),
    ("register => ", registered),
    ("register=", registered),
    ("client_send = ", sent_by_exim),
    ("server = ", of_znc),
    ("createuser ", behind_auth),
    ("createuser ", behind_privacy),
    ("radius-server host ", behind_key),
    ("tacacs-server host ", behind_key),
    ("acme_dns ", of_provider),
    ("dns ", of_provider),
    ("set pw ", set_in_tcl),
    ("set pass ", set_in_tcl),
    ("set passwd ", set_in_tcl),
    ("set password ", set_in_tcl),
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary || is_named_manual(&text.hint) {
        return;
    }
    let ground = ground_of(text);
    let mut done = 0;
    for &at in text.at {
        let line = Part::between(text.bytes, at..text.bytes.len().min(at + 512));
        let line = line.while_(|b| b != b'\n' && b != b'\r');
        let before = line_before(text.bytes, at);
        let forms = FORMS.iter().filter_map(|(word, form)| {
            let after = line.strip(word)?;
            form(&Place { before, after, ground })
        });
        // Examples stand in comments; what was somebody's own does as well.
        let comment = matches!(before.trim_ascii_start().first(), Some(b'#' | b';'));
        for value in forms {
            let counts = value.span().start >= done && (!comment || is_secret(value.bytes(), is_chosen));
            if let Some((level, confidence)) = level(Ground::Lines, value).filter(|_| counts) {
                done = value.span().end;
                out(Found::here(&RULE, value, length_of("password", value.len())).at(level, confidence));
            }
        }
    }
}

/// `socks5 10.1.2.3 1080 bob x`
fn behind_proxy<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let mut words = place.after.words();
    let (_, port, user, password) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let port = port.bytes().iter().all(u8::is_ascii_digit);
    let ends = words.next().is_none_or(|word| word.bytes().starts_with(b"#"));
    (place.starts_line() && port && ends && !user.bytes().starts_with(b"#")).then_some(password)
}

/// `MONITOR ups@host 1 bob x primary`
fn behind_ups<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let words: Vec<Part<'b>> = place.after.words().take(5).collect();
    let [ups, number, _, password, kind] = words.as_slice() else { return None };
    let kinds = ["master", "slave", "primary", "secondary"];
    let whole = ups.bytes().contains(&b'@') && number.bytes().iter().all(u8::is_ascii_digit);
    (place.starts_line() && whole && kinds.iter().any(|known| kind.is(known))).then(|| password.unquote())
}

/// `package package/question password x`: the answers that debconf is given.
fn behind_question<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let mut words = place.before.rsplit(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (question, package) = (words.next()?, words.next()?);
    let slash = question.iter().position(|b| *b == b'/')?;
    let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b'+');
    let package = package.rsplit(|b| !part(b)).next()?;
    let telling = ["pass", "pw", "secret", "token", "key", "wpa"];
    let asked = question.get(slash..)?.to_ascii_lowercase();
    let asked = telling.iter().any(|word| memchr::memmem::find(&asked, word.as_bytes()).is_some());
    let named = !package.is_empty() && question.iter().all(part) && asked;
    let quote = place.before.iter().copied().rfind(|b| matches!(b, b'\'' | b'"'));
    let value = place.after.while_(|b| Some(b) != quote);
    let value = value.cut_at(b"\\n").map_or(value, |(value, _)| value).trim();
    (named && !value.is_empty()).then_some(value)
}

/// `d-i netcfg/wireless_wpa string x`, which is asked for as any other text.
fn answered<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    Some(place.after.trim()).filter(|value| !value.is_empty() && !value.bytes().contains(&b' '))
}

/// `"$secure_link_expires$uri x"`: the word of the expression that is no variable.
fn in_expression<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let quote = place.after.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\''));
    let inside = match quote {
        Some(quote) => place.after.skip(1).while_(|b| b != quote),
        None => place.after.trim_of(|b| matches!(b, b';' | b' ')),
    };
    let words = inside.words().filter(|word| !word.bytes().contains(&b'$'));
    let value = words.last()?;
    let opened = matches!(place.before.trim_ascii_end().last(), Some(b';' | b'{'));
    let told = inside.bytes().contains(&b'$') && (place.starts_line() || opened);
    let likely =
        |weak: &[u8]| is_chosen(weak) || is_picked(weak) || is_word_with_number(weak) || is_coined(weak);
    (told && is_secret(value.bytes(), likely)).then_some(value)
}

/// `<Server port="8005" shutdown="x">`: the word that ends Tomcat.
fn of_server<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let tag = place.before.rsplit(|b| *b == b'<').next()?;
    let (value, _) = place.after.cut(|b| b == b'"')?;
    let counts = is_secret(value.bytes(), is_chosen);
    (tag.starts_with(b"Server ") && counts).then_some(value)
}

/// `user 'bob' pass 'x'`
fn behind_user<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let before = place.before.to_ascii_lowercase();
    let user = [&b" user "[..], b" username ", b" login "]
        .iter()
        .any(|word| memchr::memmem::find(&[b" ", before.as_slice()].concat(), word).is_some());
    let word = place.after.words().next()?;
    let value = word.unquote();
    // `a user can still pass "x"` is a sentence.
    let quoted = value.len() < word.len() && place.ground == Ground::Lines;
    let told = quoted && worth(value.bytes()) >= Worth::Number;
    (user && (told || is_secret(value.bytes(), is_chosen))).then_some(value)
}

/// `register => bob:x@host/100`, `register => bob@domain:x:bob@host/100`
fn registered<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let address = place.after.words().next()?;
    let at = address.bytes().iter().rposition(|b| *b == b'@')?;
    let (user, password) = address.first(at).cut(|b| b == b':')?;
    let password = password.while_(|b| b != b':');
    let plain = user.bytes().iter().all(|b| b.is_ascii_alphanumeric() || b"._-?/@".contains(b));
    (place.starts_line() && plain && !user.is_empty() && !password.is_empty()).then_some(password)
}

/// `client_send = : bob : x`, and `client_send = ^bob^x` in one word, of Exim.
fn sent_by_exim<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let sent = place.after.trim();
    let mark =
        sent.bytes().first().copied().filter(|mark| matches!(mark, b':' | b'^' | b'"' | b';' | b'<'))?;
    let mark = if mark == b'^' { mark } else { b':' };
    let at = sent.bytes().iter().rposition(|b| *b == mark)?;
    let value = sent.skip(at + 1).trim_of(|b| matches!(b, b' ' | b'"'));
    (place.starts_line() && at > 0 && !value.bytes().contains(&b'$')).then_some(value)
}

/// `Server = irc.acme.dev +6697 x` of ZNC.
fn of_znc<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let words: Vec<Part<'b>> = place.after.words().take(4).collect();
    let [host, port, password] = words.as_slice() else { return None };
    let port = port.bytes().strip_prefix(b"+").unwrap_or(port.bytes());
    let numbered = !port.is_empty() && port.iter().all(u8::is_ascii_digit);
    (place.starts_line() && numbered && host.bytes().contains(&b'.')).then_some(*password)
}

/// `createUser bob SHA x`, of SNMP; what stands in quotes is read with the directives.
fn behind_auth<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    behind_method(place, 1, &["md5", "sha", "sha-224", "sha-256", "sha-384", "sha-512"])
}

/// `createUser bob SHA x AES y`
fn behind_privacy<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    behind_method(place, 3, &["des", "aes", "aes-128", "aes-192", "aes-256"])
}

fn behind_method<'b>(place: &Place<'_, 'b>, n: usize, methods: &[&str]) -> Option<Part<'b>> {
    let mut words = place.after.words().skip(n);
    let (method, value) = (words.next()?, words.next()?);
    let known = methods.iter().any(|known| method.is(known));
    (known && place.starts_line() && !value.bytes().starts_with(b"\"")).then_some(value)
}

/// `radius-server host 10.0.0.1 auth-port 1812 key 0 x`
fn behind_key<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let (_, after) = place.after.cut_at(b" key ")?;
    let mut words = after.words();
    let first = words.next()?;
    let plain = first.is("0");
    // Any other digit says that it is not written as it is.
    let value = if plain { words.next()? } else { first };
    (place.starts_line() && value.len() > 1).then(|| value.unquote())
}

/// `dns cloudflare x`: the token of the provider at which Caddy proves that a name is its own.
fn of_provider<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let mut words = place.after.words();
    let (provider, value) = (words.next()?, words.next()?);
    let named = provider.bytes().iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let named = named && provider.bytes().iter().any(u8::is_ascii_lowercase);
    let whole = named && place.starts_line() && words.next().is_none();
    (whole && worth(value.bytes()) == Worth::Strong).then_some(value)
}

/// `do shell script "…" user name "bob" password "x" with administrator privileges` of AppleScript.
fn of_applescript<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let (_, after) = place.after.cut_at(b"\" password \"")?;
    let (value, after) = after.cut(|b| b == b'"')?;
    let value = value.trim();
    let run = memchr::memmem::find(after.bytes(), b"administrator privileges").is_some();
    (run && worth(value.bytes()) >= Worth::Number).then_some(value)
}

/// `mount volume "smb://h/s" as user name n with password "x"` of AppleScript.
fn of_volume<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let before = place.before.to_ascii_lowercase();
    let asked = [&b"mount volume"[..], b"user name", b"do shell script", b"as user"];
    let (value, _) = place.after.cut(|b| b == b'"')?;
    let used = asked.iter().any(|word| memchr::memmem::find(&before, word).is_some());
    (used && worth(value.bytes()) >= Worth::Number).then_some(value)
}

/// `mysql::connect -user app -password x` of Tcl, whose words stand in no quotes.
fn option_of_tcl<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let before = place.before.to_ascii_lowercase();
    let connects = [&b"connect"[..], b"login", b"open", b"::new", b"create"];
    let used = connects.iter().any(|word| memchr::memmem::find(&before, word).is_some());
    let value = place.after.trim();
    let value = value.strip("\"").or_else(|| value.strip("{")).unwrap_or(value);
    let value = value.while_(|b| b.is_ascii_graphic() && !b"]}\"$[;,')".contains(&b));
    let likely =
        |weak: &[u8]| is_chosen(weak) || is_picked(weak) || is_coined(weak) || is_word_with_number(weak);
    (place.ground == Ground::Code && used && is_secret(value.bytes(), likely)).then_some(value)
}

/// `RunAs, bob, x, DOMAIN` of AutoHotkey, whose words stand in no quotes.
fn of_autohotkey<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let (user, after) = place.after.cut(|b| b == b',')?;
    let value = after.while_(|b| b != b',').trim();
    let named = user.bytes().trim_ascii().iter().all(|b| b.is_ascii_alphanumeric() || b"._-@\\%".contains(b));
    let one = !value.bytes().iter().any(|b| b.is_ascii_whitespace() || matches!(b, b'%' | b'"'));
    let likely =
        |weak: &[u8]| is_chosen(weak) || is_picked(weak) || is_coined(weak) || is_word_with_number(weak);
    let program = place.ground == Ground::Code && place.starts_line();
    (program && named && one && is_secret(value.bytes(), likely)).then_some(value)
}

/// `Input Password    id:pw    x` of the Robot Framework, whose words stand two blanks apart.
fn of_robot<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let rest = Part::between(
        place.after.whole(),
        place.after.span().start.saturating_sub(1)..place.after.span().end,
    );
    let rest = rest.strip("  ").or_else(|| rest.strip("\t"))?;
    let (_, after) = rest.trim().cut_at(b"  ")?;
    let value = after.trim();
    let one = !value.bytes().iter().any(u8::is_ascii_whitespace);
    let likely =
        |weak: &[u8]| is_chosen(weak) || is_picked(weak) || is_coined(weak) || is_word_with_number(weak);
    (one && place.ground == Ground::Code && is_secret(value.bytes(), likely)).then_some(value)
}

/// `set pw "x"` of Tcl and expect.
fn set_in_tcl<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let value = place.after.trim().trim_of(|b| b == b';');
    let program = place.ground == Ground::Code && place.starts_line();
    let inside = value.unquote();
    (program && is_secret(inside.bytes(), |weak| is_chosen(weak) || is_picked(weak))).then_some(inside)
}
