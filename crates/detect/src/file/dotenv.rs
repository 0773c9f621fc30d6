//! Environment files: `.env`, `.env.production`, `app.env`.
//!
//! A variable with a secret's name counts however weak its value; a word that everybody tries first is a warning, as it
//! stands in what a project brings along, and so is the hash of a password. In `.env.example` and the like only values
//! that look random count, and as a warning.

use tightlip_report::{Confidence, Level};

use super::judge::base_name;
use crate::context::judge::ground::{Ground, ground};
use crate::context::judge::length_of;
use crate::context::judge::name::{Says, says};
use crate::context::judge::value::{Worth, is_password_hash, worth};
use crate::context::judge::way::is_way;
use crate::read::ini;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "dotenv-secret",
    "Secret in an environment file",
    "Whoever holds it has what the program has: its database, its accounts, its sessions.",
)
.source("https://12factor.net/config");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "dotenv",
    rules: &[&RULE],
    wants: |hint| is_environment(&base_name(hint)) && ground(hint) != Ground::Code,
    keywords: &[],
    find,
    hits: &[
        Example { path: "app/.env", text: "DEBUG=1\nAPI_KEY=secret123\n", rule: "dotenv-secret" },
        Example {
            path: "app/.env.production.local",
            text: "export DB_PASSWORD=\"changeme\"\n",
            rule: "dotenv-secret",
        },
        Example { path: "app/db.env", text: "POSTGRES_PASSWORD=p{lower:8}\n", rule: "dotenv-secret" },
        Example { path: "app/.env", text: "DB_PASSWORD=simple\nUSE_PASSWORD=true\n", rule: "dotenv-secret" },
        Example { path: "app/.env.example", text: "API_KEY=a1B{base62:30}9\n", rule: "dotenv-secret" },
    ],
    misses: &[
        Example {
            path: "app/.env",
            text: "API_KEY=\nPASSWORD_FILE=/run/secrets/x\nTOKEN=${OTHER}\nDB_PASSWORD=<password>\nTOKEN_TTL=3600\n",
            rule: "",
        },
        Example {
            path: "app/.env",
            text: "LOCK_DSN=flock\nMAILER_DSN=smtp://user:pass@smtp.example.com\nJWT_SECRET_KEY=%kernel.project_dir%/jwt/private.pem\n",
            rule: "",
        },
        Example { path: "app/.env.example", text: "API_KEY=your_api_key\nDB_PASSWORD=secret123\n", rule: "" },
        Example { path: "app/.env", text: "#API_KEY=secret123\nNODE_ENV=production\nPORT=8080\n", rule: "" },
        Example { path: "tty/Env.java", text: "idToken = idToken.substring(1);\n", rule: "" },
    ],
};

/// Whether a name, without a leading dot, is one of an environment file.
fn is_environment(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name);
    let code =
        [".py", ".js", ".ts", ".go", ".rb", ".d.ts", ".md", ".sh", ".cmd", ".bat", ".ps1", ".fish", ".csh"]
            .iter()
            .any(|end| name.ends_with(end));
    !code
        && (name == "env"
            || name == "envrc"
            || name == "environment"
            || name.starts_with("env.")
            || name.ends_with(".env")
            || name.contains(".env."))
}

fn is_template(hint: &Hint<'_>) -> bool {
    let name = String::from_utf8_lossy(hint.file_name()).to_ascii_lowercase();
    ["example", "sample", "template", "dist", "default", "tmpl"].iter().any(|word| name.contains(word))
}

/// `APP_SECRET=app-secret`, `DB_PASSWORD=dbpassword`: the words of its name, until somebody fills it in.
fn says_its_name(name: &[u8], value: &[u8]) -> bool {
    let letters = |bytes: &[u8]| -> Vec<u8> {
        bytes.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect()
    };
    let digits = value.iter().any(u8::is_ascii_digit);
    let said = letters(value);
    said.len() >= 8 && !digits && letters(name).ends_with(&said)
}

/// `DB_PASSWORD=simple`: a word of configuration, which a password may be and no switch is.
fn is_word_for_password(name: &[u8], value: &[u8]) -> bool {
    const SWITCHES: &[&str] = &[
        "true",
        "false",
        "yes",
        "null",
        "none",
        "undefined",
        "undef",
        "defined",
        "enabled",
        "disabled",
        "required",
        "optional",
        "default",
        "empty",
        "auto",
        "string",
        "boolean",
    ];
    let name = name.to_ascii_lowercase();
    let of_password = ["password", "passwd", "passphrase"].iter().any(|end| name.ends_with(end.as_bytes()));
    let switch = SWITCHES.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
    of_password && !switch && value.len() >= 4 && value.iter().all(u8::is_ascii_alphabetic)
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let template = is_template(&text.hint);
    for pair in ini::pairs(text.bytes) {
        let says = says(pair.key.bytes());
        let worth = worth(pair.value.bytes());
        let counts = says != Says::Nothing
            && !is_way(pair.key, pair.value)
            && match worth {
                Worth::Nothing | Worth::Reference | Worth::Hollow => false,
                Worth::Trivial => !template && is_word_for_password(pair.key.bytes(), pair.value.bytes()),
                Worth::Strong => true,
                _ => !template && says == Says::Secret,
            };
        if !counts {
            continue;
        }
        let name = String::from_utf8_lossy(pair.key.bytes()).into_owned();
        let found = Found::here(&RULE, pair.value, length_of(&format!("value of {name}"), pair.value.len()));
        let doubt = template
            || matches!(worth, Worth::Default | Worth::Trivial)
            || is_password_hash(pair.value.bytes())
            || says_its_name(pair.key.bytes(), pair.value.bytes());
        out(if doubt { found.at(Level::Warn, Confidence::Low) } else { found });
    }
}
