//! How shell scripts are read: a table of lines and what is seen in them.

use std::fmt::Write as _;

use tightlip_dockerfile::shell::{
    Command, CommandKind, Fault, Interpreter, Item, Join, List, Part, PartKind, Redirect, RedirectOperator,
    Script, Target, Wait, Word,
};
use tightlip_dockerfile::{Document, Scopes};

/// A list, written so that its structure shows.
fn list(list: &List) -> String {
    list.items.iter().map(item).collect::<Vec<_>>().join(" ")
}

fn item(item: &Item) -> String {
    let join = match item.join {
        Join::Always => "",
        Join::And => "&& ",
        Join::Or => "|| ",
    };
    let pipe: Vec<String> = item.pipeline.iter().map(command).collect();
    let wait = if item.wait == Wait::Background { " &" } else { ";" };
    format!("{join}{}{wait}", pipe.join(" | "))
}

fn command(command: &Command) -> String {
    let mut out = match &command.kind {
        CommandKind::Simple(simple) => {
            let sets = simple.assignments.iter().map(|one| format!("{}={}", one.name, words(&one.value)));
            let mut all: Vec<String> = sets.chain(simple.words.iter().map(word)).collect();
            if let Some(nested) = &simple.nested {
                all.push(format!("<{:?}: {}>", nested.when, list(&nested.list)));
            }
            all.join(" ")
        }
        CommandKind::Subshell(body) => format!("( {} )", list(body)),
        CommandKind::Group(body) => format!("{{ {} }}", list(body)),
        CommandKind::If(branches, otherwise) => {
            let mut out = String::from("if");
            for (condition, body) in branches {
                let _ = write!(out, " [{}] then [{}]", list(condition), list(body));
            }
            otherwise.iter().for_each(|body| {
                let _ = write!(out, " else [{}]", list(body));
            });
            out
        }
        CommandKind::While(condition, body) => format!("while [{}] do [{}]", list(condition), list(body)),
        CommandKind::For(name, all, body) => {
            let all = all.as_ref().map_or("@".to_owned(), |all| words(all));
            format!("for {} in {all} do [{}]", name.as_deref().unwrap_or("-"), list(body))
        }
        CommandKind::Case(subject, arms) => {
            let arms: Vec<String> =
                arms.iter().map(|arm| format!("{}) {}", words(&arm.patterns), list(&arm.body))).collect();
            format!("case {} {}", word(subject), arms.join(" "))
        }
        CommandKind::Function(name, body) => format!("{name}() {}", self::command(body)),
        CommandKind::Test(all) => format!("[[ {} ]]", words(all)),
        CommandKind::Arithmetic(inner) => format!("(({}))", word(inner)),
    };
    for one in &command.redirects {
        let _ = write!(out, " {}", redirect(one));
    }
    out
}

fn redirect(redirect: &Redirect) -> String {
    let sign = match redirect.operator {
        RedirectOperator::Read => "<",
        RedirectOperator::Write => ">",
        RedirectOperator::Append => ">>",
        RedirectOperator::ReadWrite => "<>",
        RedirectOperator::Duplicate => ">&",
    };
    let descriptor = redirect.descriptor.map_or("*".to_owned(), |number| number.to_string());
    match &redirect.target {
        Target::Word(target) => format!("{descriptor}{sign}{}", word(target)),
        Target::Document(body) => format!("{descriptor}<<{{{}}}", word(body)),
        Target::String(text) => format!("{descriptor}<<<{}", word(text)),
    }
}

fn words(all: &[Word]) -> String {
    all.iter().map(word).collect::<Vec<_>>().join(",")
}

fn word(word: &Word) -> String {
    let text: String = word.parts.iter().map(part).collect();
    if text.is_empty() { "''".to_owned() } else { text }
}

fn part(part: &Part) -> String {
    match &part.kind {
        PartKind::Literal(text) => text.to_string(),
        PartKind::Variable(variable) => match variable.operand() {
            Some(operand) => format!("${{{}:{}}}", variable.name, word(operand)),
            None => format!("${{{}}}", variable.name),
        },
        PartKind::Command(body) => format!("$({})", list(body)),
        PartKind::Process(flowing, body) => format!("<{flowing:?} {}>", list(body)),
        PartKind::Arithmetic(inner) => format!("$(({}))", word(inner)),
        PartKind::Template(text) => format!("%{text}%"),
    }
}

