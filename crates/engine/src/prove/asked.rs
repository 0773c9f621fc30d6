//! Which variables the steps of a Dockerfile take out of a file that sets them: a file that is made up has those.
//!
//! A name too many is a line more in the file. A name too few is a value that nobody looks for; so whatever may take
//! names that are seen nowhere is told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tightlip_detect::{Says, name_says};
use tightlip_dockerfile::shell::{Command, Interpreter, Script, Simple};
use tightlip_dockerfile::{Instruction, Kind, MountKind, PLATFORM_ARGS, PROXY_ARGS, Source};

use super::plan::{Plan, Taken};
use crate::build::disk;
use crate::known::variables;
use crate::lint::runs_nothing_else;

/// Scripts that scripts run are read so deep.
const DEPTH: usize = 4;
/// More names are not made up.
const MOST: usize = 64;
/// Files that say which variables the project has. Of their values nothing is used.
const TEMPLATES: &[&str] = &[
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    ".env.defaults",
    "env.example",
    "example.env",
    "sample.env",
    ".env",
];
/// What programs of other languages write before the name of a variable.
const READERS: &[&str] =
    &["process.env", "environ", "getenv", "Getenv", "LookupEnv", "ENV", "printenv", "_ENV", "::var"];
/// What stands between that and the name.
const BETWEEN: &[&str] = &[".get", ".fetch", "_os", "Sync"];
/// Variables of the shell and the system: with another value of theirs a step is another one.
const SYSTEM: &[&str] = &[
    "PATH",
    "HOME",
    "PWD",
    "OLDPWD",
    "SHELL",
    "USER",
    "LOGNAME",
    "IFS",
    "LANG",
    "TERM",
    "TMPDIR",
    "HOSTNAME",
    "PS1",
    "PS2",
    "PS4",
    "ENV",
    "BASH_ENV",
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "UID",
    "EUID",
    "PPID",
    "RANDOM",
    "SECONDS",
    "LINENO",
    "OPTARG",
    "OPTIND",
    "FUNCNAME",
    "BASH_SOURCE",
    "BASH_VERSION",
    "_",
];
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "zsh", "ksh", ".", "source"];

/// What is asked of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Names of variables, in the order in which they are seen.
    pub(crate) names: Vec<String>,
    /// Programs that may take others.
    pub(crate) unseen: Vec<String>,
    /// Whether a shell takes its variables from it.
    pub(crate) sourced: bool,
}

/// What the steps that take a secret ask of its file. Of those that others run in the place of, nothing is asked.
pub(crate) fn asked(
    plan: &Plan,
    taken: &Taken,
    (context, stubs): (&Path, &BTreeMap<usize, String>),
) -> Asked {
    let mut asking =
        Asking { roots: roots(plan, context), files: Vec::new(), asked: Asked::default(), read: Vec::new() };
    let instructions = taken
        .instructions
        .iter()
        .filter_map(|index| Some((*index, plan.document.instructions().get(*index)?)));
    for (index, instruction) in instructions {
        let mounts = instruction.innermost().mounts();
        let files = mounts.iter().filter(|mount| mount.kind == MountKind::Secret);
        asking.files = files.filter_map(tightlip_dockerfile::Mount::secret_file).collect();
        let interpreter = Interpreter::at(&plan.document, &plan.stages, index);
        let stub = stubs.get(&index);
        let script = match stub {
            Some(stub) => Some(Script::parse_str(stub)),
            None => Script::of(instruction, &interpreter),
        };
        match script.filter(|script| script.problems.is_empty()) {
            Some(script) => asking.script(&script, 0),
            None => asking.asked.unseen.push("what runs the step".to_owned()),
        }
        asking.text(stub.map_or_else(|| plan.document.text(instruction.span), String::as_str));
    }
    let mut asked = asking.asked;
    if let Some(names) = of_templates(context) {
        asked.names.extend(names);
        asked.unseen.clear();
    }
    let set = set(plan);
    let system = |name: &String| {
        SYSTEM.contains(&name.as_str())
            || PLATFORM_ARGS.contains(&name.as_str())
            || PROXY_ARGS.contains(&name.as_str())
    };
    asked.names.retain(|name| !(system(name) || set.contains(name) && name_says(name) == Says::Nothing));
    unique(&mut asked.names);
    unique(&mut asked.unseen);
    if asked.names.len() > MOST {
        asked.names.truncate(MOST);
        asked.unseen.push(format!("what takes more than {MOST} variables"));
    }
    asked
}

fn unique(names: &mut Vec<String>) {
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
}

/// The names in files that say which variables there are.
fn of_templates(context: &Path) -> Option<Vec<String>> {
    let texts = TEMPLATES.iter().filter_map(|name| disk::text(&context.join(name)).ok());
    let names: Vec<String> = texts.flat_map(|text| variables(&text)).collect();
    (!names.is_empty()).then_some(names)
}

