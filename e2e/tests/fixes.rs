//! Fixes are right when the build says so: before them the image leaks, after them the step still gets the value and
//! nothing of it is left. Each tool of an ecosystem is stood in for by a script that reads the secret where the tool's
//! documentation says that the tool does, and that writes down what the tool would.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tightlip_e2e::{Build, Docker, Image, github_token, program, scan_with};

/// A stand-in for every tool: it is called by the name of one.
const TOOL: &str = r#"#!/bin/sh
tool=$(basename "$0")
case "$tool $1 $2" in
  "go env -w") echo "$3" > /root/.goenv; exit;;
  "uv auth login") echo "$@" > /root/.uv-credentials; exit;;
  "uv auth logout") rm -f /root/.uv-credentials; exit;;
  "gh auth login") cat > /root/.gh-hosts; exit;;
  "gcloud auth activate-service-account") cat "${3#--key-file=}" > /root/.gcloud-credentials; exit;;
  "npm config set") echo "$3" >> /root/.npmrc; exit;;
  "yarn config set") echo "$3: $4" >> /root/.yarnrc.yml; exit;;
  *" config "*|*" config") echo "$@" >> /root/.stored-$tool; exit;;
  *" login "*|*" configure set") echo "$@" >> /root/.stored-$tool; exit;;
  "git clone "*) mkdir -p /src/.git; echo "$2" > /src/.git/config;;
  "dotnet nuget add") echo "$@" > /root/.nuget-config; exit;;
esac
fill() { cat "$@" 2> /dev/null | sed -e 's/[$]{env[.]/${/g' -e "s|[$]{NPM_TOKEN}|$NPM_TOKEN|g"; }
case "$tool" in
  npm) value=$(fill .npmrc /root/.npmrc);;
  yarn) value=$(fill /root/.yarnrc.yml);;
  mvn) value=$(fill /root/.m2/settings.xml);;
  curl) value=$(fill /root/.netrc);;
  pip) value=$PIP_EXTRA_INDEX_URL;;
  poetry) value=$POETRY_HTTP_BASIC_MY_REPO_PASSWORD;;
  cargo) value=$CARGO_REGISTRIES_MY_REG_TOKEN;;
  bundle) value=$BUNDLE_GEMS__EXAMPLE__COM;;
  composer) value=$COMPOSER_AUTH;;
  dotnet) value=$NuGetPackageSourceCredentials_priv;;
  gradle) value=$ORG_GRADLE_PROJECT_repoPassword;;
  uv) value=$(cat /root/.uv-credentials);;
  gsutil) value=$(cat "$CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE");;
  git|go) value="$GOPROXY $GIT_CONFIG_KEY_0 $GIT_CONFIG_VALUE_0 $GIT_CONFIG_COUNT";;
  aws) value=$AWS_SECRET_ACCESS_KEY;;
  python) value=$HF_TOKEN;;
  gh) value=$GH_TOKEN;;
esac
echo "$value" | grep -o 'ghp_[A-Za-z0-9]*' | head -n 1 | tr -d '\n' | sha256sum > /app/got
"#;

