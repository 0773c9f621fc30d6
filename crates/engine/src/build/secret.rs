//! The secrets that a command line hands to a build: `--secret id=npm,src=.npmrc`.

use super::fields::Fields;
use super::plan::{Unguarded, unguarded};

/// A secret of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Secret {
    pub(crate) id: String,
    pub(crate) source: From,
}

/// Where its value lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum From {
    File(String),
    Environment(String),
    /// The variable that is called like it, else the file.
    Either(String),
}

/// Reads `id=…[,src=…|,env=…][,type=…]`. Source: buildx `util/buildflags/secrets.go`, BuildKit `secretsprovider`.
pub(crate) fn parse(text: &str) -> Result<Secret, Unguarded> {
    let fields = Fields::parse(text);
    let file = fields.get("src").or_else(|| fields.get("source"));
    let variable = fields.get("env");
    let id = fields.get("id").or(file).or(variable).unwrap_or_default().to_owned();
    if id.is_empty() {
        return Err(unguarded(format!("--secret {text}: it has no id"), "Write --secret id=ID,env=NAME"));
    }
    let source = match (file, variable, fields.get("type")) {
        (_, Some(name), _) => From::Environment(name.to_owned()),
        (Some(path), None, Some("env")) => From::Environment(path.to_owned()),
        (Some(path), None, _) => From::File(path.to_owned()),
        (None, None, Some("file")) => From::File(id.clone()),
        (None, None, Some("env")) => From::Environment(id.clone()),
        (None, None, _) => From::Either(id.clone()),
    };
    Ok(Secret { id, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_says_where_its_value_lies() {
        let source = |text: &str| parse(text).unwrap().source;
        assert_eq!(source("id=a,src=f"), From::File("f".into()));
        assert_eq!(source("id=a,env=V"), From::Environment("V".into()));
        assert_eq!(source("type=env,id=a"), From::Environment("a".into()));
        assert_eq!(source("id=a"), From::Either("a".into()));
        assert!(parse("env").is_err());
    }
}
