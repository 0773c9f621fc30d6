//! Values that nobody was given, in the shape that whatever reads them expects.
//!
//! A token gets no checksum that holds: no provider and no scanner takes it for one that somebody was given.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tightlip_report::proof::Origin;
use zeroize::Zeroizing;

use super::asked::Asked;
use super::random::{BASE32, BASE62, BASE64, NoRandomness, Random};
use crate::known::is_plain_name;

/// A value for one build.
pub(crate) struct Canary {
    /// What it looks like, in words.
    pub(crate) shape: &'static str,
    /// Where it came from.
    pub(crate) origin: Origin,
    /// What the build gets.
    pub(crate) content: Zeroizing<Vec<u8>>,
    /// The parts of it that are secret: whoever has one of them has it all.
    pub(crate) cores: Vec<Zeroizing<Vec<u8>>>,
    /// Programs that may take something out of it that it does not have.
    pub(crate) unseen: Vec<String>,
}

impl Canary {
    /// A value for a secret that goes by these names, what says most first: its variable, its file, its id.
    ///
    /// # Errors
    /// When there is no randomness.
    pub(crate) fn new(names: &[&str], arrives: Arrives) -> Result<Self, NoRandomness> {
        let shapes =
            || SHAPES.iter().filter(|shape| arrives == Arrives::InFile || shape.held == Held::Anywhere);
        let fitting = names.iter().find_map(|name| {
            let words = words(name);
            shapes().find(|shape| shape.fits(&words))
        });
        let shape = fitting.unwrap_or(&GENERIC);
        let (content, cores) = (shape.make)()?;
        Ok(Self { shape: shape.name, origin: Origin::MadeUp, content, cores, unseen: Vec::new() })
    }

    /// The same for a file of variables: one that its name says is one, or that a shell takes variables from. It has every
    /// variable that is asked for, each with a value of its own.
    ///
    /// # Errors
    /// When there is no randomness.
    pub(crate) fn with(self, asked: Asked) -> Result<Self, NoRandomness> {
        if self.shape != DOTENV && !asked.sourced {
            return Ok(self);
        }
        let (mut content, mut cores) = (Zeroizing::new(Vec::new()), Vec::new());
        let names = asked.names.into_iter().chain(["SECRET_KEY".to_owned()]);
        for name in names {
            let value = Self::new(&[&name], Arrives::InVariable)?;
            let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./:@+".contains(byte);
            // What takes the file may know no quotes.
            let value = if value.content.iter().all(word) { value } else { Self::plain()? };
            content.extend([name.as_bytes(), b"=", &value.content, b"\n"].concat());
            // The name of a host may stand anywhere, also a made-up one.
            if !is_plain_name(&name) {
                cores.extend(value.cores);
            }
        }
        cores.insert(0, content.clone());
        Ok(Self { shape: DOTENV, content, cores, unseen: asked.unseen, ..self })
    }

    /// A value that the user gave. All of it counts as secret.
    pub(crate) fn given(content: Zeroizing<Vec<u8>>) -> Self {
        Self {
            shape: "a value",
            origin: Origin::Given,
            cores: vec![content.clone()],
            content,
            unseen: Vec::new(),
        }
    }

    /// A value of no particular kind.
    ///
    /// # Errors
    /// When there is no randomness.
    pub(crate) fn plain() -> Result<Self, NoRandomness> {
        let (content, cores) = token("", 40)?;
        Ok(Self { shape: GENERIC.name, origin: Origin::MadeUp, content, cores, unseen: Vec::new() })
    }
}

type Made = Result<(Zeroizing<Vec<u8>>, Vec<Zeroizing<Vec<u8>>>), NoRandomness>;

/// How a step gets a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrives {
    /// In a file.
    InFile,
    /// In a variable: it is a word rather than a file.
    InVariable,
}

/// Where values of a kind are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    InFile,
    Anywhere,
}

/// A kind of value.
struct Shape {
    name: &'static str,
    held: Held,
    /// Names that ask for it: all words of one of these, anywhere in the name.
    asked: &'static [&'static str],
    make: fn() -> Made,
}

impl Shape {
    fn fits(&self, words: &[String]) -> bool {
        self.asked.iter().any(|asked| asked.split(' ').all(|word| words.iter().any(|one| one == word)))
    }
}