/// Steps as people write them, one for each idiom.
const STEPS: &[&str] = &[
    r#"echo "//registry.npmjs.org/:_authToken=${NPM_TOKEN}" > .npmrc && npm ci"#,
    "npm config set //registry.npmjs.org/:_authToken=$NPM_TOKEN && npm ci",
    r#"yarn config set npmAuthToken "$NPM_TOKEN" && yarn install"#,
    "pip config set global.extra-index-url https://u:$NPM_TOKEN@pypi.example/simple && pip install x",
    r#"poetry config http-basic.my-repo user "$NPM_TOKEN" && poetry install"#,
    "cargo login --registry my-reg $NPM_TOKEN && cargo build",
    "bundle config set --global gems.example.com user:$NPM_TOKEN && bundle install",
    "composer config -g github-oauth.github.com $NPM_TOKEN && composer install",
    "dotnet nuget add source https://n.example/v3 -n priv -u me -p $NPM_TOKEN --store-password-in-clear-text && dotnet restore",
    r#"mkdir -p /root/.m2 && echo "<password>$NPM_TOKEN</password>" > /root/.m2/settings.xml && mvn package"#,
    r#"mkdir -p ~/.gradle && echo "repoPassword=$NPM_TOKEN" >> ~/.gradle/gradle.properties && gradle build"#,
    "git clone https://x:$NPM_TOKEN@github.com/o/r.git /src",
    r#"git config --global url."https://$NPM_TOKEN@github.com/".insteadOf "https://github.com/" && go mod download"#,
    r#"aws configure set aws_secret_access_key "$NPM_TOKEN" && aws s3 cp s3://b/k ."#,
    "go env -w GOPROXY=https://u:$NPM_TOKEN@proxy.example && go mod download",
    "uv auth login pypi.example --token $NPM_TOKEN && uv sync --frozen",
    r#"echo "$NPM_TOKEN" | gh auth login --with-token && gh release download -R o/r"#,
    r#"echo "$NPM_TOKEN" > /tmp/key.json && gcloud auth activate-service-account --key-file=/tmp/key.json && gsutil cp gs://b/k ."#,
    "huggingface-cli login --token $NPM_TOKEN && python get.py",
    r#"echo "machine h login u password $NPM_TOKEN" > ~/.netrc && curl -n https://h/x"#,
];

const TOOLS: &str = "npm yarn mvn curl pip poetry cargo bundle composer dotnet gradle git go aws python gh huggingface-cli uv gcloud gsutil";

#[test]
fn what_leaks_before_a_fix_is_kept_after_it_and_the_step_still_gets_it() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let token = github_token();
    let known = docker.path("known");
    std::fs::write(&known, &token)?;
    for step in STEPS {
        let before = format!(
            "FROM bb\nCOPY --chmod=755 tool /bin/tool\nRUN for t in {TOOLS}; do ln -s tool /bin/$t; done\n\
            ENV HOME=/root\nWORKDIR /app\nARG NPM_TOKEN\nRUN {step}\n"
        );
        let leaking = docker.build(&Build::new(&before).file("tool", TOOL).arg("NPM_TOKEN", &token))?;
        let verdict = verdict(&leaking, &known, &token)?;
        assert_eq!(verdict, "leaking", "before: {step}");
        let after = mended(&docker, &before).with_context(|| format!("mending {step}"))?;
        let build = Build::new(&after).file("tool", TOOL).secret("NPM_TOKEN", &token).option("--no-cache");
        let kept = docker.build(&build).with_context(|| format!("{step} became\n{after}"))?;
        assert_eq!(self::verdict(&kept, &known, &token)?, "clean", "{step} became\n{after}");
        let got = docker.run(["run", "--rm", "--network=none", kept.tag(), "cat", "/app/got"])?;
        assert_eq!(String::from_utf8_lossy(&got).trim(), digest(&token)?, "{step} became\n{after}");
    }
    Ok(())
}

/// The Dockerfile as `lint --fix` leaves it.
fn mended(docker: &Docker, dockerfile: &str) -> Result<String> {
    let folder = docker.path("project");
    std::fs::create_dir(&folder)?;
    let path = folder.join("Dockerfile");
    std::fs::write(&path, dockerfile)?;
    let output = Command::new(program()?).args(["lint", "--fix=unsafe"]).arg(&path).output()?;
    let after = std::fs::read_to_string(&path)?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(!after.contains("ARG NPM_TOKEN"), "it was not mended: {told}\n{after}");
    Ok(after)
}

fn verdict(image: &Image<'_>, known: &Path, token: &str) -> Result<String> {
    let archive = image.save()?;
    let scan = scan_with(&["--known-file", &known.to_string_lossy(), &archive.to_string_lossy()], token)?;
    Ok(scan.verdict().to_owned())
}

/// What `sha256sum` says of a text.
fn digest(text: &str) -> Result<String> {
    let script = format!("printf %s {text} | sha256sum");
    let output = Command::new("sh").args(["-c", &script]).output().context("cannot start sh")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
