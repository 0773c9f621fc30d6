//! Passwords among the arguments of calls: `connect("db", "app", "…")`, `SetBasicAuth("bob", "…")`, `auth=("bob", "…")`.
//!
//! bad: `DriverManager.getConnection(url, "app", "hunter22x")`
//! good: `DriverManager.getConnection(url, user, password)`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::own_word::is_own_word;
use super::judge::value::{Worth, is_chosen, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "password-in-call",
    "Password as an argument in a program",
    "Whoever can read the program can log in as it does.",
)
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "call",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Code,
    keywords: {
        const ALL: [&str; CALLS.len()] = words();
        &ALL
    },
    find,
    hits: &[
        Example {
            path: "a.py",
            text: "db = pymysql.connect(\"db.internal\", \"app\", \"p{lower:6}97\", \"app\")\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.java",
            text: "DriverManager.getConnection(url, \"app\", \"p{lower:6}97\");",
            rule: "password-in-call",
        },
        Example {
            path: "a.go",
            text: "req.SetBasicAuth(\"bob\", \"p{lower:6}97\")\n",
            rule: "password-in-call",
        },
        Example {
            path: "a.php",
            text: "$db = new mysqli('db.internal', 'app', 'p{lower:6}97', 'app');",
            rule: "password-in-call",
        },
        Example {
            path: "a.py",
            text: "get(u, auth=(\"bob\", \"p{lower:6}97\"))\n",
            rule: "password-in-call",
        },
        Example { path: "a.js", text: "jwt.sign(payload, \"a1B{base62:30}\");", rule: "password-in-call" },
        Example { path: "a.rs", text: "get(u).bearer_auth(\"a1B{base62:30}\")", rule: "password-in-call" },
        Example {
            path: "a.rb",
            text: "  provider :github, \"a1b2\", \"a1B{base62:30}\"\n",
            rule: "password-in-call",
        },
    ],
    misses: &[
        Example {
            path: "a.java",
            text: "DriverManager.getConnection(url, user, password); login(\"bob\", password);",
            rule: "",
        },
        Example {
            path: "a.js",
            text: "connect('mongodb://localhost:27017/x1'); login('user1'); jwt.sign(payload, secret, 'HS256'); key.sign(md, 'RSASSA-PKCS1-V1_5');",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "signal.connect('clicked', 'button1', 'on_click_2')\nx.authenticate('user', 'password')\n",
            rule: "",
        },
    ],
};

/// A call, in lower case up to its bracket, and which of its arguments is the password, counted from 0.
struct Call {
    word: &'static str,
    /// Of how many arguments at least.
    least: usize,
    place: usize,
}

const fn call(word: &'static str, least: usize, place: usize) -> Call {
    Call { word, least, place }
}

