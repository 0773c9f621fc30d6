//! Passwords of named servers behind words of their own: `sentinel auth-pass NAME x`, `cachemgr_passwd x all` of Squid,
//! `login = cleartext "x"` of TACACS+, `$USER5$=x` of Nagios, `modparam("m", "secret", "x")` of Kamailio, the community of SNMP.
//!
//! bad: `sentinel auth-pass mymaster hunter22x`
//! good: the line added from `/run/secrets/redis` when the server starts

use tightlip_report::{Confidence, Level};

use super::directive::{RULE, level};
use super::judge::coined::is_coined;
use super::judge::ground::{Ground, may_be_settings};
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::reading::line_before;
use super::judge::reading::text_in_quotes;
use super::judge::value::{classes, is_chosen, is_picked, is_secret};
use crate::finder::firsts;
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "server-word",
    rules: &[&RULE],
    wants: may_be_settings,
    keywords: &firsts(&FORMS),
    find,
    hits: &[
        Example {
            path: "etc/redis/sentinel.conf",
            text: "sentinel auth-pass mymaster p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/squid/squid.conf",
            text: "cachemgr_passwd p{lower:6}97 all\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/tacacs+/tac_plus.conf",
            text: "user = bob {{\n  login = cleartext \"p{lower:6}97\"\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/tacacs+/tac_plus.conf",
            text: "key = \"p{lower:6}97\"\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/nagios/resource.cfg",
            text: "$USER1$=/usr/lib/nagios/plugins\n$USER5$=p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/kamailio/kamailio.cfg",
            text: "modparam(\"uac\", \"auth_password\", \"p{lower:6}97\")\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/prometheus/snmp.yml",
            text: "auths:\n  ups:\n    community: p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/freeradius/3.0/users",
            text: "\"guest net\"\tCleartext-Password := \"p{lower:6}97\", Reply := 1\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/fstab",
            text: "curlftpfs#web:p{lower:6}97@old.internal /mnt fuse ro 0 0\n",
            rule: "password-directive",
        },
        Example {
            path: "tftp/switch.cfg",
            text: "line vty 0 4\n password 7 0822455D0A16\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/wpa_supplicant.conf",
            text: "network={{\n\tpsk=\"plum {lower:6} gate 4 open\"\n}}\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/nagios/resource.cfg",
            text: "$USER6$=check_Plum{lower:4}1\n",
            rule: "password-directive",
        },
        Example {
            path: "root/.mbsyncrc",
            text: "IMAPAccount work\nUser bob\nPass p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/exim4/exim4.conf",
            text: "hide mysql_servers = db.internal/mail/exim/p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/motion/motion.conf",
            text: "stream_authentication bob:p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/grub.d/40_custom",
            text: "set superusers=\"root\"\npassword root p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "tftp/cfg.xml",
            text: "<gs_provision version=\"1\"><config><P34>p{lower:6}97</P34></config></gs_provision>\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/tinyproxy/tinyproxy.conf",
            text: "BasicAuth bob p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/privoxy/config",
            text: "forward / bob:p{lower:6}97@proxy.internal:3128\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/tgt/targets.conf",
            text: "<target x>\n  incominguser bob p{lower:6}97\n</target>\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/nagios/resource.cfg",
            text: "$USER4$=otter.{lower:6}.quartz.20\n",
            rule: "password-directive",
        },
        Example {
            path: "csgo/cfg/server.cfg",
            text: "hostname \"x\"\nsv_setsteamaccount \"A1{digits:3}B{digits:3}C{digits:3}D{digits:3}E{digits:3}F{digits:3}A{digits:6}\"\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/emqx/emqx.conf",
            text: "node {{\n  cookie = \"a1B{base62:28}\"\n",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "etc/squid/squid.conf",
            text: "# cachemgr_passwd secret97x shutdown\ncachemgr_passwd none info\ncachemgr_passwd disable all\n",
            rule: "",
        },
        Example {
            path: "etc/tacacs+/tac_plus.conf",
            text: "#key = \"p{lower:6}97\"\nlogin = PAM\nlogin = des a{base62:12}\n",
            rule: "",
        },
        Example {
            path: "etc/nagios/resource.cfg",
            text: "$USER1$=/usr/lib/nagios/plugins\n$USER3$=nagios\n$USER4$=https://h.acme.dev/api2\n$USER5$=mon01.acme.dev\n$USER6$=10.2.3.4\n$USER7$=mon-02.acme.dev:5666\n",
            rule: "",
        },
        Example {
            path: "etc/kamailio/kamailio.cfg",
            text: "modparam(\"auth_db\", \"password_column\", \"password97\")\nmodparam(\"uac\", \"restore_mode\", \"none97x\")\n",
            rule: "",
        },
        Example {
            path: "etc/prometheus/snmp.yml",
            text: "auths:\n  public_v2:\n    community: public\n    version: 2\n",
            rule: "",
        },
        Example {
            path: "etc/freeradius/3.0/users",
            text: "#bob\tCleartext-Password := \"p{lower:6}97\"\nbob\tCleartext-Password := \"hello\"\nCleartext-Password := &User-Name\n",
            rule: "",
        },
        Example {
            path: "etc/wpa_supplicant.conf",
            text: "\tpsk=\"very secret passphrase\"\n#psk=\"plum and gate 4 open\"\npassword 7 words\npassword 7 2019\n",
            rule: "",
        },
        Example {
            path: "etc/grub.d/40_custom",
            text: "password_pbkdf2 root grub.pbkdf2.sha512.10000.{hex:64}\n# password root p{lower:6}97\n",
            rule: "",
        },
        Example { path: "a.xml", text: "<p2>p{lower:6}97</p2>\n", rule: "" },
        Example {
            path: "etc/motion/motion.conf",
            text: "; stream_authentication username:password\n# Pass p{lower:6}97\nstream_authentication username:password\nhide mysql_servers = db/mail\n",
            rule: "",
        },
        Example {
            path: "server.cfg",
            text: "sv_setsteamaccount \"\"\nsv_setsteamaccount %GSLT%\n",
            rule: "",
        },
        Example { path: "a.yml", text: "community: p{lower:6}97\ncookie = \"a1B{base62:28}\"\n", rule: "" },
    ],
};

