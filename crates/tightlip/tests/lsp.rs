//! The language server as an editor meets it, message by message.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tightlip_testkit::Canary;

/// An editor with one server.
struct Editor {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    /// Everything that was heard.
    heard: String,
    asked: u64,
}

impl Editor {
    fn start(home: &Path) -> Self {
        Self::start_in(home, json!({"capabilities": {}}))
    }

    fn start_in(home: &Path, hello: Value) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
        command.args(["lsp", "--stdio"]).env_clear().env("HOME", home);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut editor = Self { child, to, from, heard: String::new(), asked: 0 };
        let hello = editor.ask("initialize", hello);
        assert_eq!(hello["capabilities"]["hoverProvider"], true);
        editor.tell("initialized", json!({}));
        editor
    }

    fn say(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.to.flush().unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.say(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        self.say(&json!({"jsonrpc": "2.0", "id": self.asked, "method": method, "params": params}));
        loop {
            let message = self.hear();
            if message["id"] == self.asked {
                assert!(message.get("error").is_none(), "{message}");
                return message["result"].clone();
            }
        }
    }

    fn hear(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.from.read_line(&mut line).unwrap() > 0, "the server goes on");
            match line.trim().split_once(": ") {
                Some(("Content-Length", number)) => length = number.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut bytes = vec![0; length];
        self.from.read_exact(&mut bytes).unwrap();
        self.heard.push_str(std::str::from_utf8(&bytes).unwrap());
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Opens or changes the file; what is then said about it.
    fn diagnostics(&mut self, uri: &str, text: &str) -> Vec<Value> {
        let opened =
            json!({"textDocument": {"uri": uri, "languageId": "dockerfile", "version": 1, "text": text}});
        self.tell("textDocument/didOpen", opened);
        self.told(uri)
    }

    /// What is said about a file next.
    fn told(&mut self, uri: &str) -> Vec<Value> {
        loop {
            let message = self.hear();
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri {
                return message["params"]["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    fn end(mut self) -> String {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.tell("exit", Value::Null);
        assert!(self.child.wait().unwrap().success());
        self.heard
    }
}

#[test]
fn an_editor_is_told_what_leaks_where_and_why() {
    let (home, canary) = (tempfile::tempdir().unwrap(), Canary::new(3));
    let mut editor = Editor::start(home.path());
    let (uri, text) = ("untitled:Dockerfile", format!("FROM alpine:3.22\nENV API_KEY={}\n", canary.text()));
    let told = editor.diagnostics(uri, &text);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((&told[0]["severity"], &told[0]["code"]), (&json!(1), &json!("secret-in-env")));
    assert_eq!(told[0]["range"]["start"]["line"], 1);
    let place = json!({"textDocument": {"uri": uri}, "position": {"line": 1, "character": 6}});
    let hover = editor.ask("textDocument/hover", place);
    assert!(hover["contents"]["value"].as_str().unwrap().contains("environment variable"));
    assert_eq!(editor.diagnostics(uri, "FROM alpine:3.22\n"), Vec::<Value>::new());
    assert_eq!(canary.seen_in(&editor.end()), Vec::<String>::new());
}

#[test]
fn a_fix_reaches_the_files_around_the_one_that_is_open() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), format!("API_KEY={}\n", Canary::new(3).text())).unwrap();
    let (path, text) = (folder.path().join("Dockerfile"), "FROM alpine:3.22\nCOPY . /app\n");
    std::fs::write(&path, text).unwrap();
    let mut editor = Editor::start(folder.path());
    let uri = format!("file://{}", path.display());
    let told = editor.diagnostics(&uri, text);
    let leak = told.iter().find(|one| one["code"] == "secret-in-context").unwrap();
    let asked =
        json!({"textDocument": {"uri": uri}, "range": leak["range"], "context": {"diagnostics": [leak]}});
    let actions = editor.ask("textDocument/codeAction", asked);
    let changes = actions[0]["edit"]["changes"].as_object().unwrap();
    let ignore = format!("file://{}", folder.path().join(".dockerignore").display());
    assert_eq!(changes[&ignore][0]["newText"], ".env\n");
    editor.end();
}

#[test]
fn a_fix_changes_what_starts_the_build_as_the_editor_holds_it() {
    let folder = tempfile::tempdir().unwrap();
    let lies = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        format!("file://{}", path.display())
    };
    let text = "FROM node:22\nARG NPM_TOKEN\nRUN npm ci\n";
    let dockerfile = lies("Dockerfile", text);
    let script = lies("scripts/build.sh", "docker build --build-arg NPM_TOKEN=\"$NPM_TOKEN\" .\n");
    let compose = lies(
        "compose.yaml",
        "services:\n  a:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: ${NPM_TOKEN}\n",
    );
    let root = format!("file://{}", folder.path().display());
    let hello =
        json!({"capabilities": {}, "rootUri": root, "workspaceFolders": [{"uri": root, "name": "x"}]});
    let mut editor = Editor::start_in(folder.path(), hello);
    // A line more than on the disk.
    editor.diagnostics(&script, "#!/bin/sh\ndocker build --build-arg NPM_TOKEN=\"$NPM_TOKEN\" .\n");
    let told = editor.diagnostics(&dockerfile, text);
    let leak = told.iter().find(|one| one["code"] == "secret-in-arg").unwrap();
    let asked =
        json!({"textDocument": {"uri": dockerfile}, "range": leak["range"], "context": {"diagnostics": []}});
    let actions = editor.ask("textDocument/codeAction", asked);
    let changes = actions[0]["edit"]["changes"].as_object().unwrap();
    assert_eq!(changes.len(), 3, "{changes:?}");
    assert_eq!(changes[&script][0]["range"]["start"]["line"], 1);
    assert!(changes[&compose].to_string().contains("secrets"), "{changes:?}");
    // What was saved is read again.
    lies("compose.yaml", "services: {}\n");
    editor.tell("textDocument/didSave", json!({"textDocument": {"uri": script}}));
    editor.diagnostics(&dockerfile, text);
    let asked =
        json!({"textDocument": {"uri": dockerfile}, "range": leak["range"], "context": {"diagnostics": []}});
    let actions = editor.ask("textDocument/codeAction", asked);
    assert_eq!(actions[0]["edit"]["changes"].as_object().unwrap().len(), 2);
    editor.end();
}

