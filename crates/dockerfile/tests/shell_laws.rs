//! What holds for every shell text, and that shells agree about the valid ones.

use std::process::{Command, Stdio};
use std::time::Instant;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use tightlip_dockerfile::flow::{Effects, Setting};
use tightlip_dockerfile::shell::Script;

/// Pieces that shell scripts are made of, whole and broken.
const PIECES: &[&str] = &[
    "a",
    "echo",
    " ",
    " ",
    "\n",
    ";",
    "&&",
    "||",
    "|",
    "&",
    "(",
    ")",
    "{",
    "}",
    "$(",
    "`",
    "\"",
    "'",
    "$X",
    "${X:-",
    "${X}",
    "$((",
    "))",
    "<<E",
    "<<-E\n",
    "\nE\n",
    ">f",
    "2>&1",
    "<<<",
    "if",
    "then",
    "fi",
    "for",
    "in",
    "do",
    "done",
    "case",
    "esac",
    ";;",
    "while",
    "[[",
    "]]",
    "=~",
    "\\",
    "\\\n",
    "#",
    "é",
    "\t",
    "A=",
    "$T",
    "cat /run/secrets/t",
    "rm -f f",
    "git clone https://$T@h/r ",
    "set -x",
    "cp ",
    "tee ",
    "f",
    "cd ",
    "xargs ",
    "trap ",
    " EXIT",
    "read X",
    "A+=(",
    "f()",
    "sh -c ",
    "eval ",
    "$'",
    "!",
    "@(",
    "<(",
    "${{",
    "}}",
    "\r\n",
    "\u{c}",
];

proptest! {
    #[test]
    fn any_text_is_read_without_panic_and_places_fit(
        picks in prop::collection::vec(prop::sample::select(PIECES), 0..40)
    ) {
        let source = picks.concat();
        tightlip_dockerfile::fuzz::shell(source.as_bytes());
    }

    #[test]
    fn a_valid_script_has_no_problems(script in valid()) {
        let read = Script::parse_str(&script);
        prop_assert_eq!(&read.problems, &[], "{}", script);
    }
}

/// Scripts by the grammar of the shell.
fn valid() -> impl Strategy<Value = String> {
    let word = prop::sample::select(
        &[
            "a",
            "\"b $X\"",
            "'c d'",
            "$X",
            "${Y:-z}",
            "\"${Y:-\"q\"}\"",
            "$(id -u)",
            "`id`",
            "x\\ y",
            "$((1+2))",
            "-o",
            "/p/*.c",
            "\"$(echo \"n\")\"",
        ][..],
    );
    let redirect = prop::sample::select(&["", ">f", " 2>&1", " <f", " >>\"$X\"", " 2>/dev/null"][..]);
    let simple = (prop::collection::vec(word, 1..4), redirect)
        .prop_map(|(words, redirect)| format!("echo {}{redirect}", words.join(" ")));
    simple.prop_recursive(3, 24, 3, |inner| {
        let join = prop::sample::select(&[" && ", " || ", "; ", " | ", "\n", " &\n", " |\n"][..]);
        prop_oneof![
            (inner.clone(), join, inner.clone()).prop_map(|(a, join, b)| format!("{a}{join}{b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("{{ {a}; }}")),
            inner.clone().prop_map(|a| format!("if {a}; then {a}; else {a}; fi")),
            inner.clone().prop_map(|a| format!("while {a}; do {a}; break; done >f")),
            inner.clone().prop_map(|a| format!("for i in 1 \"$X\"; do {a}\ndone")),
            inner.clone().prop_map(|a| format!("case \"$X\" in a|b) {a};; *) {a} ;; esac")),
            inner.clone().prop_map(|a| format!("f() {{ {a}; }}")),
            inner.clone().prop_map(|a| format!("x=$({a})")),
            inner.prop_map(|a| format!("cat <<E >f\nbody $X $(id -u)\nE\n{a}")),
        ]
    })
}

/// Whether a shell takes a script.
fn takes(shell: &str, script: &str) -> bool {
    let mut command = Command::new(shell);
    command.args(["-n", "-c", script]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap_or_else(|error| panic!("this test needs {shell}: {error}")).success()
}

/// Lines like those of every other Dockerfile.
const TYPICAL: &[&str] = &[
    "apt-get update && apt-get install -y --no-install-recommends ca-certificates curl git && rm -rf /var/lib/apt/lists/*",
    "set -eux; arch=\"$(dpkg --print-architecture)\"; case \"$arch\" in amd64) url=x ;; arm64) url=y ;; *) exit 1 ;; esac; \
     wget -O f.tgz \"$url\" --progress=dot:giga; echo \"$sum *f.tgz\" | sha256sum -c -; tar -xzf f.tgz -C /usr/local",
    "npm ci --omit=dev && npm cache clean --force",
    "addgroup -S app && adduser -S -G app -h /app app && mkdir -p /app/data && chown -R app:app /app",
    "pip install --no-cache-dir -r requirements.txt",
    "if [ \"$ENV\" = dev ]; then pip install -r dev.txt; else echo none; fi",
    "curl -fsSL https://example.org/install.sh | bash -s -- --yes",
    "cat <<EOF > /etc/app.conf\nlisten=$PORT\nroot=/srv\nEOF",
];

#[test]
fn a_thousand_lines_are_read_and_followed_in_the_blink_of_an_eye() {
    let setting = Setting::default().variable("PORT");
    let start = Instant::now();
    for line in TYPICAL.iter().cycle().take(1000) {
        let script = Script::parse_str(line);
        assert_eq!(script.problems, [], "{line}");
        assert_eq!(Effects::of(&script, &setting).unfinished, None);
    }
    println!("1000 lines: {:?}", start.elapsed());
    assert!(start.elapsed().as_secs() < 3, "even without optimisation");
}

#[test]
fn what_a_shell_refuses_is_a_problem_and_what_it_takes_is_none() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..120 {
        let script = valid().new_tree(&mut runner).expect("a script").current();
        let read = Script::parse_str(&script).problems.is_empty();
        assert_eq!(read, takes("bash", &script), "{script}");
        assert_eq!(read, takes("sh", &script), "{script}");
    }
    for broken in [
        "if a; then b",
        "a && ",
        "echo 'x",
        "echo \"x",
        "(a; b",
        "a )",
        "case x in a) b",
        "for i in a; b; done",
        "a; ;b",
        "{ a; ",
        "echo $(a",
        "while a; done",
        "fi",
        "a > ; b",
        "a | | b",
        "do a; done",
    ] {
        assert!(!takes("bash", broken), "{broken}");
        assert!(!Script::parse_str(broken).problems.is_empty(), "{broken}");
    }
}
