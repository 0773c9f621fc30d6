//! Programs of other languages in a script: what they store and print of a secret, and what they only use.

use std::collections::BTreeMap;

use tightlip_dockerfile::flow::{Effects, Fate, Setting, Sink, Writer};
use tightlip_dockerfile::shell::{Interpreter, Script};
use tightlip_dockerfile::{Document, Scopes};

/// `T` holds a secret, `/run/secrets/t` is one, `/scratch` is a mount.
fn setting() -> Setting {
    let mut setting = Setting::default().variable("T").file("/run/secrets/t");
    setting.scratch.extend(["/run/secrets/t", "/scratch"].map(str::to_owned));
    setting.workdir = "/app".to_owned();
    setting
}

/// The files in which a secret stays, and whether one is printed.
fn kept(script: &Script, setting: &Setting) -> Vec<String> {
    let effects = Effects::of(script, setting);
    let told = effects.flows.iter().filter_map(|flow| match &flow.sink {
        Sink::Stored(stored) if stored.fate == Fate::Stays && stored.by == Writer::Program => {
            Some(stored.path.clone())
        }
        Sink::Log(_) => Some("log".to_owned()),
        _ => None,
    });
    let mut kept: Vec<String> = told.collect();
    kept.dedup();
    kept
}

#[test]
fn what_a_program_writes_of_a_secret_stays() {
    for (code, path) in [
        ("python3 -c 'open(\"/etc/x\", \"w\").write(open(\"/run/secrets/t\").read())'", "/etc/x"),
        ("python -c \"import os; open('conf.ini', 'a').write('k=' + os.environ['T'])\"", "/app/conf.ini"),
        (
            "python3 - <<'E'\nt = open('/run/secrets/t').read().strip()\nwith open('/etc/x', 'w') as f:\n    f.write(f'token={t}')\nE\n",
            "/etc/x",
        ),
        (
            "python3 <<E\nimport json, pathlib\nt = pathlib.Path('/run/secrets/t').read_text()\nc = {\n  'a': 1,\n  'token': t,\n}\npathlib.Path('/etc/x.json').write_text(json.dumps(c))\nE\n",
            "/etc/x.json",
        ),
        (
            "python3 <<'E'\nimport json\nc = json.load(open('c.json'))\nc['auth']['token'] = open('/run/secrets/t').read()\nwith open('c.json', 'w') as f:\n    json.dump(c, f)\nE\n",
            "/app/c.json",
        ),
        ("python3 -c 'import shutil; shutil.copy(\"/run/secrets/t\", \"/etc/x\")'", "/etc/x"),
        ("python3 <<E\nopen('/etc/x', 'w').write('key=$T')\nE\n", "/etc/x"),
        ("t=$(cat /run/secrets/t)\npython3 <<E\nopen('/etc/x', 'w').write('key=$t')\nE\n", "/etc/x"),
        ("uv run python -c 'open(\"/etc/x\", \"w\").write(open(\"/run/secrets/t\").read())'", "/etc/x"),
        (
            "node -e 'require(\"fs\").writeFileSync(\"/etc/x.json\", JSON.stringify({ token: process.env.T }))'",
            "/etc/x.json",
        ),
        (
            "node <<'E'\nconst fs = require('fs')\nconst t = fs.readFileSync('/run/secrets/t', 'utf8').trim()\nfs.appendFileSync('/app/.npmrc', `//r/:_authToken=${t}\\n`)\nE\n",
            "/app/.npmrc",
        ),
        ("ruby -e 'File.write(\"/etc/x\", File.read(\"/run/secrets/t\").chomp)'", "/etc/x"),
        ("ruby <<'E'\nt = ENV['T']\nFile.open('/etc/x', 'w') { |f| f.write(\"k: #{t}\") }\nE\n", "/etc/x"),
        ("perl -e 'open(my $f, \">\", \"/etc/x\"); print $f $ENV{T};'", "/etc/x"),
        (
            "php -r '$t = file_get_contents(\"/run/secrets/t\"); file_put_contents(\"/etc/x\", \"k=$t\");'",
            "/etc/x",
        ),
        ("python3 -c 'import os; print(os.environ[\"T\"])'", "log"),
        ("node -e 'console.log(`t ${process.env.T}`)'", "log"),
    ] {
        let script = Script::parse_str(code);
        assert_eq!(script.problems, [], "{code}");
        assert_eq!(kept(&script, &setting()), [path], "{code}");
    }
}

