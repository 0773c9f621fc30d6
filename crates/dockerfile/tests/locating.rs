//! Which instruction made which step.

use tightlip_dockerfile::{Document, locate, locate_stage};

/// The lines of the instructions found, 0 for none.
fn lines(source: &str, history: &[&str]) -> Vec<usize> {
    let document = Document::parse(source);
    let found = locate(&document, None, history);
    found.iter().map(|one| one.map_or(0, |index| document.instructions()[index].line)).collect()
}

const SOURCE: &str = "ARG BASE=debian\nFROM $BASE AS build\nRUN echo other\nFROM $BASE\nARG TOKEN\nENV A=\"x y\" B=$TOKEN\n\
    WORKDIR app\nCOPY --chown=1 src/$A <<EOF conf/\nbody\nEOF\nRUN --mount=type=cache,target=/c apt-get update \\\n  # why\n  && apt-get install\n\
    RUN [\"/bin/busybox\", \"--install\"]\nEXPOSE 80 443/udp\nVOLUME /a /b\nHEALTHCHECK CMD curl -f x\nCMD exec \"app\"\n\
    ENTRYPOINT [\"a\", \"b c\"]\nLABEL a.b=\"c d\"\nUSER app\nSHELL [\"/bin/bash\", \"-c\"]\nRUN echo bash\n";

#[test]
fn buildkit_steps_find_their_lines() {
    let history = [
        "/bin/sh -c #(nop) ADD file:abc in / ",
        "/bin/sh -c #(nop)  CMD [\"bash\"]",
        "ARG TOKEN=val ue",
        "ENV A=x y B=val ue",
        "WORKDIR /root/app",
        "COPY --chown=1 src/x y <<EOF conf/ # buildkit",
        "RUN |1 TOKEN=val ue /bin/sh -c apt-get update   && apt-get install # buildkit",
        "RUN |1 TOKEN=val ue /bin/busybox --install # buildkit",
        "EXPOSE map[443/udp:{} 80/tcp:{}]",
        "VOLUME [/a /b]",
        "HEALTHCHECK &{[\"CMD-SHELL\" \"curl -f x\"] \"0s\" \"0s\" \"0s\" \"0s\" '\\x00'}",
        "CMD [\"/bin/sh\" \"-c\" \"exec \\\"app\\\"\"]",
        "ENTRYPOINT [\"a\" \"b c\"]",
        "LABEL a.b=c d",
        "USER app",
        "SHELL [/bin/bash -c]",
        "RUN |1 TOKEN=val ue /bin/bash -c echo bash # buildkit",
    ];
    assert_eq!(lines(SOURCE, &history), [0, 0, 5, 6, 7, 8, 11, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]);
}

