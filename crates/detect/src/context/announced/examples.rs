//! What the finder of told passwords finds, and what it does not.

use crate::Example;

/// Passwords that are told.
pub(super) const HITS: &[Example] = &[
    Example { path: "help.txt", text: "password: gr\u{f6}\u{df}te{lower:6}!\n", rule: "password-in-log" },
    Example {
        path: "home/bob/notiz.txt",
        text: "Montag Zahnarzt\nFTP: web12, Passwort: Fuchs{lower:6}3\n",
        rule: "password-in-log",
    },
    Example {
        path: "var/log/install.log",
        text: "[init] Generated admin password: aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "var/log/mysqld.log",
        text: "[Note] A temporary password is generated for root@localhost: aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "root/.mysql_secret",
        text: "# The random password set for the root user at Tue Mar  4 10:12:51 2025 (local time): aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "var/log/elasticsearch.log",
        text: "  Password for the elastic user (reset with `x -u elastic`):\n\n  aB7x9{base62:14}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "var/log/x.log",
        text: "login of bob with password aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "var/log/x.log",
        text: "login of bob with password aB7x9{base62:300}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "a.ts",
        text: "// for the support: Passwort Xk9#{lower:5}97\nrun()\n",
        rule: "password-in-log",
    },
    Example {
        path: "root/notes.txt",
        text: "call Ann about the budget\nvpn pw: aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "var/log/x.log",
        text: "[ok] database password has been set to: aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "home/bob/notiz.txt",
        text: "Montag Zahnarzt\nNAS im Keller, Kennwort lautet aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "home/bob/note.txt",
        text: "appeler Anne demain\nle mot de passe du serveur est : aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "home/bob/nota.txt",
        text: "llamar a Ana\ncontraseña del router: aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "home/bob/notes.txt",
        text: "call Ann about the budget\nguest wifi -> aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "home/bob/memo.txt",
        text: "打电话给安\nWi-Fiのパスワードは「aB7x9{base62:10}7」です\n",
        rule: "password-in-log",
    },
    Example {
        path: "home/bob/notes/buero.md",
        text: "Montag Zahnarzt\nPasswort vom Tor bleibt \u{201e}Igel_418=\u{201c}\n",
        rule: "password-in-log",
    },
    Example {
        path: "README.md",
        text: "The database password of staging is P3p{lower:2}3r9{lower:2}4k71, ask Ann first.\n",
        rule: "password-in-log",
    },
    Example {
        path: "docs/setup.rst",
        text: "Password for the printer: `Xk9{lower:5}97`\n",
        rule: "password-in-log",
    },
    Example {
        path: "chat.json",
        text: r#"[{"user": "ann", "text": "the ftp? user `web`, pass `aB7x9{base62:10}7`."}]"#,
        rule: "password-in-log",
    },
    Example {
        path: "COMMIT_MSG.txt",
        text: "fix: smtp settings\n\nThe mail password (aB7x9{base62:10}7) is now read from the environment\n",
        rule: "password-in-log",
    },
    Example {
        path: "wiki/vpn.md",
        text: "How to log in\n\n**Password:** aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "confluence-export/vpn.html",
        text: "<p>Group: <b>ext</b>, Group Password: <code>aB7x9{base62:10}7</code></p>\n",
        rule: "password-in-log",
    },
    Example {
        path: "root/handover.md",
        text: "Mittwoch Zahnarzt\nDB\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}: aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "home/bob/notes.txt",
        text: "call Ann about the budget\nRouter of the lab\nPW aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "home/bob/notes.txt",
        text: "call Ann\n\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c} \u{43e}\u{442} \u{431}\u{430}\u{437}\u{44b} (user app): aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "home/bob/notes.txt",
        text: "call Ann\nwachtwoord database op kantoor (user app): aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "mail.eml",
        text: "The key (PSK) password (new) is: aB7x9{base62:10}7\n",
        rule: "password-in-log",
    },
    Example {
        path: "notes/es.md",
        text: "Password for the [elastic] user successfully reset.\nNew value: a1B{base62:17}\n",
        rule: "password-in-log",
    },
    Example {
        path: "setup.log",
        text: "Changed password for user kibana\nPASSWORD kibana = a1B{base62:17}\n",
        rule: "password-in-log",
    },
];

/// Sentences, names and pieces of programs.
pub(super) const MISSES: &[Example] = &[
    Example {
        path: "help.txt",
        text: "K\u{e9}rem, adja meg a jelsz\u{f3}t ellen\u{151}rz\u{e9}sk\u{e9}ppen!\n",
        rule: "",
    },
    Example {
        path: "usr/share/zsh/_x",
        text: "'--default-auth=[plugin]:plugin:(mysql_native_password sha256_password)'\n",
        rule: "",
    },
    Example {
        path: "var/log/x.log",
        text: "password: ****\nthe password is wrong\nFailed password for bob\n",
        rule: "",
    },
    Example {
        path: "a.ts",
        text: "// the password is kept in config2, see password hash2password\nthrow new Error('password is Xk9#hello97');\n",
        rule: "",
    },
    Example {
        path: "README.md",
        text: "The password is Summer2024!\nThe password of the user is kept in config2024.\nPassword for the user: hunter2024\n",
        rule: "",
    },
    Example {
        path: "en.json",
        text: r#"{"user": "User", "text": "Your password: `at least 8`", "hint": "pass `aB7x9{base62:10}7`"}"#,
        rule: "",
    },
    Example {
        path: "wiki/cli.md",
        text: "$ buildah login -p testpassword localhost:5000\nx --next-page-token \"{base62:40}\"\nhash_password::<sha2::Sha256>(\"a\")\ntokenstream {base62:40}\n",
        rule: "",
    },
    Example {
        path: "notes.txt",
        text: "call Ann\nenclave aB7x9{base62:10}7\nthe wifi -> the box in room b2c3\npassword for the door is with Bob2024x who sits: upstairs\n",
        rule: "",
    },
    Example {
        path: "notes.txt",
        text: "call Ann\nthe pw hash2password9 is long\nPW required\nPW a2b and more of it\npassword of the user (see the list): config.yaml\n",
        rule: "",
    },
    Example {
        path: "mapping.txt",
        text: "com.acme.key.PasswordKey -> a.b.c07:\n    java.lang.String password -> a\n    3:7:void setPassword(java.lang.String):12:16 -> b7\n",
        rule: "",
    },
];
