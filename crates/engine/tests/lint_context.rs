//! What a build is really sent: files that exist, the ignore file that counts, and what instructions take.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;

use tightlip_engine::IdentityKey;
use tightlip_engine::lint::{Apply, Contexts, Input, LintRequest, Linted, fixed, lint, mend};
use tightlip_report::{Level, Surface};
use tightlip_testkit::Canary;

const COPY_ALL: &str = "FROM node:22\nCOPY . /app\n";

/// A project on the disk, with the secret in every file that holds `{secret}`.
fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let canary = Canary::new(7);
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text.replace("{secret}", canary.text())).unwrap();
    }
    folder
}

fn request(path: &Path) -> LintRequest {
    LintRequest::new(vec![Input::Path(path.to_owned())], IdentityKey::new([3; 32]))
}

/// Rule, line, and the file that a finding names.
fn findings(linted: &Linted) -> Vec<(String, u64, Level)> {
    let all = linted.report.findings.iter();
    all.map(|one| (one.rule.clone(), one.place.line.unwrap_or(0), one.level)).collect()
}

fn found(files: &[(&str, &str)]) -> Vec<(String, u64, Level)> {
    let folder = project(files);
    findings(&lint(&request(folder.path())).unwrap())
}

/// What is found of a `.env` with a secret in it, without what its name alone says.
fn found_in(dockerfile: &str) -> Vec<(String, u64, Level)> {
    let mut found = found(&[("Dockerfile", dockerfile), (".env", "API_KEY={secret}\n")]);
    found.retain(|(rule, ..)| rule == "secret-in-context");
    found
}

fn leak(line: u64) -> Vec<(String, u64, Level)> {
    vec![("secret-in-context".to_owned(), line, Level::Deny)]
}

#[test]
fn a_file_that_git_ignores_is_sent_all_the_same() {
    let files = [("Dockerfile", COPY_ALL), (".gitignore", ".env\n"), (".env", "API_KEY={secret}\n")];
    assert_eq!(found(&files), leak(2));
}

#[test]
fn the_ignore_file_of_the_dockerfile_goes_before_that_of_the_context() {
    let env = ("a/.env", "API_KEY={secret}\n");
    assert_eq!(found(&[("Dockerfile", COPY_ALL), (".dockerignore", "**/.env\n"), env]), []);
    let own = ("Dockerfile.dockerignore", "other\n");
    assert_eq!(found(&[("Dockerfile", COPY_ALL), (".dockerignore", "**/.env\n"), own, env]), leak(2));
}

#[test]
fn what_one_stage_takes_another_may_take_too() {
    let both = "FROM node:22 AS build\nCOPY . /app\nFROM node:22\nCOPY . /app\nCOPY a /a\n";
    let of = |line: u64, level: Level| ("secret-in-context".to_owned(), line, level);
    let found = found(&[("Dockerfile", both), (".env", "API_KEY={secret}\n"), ("a/b", "x\n")]);
    assert_eq!(found, [of(4, Level::Deny), of(2, Level::Warn)]);
    // What an instruction names itself is told by its name, and once.
    let named = found_in("FROM node:22\nCOPY .env ./.env* /a/\nCOPY . ./a /app\n");
    assert_eq!(named, [of(3, Level::Deny)]);
}

#[test]
fn only_what_an_instruction_takes_counts() {
    let env = (".env", "API_KEY={secret}\n");
    assert_eq!(
        found(&[("Dockerfile", "FROM node:22\nCOPY src package.json /app/\n"), env, ("src/a.js", "")]),
        []
    );
    assert_eq!(found(&[("Dockerfile", "FROM node:22\nRUN true\nCOPY .e* /app/\n"), env]), leak(3));
    assert_eq!(found(&[("Dockerfile", "FROM node:22\nCOPY --exclude=.env . /app/\n"), env]), []);
}