const CALLS: [Call; 83] = [
    call("connect(", 3, 2),
    call("getconnection(", 3, 2),
    call("mysqli(", 3, 2),
    call("mysqli_connect(", 3, 2),
    call("mysql_connect(", 3, 2),
    call("mysql_pconnect(", 3, 2),
    call("pdo(", 3, 2),
    call("basicauth(", 2, 1),
    call("basic_auth(", 2, 1),
    call("networkcredential(", 2, 1),
    call("clientsecretcredential(", 3, 2),
    call("usernamepasswordcredentials(", 2, 1),
    call("passwordauthentication(", 2, 1),
    call("plaincredentials(", 2, 1),
    call("plainauthprovider(", 2, 1),
    call("usernamepassword(", 2, 1),
    call("auth=(", 2, 1),
    call("login(", 2, 1),
    call("ftp_login(", 3, 2),
    call("authenticate(", 2, 1),
    call("sign(", 2, 1),
    call("signwith(", 2, 1),
    call("sequelize(", 3, 2),
    call("auth = (", 2, 1),
    call("plainauth(", 3, 2),
    call("ldap_bind(", 3, 2),
    call("simple_bind_s(", 2, 1),
    call("setcredentials(", 2, 1),
    call("withcredentials(", 2, 1),
    call("driverconnect(", 3, 2),
    call("bearer_auth(", 1, 0),
    call("bearerauth(", 1, 0),
    call("setbearerauth(", 1, 0),
    call("bearertoken(", 1, 0),
    call("personal_token(", 1, 0),
    call("getbytes(", 1, 0),
    call("createaccount(", 2, 1),
    call("jwt.encode(", 2, 1),
    call("jwt.decode(", 2, 1),
    call("jwt.verify(", 2, 1),
    call("fernet(", 1, 0),
    call("createhmac(", 2, 1),
    call("hmac.new(", 2, 0),
    call("createcipheriv(", 3, 1),
    call("cookieparser(", 1, 0),
    call("mysql_real_connect(", 4, 3),
    call("pqsetdblogin(", 7, 6),
    call("set_authentication(", 3, 2),
    call("credentials(", 4, 3),
    call("ssh.password(", 1, 0),
    call("changeuserpassword(", 2, 1),
    call("setpassword(", 2, 1),
    call("credentials.basic(", 2, 1),
    call(".auth(", 1, 0),
    call(":auth(", 1, 0),
    // Two keys in a row: which, and the secret one.
    call("credentials::new(", 2, 1),
    call("credentials.new(", 2, 1),
    call("credentials\\credentials(", 2, 1),
    call("credentials::from_keys(", 2, 1),
    call("basicawscredentials(", 2, 1),
    call("basicsessioncredentials(", 2, 1),
    call("sessionawscredentials(", 2, 1),
    call("awsbasiccredentials.create(", 2, 1),
    call("newstaticcredentials(", 2, 1),
    call("newstaticcredentialsprovider(", 2, 1),
    call("newstaticv4(", 2, 1),
    call("newstaticv2(", 2, 1),
    call("newsharedkeycredential(", 2, 1),
    call("sharedkeycredential(", 2, 1),
    call("azurenamedkeycredential(", 2, 1),
    call("azurekeycredential(", 1, 0),
    call("azuresascredential(", 1, 0),
    call("staticprovider::new_minimal(", 2, 1),
    call("cosmosclient(", 2, 1),
    call("hmac256(", 1, 0),
    call("hmac512(", 1, 0),
    call("minio(", 3, 2),
    call("oauth1(", 2, 1),
    call("oauth1session(", 2, 1),
    call("oauthhandler(", 2, 1),
    call("oauth1userhandler(", 2, 1),
    // Ruby calls without brackets.
    call("omniauth ", 3, 2),
    call("provider :", 3, 2),
];

const fn words() -> [&'static str; CALLS.len()] {
    let mut all = [""; CALLS.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = CALLS[i].word;
        i += 1;
    }
    all
}

/// Longer than the arguments of any call that is looked at, in bytes.
const LONGEST: usize = 600;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let mut done = 0;
    for &at in text.at.iter() {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + LONGEST));
        let longest =
            CALLS.iter().filter(|call| rest.strip(call.word).is_some()).max_by_key(|call| call.word.len());
        let Some(call) = longest.filter(|_| at >= done) else { continue };
        let end = if call.word.ends_with('(') { b')' } else { b'\n' };
        let arguments = arguments(rest.skip(call.word.len()), end);
        let Some((value, level)) = password(call, &arguments) else { continue };
        done = value.span().end;
        let confidence = if level == Level::Deny { Confidence::Medium } else { Confidence::Low };
        out(Found::here(&RULE, value, length_of("password in a call", value.len())).at(level, confidence));
    }
}

/// The literals and other arguments up to the closing bracket or the end of the line.
fn arguments(rest: Part<'_>, end: u8) -> Vec<(Part<'_>, Kind)> {
    let mut all = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut quote = None;
    let mut skip = false;
    for (i, &b) in rest.bytes().iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        match (quote, b) {
            (Some(_), b'\\') => skip = true,
            (Some(q), _) if q == b => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') => quote = Some(b),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') if depth > 0 => depth -= 1,
            (None, _) if depth == 0 && (b == end || b == b',') => {
                all.push(kind(rest.first(i).skip(start).trim()));
                start = i + 1;
                if b == end {
                    return all;
                }
            }
            _ => {}
        }
    }
    Vec::new()
}