#[test]
fn an_editor_sees_what_the_policy_says() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    let policy = |text: &str| std::fs::write(folder.path().join("tightlip.toml"), text).unwrap();
    let path = folder.path().join("Dockerfile");
    let text = format!("FROM alpine:3.22\nENV API_KEY={}\n", Canary::new(3).text());
    std::fs::write(&path, &text).unwrap();
    let uri = format!("file://{}", path.display());
    let mut editor = Editor::start(folder.path());
    let told = editor.diagnostics(&uri, &text);
    assert_eq!((told.len(), &told[0]["severity"]), (1, &json!(1)), "{told:?}");
    let saved = |editor: &mut Editor, what: &str| {
        policy(what);
        editor.tell("textDocument/didSave", json!({"textDocument": {"uri": uri}}));
        editor.told(&uri)
    };
    let told = saved(&mut editor, "[levels]\nsecret-in-env = \"note\"\n");
    assert_eq!((told.len(), &told[0]["severity"]), (1, &json!(3)), "{told:?}");

    // What is allowed by the fingerprint that `lint` prints is not shown.
    policy("");
    let mut lint = Command::new(env!("CARGO_BIN_EXE_tightlip"));
    lint.args(["lint", "--format", "json"]).current_dir(folder.path()).env_clear().env("HOME", folder.path());
    let report: Value = serde_json::from_slice(&lint.output().unwrap().stdout).unwrap();
    let print = report["findings"][0]["fingerprint"].as_str().unwrap();
    let allow = format!("[[allow]]\nfingerprint = \"{print}\"\nreason = \"known\"\n");
    assert_eq!(saved(&mut editor, &allow), Vec::<Value>::new());

    policy("stric = true\n");
    editor.tell("textDocument/didSave", json!({"textDocument": {"uri": uri}}));
    let said = loop {
        let message = editor.hear();
        if message["method"] == "window/showMessage" {
            break message["params"]["message"].as_str().unwrap().to_owned();
        }
    };
    assert!(said.contains("no setting `stric`"), "{said}");
    editor.end();
}

#[test]
fn what_an_editor_should_not_send_neither_ends_the_server_nor_is_repeated() {
    let (home, canary) = (tempfile::tempdir().unwrap(), Canary::new(3));
    let mut editor = Editor::start(home.path());
    let (uri, text) = ("untitled:Dockerfile", format!("FROM alpine:3.22\nENV API_KEY={}\n", canary.text()));
    for params in [
        json!({}),
        json!({"textDocument": text}),
        json!({"textDocument": {"uri": text, "text": 5}}),
        json!({"textDocument": {"uri": uri}, "contentChanges": text}),
    ] {
        editor.tell("textDocument/didOpen", params.clone());
        editor.tell("textDocument/didChange", params.clone());
        editor.tell("textDocument/didClose", params);
    }
    let half = json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument":
        {"uri": uri, "languageId": "dockerfile", "version": null, "text": format!("{text}# HALF\n")}}});
    let half = half.to_string().replace("HALF", "\\ud83d");
    for text in [half.as_str(), "{", half.get(..half.len() - 9).unwrap()] {
        write!(editor.to, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
    }
    // The last of the above closed it; then it is opened with half a character in it.
    assert_eq!((editor.told(uri).len(), editor.told(uri).len()), (0, 1));
    editor.say(
        &json!({"jsonrpc": "2.0", "id": 77, "method": "textDocument/hover", "params": {"position": text}}),
    );
    let refused = editor.hear();
    assert_eq!((&refused["id"], &refused["error"]["code"]), (&json!(77), &json!(-32602)));
    assert_eq!(canary.seen_in(&editor.end()), Vec::<String>::new());
}

#[test]
fn what_comes_before_hello_and_after_the_end_is_refused() {
    let (home, canary) = (tempfile::tempdir().unwrap(), Canary::new(3));
    let text = canary.text();
    let mut messages = String::new();
    for message in [
        json!({"jsonrpc": "2.0", "id": 1, "method": "textDocument/hover", "params": {"text": text}}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "initialize", "params": {"capabilities": {}}}),
        json!({"jsonrpc": "2.0", "id": 3, "method": "shutdown"}),
        json!({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"text": text}}),
        json!({"jsonrpc": "2.0", "id": 4, "method": "textDocument/hover", "params": {"text": text}}),
        json!({"jsonrpc": "2.0", "method": "exit"}),
    ] {
        let message = message.to_string();
        messages.push_str(&format!("Content-Length: {}\r\n\r\n{message}", message.len()));
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
    command.arg("lsp").env_clear().env("HOME", home.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(messages.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    for expected in ["-32002", "-32600", "\"name\":\"tightlip\""] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert_eq!(canary.seen_in(&said), Vec::<String>::new());
}

#[test]
fn an_unknown_question_is_answered_with_an_error() {
    let home = tempfile::tempdir().unwrap();
    let mut editor = Editor::start(home.path());
    editor.say(&json!({"jsonrpc": "2.0", "id": 900, "method": "textDocument/rename", "params": {}}));
    assert_eq!(editor.hear()["error"]["code"], -32601);
    editor.end();
}