/// Where a word stands that leads to a password.
struct Place<'t, 'b> {
    text: &'t Text<'b>,
    /// What stands before it in its line.
    before: &'t [u8],
    /// What stands behind it.
    after: Part<'b>,
}

impl Place<'_, '_> {
    fn starts_line(&self) -> bool {
        self.before.trim_ascii().is_empty()
    }

    /// Whether the path of the file has one of these words.
    fn is_of(&self, words: &[&str]) -> bool {
        let path = self.text.hint.path().to_ascii_lowercase();
        words.iter().any(|word| memchr::memmem::find(&path, word.as_bytes()).is_some())
    }
}

type Form = for<'b> fn(&Place<'_, 'b>) -> Option<Part<'b>>;

const FORMS: [(&str, Form); 38] = [
    ("sentinel auth-pass ", second),
    ("sentinel sentinel-pass ", first),
    ("cachemgr_passwd ", first),
    ("= cleartext ", first_of_any),
    ("key = ", of_tacacs),
    ("$user", of_nagios),
    ("modparam(", of_kamailio),
    ("community: ", of_snmp),
    ("community = ", of_snmp),
    ("trapcommunity ", first),
    ("com2sec ", third),
    ("com2sec6 ", third),
    ("cookie = ", of_erlang),
    ("cleartext-password", of_radius),
    ("curlftpfs#", of_mount),
    ("password 7 ", scrambled),
    ("key 7 ", scrambled),
    ("psk=\"", of_network),
    ("pass ", of_mailbox),
    ("mysql_servers = ", of_exim),
    ("pgsql_servers = ", of_exim),
    ("oracle_servers = ", of_exim),
    ("redis_servers = ", of_exim),
    ("stream_authentication ", of_camera),
    ("webcontrol_authentication ", of_camera),
    ("netcam_userpass ", of_camera),
    ("password ", of_boot),
    ("<p2>", of_phone),
    ("incominguser ", second),
    ("outgoinguser ", second),
    ("basicauth ", of_proxy),
    ("upstream http ", before_host),
    ("upstream socks5 ", before_host),
    ("forward ", before_host),
    ("forward-socks5 ", before_host),
    ("forward-socks5t ", before_host),
    ("<p34>", of_phone),
    // Of games on Steam: the account of a server, which its owner made for it.
    ("sv_setsteamaccount ", first),
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = Part::between(text.bytes, at..text.bytes.len().min(at + 512));
        let line = line.while_(|b| b != b'\n' && b != b'\r');
        let before = line_before(text.bytes, at);
        let value = FORMS.iter().find_map(|(word, form)| {
            let after = line.strip(word)?.trim();
            form(&Place { text, before, after })
        });
        let Some(value) = value.filter(|value| value.span().start >= done) else { continue };
        // What has blanks in it was judged where it was read.
        let phrase = value.bytes().contains(&b' ').then_some((Level::Deny, Confidence::Medium));
        if let Some((level, confidence)) = phrase.or_else(|| level(Ground::Lines, value)) {
            done = value.span().end;
            out(Found::here(&RULE, value, length_of("password", value.len())).at(level, confidence));
        }
    }
}

