//! Fixes turn build arguments into secret mounts, in the idiom of each ecosystem, or say why they cannot.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use tightlip_engine::IdentityKey;
use tightlip_engine::lint::{Apply, Fixed, Input, LintRequest, Linted, Safety, fixed, lint, mend};

fn linted(text: &str) -> Linted {
    let input = Input::Text { name: "Dockerfile".to_owned(), path: None, bytes: text.as_bytes().to_vec() };
    lint(&LintRequest::new(vec![input], IdentityKey::new([5; 32]))).unwrap()
}

fn mended(text: &str) -> (String, Fixed) {
    let linted = linted(text);
    let result = fixed(&linted.files, &linted.fixes, Apply::Unsafe);
    let text = result.changes.first().map_or(text, |change| change.text.as_str()).to_owned();
    (text, result)
}

/// The steps of a Dockerfile that takes `T` and runs this.
fn step(run: &str) -> String {
    let (text, result) = mended(&format!("FROM x\nARG NPM_TOKEN\nRUN {run}\n"));
    assert_eq!(result.refused, [], "{run}");
    text.strip_prefix("FROM x\nRUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true ")
        .unwrap_or_else(|| panic!("{run} became {text}"))
        .trim_end()
        .to_owned()
}

fn refusal(text: &str) -> String {
    let (after, result) = mended(text);
    assert_eq!(after, text, "nothing changes");
    result.refused.first().unwrap_or_else(|| panic!("it is refused: {text}")).1.clone()
}

#[test]
fn an_argument_becomes_a_mount_of_the_steps_that_need_it() {
    let before = "FROM node:22 AS build\n# the token of the registry\nARG NPM_TOKEN\nWORKDIR /app\nCOPY . .\n\
        RUN npm ci\nRUN echo done\nRUN --mount=type=cache,target=/c curl -H \"X: $NPM_TOKEN\" u\n";
    let (after, result) = mended(before);
    assert_eq!(
        after,
        "FROM node:22 AS build\n# the token of the registry\nWORKDIR /app\nCOPY . .\n\
        RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci\nRUN echo done\n\
        RUN --mount=type=cache,target=/c --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true curl -H \"X: $NPM_TOKEN\" u\n"
    );
    assert_eq!(result.applied.len(), 1);
    let again = mended(&after);
    assert_eq!((again.0.as_str(), again.1.applied.len()), (after.as_str(), 0));
}

#[test]
fn a_step_that_asks_whether_there_is_a_value_does_without() {
    let (after, _) = mended("FROM x\nARG NPM_TOKEN\nRUN if [ -n \"$NPM_TOKEN\" ]; then npm ci; fi\n");
    assert!(after.contains("env=NPM_TOKEN if ["), "{after}");
}

#[test]
fn one_name_of_several_goes_alone() {
    let (after, _) = mended("FROM x\nARG A=1 NPM_TOKEN B=2\nRUN npm ci $A\n");
    assert!(after.starts_with("FROM x\nARG A=1 B=2\nRUN --mount"), "{after}");
}

#[test]
fn a_variable_that_copies_the_argument_goes_too_after_a_look() {
    let text = "FROM x\nARG NPM_TOKEN\nENV NODE_AUTH_TOKEN=${NPM_TOKEN} A=b\nRUN npm ci\n";
    let found = linted(text);
    assert!(found.fixes.iter().any(|fix| fix.safety == Safety::Unsafe));
    assert_eq!(
        mended(text).0,
        "FROM x\nENV A=b\nRUN --mount=type=secret,id=NPM_TOKEN,env=NODE_AUTH_TOKEN,required=true \
        --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci\n"
    );
}