/// What an argument is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Literal,
    Other,
}

fn kind(argument: Part<'_>) -> (Part<'_>, Kind) {
    // `b"x"` of Python, `@"x"` of C#.
    let marked = matches!(argument.bytes(), [b'b' | b'u' | b'r' | b'@', b'"' | b'\'', ..]);
    let argument = if marked { argument.skip(1) } else { argument };
    let argument = bare(argument);
    let inside = argument.unquote();
    let whole = inside.len() + 2 == argument.len()
        && !inside.bytes().iter().any(|b| matches!(b, b'"' | b'\'' | b'`'));
    (if whole { inside } else { argument }, if whole { Kind::Literal } else { Kind::Other })
}

/// Without what makes a text a value of another kind: `"x".toCharArray()`, `Some("x")`.
fn bare(argument: Part<'_>) -> Part<'_> {
    let ends =
        [&b".toCharArray()"[..], b".getBytes()", b".to_string()", b".into()", b".encode()", b".to_owned()"];
    let end = ends.iter().find(|end| argument.bytes().ends_with(end)).map_or(0, |end| end.len());
    let argument = argument.first(argument.len() - end);
    let some = argument.strip("some(").filter(|_| argument.bytes().ends_with(b")"));
    some.map_or(argument, |inside| inside.first(inside.len() - 1).trim())
}

fn password<'b>(call: &Call, arguments: &[(Part<'b>, Kind)]) -> Option<(Part<'b>, Level)> {
    // Of a user and a password, or a password alone.
    let opens = call.word.ends_with("auth(") && call.place == 0 && call.word.len() == ".auth(".len();
    let place = if opens { arguments.len().checked_sub(1)? } else { call.place };
    let (value, kind) = *arguments.get(place)?;
    if arguments.len() < call.least || kind != Kind::Literal {
        return None;
    }
    // A password stands behind a user's name, whatever that is written as; a key to sign with has no such neighbour.
    let signs = call.word.starts_with("sign") || place == 0;
    let user = place.checked_sub(1).and_then(|before| arguments.get(before));
    let named = user.is_some_and(|(user, kind)| !user.is_empty() && *kind == Kind::Literal);
    let level = match worth(value.bytes()) {
        Worth::Strong => Level::Deny,
        Worth::Weak if (opens || signs && place > 0) && is_chosen(value.bytes()) => Level::Deny,
        Worth::Weak if !signs && looks_like_one(value.bytes()) => Level::Deny,
        Worth::Weak if named && !signs && (is_odd(value.bytes()) || is_own_word(value.bytes())) => {
            Level::Warn
        }
        _ => return None,
    };
    (signs || user.is_some_and(|(user, _)| !user.is_empty())).then_some((value, level))
}

/// More than the words of a name: `button_2` is one, `(kelp)419` is not.
fn is_odd(value: &[u8]) -> bool {
    let name = |b: &u8| {
        b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.' | b' ' | b':' | b'/')
    };
    value.len() >= 6
        && value.iter().any(u8::is_ascii_digit)
        && value.iter().any(|b| b.is_ascii_alphabetic() || *b >= 0x80)
        && !value.iter().all(name)
        && !value.iter().any(|b| matches!(b, b' ' | b'\\' | b'<' | b'>' | b'{' | b'}' | b'=' | b'/'))
}

/// Letters with digits or marks, in one word, unless it is chosen anyway: `button_2` is a name.
fn looks_like_one(value: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let mixed =
        has(u8::is_ascii_alphabetic) && value.iter().filter(|b| !b.is_ascii_alphabetic()).count() >= 2;
    let word = value
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'!' | b'#' | b'@' | b'$' | b'%' | b'^' | b'*'));
    is_chosen(value) || value.len() >= 6 && mixed && word
}
