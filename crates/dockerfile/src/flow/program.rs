//! Programs that are known: what they print of what they get, and what they write.

use super::call::Call;
use super::copy;
use super::state::{Mode, State};
use super::taint::{Output, Taint};
use super::words::Argument;
use super::{Given, Shown, Writer};

/// What a program does with secrets.
type Model = fn(&mut State<'_>, &Call) -> Output;

/// The programs that are known, by what they do.
static MODELS: &[(&[&str], Model)] = &[
    (&["echo", "printf", "print"], print),
    (
        &[
            "cat",
            "zcat",
            "sed",
            "tr",
            "cut",
            "head",
            "tail",
            "awk",
            "gawk",
            "mawk",
            "jq",
            "yq",
            "base64",
            "base32",
            "basenc",
            "xxd",
            "od",
            "hexdump",
            "sort",
            "uniq",
            "rev",
            "tac",
            "nl",
            "fold",
            "paste",
            "column",
            "strings",
            "iconv",
            "dos2unix",
            "unix2dos",
            "expand",
            "unexpand",
            "fmt",
            "openssl",
            "gpg",
            "age",
            "sops",
            "less",
            "more",
            "bat",
            "gunzip",
            "pr",
            "perl",
            "ruby",
            "ts",
            "pv",
            "xmlstarlet",
            "crudini",
            "dasel",
            "gomplate",
            "xargs",
        ],
        filter,
    ),
    (&["grep", "egrep", "fgrep", "rg", "zgrep"], grep),
    (&["tee", "sponge"], tee),
    (&["gzip", "bzip2", "xz", "zstd"], pack),
    (&["envsubst"], envsubst),
    (&["cp", "install", "rsync", "scp"], copy::copy),
    (&["mv"], copy::rename),
    (&["ln"], copy::link),
    (&["dd"], copy::blocks),
    (&["tar", "zip", "7z", "cpio", "bsdtar"], copy::archive),
    (&["rm", "unlink", "shred", "truncate"], copy::remove),
    (&["find"], copy::find),
    (&["touch"], copy::touch),
    (&["curl", "wget", "http", "https", "xh", "aria2c"], client),
    (&["sh", "bash", "dash", "ash", "zsh", "ksh"], script),
    (
        &[
            "wc",
            "cksum",
            "md5sum",
            "sha1sum",
            "sha256sum",
            "sha512sum",
            "stat",
            "ls",
            "file",
            "chmod",
            "chown",
            "chgrp",
            "mkdir",
            "rmdir",
            "sleep",
            "id",
            "whoami",
            "which",
            "cmp",
            "diff",
            "du",
            "sync",
            "expr",
            "seq",
            "date",
            "uname",
            "basename",
            "dirname",
            "realpath",
            "readlink",
            "mktemp",
            "getent",
            "command",
        ],
        quiet,
    ),
];

/// Follows a program.
pub(super) fn run(state: &mut State<'_>, call: &Call) -> Output {
    let model = MODELS.iter().find(|(names, _)| names.contains(&call.name.as_str()));
    model.map_or(other as Model, |(_, model)| *model)(state, call)
}

fn print(_: &mut State<'_>, call: &Call) -> Output {
    Output::out(call.taint())
}

fn quiet(_: &mut State<'_>, _: &Call) -> Output {
    Output::default()
}

/// The secrets in files that arguments name: `file`, `--option=file`, `@file`, `option=@file`.
pub(super) fn named_files(state: &State<'_>, arguments: &[Argument]) -> Taint {
    named(arguments, |path, argument| state.file(&state.resolve(path), argument.span))
}

/// The same with all that is below directories that they name.
pub(super) fn named_trees(state: &State<'_>, arguments: &[Argument]) -> Taint {
    named(arguments, |path, argument| state.tree(&state.resolve(path), argument.span))
}

fn named(arguments: &[Argument], held: impl Fn(&str, &Argument) -> Taint) -> Taint {
    let mut taint = Taint::default();
    for argument in arguments {
        let text = argument.text.as_str();
        let names = std::iter::once(text)
            .chain(text.split_once('=').map(|(_, value)| value))
            .chain(text.rsplit_once('@').map(|(_, value)| value))
            .chain(text.split_once("file:").map(|(_, value)| value));
        // The whole file system holds every secret; nobody means that.
        for name in names.filter(|name| !matches!(*name, "" | "/") && !name.starts_with('-')) {
            taint.add(&held(name, argument).through(name));
        }
    }
    taint
}

/// Prints what it reads, as it is or changed, or writes it where it is told.
fn filter(state: &mut State<'_>, call: &Call) -> Output {
    if call.name == "openssl" && is_published(call) {
        return Output::default();
    }
    if call.name == "gpg" && call.has(SHOWS_NO_KEY) {
        return other(state, call);
    }
    let held = call.input.clone().with(&call.taint()).with(&named_files(state, &call.arguments));
    if changes_files(call) {
        // Without an option for it, the script is the first word.
        let script = usize::from(
            matches!(call.name.as_str(), "sed" | "yq") && !call.has(&["-e", "-f", "--expression", "--file"]),
        );
        for file in call.plain(&["-e", "-f"]).into_iter().skip(script) {
            state.write((&state.resolve(&file.text), file.span), &held, (Writer::Program, Mode::More));
        }
        return Output::default();
    }
    let to = call.value(&["--output", "-out", "--outfile"]).or_else(|| match call.name.as_str() {
        "sort" | "gpg" | "age" | "gomplate" => call.value(&["-o"]),
        _ => None,
    });
    let Some(file) = to else { return Output::out(held) };
    state.write((&state.resolve(&file.text), file.span), &held, (Writer::Program, Mode::Anew));
    Output::default()
}

/// What GnuPG does without showing what it reads: it takes keys into its folder, which is a row of the table of tools,
/// compares signatures, and makes such that stand beside the file.
const SHOWS_NO_KEY: &[&str] = &[
    "--import",
    "--fast-import",
    "--import-ownertrust",
    "--verify",
    "--detach-sign",
    "--detach-sig",
    "-b",
    "--list-keys",
    "--list-secret-keys",
    "--recv-keys",
];

/// Whether what `openssl` makes of a key is there to be given away: the public half, a request, a certificate, a
/// signature, or only what it says about the key.
fn is_published(call: &Call) -> bool {
    let asks = call.has(&["-noout"]) && !call.has(&["-text"]);
    let does = call.arguments.first().map_or("", |one| one.text.as_str());
    let made = matches!(does, "req" | "x509" | "ca" | "crl" | "dgst" | "verify" | "ocsp" | "ts" | "version");
    asks || made || call.has(&["-pubout", "-pubin"])
}

/// Whether a filter writes back into the files that it reads.
fn changes_files(call: &Call) -> bool {
    let given = |test: fn(&str) -> bool| call.arguments.iter().any(|one| test(&one.text));
    match call.name.as_str() {
        "sed" | "yq" => given(|text| text.starts_with("-i") || text.starts_with("--in")),
        "perl" | "ruby" => given(|text| text.starts_with("-i") || matches!(text, "-pi" | "-ni" | "-lpi")),
        "crudini" => given(|text| text == "--set"),
        "dos2unix" | "unix2dos" => true,
        _ => false,
    }
}

/// Writes what it reads; `tee` prints it too.
fn tee(state: &mut State<'_>, call: &Call) -> Output {
    let mode = if call.has(&["-a", "--append"]) { Mode::More } else { Mode::Anew };
    let mut output = if call.name == "tee" { call.input.clone() } else { Taint::default() };
    for file in call.plain(&[]) {
        match file.text.as_str() {
            "/dev/stdout" | "/dev/stderr" | "/dev/tty" => output.add(&call.input),
            text => state.write((&state.resolve(text), file.span), &call.input, (Writer::Program, mode)),
        }
    }
    Output::out(output)
}

/// Packs one file beside itself, unless it is told to print.
fn pack(state: &mut State<'_>, call: &Call) -> Output {
    let plain = call.plain(&[]);
    let [file] = plain.as_slice() else { return filter(state, call) };
    if call.has(&["-c", "--stdout", "-d", "--decompress"]) {
        return filter(state, call);
    }
    let path = format!("{}.{}", state.resolve(&file.text), call.name);
    let held = named_files(state, &call.arguments);
    state.write((&path, call.span), &held, (Writer::Program, Mode::Anew));
    Output::default()
}

/// Prints matching lines, unless it only counts or tells.
fn grep(state: &mut State<'_>, call: &Call) -> Output {
    if call.has(&["-q", "--quiet", "--silent", "-c", "--count", "-l", "--files-with-matches"]) {
        return Output::default();
    }
    Output::out(call.input.clone().with(&named_trees(state, &call.arguments)))
}

/// Fills variables of the environment into a template that is not known: all of them, or those that it is told.
fn envsubst(state: &mut State<'_>, call: &Call) -> Output {
    let told = call.plain(&[]).first().map(|word| word.text.clone());
    let mut taint = call.input.clone();
    match told {
        None => taint.add(&state.listed(call.span).shown(Shown::Printed)),
        Some(names) => {
            for name in names.split(['$', '{', '}', ' ', ',', ':']).filter(|name| !name.is_empty()) {
                if state.exported.contains(name) {
                    taint.add(&state.value_of(name).taken(call.span));
                }
            }
        }
    }
    Output::out(taint.with(&named_files(state, &call.arguments)))
}

/// Fetches something: the secret goes out in a URL, a header or a body, and into the log when told to be verbose.
fn client(state: &mut State<'_>, call: &Call) -> Output {
    let held = call.taint();
    let verbose: &[&str] = match call.name.as_str() {
        "curl" => &["-v", "--verbose", "--trace", "--trace-ascii"],
        "wget" => &["--debug"],
        "http" | "https" | "xh" => &["-v", "--verbose", "--debug"],
        _ => &[],
    };
    given(state, call);
    if !verbose.is_empty() && call.has(verbose) {
        let sent = held.with(&call.input).with(&named_files(state, &call.arguments));
        state.shown(&sent, Shown::Verbose);
    }
    // `-o` of wget is its log.
    let to = match call.name.as_str() {
        "wget" => call.value(&["-O", "--output-document"]),
        _ => call.value(&["-o", "--output"]),
    };
    if let Some(file) = to.filter(|file| file.text != "-") {
        state.write(
            (&state.resolve(&file.text), file.span),
            &Taint::default(),
            (Writer::Program, Mode::Anew),
        );
    }
    Output::default()
}

/// Runs a script that is not read. With `-x` it shows every command with what it uses.
fn script(state: &mut State<'_>, call: &Call) -> Output {
    let options: Vec<&str> = call
        .arguments
        .iter()
        .map(|one| one.text.as_str())
        .take_while(|text| text.starts_with(['-', '+']))
        .collect();
    let short = |text: &&str| text.starts_with('-') && !text.starts_with("--") && text.contains('x');
    let named = call.arguments.windows(2).any(|pair| {
        matches!(pair, [option, name] if option.text.ends_with('o') && option.text.starts_with('-') && name.text == "xtrace")
    });
    if options.iter().any(short) || named {
        let seen = state.listed(call.span).with(&call.taint());
        state.shown(&seen, Shown::TracedScript);
    }
    other(state, call)
}

/// A program that is not known: it gets the secret, and that is all that can be said.
fn other(state: &mut State<'_>, call: &Call) -> Output {
    given(state, call);
    let files = named_files(state, &call.arguments);
    state.given(&files, Given::File);
    Output::default()
}

fn given(state: &mut State<'_>, call: &Call) {
    for argument in &call.arguments {
        let url = argument.text.contains("://") || argument.text.contains("@git");
        state.given(&argument.taint, if url { Given::Url } else { Given::Argument });
    }
    state.given(&call.input, Given::Input);
}
