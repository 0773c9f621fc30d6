//! Where secrets go in the lines that people write.

use tightlip_dockerfile::flow::{
    Effects, Fate, Flow, Given, Role, Setting, Shown, Sink, Source, Tool, Writer, uses,
};
use tightlip_dockerfile::shell::{Interpreter, Script};
use tightlip_dockerfile::{Document, Kind, Scopes};

/// `T` holds a secret, `/run/secrets/t` is one, `/scratch` is a mount.
fn setting() -> Setting {
    let mut setting = Setting::default().variable("T").file("/run/secrets/t");
    setting.scratch.extend(["/run/secrets/t", "/scratch", "/root/.cache"].map(str::to_owned));
    setting.caches.extend(["/cache", "/scratch/in", "/root/.gradle"].map(str::to_owned));
    setting.scratch.insert("/cache/mem".to_owned());
    setting.workdir = "/app".to_owned();
    setting
}

fn flows(line: &str) -> Vec<String> {
    let script = Script::parse_str(line);
    assert_eq!(script.problems, [], "{line}");
    let effects = Effects::of(&script, &setting());
    assert_eq!(effects.unfinished, None, "{line}");
    effects.flows.iter().map(flow).collect()
}

fn flow(flow: &Flow) -> String {
    let source = match &flow.source {
        Source::Variable(name) => format!("${name}"),
        Source::File(path) => path.trim_start_matches("/run/secrets/").to_owned(),
        Source::Store(command) => format!("`{command}`"),
    };
    let sink = match &flow.sink {
        Sink::Stored(stored) => {
            let by = match stored.by {
                Writer::Redirect => ">".to_owned(),
                Writer::Program => "->".to_owned(),
                Writer::Tool(tool) => format!("={}=>", tool.program()),
            };
            let fate = match stored.fate {
                Fate::Stays => "",
                Fate::Apart => " apart",
                Fate::Cached => " cached",
                Fate::Removed(_) => " removed",
                Fate::RemovedPerhaps(_) => " removed?",
            };
            format!("{by} {}{fate}", stored.path)
        }
        Sink::Log(Shown::Printed) => "log".to_owned(),
        Sink::Log(Shown::Listed) => "log, listed".to_owned(),
        Sink::Log(Shown::Traced) => "log, traced".to_owned(),
        Sink::Log(Shown::Verbose) => "log, verbose".to_owned(),
        Sink::Log(Shown::TracedScript) => "log, in a script".to_owned(),
        Sink::Program(Given::Argument) => "argument".to_owned(),
        Sink::Program(Given::Url) => "URL".to_owned(),
        Sink::Program(Given::Input) => "input".to_owned(),
        Sink::Program(Given::Environment) => "environment".to_owned(),
        Sink::Program(Given::File) => "file".to_owned(),
    };
    format!("{source} {sink}")
}