fn word<'b>(place: &Place<'_, 'b>, number: usize) -> Option<Part<'b>> {
    let value = place.after.words().nth(number).filter(|_| place.starts_line())?.unquote();
    // Squid's words for everybody and nobody.
    (!value.is("none") && !value.is("disable") && !value.bytes().starts_with(b"-")).then_some(value)
}

fn first<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    word(place, 0)
}

fn second<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    word(place, 1)
}

/// `com2sec name source community`
fn third<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    word(place, 2)
}

/// `login = cleartext "x"`, `enable = cleartext x`
fn first_of_any<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let head = place.before.trim_ascii();
    let plain =
        !head.is_empty() && head.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b' '));
    let value = text_in_quotes(place.after).map(|(value, _)| value).or_else(|| place.after.words().next())?;
    plain.then_some(value)
}

/// `key = "x"`
fn of_tacacs<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let here = place.starts_line() && place.is_of(&["tac_plus", "tacacs"]);
    here.then(|| place.after.words().next().map(|word| word.unquote())).flatten()
}

/// `$USER5$=x`: what the commands of Nagios are given, of which paths and names are no secrets.
fn of_nagios<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let number = place.after.while_(|b| b.is_ascii_digit());
    let value = place.after.after(&number).strip("$")?.trim().strip("=")?.trim().unquote();
    let host = is_host(value.bytes());
    let mixed = |weak: &[u8]| classes(weak) == 3 && weak.len() >= 8 && !weak.contains(&b'/');
    let told = !host
        && is_secret(value.bytes(), |weak| {
            is_chosen(weak) || is_picked(weak) || is_marked(weak) || mixed(weak) || is_coined(weak)
        });
    (place.starts_line() && !number.is_empty() && told).then_some(value)
}

/// The name or address of a machine: no capitals, no signs but these, and a last part that is no number behind words.
fn is_host(value: &[u8]) -> bool {
    let plain = value.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-:".contains(b));
    let number = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let mut parts = value.split(|b| *b == b'.');
    let last = parts.next_back().unwrap_or_default();
    plain && value.contains(&b'.') && (!number(last) || parts.all(number))
}

/// Letters, digits and a sign that no name has: `esx!monitor07`.
fn is_marked(value: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let sign = value.iter().any(|b| b"!#%&*+?^~$".contains(b));
    value.len() >= 6
        && sign
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && !value.contains(&b'/')
}

/// `modparam("module", "secret", "x")`
fn of_kamailio<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let (_, rest) = text_in_quotes(place.after)?;
    let (name, rest) = text_in_quotes(rest.trim().strip(",")?.trim())?;
    let (value, _) = text_in_quotes(rest.trim().strip(",")?.trim())?;
    (place.starts_line() && says(name.bytes()) == Says::Secret).then_some(value)
}

/// `community: x`, in the configuration of what asks devices.
fn of_snmp<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let snmp = place.is_of(&["snmp", "telegraf", "cacti", "librenms", "mrtg"]);
    let before = place.before.trim_ascii();
    let starts = before.is_empty() || before == b"-";
    let value = place.after.words().next()?.trim_of(|b| matches!(b, b'"' | b'\'' | b','));
    (snmp && starts && !value.is("public") && !value.is("private")).then_some(value)
}

/// `bob Cleartext-Password := "x"` of FreeRADIUS, where the user may be in quotes.
fn of_radius<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let sign = place.after.while_(|b| matches!(b, b':' | b'=' | b'+'));
    let rest = place.after.after(&sign).trim();
    let value =
        text_in_quotes(rest).map_or_else(|| rest.while_(|b| b.is_ascii_graphic() && b != b','), |(v, _)| v);
    let comment = place.before.trim_ascii_start().starts_with(b"#");
    // `&User-Name`: the value of another attribute.
    let refers = value.bytes().starts_with(b"&");
    let told = !refers && is_secret(value.bytes(), |_| true) && !value.is("hello") && !value.is("bob");
    (sign.bytes().ends_with(b"=") && !comment && told).then_some(value)
}