#[test]
fn a_dockerfile_in_a_folder_of_its_own_is_built_from_above() {
    let files = [
        ("docker/Dockerfile", "FROM node:22\nCOPY package.json src /app/\n"),
        ("package.json", "{}"),
        ("src/.npmrc", "//registry.npmjs.org/:_authToken={secret}\n"),
    ];
    assert_eq!(found(&files), leak(2));
}

#[test]
fn the_context_is_what_a_caller_says_it_is() {
    let env = ("config/.env", "API_KEY={secret}\n");
    let dockerfile = ("docker/Dockerfile", COPY_ALL);
    for (path, caller) in [
        (
            "compose.yaml",
            "services:\n  a:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n",
        ),
        ("scripts/build.sh", "docker build -f docker/Dockerfile .\n"),
        (
            ".github/workflows/a.yml",
            "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with: {context: ., file: docker/Dockerfile}\n",
        ),
    ] {
        assert_eq!(found(&[dockerfile, env, (path, caller)]), leak(2), "{path}");
    }
    assert_eq!(found(&[dockerfile, env]), [], "without one it is the directory of the Dockerfile");
}

#[test]
fn a_context_with_a_name_is_looked_through_with_its_own_ignore_file() {
    let files = [
        ("app/Dockerfile", "FROM node:22\nCOPY --from=shared . /shared\n"),
        ("app/.dockerignore", "**\n"),
        ("shared/.env", "API_KEY={secret}\n"),
        (
            "compose.yaml",
            "services:\n  a:\n    build:\n      context: app\n      additional_contexts:\n        shared: ./shared\n",
        ),
    ];
    assert_eq!(found(&files), leak(2));
    let mut ignored = files.to_vec();
    ignored.push(("shared/.dockerignore", ".env\n"));
    assert_eq!(found(&ignored), []);
}

#[test]
fn the_user_may_say_what_the_context_is() {
    let folder = project(&[("docker/Dockerfile", COPY_ALL), ("config/.env", "API_KEY={secret}\n")]);
    let told = LintRequest { contexts: Contexts::In(folder.path().to_owned()), ..request(folder.path()) };
    assert_eq!(findings(&lint(&told).unwrap()), leak(2));
}

#[cfg(unix)]
#[test]
fn a_link_that_an_instruction_names_is_followed_inside_of_the_context() {
    let linked = |dockerfile: &str, ignore: &str, to: &str| {
        let folder = project(&[
            ("app/Dockerfile", dockerfile),
            ("app/.dockerignore", ignore),
            ("app/real/settings", "API_KEY={secret}\n"),
            ("outside", "API_KEY={secret}\n"),
        ]);
        std::os::unix::fs::symlink(to, folder.path().join("app/link")).unwrap();
        findings(&lint(&request(folder.path())).unwrap())
    };
    for (copy, to) in [
        ("link", "real/settings"),
        ("link", "/real/settings"),
        ("lin*", "real/settings"),
        ("link/settings", "real"),
        ("link", "real"),
    ] {
        let dockerfile = format!("FROM node:22\nCOPY {copy} /app/\n");
        assert_eq!(linked(&dockerfile, "", to), leak(2), "{copy} {to}");
        assert_eq!(linked(&dockerfile, "real\n", to), [], "what it leads to is not sent");
        assert_eq!(linked(&dockerfile, "", "../outside"), [], "the build fails");
    }
    assert_eq!(linked("FROM node:22\nCOPY . /app/\n", "real\n", "real/settings"), []);
}

