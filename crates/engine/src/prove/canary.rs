//! Values that nobody was given, in the shape that whatever reads them expects.
//!
//! A token gets no checksum that holds: no provider and no scanner takes it for one that somebody was given.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tightlip_report::proof::Origin;
use zeroize::Zeroizing;

use super::random::{BASE32, BASE62, BASE64, NoRandomness, Random};

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
}

impl Canary {
    /// A value for a secret that goes by these names: its id, its variable, its file.
    ///
    /// # Errors
    /// When there is no randomness.
    pub(crate) fn new(names: &[&str]) -> Result<Self, NoRandomness> {
        let names: Vec<Vec<String>> = names.iter().map(|name| words(name)).collect();
        let fits = |shape: &&Shape| names.iter().any(|words| shape.fits(words));
        let shape = SHAPES.iter().find(fits).unwrap_or(&GENERIC);
        let (content, cores) = (shape.make)()?;
        Ok(Self { shape: shape.name, origin: Origin::MadeUp, content, cores })
    }

    /// A value that the user gave. All of it counts as secret.
    pub(crate) fn given(content: Zeroizing<Vec<u8>>) -> Self {
        Self { shape: "a value", origin: Origin::Given, cores: vec![content.clone()], content }
    }

    /// A value of no particular kind.
    ///
    /// # Errors
    /// When there is no randomness.
    pub(crate) fn plain() -> Result<Self, NoRandomness> {
        let (content, cores) = token("", 40)?;
        Ok(Self { shape: GENERIC.name, origin: Origin::MadeUp, content, cores })
    }
}

type Made = Result<(Zeroizing<Vec<u8>>, Vec<Zeroizing<Vec<u8>>>), NoRandomness>;

/// A kind of value.
struct Shape {
    name: &'static str,
    /// Names that ask for it: all words of one of these, anywhere in the name.
    asked: &'static [&'static str],
    make: fn() -> Made,
}

impl Shape {
    fn fits(&self, words: &[String]) -> bool {
        self.asked.iter().any(|asked| asked.split(' ').all(|word| words.iter().any(|one| one == word)))
    }
}

const GENERIC: Shape = Shape { name: "random letters and digits", asked: &[], make: || token("", 40) };

/// Files before tokens: `npmrc` says more than `npm`.
static SHAPES: &[Shape] = &[
    Shape {
        name: "an .npmrc",
        asked: &["npmrc"],
        make: || file("//registry.npmjs.org/:_authToken=", "npm_", "\n"),
    },
    Shape { name: "a .yarnrc.yml", asked: &["yarnrc"], make: || file("npmAuthToken: ", "npm_", "\n") },
    Shape {
        name: "a .netrc",
        asked: &["netrc"],
        make: || file("machine host.invalid login user password ", "", "\n"),
    },
    Shape {
        name: "a pip.conf",
        asked: &["pip conf", "pipconf"],
        make: || file("[global]\nextra-index-url = https://user:", "", "@host.invalid/simple\n"),
    },
    Shape {
        name: "a .pypirc",
        asked: &["pypirc"],
        make: || file("[pypi]\nusername = __token__\npassword = ", "pypi-", "\n"),
    },
    Shape {
        name: "a settings.xml",
        asked: &["settings xml", "maven settings", "mvn settings"],
        make: || {
            file(
                "<settings><servers><server><id>host</id><username>user</username><password>",
                "",
                "</password></server></servers></settings>\n",
            )
        },
    },
    Shape {
        name: "a gradle.properties",
        asked: &["gradle properties"],
        make: || file("repoUser=user\nrepoPassword=", "", "\n"),
    },
    Shape {
        name: "credentials for Git",
        asked: &["git credentials", "gitcredentials"],
        make: || file("https://user:", "", "@host.invalid\n"),
    },
    Shape { name: "credentials for AWS", asked: &["aws credentials", "aws config"], make: aws_file },
    Shape {
        name: "an auth.json",
        asked: &["auth json", "composer auth", "composer"],
        make: || {
            file("{\"http-basic\":{\"host.invalid\":{\"username\":\"user\",\"password\":\"", "", "\"}}}\n")
        },
    },
    Shape {
        name: "a config.json for registries",
        asked: &["docker config", "dockerconfigjson", "config json"],
        make: docker_config,
    },
    Shape {
        name: "a key of a service account",
        asked: &[
            "gcp",
            "gcloud",
            "service account",
            "google credentials",
            "sa key",
            "application credentials",
        ],
        make: service_account,
    },
    Shape {
        name: "a private key",
        asked: &["ssh", "id_rsa", "rsa", "ed25519", "pem", "private key", "deploy key", "tls key", "key pem"],
        make: private_key,
    },
    Shape { name: "an .env file", asked: &["env", "dotenv"], make: || file("SECRET_KEY=", "", "\n") },
    Shape { name: "an npm token", asked: &["npm", "node auth", "yarn"], make: || token("npm_", 36) },
    Shape {
        name: "a GitHub token",
        asked: &["github", "gh", "ghcr", "git", "hub"],
        make: || token("ghp_", 36),
    },
    Shape { name: "a GitLab token", asked: &["gitlab", "glpat", "ci job"], make: || token("glpat-", 20) },
    Shape { name: "a PyPI token", asked: &["pypi", "twine", "uv publish"], make: || token("pypi-", 120) },
    Shape { name: "a Hugging Face token", asked: &["hf", "huggingface"], make: || token("hf_", 34) },
    Shape { name: "an AWS access key id", asked: &["access key id"], make: || drawn("AKIA", BASE32, 16) },
    Shape {
        name: "an AWS secret access key",
        asked: &["aws", "secret access"],
        make: || drawn("", BASE64, 40),
    },
    Shape {
        name: "the URL of a database",
        asked: &[
            "database url",
            "db url",
            "postgres url",
            "mysql url",
            "redis url",
            "mongo url",
            "mongo uri",
            "mongodb uri",
        ],
        make: || file("postgres://user:", "", "@host.invalid:5432/app"),
    },
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
        Canary::new(&[name]).unwrap().shape
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
