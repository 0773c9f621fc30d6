//! The words of people who tell a password, in the languages of notes, letters and logs.

/// "Password" as people write it, in the languages of notes, letters and logs; and what has one that need not be named.
pub(super) const WORDS: &[&str] = &[
    "password",
    "passphrase",
    "passcode",
    "pw: ",
    "pass: ",
    "pw `",
    "pw of ",
    "pw for ",
    "pw is ",
    "pw ist ",
    "pw: `",
    "pw f\u{fc}r ",
    "pw vom ",
    "pw zum ",
    "pw ",
    "pre-shared key",
    "preshared key",
    "zugangsschl\u{fc}ssel",
    "zugriffsschl\u{fc}ssel",
    "cl\u{e9} d'acc\u{e8}s",
    "cl\u{e9} d'api",
    "pass `",
    "token",
    "api key",
    "passwort",
    "kennwort",
    "mot de passe",
    "mdp",
    "contrase",
    "clave",
    "senha",
    "has\u{142}o",
    "haslo",
    "parola",
    "\u{15f}ifre",
    "sifre",
    "lozinka",
    "katasandi",
    "kata sandi",
    "jelszo",
    "losenord",
    "wachtwoord",
    "l\u{f6}senord",
    "adgangskode",
    "passord",
    "heslo",
    "jelsz\u{f3}",
    "salasana",
    "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}",
    "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44f}",
    "\u{41f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}",
    "\u{5bc6}\u{7801}",
    "\u{5bc6}\u{78bc}",
    "\u{53e3}\u{4ee4}",
    "\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}",
    "\u{be44}\u{bc00}\u{bc88}\u{d638}",
    "\u{c554}\u{d638}",
    "wlan",
    "wifi",
    "wi-fi",
];

/// What has a password and is told with an arrow or a colon: `guest wifi -> …`.
pub(super) const THINGS: &[&str] = &["wlan", "wifi", "wi-fi"];

/// Words between "password" and its value.
pub(super) const BETWEEN: &[&str] = &[
    "is", "was", "has", "been", "now", "set", "to", "changed", "reset", "as", "ist", "lautet", "jetzt",
    "nun", "bleibt", "est", "reste", "es", "sigue", "blijft", "zostaje", "to", "rimane", "\u{e8}", "\u{e9}",
    "jest", "je", "\u{e4}r", "er",
];

/// What stands between such a word and its value where no blanks divide words.
pub(super) const PARTICLES: &[&str] = &[
    "\u{662f}", "\u{4e3a}", "\u{70ba}", "\u{306f}", "\u{c740}", "\u{b294}", "\u{ff1a}", ":", "=", "\u{300c}",
    "\u{300e}", "\u{201c}",
];

/// Marks that open a quotation, and the ones that close it.
pub(super) const QUOTES: &[(&str, &str)] = &[
    ("``", "``"),
    ("`+", "+`"),
    ("`", "`"),
    ("\"", "\""),
    ("'", "'"),
    ("\u{ab}", "\u{bb}"),
    ("\u{201e}", "\u{201c}"),
    ("\u{201c}", "\u{201d}"),
    ("\u{2018}", "\u{2019}"),
    ("\u{300c}", "\u{300d}"),
    ("**", "**"),
    ("<code>", "</code>"),
    ("<b>", "</b>"),
    ("<strong>", "</strong>"),
    ("<tt>", "</tt>"),
    ("<kbd>", "</kbd>"),
    ("<em>", "</em>"),
    ("<i>", "</i>"),
    ("{{", "}}"),
    ("{code}", "{code}"),
];

/// What ends the emphasis of a word, before or behind its colon: `**Password:** x`, `<b>Password</b>: x`.
pub(super) const ENDS: &[&str] =
    &["**", "__", "</b>", "</strong>", "</em>", "</i>", "</span>", "</td><td>", "</th><td>"];

/// Words behind which it is told whose password it is, up to a colon or a verb.
pub(super) const OF: &[&str] = &[
    "for",
    "of",
    "f\u{fc}r",
    "von",
    "vom",
    "zum",
    "pour",
    "de",
    "du",
    "del",
    "di",
    "dei",
    "della",
    "delle",
    "para",
    "per",
    "do",
    "da",
    "dla",
    "voor",
    "van",
    "till",
    "til",
    "f\u{f6}r",
    "od",
    "k",
    "\u{43e}\u{442}",
    "\u{434}\u{43b}\u{44f}",
    "\u{43a}",
    "is generated for",
];