#[test]
fn files_that_often_hold_credentials_are_judged_by_what_they_hold() {
    let npmrc = "FROM node:22\nCOPY .npmrc /root/\n";
    let copied = |level| [("secret-file-copied".to_owned(), 2, level)];
    assert_eq!(found(&[("Dockerfile", npmrc)]), copied(Level::Warn), "only its name is known");
    let refers = "//registry.npmjs.org/:_authToken=${NPM_TOKEN}\nalways-auth=true\n";
    assert_eq!(found(&[("Dockerfile", npmrc), (".npmrc", refers)]), []);
    let holds = "//registry.npmjs.org/:_authToken={secret}\n";
    let worst = found(&[("Dockerfile", npmrc), (".npmrc", holds)]);
    assert!(worst.iter().any(|one| one.2 == Level::Deny), "{worst:?}");
    let maven =
        "<settings><servers><server><password>${env.MAVEN_TOKEN}</password></server></servers></settings>";
    let files = [("Dockerfile", "FROM maven:3\nCOPY settings.xml /root/.m2/\n"), ("settings.xml", maven)];
    assert_eq!(found(&files), []);
    let pip = "[global]\nindex-url = https://${PIP_USER}:${PIP_PASSWORD}@pypi.example/simple\n";
    assert_eq!(found(&[("Dockerfile", "FROM python:3\nCOPY pip.conf /etc/\n"), ("pip.conf", pip)]), []);
    let env = [("Dockerfile", "FROM node:22\nCOPY .env /app/\n"), (".env", "NODE_ENV=production\n")];
    assert_eq!(found(&env), copied(Level::Warn), "the next one may hold some");
}

#[test]
fn a_stage_that_is_thrown_away_warns() {
    let files = [
        ("Dockerfile", "FROM node:22 AS build\nCOPY . .\nFROM scratch\nCOPY --from=build /app/dist /\n"),
        (".env", "API_KEY={secret}\n"),
    ];
    assert_eq!(found(&files), [("secret-in-context".to_owned(), 2, Level::Warn)]);
}

#[test]
fn rules_that_only_seem_to_match_are_told() {
    for (rules, line) in [(".env\n", 1), ("# a\nconfg/.env\n", 2), ("**/.env\n!config/.env\n", 2)] {
        let files =
            [("Dockerfile", COPY_ALL), ("config/.env", "API_KEY={secret}\n"), (".dockerignore", rules)];
        let expected = ("ignore-rule-misses".to_owned(), line, Level::Warn);
        assert!(found(&files).contains(&expected), "{rules}: {:?}", found(&files));
    }
}

#[test]
fn the_repository_itself_is_history_that_goes_along() {
    let files =
        [("Dockerfile", COPY_ALL), (".git/HEAD", "ref: refs/heads/main\n"), (".git/objects/aa/b", "x")];
    assert_eq!(found(&files), [("git-directory-copied".to_owned(), 2, Level::Warn)]);
}

#[test]
fn a_fix_writes_the_ignore_file_and_nothing_is_left_to_say() {
    let folder = project(&[
        ("Dockerfile", COPY_ALL),
        ("a b/.env", "API_KEY={secret}\n"),
        ("[x]/.env", "API_KEY={secret}\n"),
        (".git/HEAD", "x"),
    ]);
    let before = lint(&request(folder.path())).unwrap();
    assert_eq!(before.report.findings.len(), 3);
    assert!(fixed(&before.files, &before.fixes, Apply::Safe).changes.is_empty());
    mend(&request(folder.path()), Apply::Unsafe).unwrap().write().unwrap();
    let text = std::fs::read_to_string(folder.path().join(".dockerignore")).unwrap();
    assert_eq!(text, "\\[x]/.env\na b/.env\n.git\n");
    let after = lint(&request(folder.path())).unwrap();
    assert_eq!((findings(&after).as_slice(), after.fixes.len()), (&[][..], 0));
}

#[test]
fn a_file_that_an_instruction_names_is_not_fixed_by_ignoring_it() {
    let folder =
        project(&[("Dockerfile", "FROM node:22\nCOPY .env /app/\n"), (".env", "API_KEY={secret}\n")]);
    let linted = lint(&request(folder.path())).unwrap();
    let fixed = fixed(&linted.files, &linted.fixes, Apply::Unsafe);
    assert!(
        fixed.changes.is_empty() && fixed.refused[0].1.contains("no step is seen to use .env"),
        "{fixed:?}"
    );
}

