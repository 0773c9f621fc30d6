//! Large and hostile inputs stay cheap.

use std::time::{Duration, Instant};

use tightlip_dockerfile::{Document, Ignore, fuzz, locate, parse_created_by};

fn quick(name: &str, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    // Generous, for slow machines and builds without optimisation; what is meant is "not quadratic".
    assert!(start.elapsed() < Duration::from_secs(20), "{name} took {:?}", start.elapsed());
}

#[test]
fn hostile_dockerfiles_stay_cheap() {
    for piece in [
        "RUN a\n",
        "${A:-",
        "\\\n",
        "<<E ",
        "\"",
        "--f ",
        "ARG A=$A$A\n",
        "ONBUILD ",
        "a,",
        "FROM a AS a\n",
        "$",
        "'",
        "[\"a\",",
        "RUN <<E\n",
        "ENV A=b\n",
        "#\n",
        "COPY a b\n",
        " ",
        "é",
        "${a//*/b}",
        "\\",
    ] {
        quick(piece, || {
            let text = format!("FROM a\nRUN {}", piece.repeat(20_000 / piece.len()));
            fuzz::dockerfile(text.as_bytes());
            fuzz::dockerfile(piece.repeat(20_000 / piece.len()).as_bytes());
        });
    }
}

#[test]
fn hostile_histories_stay_cheap() {
    quick("history", || {
        let document = Document::parse(&format!("FROM a\n{}", "RUN a $X\nENV A=$B$C$D\n".repeat(400)));
        let steps = ["RUN |1 A=b /bin/sh -c a $X # buildkit", "ENV A=bbbbbbbbbbbb"].repeat(400);
        assert!(locate(&document, None, &steps).iter().all(Option::is_some));
    });
    for piece in ["A=b ", "sh ", "/bin/sh -o ", " ", "|1 "] {
        quick(piece, || fuzz::created_by(format!("RUN |9999 {}", piece.repeat(20_000)).as_bytes()));
    }
    assert!(parse_created_by(&"RUN ".repeat(9)).keyword.is_some());
}

#[test]
fn hostile_ignore_files_stay_cheap() {
    quick("ignore", || {
        let ignore = Ignore::parse(&format!("{}\n", "**/*?a*".repeat(40)).repeat(20));
        let path = "a/".repeat(60);
        let _ = ignore.excludes(&path);
    });
}
