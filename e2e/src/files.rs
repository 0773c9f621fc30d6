//! How people hand files with secrets to the tools of their ecosystems: the file, where it is copied to, the steps.

/// A file that a Dockerfile copies.
#[derive(Debug)]
pub struct Copied {
    /// The instruction.
    pub copy: &'static str,
    /// The file in the build context.
    pub file: &'static str,
    /// The steps behind it.
    pub steps: &'static str,
}

const fn copied(file: &'static str, copy: &'static str, steps: &'static str) -> Copied {
    Copied { copy, file, steps }
}

/// One for each tool and each way to clean up behind it.
pub static COPIED: &[Copied] = &[
    copied(".npmrc", "COPY keep .npmrc ./", "RUN npm ci\nRUN rm -f .npmrc"),
    copied(".yarnrc.yml", "COPY .yarnrc.yml ./", "RUN yarn install && rm .yarnrc.yml"),
    copied("pip.conf", "COPY pip.conf /etc/pip.conf", "RUN pip install x\nRUN rm /etc/pip.conf"),
    copied(
        ".netrc",
        "COPY .netrc /root/.netrc",
        "RUN chmod 600 ~/.netrc && curl -n https://h/x; rm -f ~/.netrc keep",
    ),
    copied("ci/.netrc", "COPY ci/.netrc /root/", "RUN go mod download\nRUN echo next && rm /root/.netrc"),
    copied("settings.xml", "COPY settings.xml /root/.m2/", "RUN mvn -B package"),
    copied("gradle.properties", "COPY gradle.properties /root/.gradle/", "RUN gradle build"),
    copied("NuGet.Config", "COPY NuGet.Config ./", "RUN dotnet restore && rm NuGet.Config"),
    copied("auth.json", "COPY auth.json ./", "RUN composer install\nRUN rm auth.json"),
    copied(
        ".git-credentials",
        "COPY .git-credentials /root/",
        "RUN git config --global credential.helper store && git clone https://h/r /src\nRUN rm ~/.git-credentials",
    ),
    copied("credentials.toml", "COPY credentials.toml /root/.cargo/", "RUN cargo build"),
    copied(".pypirc", "COPY .pypirc /root/", "RUN twine upload x"),
    copied("aws/credentials", "COPY aws/credentials /root/.aws/credentials", "RUN aws s3 cp s3://b/k ."),
    copied(
        "service-account.json",
        "COPY service-account.json /tmp/sa.json",
        "RUN GOOGLE_APPLICATION_CREDENTIALS=/tmp/sa.json gsutil cp gs://b/k . && rm /tmp/sa.json",
    ),
    copied(".env", "COPY .env ./", "RUN yarn build && rm .env"),
    copied(
        ".docker/config.json",
        "COPY .docker/config.json /root/.docker/config.json",
        "RUN skopeo copy a b",
    ),
];

/// The names of the tools in the steps.
pub const TOOLS: &str = "npm yarn pip curl go mvn gradle dotnet composer git cargo twine aws gsutil skopeo";

/// A stand-in for every tool: it is called by the name of one and reads the file where the tool's documentation says that
/// the tool does.
const TOOL: &str = r#"#!/bin/sh
case "$(basename "$0") $1" in
  "git config") exit;;
  npm*) file=.npmrc;;
  "yarn build") file=.env;;
  yarn*) file=.yarnrc.yml;;
  pip*) file=/etc/pip.conf;;
  curl*|go*) file=/root/.netrc;;
  mvn*) file=/root/.m2/settings.xml;;
  gradle*) file=/root/.gradle/gradle.properties;;
  dotnet*) file=NuGet.Config;;
  composer*) file=auth.json;;
  git*) file=/root/.git-credentials;;
  cargo*) file=/root/.cargo/credentials.toml;;
  twine*) file=/root/.pypirc;;
  aws*) file=/root/.aws/credentials;;
  gsutil*) file=$GOOGLE_APPLICATION_CREDENTIALS;;
  skopeo*) file=/root/.docker/config.json;;
esac
"#;

/// The stand-in; `what` is done with what it has read, which comes on standard input.
#[must_use]
pub fn reader(what: &str) -> String {
    format!("{TOOL}cat \"$file\" | {what}\n")
}
