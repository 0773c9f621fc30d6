//! How people hand secrets to the tools of their ecosystems, one step for each, and stand-ins for the tools: they read
//! the secret where the tool's documentation says that the tool does, and write down what the tool would.

/// Steps as people write them, one for each idiom.
pub const STEPS: &[&str] = &[
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

/// Steps that write the secret down for the one that comes after them.
pub const CARRIED: &[&str] = &[
    "git config --global url.\"https://$NPM_TOKEN@github.com/\".insteadOf https://github.com/\nRUN go mod download",
    "echo \"machine h login u password $NPM_TOKEN\" > ~/.netrc && chmod 600 ~/.netrc\nRUN curl -n https://h/x\nRUN rm ~/.netrc",
    "pip config set global.extra-index-url https://u:$NPM_TOKEN@pypi.example/simple\nRUN true && pip install x",
    "npm config set //registry.npmjs.org/:_authToken=$NPM_TOKEN\nRUN npm ci",
    "mkdir -p /root/.m2 && echo \"<password>$NPM_TOKEN</password>\" > /root/.m2/settings.xml\nRUN mvn package",
];

/// The names of the tools in the steps.
pub const TOOLS: &str = "npm yarn mvn curl pip poetry cargo bundle composer dotnet gradle git go aws python gh huggingface-cli uv gcloud gsutil";

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
"#;

/// The stand-in; `what` is done with the value that it has read, which comes on standard input.
#[must_use]
pub fn stand_in(what: &str) -> String {
    format!("{TOOL}echo \"$value\" | {what}\n")
}