/// `curlftpfs#bob:x@host /mnt`, in a table of file systems.
fn of_mount<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let address = place.after.words().next()?;
    let at = address.bytes().iter().rposition(|b| *b == b'@')?;
    let (user, password) = address.first(at).cut(|b| b == b':')?;
    (place.starts_line() && !user.is_empty()).then_some(password)
}

/// `password 7 0822455D…` of Cisco: scrambled with letters that everybody knows, so that anybody reads it. Two digits say
/// where in them it begins.
fn scrambled<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let value = place.after.words().next()?;
    let digits = value.bytes().get(..2).and_then(|start| std::str::from_utf8(start).ok()?.parse::<u8>().ok());
    let hex = value.bytes().iter().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b));
    let words = |b: &u8| b.is_ascii_alphanumeric() || b" \t-./:_".contains(b);
    let begins = place.before.len() <= 80 && place.before.iter().all(words);
    let whole =
        digits.is_some_and(|start| start <= 52) && hex && value.len() >= 10 && value.len().is_multiple_of(2);
    (begins && whole).then_some(value)
}

/// `Pass x` of mbsync.
fn of_mailbox<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    first(place).filter(|_| place.is_of(&["mbsync", "isync"]))
}

/// `mysql_servers = host/database/user/x` of Exim, where colons divide several servers.
fn of_exim<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let head = place.before.trim_ascii();
    let server = place.after.while_(|b| !b.is_ascii_whitespace() && b != b':');
    let mut parts = server;
    for _ in 0..3 {
        parts = parts.cut(|b| b == b'/')?.1;
    }
    (head.is_empty() || head == b"hide").then_some(parts)
}

/// `stream_authentication bob:x` of Motion.
fn of_camera<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let (_, password) = first(place)?.cut(|b| b == b':')?;
    Some(password).filter(|password| !password.is("password"))
}

/// `password root x` of GRUB; what is hashed has another word.
fn of_boot<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let two = place.after.words().count() == 2 && place.is_of(&["grub"]);
    second(place).filter(|_| two)
}

/// `BasicAuth bob x` of Tinyproxy.
fn of_proxy<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    second(place).filter(|_| place.after.words().count() == 2 && place.is_of(&["tinyproxy"]))
}

/// `Upstream http bob:x@proxy:3128` of Tinyproxy, `forward / bob:x@proxy:3128` of Privoxy.
fn before_host<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let address = place.after.words().find(|word| word.bytes().contains(&b'@'))?;
    let at = address.bytes().iter().rposition(|b| *b == b'@')?;
    let (user, password) = address.first(at).cut(|b| b == b':')?;
    let told = place.is_of(&["tinyproxy", "privoxy"]) && place.starts_line();
    (told && !user.is_empty() && !password.bytes().contains(&b'/')).then_some(password)
}

/// `<P34>x</P34>`: the passwords of Grandstream's phones have numbers for names.
fn of_phone<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let value = place.after.while_(|b| b != b'<');
    let head = place.text.bytes.get(..place.text.bytes.len().min(512))?;
    (memchr::memmem::find(head, b"<gs_provision").is_some() && !value.is("admin")).then_some(value)
}

/// `psk="a few words"` of wpa_supplicant, where in quotes stands nothing but a passphrase of 8 to 63 letters.
fn of_network<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let value = place.after.while_(|b| b != b'"');
    let words = value.bytes().contains(&b' ');
    let own = is_own_phrase(value.bytes());
    (place.starts_line() && place.is_of(&["wpa_supplicant"]) && words && own).then_some(value)
}

/// Words of which none is one of an example.
fn is_own_phrase(value: &[u8]) -> bool {
    let telling = ["secret", "pass", "psk", "your", "my", "example", "test", "key", "the"];
    let lower = value.to_ascii_lowercase();
    let shown = |word: &[u8]| telling.iter().any(|telling| word.starts_with(telling.as_bytes()));
    (8..=63).contains(&value.len()) && !lower.split(|b| !b.is_ascii_alphabetic()).any(shown)
}

/// `cookie = "x"` of a node of Erlang.
fn of_erlang<'b>(place: &Place<'_, 'b>) -> Option<Part<'b>> {
    let here = place.is_of(&["emqx", "vernemq", "rabbitmq", "riak", "ejabberd"]);
    let before = place.before.trim_ascii();
    let starts = [&b""[..], b"node.", b"erlang_", b"distributed_", b"erlang."].contains(&before);
    (here && starts).then(|| place.after.words().next().map(|word| word.unquote())).flatten()
}
