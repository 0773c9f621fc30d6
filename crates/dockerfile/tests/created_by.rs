//! History texts of every builder, taken apart.

use proptest::prelude::*;
use tightlip_dockerfile::{Assignment, Borders, Keyword, Style, parse_created_by, parse_created_by_with};

fn shown<'t>(text: &'t str, found: &[Assignment]) -> Vec<(&'t str, &'t str)> {
    found
        .iter()
        .map(|one| (&text[one.name.range()], one.value.map_or("-", |value| &text[value.range()])))
        .collect()
}

#[test]
fn buildkit_runs_list_their_arguments() {
    let text = "RUN |2 A=x B=y z /bin/sh -c echo hi C=d # buildkit";
    let step = parse_created_by(text);
    assert_eq!((step.style, step.keyword), (Style::BuildKit, Some(Keyword::Run)));
    assert_eq!(shown(text, &step.build_args), [("A", "x"), ("B", "y z")]);
    assert_eq!(&text[step.shell.unwrap().range()], "/bin/sh -c");
    assert_eq!(&text[step.command.range()], "echo hi C=d");
}

#[test]
fn values_may_hold_lines_and_other_shells_may_run() {
    let text = "RUN |1 KEY=-----\nabc\n----- /bin/bash -o pipefail -c x | y # buildkit";
    let step = parse_created_by(text);
    assert_eq!(shown(text, &step.build_args), [("KEY", "-----\nabc\n-----")]);
    assert_eq!(&text[step.command.range()], "x | y");
}

#[test]
fn declared_names_settle_what_is_a_name() {
    let text = "RUN |2 A=x Q=1 B=y /bin/sh -c z # buildkit";
    assert_eq!(parse_created_by(text).borders, Borders::Guessed);
    let step = parse_created_by_with(text, &["A", "B"]);
    assert_eq!(step.borders, Borders::Certain);
    assert_eq!(shown(text, &step.build_args), [("A", "x Q=1"), ("B", "y")]);
}

#[test]
fn exec_form_has_no_shell() {
    let text = "RUN |1 A=x /bin/busybox --install -s # buildkit";
    let step = parse_created_by(text);
    assert_eq!(shown(text, &step.build_args), [("A", "x")]);
    assert_eq!((&text[step.command.range()], step.borders), ("/bin/busybox --install -s", Borders::Guessed));
}

#[test]
fn the_old_builder_marks_what_runs_nothing() {
    let text = "/bin/sh -c #(nop)  ENV A=b c D=e";
    let step = parse_created_by(text);
    assert_eq!((step.style, step.keyword), (Style::Legacy, Some(Keyword::Env)));
    assert_eq!(shown(text, &step.pairs), [("A", "b c"), ("D", "e")]);
    let text = "|1 T=v /bin/sh -c make";
    let step = parse_created_by(text);
    assert_eq!((step.style, step.keyword), (Style::Legacy, Some(Keyword::Run)));
    assert_eq!(shown(text, &step.build_args), [("T", "v")]);
    let text = "|0 /bin/sh -c make";
    assert_eq!(&text[parse_created_by(text).command.range()], "make");
    let text = "/bin/sh -c make A=b";
    let step = parse_created_by(text);
    assert_eq!((step.keyword, &text[step.command.range()]), (Some(Keyword::Run), "make A=b"));
    let text = "/bin/sh -c #(nop) COPY file:abc in /x ";
    let step = parse_created_by(text);
    assert_eq!((step.keyword, &text[step.command.range()]), (Some(Keyword::Copy), "file:abc in /x "));
}

#[test]
fn buildah_counts_words_and_names_arguments() {
    let text = "/bin/sh -c #(nop) ARG K1 K2";
    let step = parse_created_by(text);
    assert_eq!(step.style, Style::Buildah);
    assert_eq!(shown(text, &step.build_args), [("K1", "-"), ("K2", "-")]);
    let text = "|3 A=b c D=e /bin/sh -c true";
    assert_eq!(shown(text, &parse_created_by(text).build_args), [("A", "b c"), ("D", "e")]);
}

#[test]
fn arguments_and_labels_are_pairs() {
    let text = "ARG A=x y B=z";
    assert_eq!(shown(text, &parse_created_by(text).build_args), [("A", "x y"), ("B", "z")]);
    let text = "LABEL org.x.y=a b.c=d";
    assert_eq!(shown(text, &parse_created_by(text).pairs), [("org.x.y", "a"), ("b.c", "d")]);
    let text = "ENV A b=c d";
    assert_eq!(shown(text, &parse_created_by(text).pairs), [("A", "b=c d")]);
}

#[test]
fn kaniko_and_strangers_are_told_apart() {
    assert_eq!(parse_created_by("RUN make").style, Style::Kaniko);
    assert_eq!(parse_created_by("COPY a b # buildkit").style, Style::BuildKit);
    assert_eq!(parse_created_by("CMD [\"a\"]").style, Style::BuildKit);
    assert_eq!(parse_created_by("bazel build ...").style, Style::Unknown);
    assert_eq!(parse_created_by("").keyword, None);
}

proptest! {
    #[test]
    fn spans_fit_any_text(text in "(RUN |/bin/sh -c |#\\(nop\\) |ENV |ARG |LABEL |\\|[0-3] |A=|é|=| |\n|b|cmd /S /C | # buildkit){0,14}") {
        let step = parse_created_by(&text);
        prop_assert!(text.get(step.command.range()).is_some());
        for one in step.build_args.iter().chain(&step.pairs) {
            prop_assert!(text.get(one.name.range()).is_some());
            prop_assert!(one.value.is_none_or(|value| text.get(value.range()).is_some()));
        }
    }
}