#[test]
fn what_a_program_only_uses_is_not_kept() {
    for code in [
        "python3 <<'E'\nimport requests\nt = open('/run/secrets/t').read().strip()\nh = {'Authorization': f'Bearer {t}'}\nr = requests.get('https://a.example/x', headers=h)\nopen('/app/data.json', 'w').write(r.text)\nE\n",
        "python3 -c 'import hashlib; open(\"/etc/x\", \"w\").write(hashlib.sha256(open(\"/run/secrets/t\",\"rb\").read()).hexdigest())'",
        "python3 -c 'import os; print(len(os.environ[\"T\"]))'",
        "python3 <<'E'\nimport os\nt = os.environ['T']\nassert t, 'T is missing'\nwith open('/app/version', 'w') as f:\n    f.write('1.2')\nprint('done')\nE\n",
        "python3 <<'E'\nt = open('/run/secrets/t').read()\nt = 'x'\nopen('/etc/x', 'w').write(t)\nE\n",
        "python3 -c 'open(\"/scratch/x\", \"w\").write(open(\"/run/secrets/t\").read())'",
        "python3 -c 'open(\"/etc/x\", \"w\").write(open(\"/run/secrets/t\").read())' && tool && rm /etc/x",
        "node <<'E'\nfunction main() {\n  const t = process.env.T;\n  fetch(u, { headers: { authorization: t } }).then(r => r.text()).then(b => fs.writeFileSync('/app/b', b));\n  fs.writeFileSync('/app/version', v);\n}\nE\n",
        "node -e 'if (!process.env.T) { console.log(\"T is missing\"); process.exit(1) }'",
        "ruby -e 'abort(\"T is missing\") unless ENV[\"T\"]; File.write(\"/etc/x\", \"1\")'",
        "node -e 'console.log(process.env.T ? \"set\" : \"missing\")'",
        "node -e 'console.log(process.env.T.length, !!process.env.T)'",
        "python3 -c 'import os; print(\"set\" if os.environ.get(\"T\") else \"missing\")'",
        "python3 -c 'import json; print(json.load(open(\"/run/secrets/t\"))[\"name\"])'",
        // A variable of the shell alone has nothing to do with a name of the program.
        "t=$(cat /run/secrets/t); use \"$t\"; python3 -c 'for t in [1]: print(t)'",
        "python3 -c 'print(1)' \"$T\"",
        "python3 setup.py -c \"$T\"",
    ] {
        let script = Script::parse_str(code);
        assert_eq!(script.problems, [], "{code}");
        assert_eq!(kept(&script, &setting()), [""; 0], "{code}");
    }
}

#[test]
fn a_here_document_may_name_its_language() {
    let code = "FROM x\nRUN --mount=type=secret,id=t <<E\n#!/usr/bin/env python3\nt = open('/run/secrets/t').read()\n\
                open('/etc/x', 'w').write(t)\nE\n";
    let document = Document::parse(code);
    let scopes = Scopes::of(&document, BTreeMap::new());
    let script = Script::of(&document.instructions()[1], &Interpreter::Posix).unwrap();
    assert_eq!(script.problems.len(), 1, "it is still no shell script");
    let setting = Setting::at(&document, &scopes, 1).file("/run/secrets/t");
    assert_eq!(kept(&script, &setting), ["/etc/x"]);
}

#[test]
fn a_substitution_that_only_reads_a_file_stands_for_it() {
    let script = Script::parse_str("printf 'token=%s\\n' \"$(< /run/secrets/t)\" > /etc/x");
    let effects = Effects::of(&script, &setting());
    assert!(
        effects
            .flows
            .iter()
            .any(|flow| matches!(&flow.sink, Sink::Stored(stored) if stored.path == "/etc/x"))
    );
    let script = Script::parse_str("v=$(< /etc/version) && printf %s \"$v\" > /etc/x");
    assert!(Effects::of(&script, &setting()).flows.is_empty());
}