#[test]
fn steps_of_the_old_builder_find_their_lines() {
    let source = "FROM a\nARG T\nENV A b\nWORKDIR /w\nCOPY x y/\nRUN make   all\nCMD [\"a\", \"b\"]\nONBUILD RUN z\nEXPOSE 80\n";
    let history = [
        "/bin/sh -c #(nop)  ENV PATH=/x",
        "/bin/sh -c #(nop)  ARG T",
        "/bin/sh -c #(nop)  ENV A=b",
        "/bin/sh -c #(nop) WORKDIR /w",
        "/bin/sh -c #(nop) COPY file:0123 in /w/y/ ",
        "|1 T=v /bin/sh -c make   all",
        "/bin/sh -c #(nop)  CMD [\"a\" \"b\"]",
        "/bin/sh -c #(nop)  ONBUILD RUN z",
        "/bin/sh -c #(nop)  EXPOSE 80",
    ];
    assert_eq!(lines(source, &history), [0, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn buildah_and_kaniko_steps_find_their_lines() {
    let source = "FROM a\nARG K1\nENV A=\"$K1 b\"\nRUN make\nCOPY --from=b x /y\n";
    let buildah = [
        "/bin/sh -c #(nop) ARG K1",
        "/bin/sh -c #(nop) ENV A=\"$K1 b\"",
        "|1 K1=v /bin/sh -c make",
        "/bin/sh -c #(nop) COPY file:1 in /y",
    ];
    assert_eq!(lines(source, &buildah), [2, 3, 4, 5]);
    assert_eq!(lines(source, &["ARG K1", "ENV A=v b", "RUN make", "COPY --from=b x /y"]), [2, 3, 4, 5]);
}

#[test]
fn heredocs_find_their_lines() {
    let source =
        "FROM a\nRUN <<EOF\necho a\necho b\nEOF\nRUN <<X\n#!/bin/sh\nz\nX\nRUN cat <<A > /x\nhello\nA\n";
    let history = [
        "RUN |1 T=v /bin/sh -c echo a\necho b\n # buildkit",
        "RUN |1 T=v /bin/sh -c /dev/pipes/X # buildkit",
        "RUN /bin/sh -c cat <<A > /x\nhello\nA # buildkit",
    ];
    assert_eq!(lines(source, &history), [2, 6, 10]);
}

#[test]
fn a_parent_stage_in_the_file_counts() {
    let source = "FROM a AS base\nRUN one\nFROM other\nRUN no\nFROM base\nRUN two\n";
    let history =
        ["RUN /bin/sh -c one # buildkit", "RUN /bin/sh -c no # buildkit", "RUN /bin/sh -c two # buildkit"];
    assert_eq!(lines(source, &history), [2, 0, 6]);
    let document = Document::parse(source);
    assert_eq!(locate(&document, Some("base"), &history[..1]), [Some(1)]);
    assert_eq!(locate(&document, Some("nowhere"), &history[..1]), [None]);
}

#[test]
fn the_lower_of_two_alike_is_ours() {
    let source = "FROM a\nRUN true\nCMD [\"x\"]\n";
    let history =
        ["RUN /bin/sh -c true # buildkit", "CMD [\"x\"]", "RUN /bin/sh -c true # buildkit", "CMD [\"x\"]"];
    assert_eq!(lines(source, &history), [0, 0, 2, 3]);
}

#[test]
fn what_differs_is_never_guessed() {
    let source = "FROM a\nRUN make all\nENV A=b\nCOPY a /b\nWORKDIR /x\nCMD [\"a\"]\n";
    for step in [
        "RUN /bin/sh -c make # buildkit",
        "RUN /bin/sh -c cd x && make all # buildkit",
        "ENV A=c",
        "ENV B=b",
        "COPY a /c # buildkit",
        "ADD a /b # buildkit",
        "WORKDIR /y",
        "CMD [\"b\"]",
        "/bin/sh -c #(nop) COPY file:1 in /c ",
        "",
    ] {
        assert_eq!(lines(source, &[step]), [0], "{step}");
    }
}

#[test]
fn a_real_history_of_buildah_is_found_whole() {
    let source = "FROM scratch\nARG TOKEN\nARG W=app\nENV A=\"x y\" B=$TOKEN\nWORKDIR /srv\nCOPY Containerfile conf/\n\
        ADD Containerfile ${W}.txt\nHEALTHCHECK --interval=3s CMD curl -f x\nCMD exec \"app\" --x\n\
        ENTRYPOINT [\"a\", \"b c\"]\nONBUILD RUN x\nMAINTAINER me <a@b>\n";
    let history = [
        "/bin/sh -c #(nop) ARG TOKEN",
        "/bin/sh -c #(nop) ARG TOKEN W",
        "/bin/sh -c #(nop) ENV A=\"x y\" B=$TOKEN",
        "/bin/sh -c #(nop) WORKDIR /srv",
        "/bin/sh -c #(nop) COPY file:41e253b23096 in conf/ ",
        "/bin/sh -c #(nop) ADD file:6ae63712d709 in ${W}.txt ",
        "/bin/sh -c #(nop) HEALTHCHECK --interval=3s CMD curl -f x",
        "/bin/sh -c #(nop) CMD exec \"app\" --x",
        "/bin/sh -c #(nop) ENTRYPOINT [\"a\", \"b c\"]",
        "/bin/sh -c #(nop) ONBUILD RUN x",
        "/bin/sh -c #(nop) MAINTAINER me <a@b>",
    ];
    assert_eq!(lines(source, &history), (2..13).collect::<Vec<_>>());
}

#[test]
fn runs_of_a_real_buildah_are_found_whole() {
    let source = "FROM scratch\nARG T\nENV Z=1\nRUN echo \"$T\" \\\n  # note\n  && true\nRUN [\"/bin/sh\", \"-c\", \"true\"]\n\
        RUN --mount=type=tmpfs,target=/t true x\nRUN --mount=type=bind,source=C4,target=/c4 true y\n";
    let history = [
        "/bin/sh -c #(nop) ENV Z=1",
        "|2 T=va lue /bin/sh -c echo \"$T\"   && true",
        "|2 T=va lue /bin/sh -c [\"/bin/sh\", \"-c\", \"true\"]",
        "|2 T=va lue /bin/sh -c --mount=type=tmpfs,target=/t true x",
        "|2 T=va lue /bin/sh -c --mount=type=bind,source=C4,target=/c4 true y",
    ];
    assert_eq!(lines(source, &history), [3, 4, 7, 8, 9]);
}

#[test]
fn runs_of_a_real_buildkit_are_found_whole() {
    let source = "FROM scratch\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\n\
        RUN [\"/bin/mkdir\", \"-p\", \"/app\", \"/etc\"]\nARG API_KEY\nRUN true\nRUN echo \"K=1\" > /app/.env\n";
    let history = [
        "COPY busybox /bin/busybox # buildkit",
        "RUN /bin/busybox --install -s /bin # buildkit",
        "RUN /bin/mkdir -p /app /etc # buildkit",
        "ARG API_KEY=abc",
        "RUN |1 API_KEY=abc /bin/sh -c true # buildkit",
        "RUN |1 API_KEY=abc /bin/sh -c echo \"K=1\" > /app/.env # buildkit",
    ];
    assert_eq!(lines(source, &history), [2, 3, 4, 5, 6, 7]);
}

#[test]
fn the_stage_that_was_built_shows_in_the_history() {
    let document = Document::parse("FROM a AS one\nRUN x\nRUN y\nFROM one AS two\nRUN z\nFROM b\nRUN x\n");
    let history = ["RUN /bin/sh -c x # buildkit", "RUN /bin/sh -c y # buildkit"];
    // Both the stage and the one made from it agree with as much; the later one is taken, and it finds the same.
    assert_eq!(locate_stage(&document, &history).unwrap(), (1, vec![Some(1), Some(2)]));
    assert_eq!(locate_stage(&document, &["CMD [\"a\"]"]), None);
}
