//! The law of the formats: an argument is found, turned into a secret, and read back; nothing else changes.

use tightlip_callers::{Callers, Move, Source, convert, read, recognise};

const TOKEN: Move<'static> = Move { argument: "NPM_TOKEN", id: "NPM_TOKEN" };

fn callers(path: &str, text: &str) -> Callers {
    let format = recognise(path, text).unwrap_or_else(|| panic!("{path} is not recognised"));
    let callers = read(format, path, text);
    for call in &callers.calls {
        assert!(text.get(call.span.range()).is_some(), "{path}: {:?}", call.span);
        for argument in &call.arguments {
            assert_eq!(&text[argument.name.span().range()], argument.name.as_str(), "{path}");
        }
    }
    callers
}

/// Converts `before` and checks that it becomes `after`, for good.
fn becomes(path: &str, before: &str, after: &str) {
    let found = callers(path, before);
    assert!(found.calls.iter().any(|call| call.argument("NPM_TOKEN").is_some()), "{path}: {found:#?}");
    let format = recognise(path, before).unwrap();
    let (text, refusals) = convert(format, &Source { path, text: before }, &[TOKEN]);
    assert_eq!(refusals, [], "{path}");
    assert_eq!(text, after, "{path}:\n{text}");
    let now = callers(path, after);
    assert_eq!(now.problems, found.problems, "{path}");
    assert!(now.calls.iter().all(|call| call.argument("NPM_TOKEN").is_none()), "{path}");
    assert!(now.calls.iter().any(|call| call.secret("NPM_TOKEN").is_some()), "{path}: {now:#?}");
    let again = convert(format, &Source { path, text: after }, &[TOKEN]);
    assert_eq!((again.0.as_str(), again.1.len()), (after, 0), "{path}");
}

fn refuses(path: &str, text: &str, reason: &str) {
    let format = recognise(path, text).unwrap();
    let (after, refusals) = convert(format, &Source { path, text }, &[TOKEN]);
    assert_eq!(after, text, "{path}");
    let reasons: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    assert!(reasons.iter().any(|one| one.contains(reason)), "{path}: {reasons:?}");
}

#[test]
fn compose_grants_the_secret_and_declares_it() {
    becomes(
        "compose.yaml",
        "services:
  # the shop
  web:
    build:
      context: ./web   # from here
      args:
        NODE_ENV: production
        NPM_TOKEN: ${NPM_TOKEN}   # for npm
    ports: [\"80:80\"]

volumes: {}
",
        "services:
  # the shop
  web:
    build:
      context: ./web   # from here
      args:
        NODE_ENV: production
      secrets:
        - NPM_TOKEN
    ports: [\"80:80\"]

volumes: {}
secrets:
  NPM_TOKEN:
    environment: NPM_TOKEN
",
    );
}

#[test]
fn compose_takes_the_place_of_the_last_argument() {
    becomes(
        "docker-compose.prod.yml",
        "services:
  a:
    build:
      args:
        - NPM_TOKEN
      context: .
  b:
    build:
      context: .
      args: [A=1, \"NPM_TOKEN=$NPM_TOKEN\"]
      secrets: [other]
secrets:
  other:
    file: ./other",
        "services:
  a:
    build:
      secrets:
        - NPM_TOKEN
      context: .
  b:
    build:
      context: .
      args: [A=1]
      secrets: [other, NPM_TOKEN]
secrets:
  other:
    file: ./other
  NPM_TOKEN:
    environment: NPM_TOKEN",
    );
}

#[test]
fn compose_refuses_what_is_shared_or_in_the_open() {
    let shared = "x-build: &build
  context: .
  args: {NPM_TOKEN: \"${NPM_TOKEN}\"}
services:
  a: {build: *build}
  b: {build: *build}
";
    refuses("compose.yml", shared, "not written here");
    let merged = "services:
  a:
    build: &build
      context: .
      args:
        NPM_TOKEN: $NPM_TOKEN
  b:
    build: *build
";
    refuses("compose.yml", merged, "shared");
    let literal = "services:\n  a:\n    build:\n      args:\n        NPM_TOKEN: abc\n";
    refuses("compose.yml", literal, "is written here");
    let taken = "services:
  a:
    build:
      args:
        NPM_TOKEN: $X
secrets:
  NPM_TOKEN:
    file: ./x
";
    refuses("compose.yml", taken, "taken");
}

#[test]
fn bake_names_the_environment_variable() {
    becomes(
        "docker-bake.hcl",
        "variable \"NPM_TOKEN\" {
  default = \"\"
}

target \"base\" {
  context = \".\"
}

# the image
target \"app\" {
  inherits = [\"base\"]
  args = {
    NODE_ENV  = \"production\"
    NPM_TOKEN = NPM_TOKEN # private packages
    X         = \"y\"
  }
}
",
        "variable \"NPM_TOKEN\" {
  default = \"\"
}

target \"base\" {
  context = \".\"
}

# the image
target \"app\" {
  inherits = [\"base\"]
  args = {
    NODE_ENV  = \"production\"
    X         = \"y\"
  }
  secret = [\"id=NPM_TOKEN,env=NPM_TOKEN\"]
}
",
    );
}

#[test]
fn bake_in_json_keeps_its_layout() {
    becomes(
        "docker-bake.json",
        r#"{
  "target": {
    "app": {
      "args": {
        "A": "1",
        "NPM_TOKEN": "${NPM_TOKEN}"
      },
      "secret": ["id=other,src=./other"]
    },
    "b": { "args": { "NPM_TOKEN": "${NPM_TOKEN}" } }
  }
}
"#,
        r#"{
  "target": {
    "app": {
      "args": {
        "A": "1"
      },
      "secret": ["id=other,src=./other", "id=NPM_TOKEN,env=NPM_TOKEN"]
    },
    "b": { "secret": ["id=NPM_TOKEN,env=NPM_TOKEN"] }
  }
}
"#,
    );
}

#[test]
fn bake_refuses_what_is_inherited_or_computed() {
    let inherited = "target \"a\" {\n  args = { NPM_TOKEN = lower(T) }\n}\ntarget \"b\" {\n  inherits = [\"a\"]\n}\n";
    refuses("docker-bake.hcl", inherited, "computed");
    refuses("docker-bake.hcl", inherited, "not written here");
    let fallback = "variable \"T\" {\n  default = \"abc\"\n}\ntarget \"a\" {\n  args = { NPM_TOKEN = T }\n}\n";
    refuses("docker-bake.hcl", fallback, "is written here");
}
