//! The values that a build was given and that belong to whoever builds: they are looked for in everything that comes out.

use std::ffi::OsString;
use std::path::Path;

use tightlip_detect::{PackText, Says, name_says};
use zeroize::Zeroizing;

use super::plan::{Plan, Unguarded, unguarded};
use super::secret::{From, Secret};
use super::{GuardError, disk};
use crate::known::{KnownValue, Reading, Source, passwords_in_addresses};

/// The environment of the build.
#[derive(Clone, Default)]
pub struct Environment(Vec<(OsString, OsString)>);

impl Environment {
    /// An environment of these variables.
    pub fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self(variables.into_iter().collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&OsString> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// A variable that is set to some text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.to_str().filter(|value| !value.is_empty())
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Environment({} variables)", self.0.len())
    }
}

/// An environment variable of fewer characters is looked for only when it is a secret of the build.
const SHORTEST: usize = 8;

/// The values, and for each that cannot be looked for a line that says why.
#[derive(Default)]
pub(crate) struct Values {
    pub(crate) known: Vec<KnownValue>,
    pub(crate) notes: Vec<String>,
}

impl Values {
    /// Everything that belongs to whoever builds.
    pub(crate) fn of(plan: &Plan, environment: &Environment, rules: &[PackText]) -> Result<Self, GuardError> {
        let mut values = Self::default();
        if !plan.secrets.is_empty() {
            let reading = Reading::new(rules)?;
            for secret in &plan.secrets {
                values.secret(secret, value(secret, plan, environment)?, &reading);
            }
        }
        values.environment(environment);
        values.remotes(Path::new(&plan.context));
        Ok(values)
    }

    /// A secret, and what is in it: a step that reads a file uses what the file holds.
    fn secret(&mut self, secret: &Secret, value: Zeroizing<Vec<u8>>, reading: &Reading) {
        let (From::File(place) | From::Environment(place) | From::Either(place)) = &secret.source;
        let parts = reading.values(Source::Secret { id: &secret.id, place }, &value).values;
        match KnownValue::new(&secret.id, value) {
            Ok(whole) => {
                let parts: Vec<_> =
                    parts.into_iter().filter(|part| part.expose() != whole.expose()).collect();
                self.known.push(whole);
                self.known.extend(parts);
            }
            Err(why) => self.notes.push(why.to_string()),
        }
    }

    /// What is known before there is a plan.
    pub(crate) fn around(environment: &Environment) -> Self {
        let mut values = Self::default();
        values.environment(environment);
        values.remotes(Path::new("."));
        values
    }

    /// Variables that are called like secrets. The builder does not get them, but programs that it starts here do.
    fn environment(&mut self, environment: &Environment) {
        for (name, value) in &environment.0 {
            let (Some(name), Some(value)) = (name.to_str(), value.to_str()) else { continue };
            if name_says(name) == Says::Secret && looks_like_value(value) {
                self.known.extend(KnownValue::new(name, Zeroizing::new(value.as_bytes().to_vec())).ok());
            }
        }
    }

    /// Passwords in the addresses of Git remotes: a context with its `.git` takes them along.
    fn remotes(&mut self, context: &Path) {
        let config = disk::text(&context.join(".git/config")).unwrap_or_default();
        let values = passwords_in_addresses(&config).into_iter();
        self.known.extend(values.filter_map(|value| KnownValue::new("a Git remote", value).ok()));
    }
}

/// A path, an address or a number is about a secret, and none.
fn looks_like_value(value: &str) -> bool {
    let path = value.starts_with(['/', '.', '~']) || value.contains("://");
    let number = value.bytes().all(|byte| byte.is_ascii_digit());
    value.len() >= SHORTEST && !path && !number && !value.contains(' ')
}

/// The value of a secret, as the builder will read it.
pub(super) fn value(
    secret: &Secret,
    plan: &Plan,
    environment: &Environment,
) -> Result<Zeroizing<Vec<u8>>, Unguarded> {
    let variable = |name: &str| {
        let own =
            plan.variables.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone().into_bytes());
        own.or_else(|| environment.get(name).map(|value| value.clone().into_encoded_bytes()))
    };
    let file = |path: &str| disk::bytes(Path::new(path)).map_err(|why| why.to_string());
    let (found, place) = match &secret.source {
        From::Environment(name) => {
            (variable(name).ok_or_else(|| "there is no such variable".to_owned()), name)
        }
        From::File(path) => (file(path), path),
        From::Either(id) => (variable(id).map_or_else(|| file(id), Ok), id),
    };
    found.map(Zeroizing::new).map_err(|why| {
        unguarded(
            format!("the secret {} cannot be read from {place}: {why}", secret.id),
            format!(
                "Its value has to be known, to be looked for in the result: set it, or name a file that is there, --secret \
                id={},src=FILE",
                secret.id
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of what is known, for a secret that is in a file and for one that is in a variable.
    fn names(text: &str) -> Vec<String> {
        let reading = Reading::new(&[]).unwrap();
        let mut values = Values::default();
        for source in [From::File("a/.env".to_owned()), From::Environment("DOTENV".to_owned())] {
            let secret = Secret { id: "env".to_owned(), source };
            values.secret(&secret, Zeroizing::new(text.as_bytes().to_vec()), &reading);
        }
        values.known.iter().map(|known| known.name().to_owned()).collect()
    }

    #[test]
    fn what_is_in_a_secret_is_known_too() {
        let both = |names: &[&'static str]| -> Vec<&str> { [names, names].concat() };
        assert_eq!(
            names("DB_PASSWORD=hunter22\nDB_HOST=db.internal\n"),
            both(&["env", "DB_PASSWORD of env"])
        );
        assert_eq!(names("hunter22\n"), both(&["env"]));
    }
}
