//! What the steps of a job write into its directory before a build: files that hold a secret of the CI.

use tightlip_dockerfile::flow::{Effects, Fate, Setting, Sink, Source, join};
use tightlip_dockerfile::shell::Script;
use tightlip_dockerfile::{Span, Text};

use crate::call::Argument;
use crate::dialect::Dialect;
use crate::value::{Part, Value};

/// A file with a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file, seen from the directory of the job.
    pub path: String,
    /// The secret, by its name.
    pub secret: String,
    /// Where it is written: the command.
    pub span: Span,
}

/// Where the steps run, as far as anybody here knows.
const HERE: &str = "/here";

/// The files that a script of GitHub Actions writes secrets into, and leaves. `folder` is where it runs.
pub(crate) fn written(text: &Text, environment: &[Argument], folder: &str) -> Vec<Written> {
    let masked = Masked::new(text);
    let mut setting = Setting { workdir: join(HERE, folder), ..Setting::default() };
    let set = environment.iter().filter(|one| one.value.as_ref().is_some_and(Value::holds_secret));
    setting.variables.extend(set.map(|one| one.name.to_string()));
    setting.variables.extend(masked.secrets.iter().map(|(variable, _)| variable.clone()));
    if setting.variables.is_empty() {
        return Vec::new();
    }
    let script = Script::parse(&Text::verbatim(&masked.text, 0));
    let mut all: Vec<Written> = Vec::new();
    for flow in Effects::of(&script, &setting).flows {
        let (Sink::Stored(stored), Source::Variable(name)) = (&flow.sink, &flow.source) else { continue };
        let inside = stored.path.strip_prefix(HERE).and_then(|path| path.strip_prefix('/'));
        let stays = matches!(stored.fate, Fate::Stays | Fate::RemovedPerhaps(_));
        if let (Some(path), true) = (inside.filter(|path| !path.contains('$')), stays) {
            let secret = masked.secrets.iter().find(|(variable, _)| variable == name);
            let secret = secret.map_or(name.clone(), |(_, secret)| secret.clone());
            let span = text.locate(flow.command.range());
            let one = Written { path: path.to_owned(), secret, span };
            if !all.iter().any(|other| other.path == one.path) {
                all.push(one);
            }
        }
    }
    all
}

/// A script in which variables stand for the secrets that the CI fills in, each as long as what it stands for.
struct Masked {
    text: String,
    /// The variables, and the secrets that they are.
    secrets: Vec<(String, String)>,
}

impl Masked {
    fn new(text: &Text) -> Self {
        let mut masked = Self { text: text.to_string(), secrets: Vec::new() };
        for hole in Dialect::GitHub.holes(text).into_iter().filter(|hole| hole.part.is_secret()) {
            let variable =
                format!("{:_<width$}", format!("S{}", masked.secrets.len()), width = hole.at.len() - 3);
            let secret = match &hole.part {
                Part::Secret(name) | Part::Token(name) => name.clone(),
                _ => "a secret".to_owned(),
            };
            masked.open(hole.at.start);
            masked.text.replace_range(hole.at, &format!("${{{variable}}}"));
            masked.secrets.push((variable, secret));
        }
        masked
    }

    /// Turns single quotes around a place into double ones: the CI fills in before the shell reads.
    fn open(&mut self, at: usize) {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        let quotes = before.get(line..).unwrap_or_default().matches('\'').count();
        let (Some(first), Some(last)) =
            (before.rfind('\''), self.text.get(at..).and_then(|rest| rest.find('\'')).map(|end| at + end))
        else {
            return;
        };
        if quotes % 2 == 1 {
            self.text.replace_range(first..=first, "\"");
            self.text.replace_range(last..=last, "\"");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(script: &str) -> Vec<String> {
        let written = written(&Text::verbatim(script, 0), &[], "");
        written.into_iter().map(|one| format!("{} {}", one.secret, one.path)).collect()
    }

    #[test]
    fn secrets_that_stay_in_the_directory_are_seen() {
        for (script, expected) in [
            ("echo '${{ secrets.SA }}' > sa.json", &["SA sa.json"][..]),
            ("echo \"A=${{ secrets.A }}\" >> app/.env\necho B=${{ secrets.B }} >> app/.env", &["A app/.env"]),
            ("cat <<EOF > .npmrc\n//r/:_authToken=${{ secrets.NPM }}\nEOF\n", &["NPM .npmrc"]),
            ("cd web && printf %s ${{ secrets.K }} | base64 -d > key.p12", &["K web/key.p12"]),
            ("echo ${{ secrets.A }} > a && rm a", &[]),
            ("echo A=${{ secrets.A }} >> $GITHUB_ENV", &[]),
            ("echo ${{ secrets.A }} > /tmp/a; echo ${{ github.sha }} > version", &[]),
            ("echo ${{ secrets.A }} | docker login --password-stdin -u me r", &[]),
        ] {
            assert_eq!(paths(script), expected, "{script}");
        }
    }
}
