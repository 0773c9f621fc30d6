//! What an instruction says, by example.

use tightlip_dockerfile::{
    Command, Document, Fault, Form, Instruction, Keyword, Kind, MountKind, Source, TileKind,
};

fn one(source: &str) -> Instruction {
    Document::parse(source).instructions()[0].clone()
}

fn all(source: &str) -> (Document, Vec<Keyword>) {
    let document = Document::parse(source);
    let keywords = document.instructions().iter().filter_map(|one| one.keyword).collect();
    (document, keywords)
}

#[test]
fn lines_are_joined_and_comments_left_out() {
    let source = "RUN a \\\n  # why\n\n  b \\  \n  c\nENV X=1\n";
    let (document, keywords) = all(source);
    assert_eq!(keywords, [Keyword::Run, Keyword::Env]);
    let run = &document.instructions()[0];
    assert_eq!(run.arguments, "a   b   c");
    assert_eq!((run.line, run.last_line), (1, 5));
    assert_eq!(run.comments[0].text, "why");
    assert_eq!(document.text(run.arguments.locate(4..5)), "b");
    assert_eq!(document.problems().iter().filter(|one| one.fault == Fault::EmptyContinuation).count(), 1);
}

#[test]
fn an_escaped_escape_ends_the_line() {
    let (_, keywords) = all("RUN a \\\\\nENV X=1\n");
    assert_eq!(keywords, [Keyword::Run, Keyword::Env]);
}

#[test]
fn the_escape_directive_counts_only_at_the_top() {
    let (document, keywords) = all("# escape=`\nRUN a `\n b\\\nRUN c\n");
    assert_eq!((document.escape(), keywords.len()), ('`', 2));
    let (document, _) = all("# a comment\n# escape=`\nRUN a\n");
    assert_eq!(document.escape(), '\\');
    let (document, _) = all("#Syntax = x/y:1 \n# check=skip=A;error=true\n# syntax=z\n");
    assert_eq!(document.directives().len(), 3);
    assert_eq!(document.problems()[0].fault, Fault::RepeatedDirective);
    assert_eq!(document.directives()[0].value, "x/y:1");
}

#[test]
fn heredoc_bodies_belong_to_their_instruction() {
    let source = "RUN cat <<A <<-\"B\" > /x\n# not a comment\nRUN nothing\nA\n\t\tb\n\tB\nUSER u\n";
    let (document, keywords) = all(source);
    assert_eq!(keywords, [Keyword::Run, Keyword::User]);
    let docs = &document.instructions()[0].heredocs;
    assert_eq!(docs[0].content, "# not a comment\nRUN nothing\n");
    assert_eq!((docs[1].content.as_str(), docs[1].name.as_str()), ("b\n", "B"));
    assert_eq!(document.text(docs[1].body), "\t\tb\n");
    assert_eq!(document.text(docs[1].word.span()), "<<-\"B\"");
    assert_eq!(document.text(docs[1].content.locate(0..1)), "b");
}

#[test]
fn an_open_heredoc_is_a_problem_not_an_end() {
    let document = Document::parse("FROM a\nRUN <<EOF\nx\n");
    assert_eq!(document.problems()[0].fault, Fault::UnterminatedHeredoc);
    assert_eq!(document.instructions()[1].heredocs[0].content, "x\n");
}

#[test]
fn only_run_copy_and_add_take_heredocs() {
    let (_, keywords) = all("CMD cat <<EOF\nRUN [\"<<EOF\"]\nONBUILD COPY <<EOF /x\nbody\nEOF\nUSER u\n");
    assert_eq!(keywords, [Keyword::Cmd, Keyword::Run, Keyword::Onbuild, Keyword::User]);
}

#[test]
fn exec_and_shell_forms_differ() {
    let Kind::Cmd(Command::Exec(words)) = one("CMD [ \"a\", \"b c\" ]").kind else { panic!() };
    assert_eq!(words[1], "b c");
    let Kind::Run(run) = one("RUN [ -f x ] && y").kind else { panic!() };
    assert!(matches!(run.command, Command::Shell(text) if text == "[ -f x ] && y"));
}