/// Lines, and what becomes of the secret.
const LINES: &[(&str, &[&str])] = &[
    // Nothing.
    ("npm ci", &[]),
    ("test -n \"$T\" && [ \"$T\" != x ] || exit 1", &[]),
    ("echo '$T' \\$T > /x", &[]),
    ("wc -c /run/secrets/t && sha256sum /run/secrets/t && [ -s /run/secrets/t ]", &[]),
    (": \"${T:?is missing}\" ${#T} ${T:+set}", &[]),
    ("T=x; echo $T", &[]),
    ("unset T; echo $T", &[]),
    // Scripts that are not read.
    ("bash -x ./build.sh", &["$T log, in a script"]),
    ("sh -ex build.sh $T", &["$T log, in a script", "$T argument"]),
    ("bash -o xtrace ./build.sh", &["$T log, in a script"]),
    ("bash ./build.sh -x", &[]),
    ("set -a; . /run/secrets/t; set +a; env > /x", &["t > /x", "$T > /x"]),
    ("unset T; set -a && source /run/secrets/t && printenv", &["t log, listed"]),
    // Into a file.
    ("echo \"//registry/:_authToken=$T\" > ~/.npmrc && npm ci", &["$T > /root/.npmrc"]),
    ("printf '%s' \"$T\" >> .npmrc", &["$T > /app/.npmrc"]),
    ("cat /run/secrets/t > /root/.netrc", &["t > /root/.netrc"]),
    ("cp /run/secrets/t /root/.ssh/id_rsa", &["t -> /root/.ssh/id_rsa"]),
    ("cp -a /run/secrets/t ./", &["t -> /app/t"]),
    ("install -m 600 /run/secrets/t /root/.pypirc", &["t -> /root/.pypirc"]),
    ("dd if=/run/secrets/t of=/k bs=1", &["t -> /k"]),
    ("cd /srv && cat < /run/secrets/t > key", &["t > /srv/key"]),
    ("TOKEN=$(cat /run/secrets/t) && echo $TOKEN > /x", &["t > /x"]),
    ("export A=`cat /run/secrets/t`; B=\"x$A\"; echo ${B%%y} > /x", &["t > /x"]),
    ("read -r A < /run/secrets/t; echo $A > /x", &["t > /x"]),
    ("while read -r line; do echo \"$line\" >> /x; done < /run/secrets/t", &["t > /x"]),
    ("cat /run/secrets/t | base64 -d | tee /x > /dev/null", &["t -> /x", "t > /dev/null apart"]),
    ("echo $T | tee -a /x", &["$T log", "$T -> /x"]),
    ("sed -i \"s/@TOKEN@/$T/\" /etc/app.conf", &["$T -> /etc/app.conf"]),
    ("sed \"s/@TOKEN@/$T/\" in > out", &["$T > /app/out"]),
    ("envsubst < settings.tpl > /root/.m2/settings.xml", &["$T > /root/.m2/settings.xml"]),
    ("envsubst '$OTHER' < a > b", &[]),
    ("jq --arg t \"$T\" '.auth=$t' a.json > b.json", &["$T > /app/b.json"]),
    ("cat > /root/.netrc <<EOF\npassword $T\nEOF", &["$T > /root/.netrc"]),
    ("cat > /root/.netrc <<'EOF'\npassword $T\nEOF", &[]),
    ("tee /x <<< \"$T\" >/dev/null", &["$T -> /x", "$T > /dev/null apart"]),
    ("tar czf /k.tgz -C / run/secrets /run/secrets/t", &["t -> /k.tgz"]),
    ("tar cf /k.tar -C / run/secrets/t", &["t -> /k.tar"]),
    ("tar cf /k.tar -C /run secrets/t", &["t -> /k.tar"]),
    ("gzip -c /run/secrets/t > /t.gz", &["t > /t.gz"]),
    ("{ echo a; echo $T; } > /x 2>&1", &["$T > /x"]),
    ("(umask 077; echo $T) > /x", &["$T > /x"]),
    ("if [ -n \"$T\" ]; then echo $T > /x; fi", &["$T > /x"]),
    ("for t in $T; do echo $t; done > /x", &["$T > /x"]),
    ("save() { echo \"$1\" > /x; }; save \"$T\"", &["$T > /x"]),
    ("sh -c \"echo $T > /x\"", &["$T > /x"]),
    ("bash -c 'echo \"$1\" > /x' _ \"$T\"", &["$T > /x"]),
    ("eval \"echo $T > /x\"", &["$T > /x"]),
    ("sudo -u app sh -c 'cat /run/secrets/t > /home/app/k'", &["t > /home/app/k"]),
    ("bash <<'E'\necho $T > /x\nnpm ci\nE", &["$T > /x"]),
    ("bash -x <<E\nuse $T\nE", &["$T argument", "$T log, traced"]),
    ("cat <<E | sh\necho $T > /x\nE", &["$T > /x"]),
    ("echo \"echo $T > /x\" | sh", &["$T > /x"]),
    (". /run/secrets/t && echo $ANYTHING > /x", &["t > /x"]),
    ("export $(cat /run/secrets/t | xargs) && echo $DB_PASSWORD > /x", &["t > /x"]),
    ("env > /env.txt", &["$T > /env.txt"]),
    ("D=/opt/x; mkdir -p $D && echo $T > $D/key", &["$T > /opt/x/key"]),
    ("echo $T > $UNKNOWN/key", &["$T > $UNKNOWN/key"]),
    ("mv /run/secrets/t /x", &["t -> /x"]),
    ("ln -s /run/secrets/t /root/.npmrc && npm ci", &[]),
    ("ln -s /run/secrets/t /k && cat /k > /x", &["t > /x"]),
    ("cat <(echo $T) > /x", &["$T > /x"]),
    ("echo $T > >(tee /x)", &["$T log", "$T -> /x"]),
    ("echo $T 3>&1 >&3 | cat > /x", &["$T > /x"]),
    ("ls /nothing $T 2>/x", &[]),
    // Removed again.
    ("echo $T > ~/.npmrc && npm ci && rm -f ~/.npmrc", &["$T > /root/.npmrc removed"]),
    ("echo $T > ~/.npmrc; npm ci; rm ~/.npmrc", &["$T > /root/.npmrc removed"]),
    ("set -e; echo $T > .npmrc; npm ci; rm -rf .npmrc node_modules/.cache", &["$T > /app/.npmrc removed"]),
    ("trap 'rm -f /k' EXIT; echo $T > /k; make", &["$T > /k removed"]),
    ("trap 'rm -f /k' ERR; echo $T > /k; make", &["$T > /k"]),
    ("echo $T > /k; make && rm /k; true", &["$T > /k removed?"]),
    ("echo $T > /k; make || rm /k", &["$T > /k removed?"]),
    ("echo $T > /k; if make; then rm /k; fi", &["$T > /k removed?"]),
    ("if [ -n \"$T\" ]; then echo $T > /k; make; rm /k; fi", &["$T > /k removed"]),
    ("mkdir /s && cp /run/secrets/t /s/t && use /s/t && rm -rf /s", &["t -> /s/t removed", "t file"]),
    ("echo $T > /k && : > /k", &["$T > /k removed"]),
    ("echo $T > /k && mv /k /l", &["$T -> /l", "$T > /k removed"]),
    ("echo $T > /tmp/k && rm -rf /tmp/*", &["$T > /tmp/k removed"]),
    ("echo $T > /k && shred -u /k", &["$T > /k removed"]),
    ("rm -f /k; echo $T > /k", &["$T > /k"]),
    ("for f in /a /b; do echo $T > $f; done; rm /a /b", &["$T > /a removed", "$T > /b removed"]),
    ("cleanup() { rm -f /k; }; trap cleanup EXIT; echo $T > /k", &["$T > /k removed"]),
    // Where nothing persists.
    ("echo $T > /scratch/k", &["$T > /scratch/k apart"]),
    ("echo $T > /cache/k", &["$T > /cache/k cached"]),
    ("echo $T > /scratch/in/k", &["$T > /scratch/in/k cached"]),
    ("echo $T > /cache/mem/k", &["$T > /cache/mem/k apart"]),
    ("echo $T > /cache2/k", &["$T > /cache2/k"]),
    (
        "cp /run/secrets/t ~/.gradle/gradle.properties && run",
        &["t -> /root/.gradle/gradle.properties cached"],
    ),
    ("cp /run/secrets/t /cache/k && run && rm /cache/k", &["t -> /cache/k removed"]),
    ("echo $T > /cache/k; if x; then rm /cache/k; fi", &["$T > /cache/k cached"]),
    ("gpg --batch --import /run/secrets/t", &["t file", "t =gpg=> /root/.gnupg"]),
    ("GNUPGHOME=/scratch gpg --import /run/secrets/t", &["t file", "t =gpg=> /scratch apart"]),
    ("gpg --batch --passphrase \"$T\" --detach-sign a.tar", &["$T argument"]),
    ("gpg -d /run/secrets/t", &["t log"]),
    ("pip-compile --index-url https://u:$T@h/s a.in", &["$T URL", "$T =pip-compile=> /app/requirements.txt"]),
    (
        "pip-compile --extra-index-url \"$(cat /run/secrets/t)\" -o r.txt",
        &["t argument", "t =pip-compile=> /app/r.txt"],
    ),
    ("pip-compile --no-emit-index-url -i https://u:$T@h/s a.in", &["$T URL"]),
    ("pip-compile a.in --pip-args \"--index-url https://u:$T@h/s\"", &["$T URL"]),
    ("HOME=/scratch npm config set //r/:_authToken $T", &["$T =npm=> /scratch/.npmrc apart", "$T argument"]),
    ("echo $T > /dev/null", &["$T > /dev/null apart"]),
    // Into the log.
    ("echo $T", &["$T log"]),
    ("cat /run/secrets/t", &["t log"]),
    ("echo \"using $T\" >&2", &["$T log"]),
    ("printenv", &["$T log, listed"]),
    ("env | sort", &["$T log, listed"]),
    ("printenv T", &["$T log"]),
    ("printenv HOME", &[]),
    ("export -p", &["$T log, listed"]),
    ("set", &["$T log, listed"]),
    ("set -x; curl -H \"X: $T\" u", &["$T argument", "$T log, traced"]),
    ("set -eux && A=$T && set +x && use \"$A\"", &["$T log, traced", "$T argument"]),
    ("set -o xtrace; [ -n \"$T\" ]", &["$T log, traced"]),
    ("bash -xc 'use $T'", &["$T argument", "$T log, traced"]),
    ("curl -v -H \"Authorization: Bearer $T\" https://x", &["$T argument", "$T log, verbose"]),
    ("curl -sSfL -u x:$T -o /f https://x", &["$T argument"]),
    ("head -c 4 /run/secrets/t", &["t log"]),
    ("echo $T | base64", &["$T log"]),
    ("grep -q x /run/secrets/t && grep x /run/secrets/t", &["t log"]),
    ("echo $(cat /run/secrets/t) > /dev/stderr", &["t log"]),
    ("use $(cat /run/secrets/t >&2)", &["t log"]),
    ("find /run/secrets -type f -exec cat {} +", &["t log"]),
    // To programs.
    ("npm publish --token=$T", &["$T argument"]),
    ("NPM_TOKEN=$T npm ci", &["$T environment"]),
    ("env NPM_TOKEN=$T npm ci", &["$T environment"]),
    ("export NPM_TOKEN=$(cat /run/secrets/t) && npm ci", &[]),
    ("mvn -s /run/secrets/t package", &["t file"]),
    ("psql < /run/secrets/t", &["t input"]),
    ("pip install --index-url https://u:$T@h/simple x", &["$T URL"]),
    ("pip install git+https://$T@github.com/o/r", &["$T URL"]),
    ("curl -H \"Authorization: Bearer $(cat /run/secrets/t)\" u | tar xz", &["t argument"]),
    ("timeout 5 use $T", &["$T argument"]),
    ("cat /run/secrets/t | xargs use", &["t argument"]),
    // git.
    ("git clone https://$T@github.com/o/r.git", &["$T =git=> /app/r/.git/config", "$T URL"]),
    ("git clone --depth 1 -b main https://x:${T}@h/o/r /src", &["$T =git=> /src/.git/config", "$T URL"]),
    (
        "git clone https://$T@h/o/r /src && rm -rf /src/.git",
        &["$T =git=> /src/.git/config removed", "$T URL"],
    ),
    (
        "git clone https://$T@h/o/r /s && git -C /s remote set-url origin https://h/o/r",
        &["$T =git=> /s/.git/config removed", "$T URL"],
    ),
    ("git -c http.extraheader=\"A: $T\" clone https://h/o/r", &["$T argument"]),
    (
        "git clone -c http.extraheader=\"A: $T\" https://h/o/r",
        &["$T =git=> /app/r/.git/config", "$T argument"],
    ),
    (
        "git config --global url.\"https://$T@github.com/\".insteadOf https://github.com/",
        &["$T =git=> /root/.gitconfig", "$T URL"],
    ),
    (
        "GIT_CONFIG_GLOBAL=/dev/null git config --global http.extraheader \"A: $T\"",
        &["$T =git=> /dev/null apart", "$T argument"],
    ),
    ("git config --system http.x \"$T\"", &["$T =git=> /etc/gitconfig", "$T argument"]),
    ("cd r && git remote add up https://$T@h/x", &["$T =git=> /app/r/.git/config", "$T URL"]),
    ("git -C /s config user.x $T", &["$T =git=> /s/.git/config", "$T argument"]),
    ("echo \"https://x:$T@h\" > ~/.git-credentials", &["$T > /root/.git-credentials"]),
    ("printf 'password=%s' $T | git credential approve", &["$T =git=> /root/.git-credentials", "$T input"]),
    ("git fetch https://$T@h/o/r", &["$T URL"]),
    (
        "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=url.https://$T@h/.insteadOf GIT_CONFIG_VALUE_0=https://h/ git clone https://h/o/r",
        &["$T environment"],
    ),
    // Tools that write it down.
    ("npm config set //r/:_authToken=$T", &["$T =npm=> /root/.npmrc", "$T argument"]),
    ("pnpm --prefix /x config set a $T", &["$T =npm=> /root/.npmrc", "$T argument"]),
    (
        "npm config set a $T && npm ci && npm config delete a",
        &["$T =npm=> /root/.npmrc removed", "$T argument"],
    ),
    ("NPM_CONFIG_USERCONFIG=/scratch/n npm config set a $T", &["$T =npm=> /scratch/n apart", "$T argument"]),
    ("yarn config set npmAuthToken $T", &["$T =yarn=> /app/.yarnrc.yml", "$T argument"]),
    ("pip config set global.index-url https://u:$T@h", &["$T =pip=> /root/.config/pip/pip.conf", "$T URL"]),
    ("poetry config http-basic.x u $T", &["$T =poetry=> /root/.config/pypoetry/auth.toml", "$T argument"]),
    (
        "aws configure set aws_secret_access_key $(cat /run/secrets/t)",
        &["t =aws=> /root/.aws/credentials", "t argument"],
    ),
    (
        "gcloud auth activate-service-account --key-file=/run/secrets/t",
        &["t =gcloud=> /root/.config/gcloud/credentials.db", "t file"],
    ),
    (
        "echo $T | docker login -u x --password-stdin r",
        &["$T =docker=> /root/.docker/config.json", "$T input"],
    ),
    ("docker --config /scratch login -p $T", &["$T =docker=> /scratch/config.json apart", "$T argument"]),
    (
        "skopeo login --authfile /a.json -p \"$T\" r && skopeo logout r",
        &["$T =podman=> /a.json removed", "$T argument"],
    ),
    ("composer config -g http-basic.x u $T", &["$T =composer=> /root/.composer/auth.json", "$T argument"]),
    ("bundle config set --global r u:$T", &["$T =bundle=> /root/.bundle/config", "$T argument"]),
    ("CARGO_HOME=/c cargo login $T", &["$T =cargo=> /c/credentials.toml", "$T argument"]),
    ("gh auth login --with-token < /run/secrets/t", &["t =gh=> /root/.config/gh/hosts.yml", "t input"]),
    ("echo root:$T | chpasswd", &["$T =chpasswd=> /etc/shadow", "$T input"]),
    ("dotnet nuget add source u -p $T", &["$T =dotnet=> /root/.nuget/NuGet/NuGet.Config", "$T argument"]),
    // What takes something back names it, and stores nothing.
    (
        "git config --global url.\"https://$T@h/\".insteadOf https://h/ && git config --global --remove-section url.\"https://$T@h/\"",
        &["$T =git=> /root/.gitconfig removed", "$T URL", "$T URL"],
    ),
    (
        "conda config --add channels https://h/t/$T/c && conda config --remove channels https://h/t/$T/c",
        &["$T =conda=> /root/.condarc removed", "$T URL", "$T URL"],
    ),
    // The public half of a key.
    ("openssl pkey -in /run/secrets/t -pubout -out /p", &[]),
    ("openssl req -new -key /run/secrets/t > /csr", &[]),
    ("openssl rsa -in /run/secrets/t -out /k", &["t -> /k"]),
    ("openssl rsa -in /run/secrets/t -noout -text", &["t log"]),
    ("kubectl config set-credentials x --token=$T", &["$T =kubectl=> /root/.kube/config", "$T argument"]),
];