#[test]
fn what_cannot_be_read_is_a_gap() {
    let folder = project(&[("Dockerfile", COPY_ALL), ("big.bin", "")]);
    let big = std::fs::File::create(folder.path().join("big.bin")).unwrap();
    big.set_len(20 << 20).unwrap();
    let linted = lint(&request(folder.path())).unwrap();
    assert_eq!(linted.report.gaps.len(), 1);
    assert!(linted.report.gaps[0].reason.contains("context-file-size"));
    assert_eq!(linted.report.gaps[0].place.surface, Surface::Context);
    let unread = LintRequest { contexts: Contexts::Unread, ..request(folder.path()) };
    assert!(lint(&unread).unwrap().report.gaps.is_empty());
}

#[test]
fn what_the_search_passes_over_in_a_file_is_a_gap() {
    let many: String = (0..20_010).map(|n| format!("API_KEY_{n}={{secret}}\n")).collect();
    let folder = project(&[("Dockerfile", COPY_ALL), (".env", &many)]);
    let report = lint(&request(folder.path())).unwrap().report;
    assert!(report.gaps.iter().any(|gap| gap.reason.contains("limit `findings`")), "{:?}", report.gaps);
}

#[test]
fn no_value_of_a_context_is_in_the_report() {
    let folder = project(&[("Dockerfile", COPY_ALL), (".env", "API_KEY={secret}\n")]);
    let report = serde_json::to_string(&lint(&request(folder.path())).unwrap().report).unwrap();
    assert!(Canary::new(7).seen_in(&report).is_empty());
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_a_name() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = project(&[("Dockerfile", COPY_ALL), (".env", "API_KEY={secret}\n")]);
    let odd = folder.path().join(std::ffi::OsStr::from_bytes(b"a\xff"));
    std::fs::create_dir(&odd).unwrap();
    std::fs::rename(folder.path().join(".env"), odd.join(".env")).unwrap();
    let linted = lint(&request(folder.path())).unwrap();
    assert_eq!((findings(&linted), linted.report.gaps.len()), (leak(2), 0));
    let mended = mend(&request(folder.path()), Apply::Unsafe).unwrap();
    assert_eq!(mended.files[0].after, "a*/.env\n", "what stands for the bytes would not match them");
}

#[test]
fn a_folder_that_is_copied_out_of_a_bind_mount_brings_its_files() {
    let build =
        |run: &str| format!("FROM alpine:3.22\nRUN --mount=type=bind,source=conf,target=/ctx {run}\n");
    let found = |run: &str| {
        let (dockerfile, env) = (build(run), ("conf/prod/settings.ini", "API_KEY={secret}\n"));
        found(&[("Dockerfile", &dockerfile), env, ("conf/prod/a.txt", "text\n")])
    };
    let kept = vec![("secret-persisted".to_owned(), 2, Level::Deny)];
    assert_eq!(found("cp -r /ctx/prod /etc/app"), kept);
    assert_eq!(found("cp -a /ctx/. /etc/app/ && cat /etc/app/prod/a.txt"), kept);
    for run in [
        "make -C /ctx",
        "cp /ctx/prod/a.txt /etc/app/",
        "cp -r /ctx /tmp/a && make -C /tmp/a && rm -rf /tmp/a",
    ] {
        assert_eq!(found(run), [], "{run}");
    }
}

#[test]
fn a_file_is_known_by_what_was_found_in_it_also_where_a_stage_hands_it_on() {
    let dockerfile = "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json .npmrc ./\nRUN npm ci\n\
        FROM node:22\nCOPY --from=build /app /app\n";
    let with = |text: &str| {
        let all = found(&[("Dockerfile", dockerfile), ("package.json", "{}"), (".npmrc", text)]);
        all.into_iter()
            .filter(|(_, _, level)| *level == Level::Deny)
            .map(|(rule, ..)| rule)
            .collect::<Vec<_>>()
    };
    assert_eq!(with("//registry.npmjs.org/:_authToken={secret}\n"), ["secret-copied-from-stage"]);
    assert!(with("//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n").is_empty());
}