/// A step before and after.
const IDIOMS: &[(&str, &str)] = &[
    (
        r#"echo "//registry.npmjs.org/:_authToken=${NPM_TOKEN}" > .npmrc && npm ci"#,
        r#"echo '//registry.npmjs.org/:_authToken=${NPM_TOKEN}' > .npmrc && npm ci"#,
    ),
    (
        r#"npm config set //registry.npmjs.org/:_authToken=$NPM_TOKEN && npm ci"#,
        r#"npm config set '//registry.npmjs.org/:_authToken=${NPM_TOKEN}' && npm ci"#,
    ),
    (r#"yarn config set npmAuthToken "$NPM_TOKEN""#, r#"yarn config set npmAuthToken '${NPM_TOKEN}'"#),
    (
        r#"pip config set global.extra-index-url https://u:$NPM_TOKEN@pypi.example/simple && pip install x"#,
        r#"export PIP_EXTRA_INDEX_URL="https://u:$NPM_TOKEN@pypi.example/simple" && pip install x"#,
    ),
    (
        r#"poetry config http-basic.my-repo user "$NPM_TOKEN" && poetry install"#,
        r#"export POETRY_HTTP_BASIC_MY_REPO_USERNAME=user POETRY_HTTP_BASIC_MY_REPO_PASSWORD="$NPM_TOKEN" && poetry install"#,
    ),
    (
        r#"cargo login --registry my-reg $NPM_TOKEN && cargo build"#,
        r#"export CARGO_REGISTRIES_MY_REG_TOKEN="$NPM_TOKEN" && cargo build"#,
    ),
    (
        r#"bundle config set --global gems.example.com user:$NPM_TOKEN && bundle install"#,
        r#"export BUNDLE_GEMS__EXAMPLE__COM="user:$NPM_TOKEN" && bundle install"#,
    ),
    (
        r#"composer config -g github-oauth.github.com $NPM_TOKEN && composer install"#,
        r#"export COMPOSER_AUTH="{\"github-oauth\":{\"github.com\":\"$NPM_TOKEN\"}}" && composer install"#,
    ),
    (
        r#"dotnet nuget add source https://n.example/v3 -n priv -u me -p $NPM_TOKEN --store-password-in-clear-text && dotnet restore"#,
        r#"export NuGetPackageSourceCredentials_priv="Username=me;Password=$NPM_TOKEN" && dotnet nuget add source https://n.example/v3 -n priv && dotnet restore"#,
    ),
    (
        r#"echo "<password>$NPM_TOKEN</password>" > /root/.m2/settings.xml && mvn package"#,
        r#"echo '<password>${env.NPM_TOKEN}</password>' > /root/.m2/settings.xml && mvn package"#,
    ),
    (
        r#"echo "repoPassword=$NPM_TOKEN" >> ~/.gradle/gradle.properties && gradle build"#,
        r#"export ORG_GRADLE_PROJECT_repoPassword="$NPM_TOKEN" && gradle build"#,
    ),
    (
        r#"git clone https://x:$NPM_TOKEN@github.com/o/r.git /src"#,
        r#"GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.https://x:$NPM_TOKEN@github.com/.insteadOf" GIT_CONFIG_VALUE_0=https://github.com/ git clone https://github.com/o/r.git /src"#,
    ),
    (
        r#"git config --global url."https://$NPM_TOKEN@github.com/".insteadOf "https://github.com/" && go mod download"#,
        r#"export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=url."https://$NPM_TOKEN@github.com/".insteadOf GIT_CONFIG_VALUE_0="https://github.com/" && go mod download"#,
    ),
    // What the step takes back itself stays as it is.
    (
        r#"git config --global url."https://$NPM_TOKEN@h/".insteadOf https://h/ && go mod download && git config --global --remove-section url."https://$NPM_TOKEN@h/""#,
        r#"git config --global url."https://$NPM_TOKEN@h/".insteadOf https://h/ && go mod download && git config --global --remove-section url."https://$NPM_TOKEN@h/""#,
    ),
    (
        r#"conda config --add channels https://h/t/$NPM_TOKEN/c && conda install x && conda config --remove channels https://h/t/$NPM_TOKEN/c"#,
        r#"conda config --add channels https://h/t/$NPM_TOKEN/c && conda install x && conda config --remove channels https://h/t/$NPM_TOKEN/c"#,
    ),
    // Tracing would show the value in the log.
    (r#"set -eux; curl -H "X: $NPM_TOKEN" https://h"#, r#"set -eu; curl -H "X: $NPM_TOKEN" https://h"#),
    (r#"set -x && npm ci --t=$NPM_TOKEN"#, r#"set +x && npm ci --t=$NPM_TOKEN"#),
    (
        r#"set -o xtrace -o pipefail; npm ci --t=$NPM_TOKEN"#,
        r#"set +o xtrace -o pipefail; npm ci --t=$NPM_TOKEN"#,
    ),
    (r#"set -ex; npm ci"#, r#"set -ex; npm ci"#),
    (
        r#"aws configure set aws_secret_access_key "$NPM_TOKEN" && aws s3 cp s3://b/k ."#,
        r#"export AWS_SECRET_ACCESS_KEY="$NPM_TOKEN" && aws s3 cp s3://b/k ."#,
    ),
    (
        r#"go env -w GOPROXY=https://u:$NPM_TOKEN@proxy.example && go mod download"#,
        r#"export GOPROXY="https://u:$NPM_TOKEN@proxy.example" && go mod download"#,
    ),
    (
        r#"uv auth login pypi.example --token $NPM_TOKEN && uv sync --frozen"#,
        r#"uv auth login pypi.example --token $NPM_TOKEN && uv sync --frozen && uv auth logout pypi.example"#,
    ),
    (
        r#"echo "$NPM_TOKEN" | gh auth login --with-token && gh release download -R o/r"#,
        r#"export GH_TOKEN="$NPM_TOKEN" && gh release download -R o/r"#,
    ),
    (
        r#"printf '%s' $NPM_TOKEN | gh auth login --hostname git.example --with-token && gh release download -R o/r"#,
        r#"export GH_HOST=git.example GH_ENTERPRISE_TOKEN="$NPM_TOKEN" && gh release download -R o/r"#,
    ),
    (
        r#"echo "$NPM_TOKEN" > /tmp/key.json && gcloud auth activate-service-account --key-file=/tmp/key.json && gsutil cp gs://b/k ."#,
        r#"echo "$NPM_TOKEN" > /tmp/key.json && export CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE=/tmp/key.json && gsutil cp gs://b/k . && rm -f /tmp/key.json"#,
    ),
    (
        r#"huggingface-cli login --token $NPM_TOKEN && python get.py"#,
        r#"export HF_TOKEN="$NPM_TOKEN" && python get.py"#,
    ),
    (
        r#"echo "machine h login u password $NPM_TOKEN" > ~/.netrc && curl -n https://h/x -o /x"#,
        r#"echo "machine h login u password $NPM_TOKEN" > ~/.netrc && curl -n https://h/x -o /x && rm -f ~/.netrc"#,
    ),
    (
        r#"wget --header="Authorization: Bearer $NPM_TOKEN" https://h/x"#,
        r#"wget --header="Authorization: Bearer $NPM_TOKEN" https://h/x"#,
    ),
];

#[test]
fn each_ecosystem_has_its_idiom() {
    for (before, after) in IDIOMS {
        assert_eq!(step(before), *after);
    }
}

#[test]
fn what_cannot_be_right_is_refused_with_its_reason() {
    for (text, why) in [
        ("ARG REG_TOKEN\nFROM registry.example/$REG_TOKEN/x\nRUN true\n", "FROM uses it"),
        ("FROM x\nARG NPM_TOKEN\nCOPY $NPM_TOKEN /x\n", "COPY uses it"),
        (
            "FROM x\nARG NPM_TOKEN\nENV NPM_TOKEN=$NPM_TOKEN\nCMD run --token $NPM_TOKEN\n",
            "CMD needs it when the container runs",
        ),
        (
            "FROM x\nARG NPM_TOKEN\nENV AUTH_TOKEN=${NPM_TOKEN}-$KIND\nRUN npm ci\n",
            "is made of it and of other text",
        ),
        ("# escape=`\nFROM x\nARG NPM_TOKEN\nRUN npm ci\n", "without that line it is none"),
        ("# syntax=docker/dockerfile:1.1\nFROM x\nARG NPM_TOKEN\nRUN npm ci\n", "came with 1.2"),
        ("FROM x\nARG NPM_TOKEN\nSHELL [\"pwsh\", \"-c\"]\nRUN npm ci\n", "Windows"),
        ("FROM x\nARG NPM_TOKEN\nONBUILD RUN npm ci --token=$NPM_TOKEN\n", "another build"),
        ("FROM x\nARG NPM_TOKEN\nRUN docker login -u u -p $NPM_TOKEN r.example\n", "stays in the layer"),
        (
            "FROM x\nARG NPM_TOKEN\nRUN pip config set global.index-url https://$NPM_TOKEN@p/s; true\nRUN pip install x\n",
            "stays in the layer",
        ),
    ] {
        let said = refusal(text);
        assert!(said.contains(why), "{text}: {said}");
    }
}

#[test]
fn a_default_is_taken_out_after_a_look() {
    let text = format!("FROM x\nARG NPM_TOKEN=npm_{}\nRUN npm ci\n", "Ab3".repeat(12));
    let linted = linted(&text);
    assert!(linted.fixes.iter().all(|fix| fix.safety == Safety::Unsafe), "{:?}", linted.fixes);
    let (after, result) = mended(&text);
    assert_eq!(
        after, "FROM x\nRUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci\n",
        "{result:?}"
    );
    assert!(result.applied[0].contains("rotate it"), "{result:?}");
    let env = format!("FROM x\nENV NPM_TOKEN=npm_{}\nRUN npm ci\n", "Ab3".repeat(12));
    assert!(refusal(&env).contains("stands in ENV"));
}

#[test]
fn fixes_of_the_same_lines_take_turns_until_nothing_is_left() {
    let text = "FROM x\nARG NPM_TOKEN\nARG GH_TOKEN\nRUN npm ci --a=$NPM_TOKEN && curl -H \"X: $GH_TOKEN\" https://h/x\n";
    let request = |text: &str| {
        let input =
            Input::Text { name: "Dockerfile".to_owned(), path: None, bytes: text.as_bytes().to_vec() };
        LintRequest::new(vec![input], IdentityKey::new([5; 32]))
    };
    let all = mend(&request(text), Apply::Unsafe).unwrap();
    assert_eq!((all.applied.len(), all.postponed.len(), all.files.len()), (2, 0, 1), "{:?}", all.refused);
    let after = &all.files[0].after;
    assert!(!after.contains("ARG") && after.matches("--mount=type=secret").count() == 2, "{after}");
    assert_eq!(all.after().report.findings.len(), 0, "{:?}", all.after().report.findings);
    assert_eq!(mend(&request(after), Apply::Unsafe).unwrap().files, [], "twice is once");
}

#[test]
fn an_argument_that_no_step_uses_is_taken_out_after_a_look() {
    let text = "FROM x\nARG NPM_TOKEN\nRUN apk add curl\n";
    assert_eq!(mended(text).0, "FROM x\nRUN apk add curl\n");
    let safe = fixed(&linted(text).files, &linted(text).fixes, Apply::Safe);
    assert!(safe.changes.is_empty());
}

#[test]
fn what_the_project_runs_gets_a_secret_that_no_step_names() {
    let text = "FROM x\nARG FONTS_TOKEN\nRUN apk add git\nRUN ./build.sh && make\n";
    assert_eq!(
        mended(text).0,
        "FROM x\nRUN apk add git\nRUN --mount=type=secret,id=FONTS_TOKEN,env=FONTS_TOKEN,required=true ./build.sh && make\n"
    );
    assert!(linted(text).fixes.iter().all(|fix| fix.safety == Safety::Unsafe));
}

#[test]
fn tools_get_the_variable_that_their_manual_names() {
    for (name, step) in [
        ("EXPO_TOKEN", "eas build --non-interactive"),
        ("TF_TOKEN_app_terraform_io", "terraform init"),
        ("SNYK_TOKEN", "npx snyk test"),
        ("ACME_TOKEN", "some-tool deploy"),
    ] {
        let text = format!("FROM x\nARG {name}\nRUN apk add git\nRUN {step}\nCOPY . .\n");
        assert_eq!(
            mended(&text).0,
            format!(
                "FROM x\nRUN apk add git\nRUN --mount=type=secret,id={name},env={name},required=true {step}\nCOPY . .\n"
            )
        );
    }
    let python = "FROM x\nARG ACME_TOKEN\nRUN <<EOF\n#!/usr/bin/env python3\nimport a\nEOF\n";
    assert!(refusal(python).contains("not understood"), "it may read its environment");
}

#[test]
fn what_is_made_of_the_secret_is_made_in_the_steps_that_may_read_it() {
    let mount = "--mount=type=secret,id=FEED_TOKEN,env=FEED_TOKEN,required=true";
    let text = "FROM x\nARG FEED_TOKEN\nENV FEEDS=\"{\\\"k\\\":\\\"$FEED_TOKEN\\\"}\" A=b\nRUN apk add git\nRUN make\n";
    let (after, fixed) = mended(text);
    assert_eq!(
        after,
        format!(
            "FROM x\nENV A=b\nRUN apk add git\nRUN {mount} export FEEDS=\"{{\\\"k\\\":\\\"${{FEED_TOKEN}}\\\"}}\" && make\n"
        ),
        "{:?}",
        fixed.refused
    );
    // The argument is seen to be read; that the variable is not does not mean that nobody does.
    let text = "FROM x\nARG NPM_TOKEN\nENV AUTH_TOKEN=Bearer-$NPM_TOKEN\nRUN npm ci\n";
    assert!(mended(text).0.contains("export AUTH_TOKEN=\"Bearer-${NPM_TOKEN}\" && npm ci"));
    let text = "FROM x\nARG NPM_TOKEN\nENV AUTH_TOKEN=Bearer-$NPM_TOKEN\nRUN [\"npm\", \"ci\"]\n";
    assert!(refusal(text).contains("no place for that"));
}

#[test]
fn what_is_written_as_a_name_is_filled_in_by_later_steps() {
    let mount = "--mount=type=secret,id=FONTS_TOKEN,env=FONTS_TOKEN,required=true";
    for (write, read) in [
        ("echo '//r.example/:_authToken=${FONTS_TOKEN}' > .npmrc", "npm ci"),
        (
            "git config --global credential.helper '!f() { echo \"password=$FONTS_TOKEN\"; }; f'",
            "git clone https://h/r",
        ),
    ] {
        let text = format!("FROM x\nARG FONTS_TOKEN\nRUN {write}\nRUN apk add git\nRUN {read}\n");
        assert_eq!(
            mended(&text).0,
            format!("FROM x\nRUN {mount} {write}\nRUN apk add git\nRUN {mount} {read}\n")
        );
    }
}

#[test]
fn an_old_frontend_reads_the_file_in_the_script_itself() {
    let text =
        "# syntax=docker/dockerfile:1.7\nFROM x\nARG NPM_TOKEN\nUSER 1000\nRUN <<EOF\nset -e\nnpm ci\nEOF\n";
    assert_eq!(
        mended(text).0,
        "# syntax=docker/dockerfile:1.7\nFROM x\nUSER 1000\nRUN --mount=type=secret,id=NPM_TOKEN,uid=1000,required <<EOF\n\
        export NPM_TOKEN=\"$(cat /run/secrets/NPM_TOKEN)\"\nset -e\nnpm ci\nEOF\n"
    );
    let named =
        "# syntax=docker/dockerfile:1.7\nFROM x\nARG NPM_TOKEN\nRUN <<EOF\n#!/bin/bash\nnpm ci\nEOF\n";
    assert!(mended(named).0.contains("#!/bin/bash\nexport NPM_TOKEN="), "{}", mended(named).0);
}

/// Steps that write a secret down for later ones, and what becomes of them.
const CARRIED: &[(&str, &str)] = &[
    // Git takes its settings from variables as well.
    (
        "RUN apk add git && git config --global url.\"https://$GH_TOKEN@github.com/\".insteadOf https://github.com/\n\
        RUN go mod download\nRUN make -j4\n",
        "RUN apk add git\n\
        RUN MOUNT export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=url.\"https://$GH_TOKEN@github.com/\".insteadOf \
        GIT_CONFIG_VALUE_0=https://github.com/ && go mod download\n\
        RUN MOUNT export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=url.\"https://$GH_TOKEN@github.com/\".insteadOf \
        GIT_CONFIG_VALUE_0=https://github.com/ && make -j4\n",
    ),
    // A file is written, read and removed in one step.
    (
        "RUN echo \"machine h login u password $GH_TOKEN\" > ~/.netrc && chmod 600 ~/.netrc\nCOPY . .\n\
        RUN go mod download\nRUN rm ~/.netrc\n",
        "COPY . .\n\
        RUN MOUNT echo \"machine h login u password $GH_TOKEN\" > ~/.netrc && chmod 600 ~/.netrc && go mod download \
        && rm -f ~/.netrc\n",
    ),
    // So is one that a step names, and what prepares its directory goes along.
    (
        "RUN apk add x && mkdir -p /etc/vault && echo $GH_TOKEN > /etc/vault/pass && apk del x\n\
        RUN ansible-playbook --vault-password-file /etc/vault/pass site.yml\n",
        "RUN apk add x && apk del x\n\
        RUN MOUNT mkdir -p /etc/vault && echo $GH_TOKEN > /etc/vault/pass && ansible-playbook --vault-password-file \
        /etc/vault/pass site.yml && rm -f /etc/vault/pass\n",
    ),
];

#[test]
fn what_is_written_for_later_steps_goes_to_those_that_read_it() {
    for (before, after) in CARRIED {
        let mount = "--mount=type=secret,id=GH_TOKEN,env=GH_TOKEN,required=true";
        let text = format!("FROM x\nARG GH_TOKEN\n{before}");
        let (result, fixed) = mended(&text);
        assert_eq!(result, format!("FROM x\n{after}").replace("MOUNT", mount), "{:?}", fixed.refused);
        assert_eq!(linted(&result).report.findings, [], "{result}");
        assert_eq!(mended(&result).0, result);
    }
}

#[test]
fn a_tool_that_fills_in_a_name_gets_the_variable_in_later_steps_too() {
    let text = "FROM node:22\nARG FONTS_TOKEN\nRUN npm config set //r.example/:_authToken=$FONTS_TOKEN\nRUN npm ci\nRUN true\n";
    let mount = "--mount=type=secret,id=FONTS_TOKEN,env=FONTS_TOKEN,required=true";
    assert_eq!(
        mended(text).0,
        format!(
            "FROM node:22\nRUN {mount} npm config set '//r.example/:_authToken=${{FONTS_TOKEN}}'\nRUN {mount} npm ci\nRUN true\n"
        )
    );
}

#[test]
fn what_nobody_is_seen_to_read_is_not_removed_at_once() {
    for step in ["echo $GH_TOKEN > /etc/token", "echo $GH_TOKEN > /etc/token && chmod 400 /etc/token"] {
        assert!(
            refusal(&format!("FROM x\nARG GH_TOKEN\nRUN {step}\nRUN true\n")).contains("in the same step")
        );
    }
    // A directory that a later script may read.
    let text = "FROM x\nARG GH_TOKEN\nRUN echo $GH_TOKEN > /srv/.netrc\nRUN ./run.sh\n";
    assert!(refusal(text).contains("stays in the layer"));
}

#[test]
fn what_is_published_stays() {
    let text = format!(
        "FROM node:22 AS build\nARG NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY=pk_live_{}\n\
        ENV NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY=$NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY\nRUN npm run build\nFROM nginx\n",
        "Q1w2E3r4T5y6U7i8O9p0A1s2"
    );
    let (after, fixed) = mended(&text);
    assert_eq!((after.as_str(), fixed.refused.len()), (text.as_str(), 0));
}

/// The text after all rounds, and what was not fixed.
fn through(text: &str, which: Apply) -> (String, Vec<(String, String)>) {
    let input = Input::Text { name: "Dockerfile".to_owned(), path: None, bytes: text.as_bytes().to_vec() };
    let mended = mend(&LintRequest::new(vec![input], IdentityKey::new([5; 32])), which).unwrap();
    let after = mended.files.first().map_or(text, |file| file.after.as_str()).to_owned();
    (after, mended.refused)
}

#[test]
fn what_goes_from_one_instruction_is_decided_together() {
    let mounts = "--mount=type=secret,id=A_TOKEN,env=A_TOKEN,required=true --mount=type=secret,id=B_TOKEN,env=B_TOKEN,required=true";
    for (declared, left) in [
        ("ARG A_TOKEN B_TOKEN\n", ""),
        ("ARG A_TOKEN V=1 B_TOKEN\n", "ARG V=1\n"),
        ("ARG A_TOKEN \\\n    # second\n    B_TOKEN\n", "# second\n"),
        (
            "ARG A_TOKEN \\\n    # second\n    B_TOKEN \\\n    # third\n    V=1\n",
            "ARG \\\n    # second\n    # third\n    V=1\n",
        ),
        (
            "ARG V=1 \\\n    # first\n    A_TOKEN \\\n    # second\n    B_TOKEN\n",
            "ARG V=1\n    # first\n    # second\n",
        ),
        (
            "ARG A_TOKEN \\\n    # second\n    V=1 \\\n    # third\n    B_TOKEN\n",
            "ARG \\\n    # second\n    V=1\n    # third\n",
        ),
        ("ARG A_TOKEN B_TOKEN \\\n    V=1\n", "ARG \\\n    V=1\n"),
        ("ARG A_TOKEN\nARG B_TOKEN\nENV A_TOKEN=$A_TOKEN B_TOKEN=$B_TOKEN\n", ""),
        (
            "ARG A_TOKEN B_TOKEN\nENV V=1 \\\n  # c\n  A_TOKEN=$A_TOKEN \\\n\n  B_TOKEN=$B_TOKEN\n",
            "ENV V=1\n  # c\n",
        ),
    ] {
        let text = format!("FROM x\n{declared}RUN echo $A_TOKEN $B_TOKEN | wc -c > /proof\nRUN cat /proof\n");
        let (after, refused) = through(&text, Apply::Unsafe);
        let sorted = after.replace(
            "--mount=type=secret,id=B_TOKEN,env=B_TOKEN,required=true --mount=type=secret,id=A_TOKEN,env=A_TOKEN,required=true",
            mounts,
        );
        let expected =
            format!("FROM x\n{left}RUN {mounts} echo $A_TOKEN $B_TOKEN | wc -c > /proof\nRUN cat /proof\n");
        assert_eq!((sorted, refused), (expected, Vec::new()), "{declared}");
    }
}

#[test]
fn old_frontends_read_several_secrets_one_after_the_other() {
    let text = "# syntax=docker/dockerfile:1.4\nFROM x\nARG A_TOKEN\nARG B_TOKEN\nRUN echo $A_TOKEN $B_TOKEN | wc -c\n";
    let (after, refused) = through(text, Apply::Unsafe);
    assert_eq!(refused, []);
    let run = after.lines().last().unwrap();
    let (flags, script) = run.split_at(run.find(" export ").unwrap());
    assert_eq!((flags.matches("--mount=").count(), script.matches("--mount=").count()), (2, 0), "{run}");
    assert_eq!(script.matches("export ").count(), 2, "{run}");
}

#[test]
fn what_a_linker_writes_into_the_program_is_not_mended_by_a_mount() {
    let why = refusal(
        "FROM golang:1.23\nARG APP_SECRET\nRUN go build -ldflags \"-X main.s=$APP_SECRET\" -o /app .\n",
    );
    assert!(why.contains("a step would still compile it into the program"), "{why}");
    let (after, result) = mended(
        "FROM golang:1.23\nARG APP_SECRET\nRUN go build -ldflags \"-s -w\" -o /app . && curl -H \"X: $APP_SECRET\" u\n",
    );
    assert_eq!((result.refused, after.contains("ARG")), (vec![], false), "{after}");
}

#[test]
fn a_step_that_needs_what_it_sets_up_keeps_it_when_later_ones_get_it_too() {
    let config =
        "git config --global url.\"https://x:${NPM_TOKEN}@github.com/\".insteadOf \"https://github.com/\"";
    let mount = "RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true export GIT_CONFIG_COUNT=1";
    let steps = |first: &str| {
        let (after, result) =
            mended(&format!("FROM golang:1.23\nARG NPM_TOKEN\nRUN {first}\nRUN go build ./...\n"));
        assert_eq!(result.refused, [], "{first}");
        after.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let both = steps(&format!("{config} && go mod download"));
    assert!(both.iter().all(|step| step.starts_with(mount)), "{both:?}");
    assert!(both[0].ends_with(" && go mod download") && both[1].ends_with(" && go build ./..."), "{both:?}");
    // What ran before did without.
    let later = steps(&format!("go version && {config}"));
    assert!(later[0] == "RUN go version" && later[1].starts_with(mount), "{later:?}");
}

#[test]
fn what_only_the_container_may_read_is_taken_out_with_a_word_on_it() {
    let (_, result) =
        mended("FROM x\nARG ADMIN_PASSWORD\nENV ADMIN_PASSWORD=$ADMIN_PASSWORD\nCMD [\"/app\"]\n");
    assert!(result.applied[0].contains("give it to the container when it starts"), "{result:?}");
    let (_, result) = mended("FROM x\nARG ADMIN_PASSWORD\nCMD [\"/app\"]\n");
    assert!(result.applied[0].ends_with("which no step is seen to use"), "{result:?}");
}