/// A word: it fits into a variable as well as into a file.
const fn word(name: &'static str, asked: &'static [&'static str], make: fn() -> Made) -> Shape {
    Shape { name, held: Held::Anywhere, asked, make }
}

/// A file that a tool reads.
const fn document(name: &'static str, asked: &'static [&'static str], make: fn() -> Made) -> Shape {
    Shape { name, held: Held::InFile, asked, make }
}

const GENERIC: Shape = word("random letters and digits", &[], || token("", 40));

/// What a file of variables is called.
const DOTENV: &str = "an .env file";

/// Files before tokens: `npmrc` says more than `npm`.
static SHAPES: &[Shape] = &[
    document("an .npmrc", &["npmrc"], || file("//registry.npmjs.org/:_authToken=", "npm_", "\n")),
    document("a .yarnrc.yml", &["yarnrc"], || file("npmAuthToken: ", "npm_", "\n")),
    document("a .netrc", &["netrc"], || file("machine host.invalid login user password ", "", "\n")),
    document("a pip.conf", &["pip conf", "pipconf"], || {
        file("[global]\nextra-index-url = https://user:", "", "@host.invalid/simple\n")
    }),
    document("a .pypirc", &["pypirc"], || file("[pypi]\nusername = __token__\npassword = ", "pypi-", "\n")),
    document("a settings.xml", &["settings xml", "maven settings", "mvn settings"], || {
        let before = "<settings><servers><server><id>host</id><username>user</username><password>";
        file(before, "", "</password></server></servers></settings>\n")
    }),
    document("a gradle.properties", &["gradle properties"], || {
        file("repoUser=user\nrepoPassword=", "", "\n")
    }),
    document("credentials for Git", &["git credentials", "gitcredentials"], || {
        file("https://user:", "", "@host.invalid\n")
    }),
    document("credentials for AWS", &["aws credentials", "aws config"], aws_file),
    document("a config.json for registries", &["docker config", "dockerconfigjson"], docker_config),
    word("an auth.json", &["auth json", "composer auth"], || {
        file("{\"http-basic\":{\"host.invalid\":{\"username\":\"user\",\"password\":\"", "", "\"}}}")
    }),
    word(
        "a key of a service account",
        &["gcp", "gcloud", "service account", "google credentials", "sa key", "application credentials"],
        service_account,
    ),
    word(
        "a private key",
        &["ssh", "id_rsa", "rsa", "ed25519", "pem", "private key", "deploy key", "tls key"],
        private_key,
    ),
    document(DOTENV, &["env", "dotenv"], || file("SECRET_KEY=", "", "\n")),
    word("an npm token", &["npm", "node auth", "yarn"], || token("npm_", 36)),
    word("a GitHub token", &["github", "gh", "ghcr", "git", "hub"], || token("ghp_", 36)),
    word("a GitLab token", &["gitlab", "glpat", "ci job"], || token("glpat-", 20)),
    word("a PyPI token", &["pypi", "twine", "uv publish"], || token("pypi-", 120)),
    word("a Hugging Face token", &["hf", "huggingface"], || token("hf_", 34)),
    word("an AWS access key id", &["access key id"], || drawn("AKIA", BASE32, 16)),
    word("an AWS secret access key", &["aws", "secret access"], || drawn("", BASE64, 40)),
    word(
        "the URL of a database",
        &[
            "database url",
            "db url",
            "postgres url",
            "mysql url",
            "redis url",
            "mongo url",
            "mongo uri",
            "mongodb uri",
        ],
        || file("postgres://user:", "", "@host.invalid:5432/app"),
    ),
];

/// The words of a name: `MY_NPM-token.txt` is `my`, `npm`, `token`, `txt`.
fn words(name: &str) -> Vec<String> {
    let lower = name.to_ascii_lowercase();
    let mut words: Vec<String> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    // `id_rsa` is one word to whoever looks for it.
    words.push(lower);
    words
}

fn drawn(prefix: &str, alphabet: &[u8], count: usize) -> Made {
    let text = Random.text(alphabet, count)?;
    let content = Zeroizing::new([prefix.as_bytes(), text.as_bytes()].concat());
    let core = Zeroizing::new(text.as_bytes().to_vec());
    // The prefix says whose it is; a tool may cut it off.
    Ok((content.clone(), if prefix.is_empty() { vec![core] } else { vec![content, core] }))
}

fn token(prefix: &str, count: usize) -> Made {
    drawn(prefix, BASE62, count)
}

/// A file with a token of 36 characters in it.
fn file(before: &str, prefix: &str, after: &str) -> Made {
    let (token, mut cores) = token(prefix, 36)?;
    let content = Zeroizing::new([before.as_bytes(), &token, after.as_bytes()].concat());
    cores.insert(0, content.clone());
    Ok((content, cores))
}

fn aws_file() -> Made {
    let (id, _) = drawn("AKIA", BASE32, 16)?;
    let (key, _) = drawn("", BASE64, 40)?;
    let parts: [&[u8]; 5] =
        [b"[default]\naws_access_key_id = ", &id, b"\naws_secret_access_key = ", &key, b"\n"];
    let content = Zeroizing::new(parts.concat());
    Ok((content.clone(), vec![content, key, id]))
}

fn docker_config() -> Made {
    let (password, _) = token("", 36)?;
    let auth = Zeroizing::new(STANDARD.encode([b"user:", password.as_slice()].concat()));
    let text = format!("{{\"auths\":{{\"host.invalid\":{{\"auth\":\"{}\"}}}}}}\n", auth.as_str());
    let content = Zeroizing::new(text.into_bytes());
    Ok((content.clone(), vec![content, password]))
}

/// What stands in a PKCS #8 file before the 32 bytes of an Ed25519 key (RFC 8410 section 7). Any 32 bytes are a key.
const ED25519: &[u8] =
    &[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

fn private_key() -> Made {
    let seed = Random.bytes(32)?;
    let body = Zeroizing::new(STANDARD.encode([ED25519, &seed].concat()));
    let dashes = "-----";
    let text =
        format!("{dashes}BEGIN PRIVATE KEY{dashes}\n{}\n{dashes}END PRIVATE KEY{dashes}\n", body.as_str());
    let content = Zeroizing::new(text.into_bytes());
    Ok((content.clone(), vec![content, Zeroizing::new(body.as_bytes().to_vec()), seed]))
}

fn service_account() -> Made {
    let (pem, cores) = private_key()?;
    let pem = Zeroizing::new(String::from_utf8_lossy(&pem).replace('\n', "\\n"));
    let text = format!(
        "{{\"type\":\"service_account\",\"project_id\":\"none\",\"private_key_id\":\"0\",\"private_key\":\"{}\",\
         \"client_email\":\"nobody@none.iam.gserviceaccount.com\",\"client_id\":\"0\",\
         \"token_uri\":\"https://host.invalid/token\"}}\n",
        pem.as_str()
    );
    let content = Zeroizing::new(text.into_bytes());
    Ok((content.clone(), [vec![content], cores].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(name: &str) -> &'static str {
        Canary::new(&[name], Arrives::InFile).unwrap().shape
    }

    #[test]
    fn the_name_of_a_secret_says_what_its_value_looks_like() {
        for (name, expected) in [
            ("NPM_TOKEN", "an npm token"),
            ("npmrc", "an .npmrc"),
            ("/root/.npmrc", "an .npmrc"),
            ("GITHUB_TOKEN", "a GitHub token"),
            ("id_rsa", "a private key"),
            ("AWS_ACCESS_KEY_ID", "an AWS access key id"),
            ("AWS_SECRET_ACCESS_KEY", "an AWS secret access key"),
            ("t", "random letters and digits"),
        ] {
            assert_eq!(shape(name), expected, "{name}");
        }
    }

    #[test]
    fn a_variable_gets_a_word_and_what_says_most_decides() {
        let variable = Canary::new(&["T", "env_1"], Arrives::InVariable).unwrap();
        assert_eq!((variable.shape, variable.content.len()), ("random letters and digits", 40));
        let token = Canary::new(&["NPM_TOKEN", "npmrc"], Arrives::InVariable).unwrap();
        assert_eq!(token.shape, "an npm token");
    }

    #[test]
    fn a_file_of_variables_has_those_that_are_asked_for() {
        let asked = Asked {
            names: ["DB_PASSWORD", "DB_HOST", "DATABASE_URL"].map(str::to_owned).to_vec(),
            sourced: true,
            ..Asked::default()
        };
        let file = Canary::new(&["cfg"], Arrives::InFile).unwrap().with(asked).unwrap();
        let text = String::from_utf8(file.content.to_vec()).unwrap();
        let lines: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('=')).collect();
        let names: Vec<&str> = lines.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["DB_PASSWORD", "DB_HOST", "DATABASE_URL", "SECRET_KEY"]);
        let is_core = |value: &str| file.cores.iter().any(|core| core.as_slice() == value.as_bytes());
        assert!(is_core(lines[0].1) && !is_core(lines[1].1) && lines[0].1 != lines[1].1);
        let token = Canary::new(&["npm"], Arrives::InFile).unwrap();
        assert_eq!(token.with(Asked::default()).unwrap().shape, "an npm token");
    }

    #[test]
    fn no_two_runs_get_the_same_value() {
        for shape in SHAPES {
            let ((one, cores), (other, _)) = ((shape.make)().unwrap(), (shape.make)().unwrap());
            assert_ne!(*one, *other, "{}", shape.name);
            assert!(cores.iter().all(|core| core.len() >= 16), "{}", shape.name);
        }
    }

    #[test]
    fn a_private_key_is_one() {
        let (pem, cores) = private_key().unwrap();
        let text = String::from_utf8(pem.to_vec()).unwrap();
        let der = STANDARD.decode(text.lines().nth(1).unwrap()).unwrap();
        assert_eq!((der.len(), &der[16..]), (48, cores[2].as_slice()));
    }
}