/// Lines that every shell takes, and how they are read.
const READ: &[(&str, &str)] = &[
    // Joins.
    ("a && b || c; d & e", "a; && b; || c; d & e;"),
    ("a | b |& c", "a | b | c;"),
    ("! a\nb\n\n", "a; b;"),
    ("a &&\n  # why\n  b", "a; && b;"),
    ("time -p make && x", "make; && x;"),
    // Words.
    (r#"echo "a b"'c d'\ e $X "${Y}z" ''"#, "echo a bc d e ${X} ${Y}z '';"),
    (r"echo $'a\tb\x41\101' \$X", "echo a\tbAA $X;"),
    ("echo a#b # c", "echo a#b;"),
    ("echo {a,b} *.c @(x|y) }", "echo {a,b} *.c @(x|y) };"),
    ("echo a\\\nb \\\n c", "echo ab c;"),
    // Expansions.
    (
        "echo ${A:-x y} ${B:+$C} ${#D} ${E##*/} ${F/a/b} ${G[@]} ${!H}",
        "echo ${A:x y} ${B:${C}} ${D} ${E:#*/} ${F:a/b} ${G} ${H};",
    ),
    ("echo \"${A:-\"b c\"}\" $1 ${10} $@ $$", "echo ${A:b c} ${1} ${10} ${@} ${$};"),
    ("x=$(cat /a) y=`cat \\`b\\``", "x=$(cat /a;) y=$(cat $(b;););"),
    ("echo \"$(echo \"a $(b)\")\" $((1 + $X))", "echo $(echo a $(b;);) $((1 + ${X}));"),
    ("diff <(a) >(b)", "diff <Out a;> <In b;>;"),
    ("echo ${{ secrets.X }}", "echo %secrets.X%;"),
    // Assignments.
    ("A=1 B=\"$C\" cmd D=2", "A=1 B=${C} cmd D=2;"),
    ("A=(a \"b c\" $D); A+=(e); A[0]=x", "A=a,b c,${D}; A=e; A=x;"),
    ("export A=$B C", "A=${B} export C;"),
    // Redirections.
    ("a >b 2>&1 <c >>d 3<>e", "a 1>b 2>&1 0<c 1>>d 3<>e;"),
    ("a &>b &>>c >&d 2>&- {fd}>e >|f", "a *>b *>>c 1>d 2>&- *>e 1>f;"),
    (">a echo 2 >b", "echo 2 1>a 1>b;"),
    ("a <<<\"$X\"", "a 0<<<${X};"),
    ("cat <<EOF | sh\nhi $X\nEOF\nb", "cat 0<<{hi ${X}\n} | sh <Fed: hi ${X};>; b;"),
    ("cat <<'EOF' >x\nhi $X\nEOF", "cat 0<<{hi $X\n} 1>x;"),
    ("a <<A && b <<-B\n1\nA\n\t2 $(c)\n\tB\nd", "a 0<<{1\n}; && b 0<<{\t2 $(c;)\n}; d;"),
    ("x=$(cat <<E\n)'\nE\n) && y", "x=$(cat 0<<{)'\n};); && y;"),
    // Constructs.
    ("(a; b) >c", "( a; b; ) 1>c;"),
    ("{ a; b; } | c", "{ a; b; } | c;"),
    ("if a; then b; elif c\nthen d; else e; fi >f", "if [a;] then [b;] [c;] then [d;] else [e;] 1>f;"),
    ("while read -r l; do b \"$l\"; done <f", "while [read -r l;] do [b ${l};] 0<f;"),
    ("until a; do b; done", "while [a;] do [b;];"),
    ("for i in 1 $X; do a; done", "for i in 1,${X} do [a;];"),
    ("for i\ndo a; done; for ((i=0;i<2;i++)); do b; done", "for i in @ do [a;]; for - in @ do [b;];"),
    ("case $X in a|b) c ;; (d) e;; *) f; esac", "case ${X} a,b) c; d) e; *) f;;"),
    ("case a in esac; case $(uname -m) in x) ;; esac", "case a ; case $(uname -m;) x) ;"),
    ("f() { a; }; function g { b; }; g() ( c )", "f() { a; }; g() { b; }; g() ( c; );"),
    (
        "[[ $a == b* && ( -n $c || x =~ ^(a|b)$ ) ]] && d",
        "[[ ${a},==,b*,&&,(,-n,${c},||,x,=~,^(a|b)$,) ]]; && d;",
    ),
    ("((x > 3)) || ((a); b)", "((x > 3)); || ( ( a; ); b; );"),
    (
        "if x; then for i in a; do case b in c) d;; esac; done; fi",
        "if [x;] then [for i in a do [case b c) d;;];];",
    ),
    // Scripts in words.
    ("sh -c \"echo \\\"$T\\\" >x\"", "sh -c echo \"${T}\" >x <Apart: echo ${T} 1>x;>;"),
    ("sudo bash -euo pipefail -c 'a | b' x", "sudo bash -euo pipefail -c a | b x <Apart: a | b;>;"),
    ("eval \"A=$B\" c", "eval A=${B} c <Here: A=${B} c;>;"),
    ("bash -e <<'E'\na $X\nE", "bash -e <Fed: a ${X};> 0<<{a $X\n};"),
    ("cat <<E | sudo sh\na\nE\nb", "cat 0<<{a\n} | sudo sh <Fed: a;>; b;"),
    ("echo 'a | b' | sh -s", "echo a | b | sh -s <Fed: a | b;>;"),
    ("sh x.sh <<E\na\nE\nb | sh", "sh x.sh 0<<{a\n}; b | sh;"),
    ("trap 'rm -f x' EXIT", "trap rm -f x EXIT <AtEnd: rm -f x;>;"),
];

#[test]
fn scripts_are_read_as_a_shell_reads_them() {
    let mut wrong = Vec::new();
    for (source, seen) in READ {
        let script = Script::parse_str(source);
        if list(&script.list) != *seen || !script.problems.is_empty() {
            wrong.push(format!("{source}\n  {}\n  {:?}", list(&script.list), script.problems));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Lines with a mistake: what is seen nevertheless, and the first problem with its text.
const BROKEN: &[(&str, &str, Fault, &str)] = &[
    ("echo it's >x\nb", "echo its >x\nb;", Fault::OpenQuote, "'s >x\nb"),
    ("a && b \"c", "a; && b c;", Fault::OpenQuote, "\"c"),
    ("if a; then b >c", "if [a;] then [b 1>c;];", Fault::UnclosedCommand, "if a; then b >c"),
    (
        "for i in a; do (b; done; c",
        "for i in a do [( b; c; );];",
        Fault::UnclosedCommand,
        "for i in a; do (b; done; c",
    ),
    ("a; ; b", "a; b;", Fault::Unexpected, ";"),
    ("a; done; b", "a; b;", Fault::Unexpected, "done"),
    ("a ) b", "a; b;", Fault::Unexpected, ")"),
    ("a &&", "a;", Fault::MissingCommand, ""),
    ("a |", "a;", Fault::MissingCommand, ""),
    ("a > && b", "a 1>''; && b;", Fault::MissingTarget, ">"),
    ("echo ${} b", "echo ${} b;", Fault::BadSubstitution, "${}"),
    ("echo ${a b", "echo ${a:b};", Fault::BadSubstitution, "${a b"),
    ("cat <<EOF\na $X", "cat 0<<{a ${X}};", Fault::UnterminatedHeredoc, "<<EOF"),
    ("echo $(a; b", "echo $(a; b;);", Fault::UnclosedCommand, "$(a; b"),
    ("case x in a) b ;;", "case x a) b;;", Fault::UnclosedCommand, "case x in a) b ;;"),
];

#[test]
fn a_mistake_is_told_and_the_rest_is_read() {
    let mut wrong = Vec::new();
    for (source, seen, fault, text) in BROKEN {
        let script = Script::parse_str(source);
        let first = script.problems.first().map(|first| (first.fault, &source[first.span.range()]));
        if list(&script.list) != *seen || first != Some((*fault, *text)) {
            wrong.push(format!("{source}\n  {}\n  {first:?}", list(&script.list)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_so_deep_that_it_breaks_the_reader() {
    for opening in ["(", "{ ", "$(", "\"$(", "${a:-", "if ", "while ", "`\\`", "((", "f() ", "<("] {
        let source = opening.repeat(20_000);
        let script = Script::parse_str(&source);
        assert!(!script.problems.is_empty(), "{opening}");
    }
    // Said again and again it is no deeper than said twice.
    let script = Script::parse_str(&("eval ".repeat(20_000) + "x"));
    assert!(script.problems.is_empty() && script.commands().len() <= 3);
}

#[test]
fn spans_are_those_of_the_dockerfile_across_continuations_and_nested_scripts() {
    let source = "FROM a\nRUN a && \\\n  # note\n  sh -c \"echo \\\"$T\\\" \\\n    >/x\"\n";
    let document = Document::parse(source);
    let script = Script::of(&document.instructions()[1], &Interpreter::Posix).unwrap();
    let commands = script.commands();
    let texts: Vec<&str> = commands.iter().map(|one| document.text(one.span)).collect();
    assert_eq!(texts[0], "a");
    assert!(texts[1].starts_with("sh -c"));
    assert_eq!(document.text(commands[2].redirects[0].span), ">/x");
    let CommandKind::Simple(echo) = &commands[2].kind else { panic!() };
    assert_eq!(document.text(echo.words[1].variables()[0].1), "$T");
}

#[test]
fn heredocs_of_run_reach_the_shell_as_the_builder_hands_them_over() {
    let source = "FROM a\nRUN <<A sh && cat <<-B >/x\none $T\nA\n\ttwo\n\tB\nRUN <<EOF\nc\nd\nEOF\n\
                  RUN <<EOF\n#!/usr/bin/env python3\nx\nEOF\nRUN <<EOF\n#!/bin/bash -e\nx\nEOF\n";
    let document = Document::parse(source);
    let read = |index: usize| Script::of(&document.instructions()[index], &Interpreter::Posix).unwrap();
    assert_eq!(list(&read(1).list), "sh <Fed: one ${T};> 0<<{one ${T}\n}; && cat 0<<{two\n} 1>/x;");
    assert_eq!(list(&read(2).list), "c; d;");
    assert_eq!(read(3).problems[0].fault, Fault::OtherInterpreter);
    assert_eq!(list(&read(4).list), "x;");
    for index in [1, 2, 4] {
        assert_eq!(read(index).problems, []);
    }
    let first = read(1);
    let variable = first.commands()[0].redirects[0].word().variables()[0].1;
    assert_eq!(document.text(variable), "$T");
}

#[test]
fn the_exec_form_is_one_command_in_which_nothing_is_expanded() {
    let source = "FROM a\nRUN [\"echo\", \"$T\"]\nCMD [\"sh\", \"-c\", \"echo $T\"]\n";
    let document = Document::parse(source);
    let read = |index: usize| Script::of(&document.instructions()[index], &Interpreter::Cmd).unwrap();
    let script = read(1);
    assert_eq!(list(&script.list), "echo $T;");
    let CommandKind::Simple(echo) = &script.commands()[0].kind else { panic!() };
    assert!(echo.words[1].variables().is_empty());
    assert_eq!(list(&read(2).list), "sh -c echo $T <Apart: echo ${T};>;");
}

#[test]
fn other_interpreters_are_refused_by_name() {
    let scripts = |source: &str| {
        let document = Document::parse(source);
        let scopes = Scopes::of(&document, Default::default());
        let at = |index| Interpreter::at(&document, scopes.stages(), index);
        (0..document.instructions().len())
            .filter_map(|index| Script::of(&document.instructions()[index], &at(index)))
            .map(|script| script.problems.first().map(|problem| problem.fault))
            .collect::<Vec<_>>()
    };
    let shell = "FROM a AS b\nRUN x\nSHELL [\"pwsh\", \"-c\"]\nRUN y\nFROM b\nRUN z\nSHELL [\"/bin/bash\", \"-c\"]\nRUN w\n";
    assert_eq!(scripts(shell), [None, Some(Fault::PowerShell), Some(Fault::PowerShell), None]);
    assert_eq!(scripts("# escape=`\nFROM a\nRUN dir\n"), [Some(Fault::Cmd)]);
    for linux in [
        "alpine:3.22",
        "mirror:5000/library/node:22-alpine",
        "debian12",
        "python:3.13-slim-bookworm@sha256:0",
    ] {
        assert_eq!(scripts(&format!("# escape=`\nFROM {linux} AS a\nFROM a\nRUN ls\n")), [None], "{linux}");
    }
    assert_eq!(scripts("FROM mcr.microsoft.com/windows/servercore:1\nRUN dir\n"), [Some(Fault::Cmd)]);
    assert_eq!(scripts("FROM a\nSHELL [\"python\", \"-c\"]\nRUN x\n"), [Some(Fault::OtherInterpreter)]);
}