#[test]
fn secrets_go_where_the_line_sends_them() {
    let mut wrong = Vec::new();
    for (line, expected) in LINES {
        let mut seen = flows(line);
        let mut expected: Vec<String> = expected.iter().map(|one| (*one).to_owned()).collect();
        seen.sort();
        expected.sort();
        if seen != expected {
            wrong.push(format!("{line}\n  expected {expected:?}\n  seen     {seen:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_store_prints_is_followed_too() {
    assert_eq!(flows("vault kv get secret/app > /etc/app.json"), ["`vault kv get` > /etc/app.json"]);
    assert_eq!(flows("A=$(pass show ci) && echo \"a=$A\" > /a; rm /a"), ["`pass show` > /a removed"]);
    assert_eq!(flows("op read op://a/b"), ["`op read` log"]);
    assert!(flows("vault status > /a").is_empty());
    assert!(flows("vault read -field=certificate pki/cert/ca > /ca.pem").is_empty());
}

#[test]
fn every_row_of_the_table_is_reached_by_a_call_that_fits_it() {
    for tool in Tool::all() {
        let words: Vec<&str> = tool
            .call
            .split(' ')
            .map(|token| token.split('|').next().unwrap_or(token).trim_end_matches('*'))
            .collect();
        let value = if tool.writes.starts_with("-f") { " /x" } else { "" };
        let line = format!("{}{value} https://u:$T@h/x", words.join(" "));
        let effects = Effects::of(&Script::parse_str(&line), &setting());
        let kept = effects
            .flows
            .iter()
            .any(|flow| matches!(&flow.sink, Sink::Stored(stored) if stored.by == Writer::Tool(tool)));
        assert!(kept, "{line}: {:?}", effects.flows);
    }
}

#[test]
fn a_flow_tells_its_place_and_its_way() {
    let line = "A=$(cat /run/secrets/t) && B=\"x $A\" && echo \"$B\" > /x";
    let effects = Effects::of(&Script::parse_str(line), &setting());
    let flow = &effects.flows[0];
    assert_eq!(&line[flow.span.range()], "$B");
    assert_eq!(&line[flow.command.range()], "echo \"$B\" > /x");
    assert_eq!(flow.via, ["/run/secrets/t", "A", "B"]);
    let Sink::Stored(stored) = &flow.sink else { panic!() };
    assert_eq!(&line[stored.at.range()], "> /x");
}

#[test]
fn what_is_written_removed_and_copied_is_told_with_or_without_a_secret() {
    let line = "curl -o /a u && cp /a /b && cd /c && echo x > d && rm -rf e* /a && touch f && find . -name '*.pem' -delete";
    let effects = Effects::of(&Script::parse_str(line), &setting());
    let paths = |touches: &[tightlip_dockerfile::flow::Touch]| {
        touches.iter().map(|one| one.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(paths(&effects.writes), ["/a", "/b", "/c/d", "/c/f"]);
    assert_eq!(paths(&effects.removes), ["/c/e*", "/a", "/c/**/*.pem"]);
    assert_eq!((effects.copies[0].from.as_str(), effects.copies[0].to.as_str()), ("/a", "/b"));
    assert_eq!(effects.flows, []);
}

#[test]
fn the_uses_of_a_variable_are_told() {
    let script = Script::parse_str(
        "[ -n \"$T\" ] && A=$T x \"$T\" > \"$T\" <<E\n$T\nE\nsh -c \"y $T\"\nfor i in $T; do :; done; case $T in a) ;; esac",
    );
    let roles: Vec<Role> = uses(&script, "T").iter().map(|one| one.role).collect();
    assert_eq!(
        roles,
        [
            Role::Condition,
            Role::Value,
            Role::Argument,
            Role::Target,
            Role::Input,
            Role::Argument,
            Role::Loop,
            Role::Condition
        ]
    );
}

#[test]
fn the_mounts_of_a_run_are_its_setting() {
    let source = "FROM a\nRUN --mount=type=secret,id=npm,target=/root/.npmrc --mount=type=secret,id=T,env=T \
                  --mount=type=tmpfs,target=/t --mount=type=secret,id=k \
                  cat /root/.npmrc >/t/a && echo $T >/t/b && cp /run/secrets/k /k\n";
    let document = Document::parse(source);
    let instruction = &document.instructions()[1];
    assert!(matches!(instruction.kind, Kind::Run(_)));
    let script = Script::of(instruction, &Interpreter::Posix).unwrap();
    let effects = Effects::of(&script, &Setting::default().mounts(instruction.mounts()));
    let seen: Vec<String> = effects.flows.iter().map(flow).collect();
    assert_eq!(seen, ["/root/.npmrc > /t/a apart", "$T > /t/b apart", "k -> /k"]);
    assert_eq!(document.text(effects.flows[1].span), "$T");
}

#[test]
fn the_dockerfile_tells_the_setting() {
    let source = "FROM a AS b\nENV HOME=/h NPM_CONFIG_USERCONFIG=/n\nWORKDIR /app\nFROM b\nARG D=sub\nWORKDIR $D\nUSER app\n\
                  RUN --mount=type=tmpfs,target=$D/t --mount=type=secret,id=x,target=/s/$D x\nFROM scratch\nUSER 1000\n\
                  RUN x\nFROM a\nRUN x\nUSER app:app\nRUN x\n";
    let document = Document::parse(source);
    let scopes = Scopes::of(&document, Default::default());
    let runs = (0..document.instructions().len())
        .filter(|index| matches!(document.instructions()[*index].kind, Kind::Run(_)));
    let settings: Vec<Setting> = runs.map(|index| Setting::at(&document, &scopes, index)).collect();
    let first = &settings[0];
    assert_eq!((first.workdir.as_str(), first.home.as_str()), ("/app/sub", "/h"));
    assert_eq!(first.values["NPM_CONFIG_USERCONFIG"], "/n");
    assert!(first.scratch.contains("/app/sub/sub/t") && first.files.contains("/s/sub"));
    let places = |at: usize| (settings[at].workdir.as_str(), settings[at].home.as_str());
    assert_eq!((places(1), places(2), places(3)), (("/", "/"), ("$PWD", "/root"), ("$PWD", "/home/app")));
    let script = Script::parse_str("echo $T > a && cd / && echo $T > b");
    let effects = Effects::of(&script, &settings[2].clone().variable("T"));
    assert_eq!(effects.flows.iter().map(flow).collect::<Vec<_>>(), ["$T > $PWD/a", "$T > /b"]);
}

#[test]
fn a_shell_that_traces_from_the_start_shows_values() {
    for (source, traced) in [
        ("FROM a\nSHELL [\"bash\", \"-exc\"]\nRUN use $T\n", true),
        ("FROM a\nSHELL [\"bash\", \"-ec\"]\nRUN use $T\n", false),
        ("FROM a\nRUN <<E\n#!/bin/sh -x\nuse $T\nE\n", true),
    ] {
        let document = Document::parse(source);
        let scopes = Scopes::of(&document, Default::default());
        let last = document.instructions().len() - 1;
        let script = Script::of(&document.instructions()[last], &Interpreter::Posix).unwrap();
        let effects = Effects::of(&script, &Setting::at(&document, &scopes, last).variable("T"));
        let seen = effects.flows.iter().any(|flow| flow.sink == Sink::Log(Shown::Traced));
        assert_eq!(seen, traced, "{source}");
    }
}

#[test]
fn a_function_that_calls_itself_is_followed_and_left() {
    assert_eq!(flows("f() { echo \"$1\" > /x; f \"$2\"; }; f a \"$T\""), ["$T > /x"]);
}

#[test]
fn a_script_that_repeats_itself_without_end_is_given_up_and_that_is_told() {
    let mut line = String::from("f0() { :; }\n");
    for number in 1..40 {
        line += &format!("f{number}() {{ f{}; f{}; }}\n", number - 1, number - 1);
    }
    line += "f39";
    let effects = Effects::of(&Script::parse_str(&line), &setting());
    assert!(effects.unfinished.is_some());
}