/// Variables that the Dockerfile itself sets.
fn set(plan: &Plan) -> Vec<String> {
    let pairs = |instruction: &Instruction| match &instruction.innermost().kind {
        Kind::Arg(pairs) | Kind::Env(pairs) => pairs.iter().map(|pair| pair.name.to_string()).collect(),
        _ => Vec::new(),
    };
    plan.document.instructions().iter().flat_map(pairs).collect()
}

/// Where files of the build lie that a step may run: the context, and the folders of it that are copied.
fn roots(plan: &Plan, context: &Path) -> Vec<PathBuf> {
    let mut roots = vec![context.to_owned()];
    for instruction in plan.document.instructions() {
        if let Kind::Copy(copied) | Kind::Add(copied) = &instruction.kind {
            let paths = copied.sources.iter().filter_map(|source| match source {
                Source::Path(path) => {
                    Some(context.join(path.as_str().trim_start_matches(['/', '.']).trim_start_matches('/')))
                }
                Source::Heredoc(_) => None,
            });
            roots.extend(paths);
        }
    }
    roots
}

struct Asking {
    roots: Vec<PathBuf>,
    /// Where the secrets of a step lie in it.
    files: Vec<String>,
    asked: Asked,
    read: Vec<PathBuf>,
}

impl Asking {
    fn script(&mut self, script: &Script, depth: usize) {
        for simple in script.commands().into_iter().filter_map(Command::simple) {
            self.command(simple, depth);
        }
    }

    fn command(&mut self, simple: &Simple, depth: usize) {
        let words: Vec<Option<String>> = simple.words.iter().map(|word| word.literal()).collect();
        let Some(program) =
            words.first().map(|word| word.as_deref().unwrap_or("a program whose name is a variable"))
        else {
            return;
        };
        let mut rest =
            words.iter().skip(1).filter_map(Option::as_deref).filter(|word| !word.starts_with(['-', '+']));
        // `sh -c '…'` has its commands in it, and `xargs` alone prints.
        if simple.nested.is_some() || words.len() == 1 && matches!(program, "xargs" | "env") {
            return;
        }
        let last = program.rsplit('/').next().unwrap_or(program);
        if SHELLS.contains(&last) {
            match rest.next() {
                Some(file) if self.files.iter().any(|own| own == file) => self.asked.sourced = true,
                Some(file) => self.file(file, depth),
                None => self.asked.unseen.push(last.to_owned()),
            }
        } else if !runs_nothing_else(simple) {
            self.file(program, depth);
            rest.for_each(|word| self.look(word));
        }
    }

    /// Something that a step runs: a script of the build, or something that is not here.
    fn file(&mut self, name: &str, depth: usize) {
        let Some(text) = self.find(name) else {
            self.asked.unseen.push(name.rsplit('/').next().unwrap_or(name).to_owned());
            return;
        };
        self.text(&text);
        let marked = text.strip_prefix("#!").and_then(|rest| rest.lines().next());
        let words: Vec<&str> = marked.unwrap_or("sh").split_whitespace().collect();
        let script = (Interpreter::of(&words) == Interpreter::Posix && depth < DEPTH)
            .then(|| Script::parse_str(&text));
        match script.filter(|script| script.problems.is_empty()) {
            Some(script) => self.script(&script, depth + 1),
            None => self.asked.unseen.push(name.to_owned()),
        }
    }

    /// The names in a file that a program is told, if it is one of the build.
    fn look(&mut self, name: &str) {
        if let Some(text) = self.find(name) {
            self.text(&text);
        }
    }

    /// The text of a file of the build that has not been read yet. Where it lies in the image is not known: what ends as its
    /// name does may be it.
    fn find(&mut self, name: &str) -> Option<String> {
        let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
        for root in &self.roots {
            let own = root.ends_with(parts.last()?).then(|| root.clone());
            let below = (0..parts.len())
                .map(|from| parts.iter().skip(from).fold(root.clone(), |path, part| path.join(part)));
            for path in own.into_iter().chain(below) {
                let known = self.read.contains(&path);
                if let Some(text) = disk::text(&path).ok().filter(|text| !text.contains('\0')) {
                    self.read.push(path);
                    return Some(if known { String::new() } else { text });
                }
            }
        }
        None
    }

    /// The names in a text that are used, and not set before.
    fn text(&mut self, text: &str) {
        let given = self.files.iter().filter_map(|file| text.find(file.as_str())).min();
        for (at, name) in used(text) {
            let set = set_at(text, name).filter(|set| *set < at);
            let again = given.is_some_and(|given| set.is_some_and(|set| set < given))
                && name_says(name) != Says::Nothing;
            if set.is_none() || again {
                self.asked.names.push(name.to_owned());
            }
        }
    }
}