#[test]
fn pairs_know_both_sides() {
    let source = "ENV A=\"b c\" D=$E";
    let Kind::Env(pairs) = one(source).kind else { panic!() };
    assert_eq!((pairs[0].name.as_str(), pairs[0].value.as_deref()), ("A", Some("\"b c\"")));
    assert_eq!(&source[pairs[1].value.as_ref().unwrap().span().range()], "$E");
    let Kind::Env(pairs) = one("ENV A b  c = d").kind else { panic!() };
    assert_eq!((pairs[0].form, pairs[0].value.as_deref()), (Form::Space, Some("b  c = d")));
    let Kind::Arg(pairs) = one("ARG A B=1").kind else { panic!() };
    assert_eq!((pairs[0].form, pairs[1].form), (Form::Bare, Form::Equals));
}

#[test]
fn from_knows_image_platform_and_name() {
    let Kind::From(from) = one("from --platform=$P a/b:1 aS Name").kind else { panic!() };
    assert_eq!(
        (from.image.as_str(), from.platform.as_deref(), from.name.as_deref()),
        ("a/b:1", Some("$P"), Some("Name"))
    );
}

#[test]
fn copies_know_sources_and_destination() {
    let Kind::Copy(copy) = one("COPY --from=x a b <<E /c/\nE\n").kind else { panic!() };
    assert_eq!(copy.from.as_deref(), Some("x"));
    assert!(matches!(&copy.sources[..], [Source::Path(_), Source::Path(_), Source::Heredoc(0)]));
    assert_eq!(copy.destination.as_deref(), Some("/c/"));
    let Kind::Add(add) = one("ADD [\"a b\", \"c\"]").kind else { panic!() };
    assert!(matches!(&add.sources[0], Source::Path(path) if *path == "a b"));
}

#[test]
fn mounts_are_typed() {
    let run = one("RUN --network=none --mount=type=secret,id=T,env=T --mount=type=cache,target=/c make");
    assert_eq!(run.flag_value("network").map(|text| text.as_str()), Some("none"));
    assert_eq!(
        run.mounts().iter().map(|mount| mount.kind).collect::<Vec<_>>(),
        [MountKind::Secret, MountKind::Cache]
    );
    assert_eq!(run.arguments, "make");
}

#[test]
fn onbuild_holds_an_instruction() {
    let onbuild = one("ONBUILD RUN --mount=type=ssh a");
    assert_eq!(onbuild.innermost().keyword, Some(Keyword::Run));
    assert_eq!(onbuild.innermost().mounts()[0].kind, MountKind::Ssh);
    let deep = format!("{}RUN x", "ONBUILD ".repeat(3000));
    assert_eq!(Document::parse(&deep).instructions().len(), 1);
}

#[test]
fn unknown_instructions_do_not_stop_the_reading() {
    let document = Document::parse("FROM a\nRNU x \\\n y\nUSER u\n");
    assert_eq!(document.problems()[0].fault, Fault::UnknownInstruction);
    assert_eq!(document.instructions()[1].arguments, "x  y");
    assert_eq!(document.instructions()[2].keyword, Some(Keyword::User));
}

#[test]
fn comments_above_an_instruction_are_found() {
    let document = Document::parse("# far\n\n# one\n# two\nRUN x\nUSER y\n");
    let above: Vec<&str> = document.comments_above(0).iter().map(|comment| comment.text.as_str()).collect();
    assert_eq!(above, ["one", "two"]);
    assert!(document.comments_above(1).is_empty());
}

#[test]
fn carriage_returns_and_marks_are_no_content() {
    let document = Document::parse("\u{feff}FROM a\r\nRUN x \\\r\n  y\r\n");
    assert_eq!(document.tiles()[0].kind, TileKind::Mark);
    assert_eq!(document.instructions()[1].arguments, "x   y");
}

#[test]
fn bytes_that_are_not_text_are_kept() {
    let document = Document::parse_bytes(b"FROM a\nRUN \xff\xfe x\n");
    assert_eq!(document.instructions()[1].arguments, "?? x");
    assert_eq!(document.bytes()[11], 0xff);
    assert_eq!(document.problems()[0].fault, Fault::NotUtf8);
}
