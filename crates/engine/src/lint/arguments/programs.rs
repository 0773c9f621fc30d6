//! Programs that take a password as an argument under a name that does not say so.

use tightlip_detect::Worth;
use tightlip_dockerfile::Text;

use super::{Given, is_real, named};

/// How a program is given a password.
struct Row {
    /// The programs.
    programs: &'static [&'static str],
    /// A word that must be among the arguments; empty for none.
    with: &'static str,
    /// The flag, or what the argument begins with.
    flag: &'static str,
    form: Form,
}

/// Where the password stands.
#[derive(Clone, Copy)]
enum Form {
    /// In the word after the flag.
    After,
    /// In the same word, directly behind the flag.
    Joined,
    /// In the word after the flag, behind this sign.
    Behind(char),
    /// In the word that comes this many after one that begins with the flag.
    Nth(usize),
    /// The last word.
    Last,
}

const fn row(programs: &'static [&'static str], with: &'static str, flag: &'static str, form: Form) -> Row {
    Row { programs, with, flag, form }
}

const LOGINS: &[&str] = &[
    "docker", "podman", "buildah", "skopeo", "nerdctl", "helm", "oras", "crane", "az", "oc", "cf", "argocd",
    "vault", "rhsm", "conan",
];

static ROWS: &[Row] = &[
    row(
        &["mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-admin", "mysqlimport"],
        "",
        "-p",
        Form::Joined,
    ),
    row(
        &["sqlcmd", "bcp", "/opt/mssql-tools/bin/sqlcmd", "/opt/mssql-tools18/bin/sqlcmd"],
        "",
        "-P",
        Form::After,
    ),
    row(LOGINS, "login", "-p", Form::After),
    row(LOGINS, "login", "-P", Form::After),
    row(&["sshpass"], "", "-p", Form::After),
    row(&["sshpass"], "", "-p", Form::Joined),
    row(&["redis-cli"], "", "-a", Form::After),
    row(&["zip", "unzip"], "", "-P", Form::After),
    row(&["7z", "7za", "7zr", "unrar"], "", "-p", Form::Joined),
    row(&["openssl"], "", "-k", Form::After),
    row(&["openssl"], "passwd", "", Form::Last),
    row(&["openssl"], "", "-pass", Form::Behind(':')),
    row(&["openssl"], "", "-passin", Form::Behind(':')),
    row(&["openssl"], "", "-passout", Form::Behind(':')),
    row(&["dotnet", "nuget"], "nuget", "-p", Form::After),
    row(&["curl"], "", "-u", Form::Behind(':')),
    row(&["curl"], "", "--user", Form::Behind(':')),
    row(&["lftp"], "", "-u", Form::Behind(',')),
    row(&["smbclient", "mount.cifs"], "", "-U", Form::Behind('%')),
    row(&["mongo", "mongosh", "mongodump", "mongorestore"], "", "-p", Form::After),
    row(&["cqlsh", "snowsql", "kinit"], "", "-p", Form::After),
    row(&["ldapadd", "ldapmodify", "ldapsearch"], "", "-w", Form::After),
    row(&["rabbitmqctl"], "add_user", "add_user", Form::Nth(2)),
    row(&["rabbitmqctl"], "change_password", "change_password", Form::Nth(2)),
    row(&["composer", "poetry"], "config", "http-basic.", Form::Nth(2)),
    row(&["gem"], "push", "--key", Form::After),
    row(&["mosquitto_passwd"], "-b", "", Form::Last),
    row(&["htpasswd"], "-bc", "", Form::Last),
    row(&["cargo"], "login", "", Form::Last),
];

/// What the program of these words is given.
pub(super) fn given(words: &[Option<Text>]) -> Option<Given> {
    let words = without_sudo(words);
    let program = words.first()?.as_ref()?;
    let fits = |row: &&Row| {
        let with = || words.iter().skip(1).flatten().any(|word| *word == *row.with);
        row.programs.contains(&program.as_str()) && (row.with.is_empty() || with())
    };
    let found =
        ROWS.iter().filter(fits).find_map(|row| value(row, words)).or_else(|| bundler(program, words));
    let value = found.filter(|value| is_real(value, Worth::Default) && !value.starts_with('-'))?;
    Some(named(&format!("a password for {program}"), value))
}

/// Whether the program takes a password on its standard input.
pub(super) fn reads_a_password(words: &[Option<Text>]) -> bool {
    let words = without_sudo(words);
    let Some(Some(program)) = words.first() else { return false };
    let has = |wanted: &str| words.iter().flatten().any(|word| *word == *wanted);
    matches!(program.as_str(), "passwd" | "vncpasswd" | "smbpasswd")
        || has("--password-stdin")
        || has("--with-token")
        || has("--passphrase-fd")
}

fn without_sudo(words: &[Option<Text>]) -> &[Option<Text>] {
    match words.first() {
        Some(Some(first)) if *first == *"sudo" => words.get(1..).unwrap_or(&[]),
        _ => words,
    }
}

fn value(row: &Row, words: &[Option<Text>]) -> Option<Text> {
    let word = |index: usize| words.get(index).and_then(Option::as_ref);
    let is_flag = |word: &Text| *word == *row.flag || is_in_a_row(word, row.flag);
    let at = || words.iter().position(|word| word.as_ref().is_some_and(is_flag));
    match row.form {
        Form::After => word(at()? + 1).cloned(),
        Form::Behind(sign) => {
            let joined = |word: &&Text| row.flag.len() == 2 && word.starts_with(row.flag) && word.len() > 2;
            let joined = || Some(words.iter().skip(1).flatten().find(joined)?.from(row.flag.len()));
            let given = at().and_then(|at| word(at + 1).cloned()).or_else(joined)?;
            given.cut(sign).map(|(_, behind)| behind)
        }
        Form::Joined => {
            let joined = |word: &&Text| word.starts_with(row.flag) && word.len() > row.flag.len();
            let word = words.iter().skip(1).flatten().find(joined)?;
            Some(word.from(row.flag.len())).filter(|value| !value.starts_with(['=', ' ']))
        }
        Form::Nth(n) => {
            let at =
                words.iter().position(|word| word.as_ref().is_some_and(|word| word.starts_with(row.flag)))?;
            word(at + n).cloned()
        }
        Form::Last => words.last()?.clone().filter(|_| words.len() > 2),
    }
}

/// Whether a flag of one letter is the last of several in one word: `-fsu` for `-u`.
fn is_in_a_row(word: &str, flag: &str) -> bool {
    let letters = word.strip_prefix('-').filter(|letters| (2..=6).contains(&letters.len()));
    let last = flag.strip_prefix('-').filter(|letter| letter.len() == 1);
    letters.zip(last).is_some_and(|(letters, last)| {
        letters.ends_with(last) && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}

/// `bundle config [set] [--global] HOST user:password`.
fn bundler(program: &str, words: &[Option<Text>]) -> Option<Text> {
    let config = words.iter().flatten().any(|word| *word == *"config");
    let last = words.last()?.as_ref().filter(|_| program == "bundle" && config)?;
    last.cut(':').map(|(_, password)| password).filter(|password| !password.starts_with('/'))
}