/// Variables that a text uses, and where.
fn used(text: &str) -> Vec<(usize, &str)> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    for (at, _) in text.match_indices('$') {
        let rest = text.get(at + 1..).unwrap_or_default();
        let rest = rest.strip_prefix('{').unwrap_or(rest).trim_start_matches(['!', '#']);
        found.extend(name_at(rest).map(|name| (at, name)));
    }
    for reader in READERS {
        for (at, _) in text.match_indices(reader) {
            let rest = text.get(at + reader.len()..).unwrap_or_default();
            let rest = BETWEEN.iter().fold(rest, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
            let name = rest.trim_start_matches(['.', '[', '(', '"', '\'', ' ', '?', '!']);
            let named = name_at(name)
                .filter(|name| name.len() > 1 && !name.bytes().any(|byte| byte.is_ascii_lowercase()));
            found.extend(named.filter(|_| name.len() < rest.len()).map(|name| (at, name)));
        }
    }
    found.sort_unstable();
    found
}

fn name_at(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    text.get(..end).filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

/// Where a text first sets a variable without using what it was.
fn set_at(text: &str, name: &str) -> Option<usize> {
    let starts = |at: usize| {
        text.get(..at)
            .and_then(|before| before.chars().next_back())
            .is_none_or(|c| c.is_whitespace() || "(;&|{".contains(c))
    };
    let own = |at: usize| {
        let value =
            text.get(at + name.len() + 1..).unwrap_or_default().split(['\n', ';']).next().unwrap_or_default();
        used(value).iter().any(|(_, used)| *used == name)
    };
    let assigned =
        text.match_indices(&format!("{name}=")).map(|(at, _)| at).find(|at| starts(*at) && !own(*at));
    let told = ["for ", "read ", "read -r "].iter().filter_map(|word| text.find(&format!("{word}{name}")));
    assigned.into_iter().chain(told).min()
}

#[cfg(test)]
mod tests {
    use super::super::plan::Wishes;
    use super::*;
    use crate::request::DockerfileText;

    /// What the one secret of a Dockerfile is asked for, with these files beside it.
    fn ask(steps: &str, files: &[(&str, &str)]) -> Asked {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let text = format!("FROM bb\n{steps}");
        let plan = Plan::new(&DockerfileText { name: "Dockerfile".to_owned(), text }, &Wishes::default());
        asked(&plan, &plan.taken[0], (folder.path(), &BTreeMap::new()))
    }

    const MOUNT: &str = "RUN --mount=type=secret,id=env";

    #[test]
    fn names_that_a_step_uses_and_does_not_set_are_asked_for() {
        let step = format!(
            "ENV APP=x\n{MOUNT} n=1; . /run/secrets/env && echo \"u:$DB_PASSWORD ${{KEY:-none}} $n $APP $HOME\" > /f\n"
        );
        let expected =
            Asked { names: vec!["DB_PASSWORD".into(), "KEY".into()], unseen: vec![], sourced: true };
        assert_eq!(ask(&step, &[]), expected);
        let own = format!("{MOUNT} . /run/secrets/env; TOKEN=${{TOKEN:-x}}; TOKEN=; echo $TOKEN\n");
        assert_eq!(ask(&own, &[]).names, ["TOKEN"]);
    }

    #[test]
    fn scripts_of_the_build_are_read() {
        let files = [
            ("docker/setup.sh", "#!/bin/sh\n. /run/secrets/env\nsh /opt/lib/more.sh\n"),
            ("lib/more.sh", "echo $DB_PASSWORD > /f\n"),
        ];
        let step = format!("COPY docker/setup.sh /usr/bin/\nCOPY lib /opt/lib\n{MOUNT} setup.sh\n");
        assert_eq!(
            ask(&step, &files),
            Asked { names: vec!["DB_PASSWORD".into()], unseen: vec![], sourced: true }
        );
        let program =
            ("run.py", "import os\nprint(os.environ['DB_PASSWORD'], os.environ.get(\"API_KEY\"))\n");
        let asked = ask(&format!("COPY . /app\n{MOUNT} python3 /app/run.py\n"), &[program]);
        assert_eq!(
            (asked.names, asked.unseen),
            (vec!["DB_PASSWORD".to_owned(), "API_KEY".to_owned()], vec!["python3".to_owned()])
        );
    }

    #[test]
    fn what_may_take_other_names_is_told() {
        let step = format!("{MOUNT},target=/app/.env npm run build\n");
        assert_eq!(ask(&step, &[]), Asked { names: vec![], unseen: vec!["npm".into()], sourced: false });
        assert_eq!(ask(&format!("{MOUNT} sh /not-here.sh\n"), &[]).unseen, ["not-here.sh"]);
        let known = ask(&step, &[(".env.example", "# a\nDB_PASSWORD=\nPATH=x\n")]);
        assert_eq!(known, Asked { names: vec!["DB_PASSWORD".into()], unseen: vec![], sourced: false });
    }
}
