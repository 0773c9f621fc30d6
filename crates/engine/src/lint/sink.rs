//! What lints say: issues, on their way to become findings.

use tightlip_dockerfile::{Mount, Span};
use tightlip_report::{Confidence, Level};

use crate::identity::IdentityKey;

use super::Lint;
use super::caller::CallerFile;
use super::fix::Fix;
use super::name::Says;
use super::project::Dockerfile;
use super::story::Secret;
use super::text::{FileId, Literal};
use super::variable::SecretVariable;

/// Takes what lints say.
pub struct Sink<'s> {
    key: &'s IdentityKey,
    /// The lint that is speaking.
    lint: &'static Lint,
    pub(crate) issues: Vec<Issue>,
}

/// Something that a lint says about a place.
#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub(crate) lint: &'static Lint,
    pub(crate) file: FileId,
    pub(crate) span: Span,
    pub(crate) level: Level,
    pub(crate) confidence: Confidence,
    /// What is wrong, in a sentence.
    pub(crate) title: String,
    /// What to say beside the mark.
    pub(crate) label: String,
    /// What may be said of the value.
    pub(crate) shape: String,
    /// The same secret has the same identity.
    pub(crate) identity: String,
    /// What stays the same when lines are added above: for the fingerprint.
    pub(crate) subject: String,
    /// How anyone gets the value, when it is not as the lint says in general.
    pub(crate) recover: Option<String>,
    /// What to do, when it is not as the lint says in general.
    pub(crate) remedy: Option<String>,
    /// A command that helps.
    pub(crate) command: Option<String>,
    pub(crate) rotate: Option<&'static str>,
    /// The rule of the detection room that knew the value.
    pub(crate) found_by: Option<&'static str>,
    pub(crate) fix: Option<Fix>,
}

impl<'s> Sink<'s> {
    pub(crate) fn new(key: &'s IdentityKey, lint: &'static Lint) -> Self {
        Self { key, lint, issues: Vec::new() }
    }

    /// Lets another lint speak.
    pub(crate) fn turn(&mut self, lint: &'static Lint) -> &mut Self {
        self.lint = lint;
        self
    }

    /// Takes an issue.
    pub(crate) fn report(&mut self, issue: Issue) {
        self.issues.push(issue);
    }

    /// An issue that says what the lint says in general, about no secret in particular.
    pub(crate) fn issue(&self, file: FileId, span: Span) -> Issue {
        let lint = self.lint;
        Issue {
            lint,
            file,
            span,
            level: lint.level,
            confidence: Confidence::High,
            title: lint.title.to_owned(),
            label: String::new(),
            shape: String::new(),
            identity: self.identity(lint.id, &format!("{}:{}", file.0, span.start)),
            subject: String::new(),
            recover: None,
            remedy: None,
            command: None,
            rotate: None,
            found_by: None,
            fix: None,
        }
    }

    /// An issue about a value that stands in the file.
    pub(crate) fn literal(&self, dockerfile: &Dockerfile<'_>, literal: &Literal) -> Issue {
        self.in_file(dockerfile.id, literal)
    }

    /// An issue about a secret that whoever starts a build gives it.
    pub(crate) fn given(&self, file: &CallerFile<'_>, name: &str, span: Span) -> Issue {
        Issue {
            shape: format!("value of {name}"),
            identity: self.identity("variable", &format!("{} {name}", file.file.name)),
            subject: name.to_owned(),
            ..self.issue(file.id, span)
        }
    }

    /// An issue about a value that stands in a file of any kind.
    pub(crate) fn in_file(&self, file: FileId, literal: &Literal) -> Issue {
        Issue {
            level: literal.level.min(self.lint.level),
            confidence: literal.confidence,
            shape: literal.shape.clone(),
            identity: literal.identity.clone(),
            label: literal.rule.title.to_owned(),
            rotate: literal.rule.rotate,
            found_by: Some(literal.rule.id),
            ..self.issue(file, literal.span)
        }
    }

    /// An issue about a secret that a variable holds.
    pub(crate) fn variable(
        &self,
        dockerfile: &Dockerfile<'_>,
        variable: &SecretVariable,
        span: Span,
    ) -> Issue {
        let (shape, command) = (format!("value of {}", variable.name), Some(mount(&variable.root)));
        Issue {
            shape,
            command,
            subject: variable.name.clone(),
            ..self.named(dockerfile, &variable.root, span)
        }
    }

    /// An issue about a secret of which only the name is known.
    pub(crate) fn named(&self, dockerfile: &Dockerfile<'_>, name: &str, span: Span) -> Issue {
        Issue {
            shape: format!("value of {name}"),
            identity: self.identity("variable", &format!("{} {name}", dockerfile.file.name)),
            subject: name.to_owned(),
            ..self.issue(dockerfile.id, span)
        }
    }

    /// An issue about a secret, whatever is known of it.
    pub(crate) fn secret(&self, dockerfile: &Dockerfile<'_>, secret: &Secret, span: Span) -> Issue {
        match secret {
            Secret::Variable { name, root, says } => {
                let issue = self.named(dockerfile, root, span).subject(name);
                let sure = *says == Says::Secret;
                let issue = Issue { shape: format!("value of {name}"), command: Some(mount(root)), ..issue };
                if sure { issue } else { issue.at_most(Level::Warn).confidence(Confidence::Medium) }
            }
            Secret::Mount(id) => {
                Issue { shape: format!("the secret {id}"), ..self.named(dockerfile, id, span) }
            }
            Secret::File(path, _) => self.secret_file(dockerfile, path, span),
            Secret::Stored(command) => {
                Issue { shape: format!("output of {command}"), ..self.named(dockerfile, command, span) }
            }
            Secret::Literal(literal) => Issue { span, ..self.literal(dockerfile, literal) },
        }
    }

    /// An issue about a secret that is mounted.
    pub(crate) fn mount(&self, dockerfile: &Dockerfile<'_>, mount: &Mount, span: Span) -> Issue {
        let id = mount.secret_id().unwrap_or("ssh");
        Issue { shape: format!("the secret {id}"), ..self.named(dockerfile, id, span) }
    }

    /// An issue about a secret that a file holds.
    pub(crate) fn secret_file(&self, dockerfile: &Dockerfile<'_>, path: &str, span: Span) -> Issue {
        Issue {
            shape: format!("content of {path}"),
            identity: self.identity("file", &format!("{} {path}", dockerfile.file.name)),
            subject: path.to_owned(),
            ..self.issue(dockerfile.id, span)
        }
    }

    fn identity(&self, kind: &str, what: &str) -> String {
        self.key.identity(format!("{kind} {what}").as_bytes())
    }
}

/// The build with a secret mount instead of the argument.
fn mount(name: &str) -> String {
    format!(
        "docker build --secret id={name},env={name} .   with RUN --mount=type=secret,id={name},env={name},required=true …"
    )
}

impl Issue {
    /// Says what is wrong here.
    pub(crate) fn says(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Says something beside the mark.
    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Counts at most as much as this.
    pub(crate) fn at_most(mut self, level: Level) -> Self {
        self.level = self.level.min(level);
        self
    }

    /// How sure it is.
    pub(crate) fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// What makes it the same finding in another version of the file.
    pub(crate) fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// How anyone gets the value here.
    pub(crate) fn recover(mut self, recover: impl Into<String>) -> Self {
        self.recover = Some(recover.into());
        self
    }

    /// What to do here.
    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// An edit that mends it.
    pub(crate) fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}
