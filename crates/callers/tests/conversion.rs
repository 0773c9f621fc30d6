//! The law of the formats: an argument is found, turned into a secret, and read back; nothing else changes.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

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
    let inherited =
        "target \"a\" {\n  args = { NPM_TOKEN = lower(T) }\n}\ntarget \"b\" {\n  inherits = [\"a\"]\n}\n";
    refuses("docker-bake.hcl", inherited, "computed");
    refuses("docker-bake.hcl", inherited, "not written here");
    let fallback =
        "variable \"T\" {\n  default = \"abc\"\n}\ntarget \"a\" {\n  args = { NPM_TOKEN = T }\n}\n";
    refuses("docker-bake.hcl", fallback, "is written here");
}

#[test]
fn workflow_moves_the_line_to_the_secrets_of_the_action() {
    becomes(
        ".github/workflows/release.yml",
        "on: push
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Build
        uses: docker/build-push-action@v6
        with:
          context: .   # not git
          build-args: |
            NODE_ENV=production
            NPM_TOKEN=${{ secrets.NPM_TOKEN }}
            A=1
          push: true
",
        "on: push
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Build
        uses: docker/build-push-action@v6
        with:
          context: .   # not git
          build-args: |
            NODE_ENV=production
            A=1
          push: true
          secrets: |
            \"NPM_TOKEN=${{ secrets.NPM_TOKEN }}\"
",
    );
}

#[test]
fn workflow_takes_the_place_of_the_last_argument_and_extends_a_list() {
    becomes(
        ".github/workflows/release.yml",
        "jobs:
  a:
    steps:
      - uses: docker/build-push-action@v6
        with:
          build-args: NPM_TOKEN=${{ secrets.NPM_TOKEN }}
          push: true
      - uses: docker/build-push-action@v6
        with:
          build-args: |
            NPM_TOKEN=${{ secrets.NPM_TOKEN }}
          secrets: other=${{ secrets.OTHER }}
      - uses: docker/build-push-action@v6
        with:
          secrets: |
            \"other=${{ secrets.OTHER }}\"
          build-args: |
            NPM_TOKEN
",
        "jobs:
  a:
    steps:
      - uses: docker/build-push-action@v6
        with:
          secrets: |
            \"NPM_TOKEN=${{ secrets.NPM_TOKEN }}\"
          push: true
      - uses: docker/build-push-action@v6
        with:
          secrets: |
            other=${{ secrets.OTHER }}
            \"NPM_TOKEN=${{ secrets.NPM_TOKEN }}\"
      - uses: docker/build-push-action@v6
        with:
          secrets: |
            \"other=${{ secrets.OTHER }}\"
          secret-envs: |
            NPM_TOKEN=NPM_TOKEN
",
    );
}

#[test]
fn workflow_scripts_get_the_secret_in_the_environment_of_the_step() {
    becomes(
        ".github/workflows/ci.yml",
        "jobs:
  a:
    steps:
      - name: build
        run: |
          set -e
          # private packages
          docker buildx build \\
            --build-arg NPM_TOKEN=${{ secrets.NPM_TOKEN }} \\
            -t app .
      - run: docker build --build-arg \"NPM_TOKEN=$NPM_TOKEN\" .
        env:
          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}
",
        "jobs:
  a:
    steps:
      - name: build
        run: |
          set -e
          # private packages
          docker buildx build \\
            --secret id=NPM_TOKEN,env=NPM_TOKEN \\
            -t app .
        env:
          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}
      - run: docker build --secret id=NPM_TOKEN,env=NPM_TOKEN .
        env:
          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}
",
    );
}

#[test]
fn bake_action_sets_the_secret_beside_those_of_the_file() {
    becomes(
        "action.yml",
        "runs:
  using: composite
  steps:
    - uses: docker/bake-action@v6
      with:
        files: docker-bake.hcl
        set: |
          *.cache-from=type=gha
          app.args.NPM_TOKEN=${{ inputs.token }}
",
        "runs:
  using: composite
  steps:
    - uses: docker/bake-action@v6
      with:
        files: docker-bake.hcl
        set: |
          *.cache-from=type=gha
          app.secrets+=id=NPM_TOKEN,env=NPM_TOKEN
      env:
        NPM_TOKEN: ${{ inputs.token }}
",
    );
}

#[test]
fn gitlab_scripts_change_in_place() {
    becomes(
        ".gitlab-ci.yml",
        "variables:
  IMAGE: app
.build:
  before_script:
    - docker info
build:
  extends: .build
  script:
    - echo start
    - 'docker build --build-arg NPM_TOKEN=\"$CI_JOB_TOKEN\" -t $IMAGE .'
    - >
      docker build
      --build-arg NPM_TOKEN=$(cat token)
      other
",
        "variables:
  IMAGE: app
.build:
  before_script:
    - docker info
build:
  extends: .build
  script:
    - echo start
    - 'docker build --secret id=NPM_TOKEN,env=CI_JOB_TOKEN -t $IMAGE .'
    - >
      NPM_TOKEN=$(cat token) docker build
      --secret id=NPM_TOKEN,env=NPM_TOKEN
      other
",
    );
}

#[test]
fn scripts_hand_on_what_they_do_not_export() {
    becomes(
        "scripts/build.sh",
        "#!/bin/sh
NPM_TOKEN=$(cat ~/.token)
export OTHER=1
if true; then
  docker build --build-arg=NPM_TOKEN=\"${NPM_TOKEN}\" --build-arg X=1 .
fi
sudo docker build --build-arg NPM_TOKEN=$OTHER . # root
time podman build --build-arg NPM_TOKEN=$1 .
buildah bud --build-arg NPM_TOKEN -f Containerfile .
",
        "#!/bin/sh
NPM_TOKEN=$(cat ~/.token)
export OTHER=1
if true; then
  NPM_TOKEN=${NPM_TOKEN} docker build --secret id=NPM_TOKEN,env=NPM_TOKEN --build-arg X=1 .
fi
sudo NPM_TOKEN=$OTHER docker build --secret id=NPM_TOKEN,env=NPM_TOKEN . # root
time NPM_TOKEN=$1 podman build --secret id=NPM_TOKEN,env=NPM_TOKEN .
buildah bud --secret id=NPM_TOKEN,env=NPM_TOKEN -f Containerfile .
",
    );
}

#[test]
fn options_in_variables_of_a_script_are_read_where_they_are_set() {
    becomes(
        "build.sh",
        "BUILD_ARGS=\"--build-arg A=1 --build-arg NPM_TOKEN=$TOKEN\"
docker buildx build $BUILD_ARGS -t app .
",
        "BUILD_ARGS=\"--build-arg A=1 --secret id=NPM_TOKEN,env=TOKEN\"
docker buildx build $BUILD_ARGS -t app .
",
    );
}

#[test]
fn makefiles_keep_their_tabs_and_variables() {
    becomes(
        "Makefile",
        "IMAGE := app
TOKEN ?= none

.PHONY: image
image: ## build
\t@docker build \\
\t\t--build-arg NPM_TOKEN=$(NPM_TOKEN) \\
\t\t-t $(IMAGE) .
\tdocker build --build-arg NPM_TOKEN=$$NPM_TOKEN .
\tdocker build --build-arg NPM_TOKEN=$(TOKEN) .
",
        "IMAGE := app
TOKEN ?= none

.PHONY: image
image: ## build
\t@docker build \\
\t\t--secret id=NPM_TOKEN,env=NPM_TOKEN \\
\t\t-t $(IMAGE) .
\tdocker build --secret id=NPM_TOKEN,env=NPM_TOKEN .
\tNPM_TOKEN=$(TOKEN) docker build --secret id=NPM_TOKEN,env=NPM_TOKEN .
",
    );
}

#[test]
fn options_in_variables_of_a_makefile_change_where_they_stand() {
    becomes(
        "Makefile",
        "BUILD_ARGS := --build-arg A=1 \\
              --build-arg NPM_TOKEN=$${NPM_TOKEN}

image:
\tdocker build $(BUILD_ARGS) -t app .
",
        "BUILD_ARGS := --build-arg A=1 \\
              --secret id=NPM_TOKEN,env=NPM_TOKEN

image:
\tdocker build $(BUILD_ARGS) -t app .
",
    );
    becomes(
        "images.mk",
        "define build_opts
--build-arg A=1
--build-arg NPM_TOKEN
endef
image:
\tdocker build $(build_opts) -t app .
",
        "define build_opts
--build-arg A=1
--secret id=NPM_TOKEN,env=NPM_TOKEN
endef
image:
\tdocker build $(build_opts) -t app .
",
    );
}

#[test]
fn package_scripts_stay_json() {
    becomes(
        "package.json",
        r#"{"name": "x", "scripts": {
  "image": "tsc && docker build --build-arg \"NPM_TOKEN=$NPM_TOKEN\" -t app .",
  "cat": "docker build --build-arg NPM_TOKEN=$(cat \"t\") ."
}}"#,
        r#"{"name": "x", "scripts": {
  "image": "tsc && docker build --secret id=NPM_TOKEN,env=NPM_TOKEN -t app .",
  "cat": "NPM_TOKEN=$(cat \"t\") docker build --secret id=NPM_TOKEN,env=NPM_TOKEN ."
}}"#,
    );
}

#[test]
fn other_services_are_scripts_in_yaml() {
    becomes(
        "bitbucket-pipelines.yml",
        "pipelines:
  default:
    - step:
        script:
          - docker build --build-arg NPM_TOKEN=$NPM_TOKEN .
",
        "pipelines:
  default:
    - step:
        script:
          - docker build --secret id=NPM_TOKEN,env=NPM_TOKEN .
",
    );
    becomes(
        ".circleci/config.yml",
        "jobs:
  build:
    steps:
      - run:
          name: image
          command: |
            docker build -t << pipeline.id >> --build-arg NPM_TOKEN=${NPM_TOKEN} .
",
        "jobs:
  build:
    steps:
      - run:
          name: image
          command: |
            docker build -t << pipeline.id >> --secret id=NPM_TOKEN,env=NPM_TOKEN .
",
    );
}

#[test]
fn kaniko_of_the_continued_project_takes_secrets() {
    let container = |image: &str, argument: &str| {
        format!(
            "apiVersion: v1
kind: Pod
spec:
  containers:
    - name: kaniko
      image: {image}
      args:
        - --dockerfile=Dockerfile
        - \"{argument}\"
        - --destination=registry.example/app
      env:
        - name: NPM_TOKEN
          valueFrom: {{secretKeyRef: {{name: npm, key: token}}}}
"
        )
    };
    let argument = "--build-arg=NPM_TOKEN=$(NPM_TOKEN)";
    becomes(
        "k8s/build.yaml",
        &container("ghcr.io/osscontainertools/kaniko/executor:v1", argument),
        &container("ghcr.io/osscontainertools/kaniko/executor:v1", "--secret=id=NPM_TOKEN,env=NPM_TOKEN"),
    );
    refuses(
        "k8s/build.yaml",
        &container("gcr.io/kaniko-project/executor:v1.23.2", argument),
        "cannot pass secrets",
    );
}

#[test]
fn jenkins_steps_are_scripts() {
    becomes(
        "Jenkinsfile",
        "pipeline {
  stages {
    stage('image') { // build's
      steps {
        sh 'docker build --build-arg NPM_TOKEN=$NPM_TOKEN .'
        sh \"\"\"
          docker build --build-arg NPM_TOKEN=\\${NPM_TOKEN} \\\\
            -t ${env.IMAGE} .
        \"\"\"
        script { docker.build('app', \"--build-arg NPM_TOKEN=${env.NPM_TOKEN} .\") }
      }
    }
  }
}
",
        "pipeline {
  stages {
    stage('image') { // build's
      steps {
        sh 'docker build --secret id=NPM_TOKEN,env=NPM_TOKEN .'
        sh \"\"\"
          docker build --secret id=NPM_TOKEN,env=NPM_TOKEN \\\\
            -t ${env.IMAGE} .
        \"\"\"
        script { docker.build('app', \"--secret id=NPM_TOKEN,env=NPM_TOKEN .\") }
      }
    }
  }
}
",
    );
}

#[test]
fn tools_without_secrets_are_refused() {
    for (line, reason) in [
        ("az acr build -r reg --build-arg NPM_TOKEN=$NPM_TOKEN -t app .", "cannot pass secrets"),
        ("img build --build-arg NPM_TOKEN=$NPM_TOKEN .", "cannot pass secrets"),
        ("docker compose build --build-arg NPM_TOKEN=$NPM_TOKEN", "compose file"),
        ("ssh host docker build --build-arg NPM_TOKEN=$NPM_TOKEN .", "environment"),
        ("DOCKER_BUILDKIT=0 docker build --build-arg NPM_TOKEN=$NPM_TOKEN .", "BuildKit"),
        ("docker build --build-arg NPM_TOKEN=abc .", "is written here"),
        ("docker build --build-arg NPM_TOKEN='a b'$X .", "quotes"),
    ] {
        refuses("x.sh", line, reason);
    }
}

#[test]
fn words_of_a_list_keep_their_items() {
    becomes(
        "cloudbuild.yaml",
        "steps:
  - name: gcr.io/cloud-builders/docker
    args: [build, --build-arg, 'NPM_TOKEN=$NPM_TOKEN', '.']
    secretEnv: [NPM_TOKEN]
  - name: gcr.io/cloud-builders/docker
    entrypoint: bash
    args: ['-c', 'docker build --build-arg NPM_TOKEN=$$NPM_TOKEN .']
    secretEnv: [NPM_TOKEN]
",
        "steps:
  - name: gcr.io/cloud-builders/docker
    args: [build, --secret, 'id=NPM_TOKEN,env=NPM_TOKEN', '.']
    secretEnv: [NPM_TOKEN]
  - name: gcr.io/cloud-builders/docker
    entrypoint: bash
    args: ['-c', 'docker build --secret id=NPM_TOKEN,env=NPM_TOKEN .']
    secretEnv: [NPM_TOKEN]
",
    );
}

#[test]
fn arrays_of_options_are_read_where_they_are_set() {
    becomes(
        "build.sh",
        "args=(
  --build-arg A=1
  --build-arg \"NPM_TOKEN=$NPM_TOKEN\" # private
)
docker build \"${args[@]}\" .
",
        "args=(
  --build-arg A=1
  --secret id=NPM_TOKEN,env=NPM_TOKEN # private
)
docker build \"${args[@]}\" .
",
    );
}

const SKAFFOLD: &str = "apiVersion: skaffold/v4beta11\nkind: Config\nbuild:\n  artifacts:\n";

#[test]
fn skaffold_passes_the_secret_of_an_artifact() {
    becomes(
        "skaffold.yaml",
        &format!(
            "{SKAFFOLD}    - image: app\n      docker:\n        buildArgs:\n          A: '1'\n          NPM_TOKEN: '{{{{.NPM_TOKEN}}}}'\n"
        ),
        &format!(
            "{SKAFFOLD}    - image: app\n      docker:\n        buildArgs:\n          A: '1'\n        secrets:\n          - {{id: NPM_TOKEN, env: NPM_TOKEN}}\n"
        ),
    );
    becomes(
        "skaffold.yaml",
        &format!("{SKAFFOLD}    - {{image: app, docker: {{buildArgs: {{NPM_TOKEN: '{{{{.TOKEN}}}}'}}}}}}\n"),
        &format!("{SKAFFOLD}    - {{image: app, docker: {{secrets: [{{id: NPM_TOKEN, env: TOKEN}}]}}}}\n"),
    );
    becomes(
        "skaffold.yaml",
        &format!(
            "{SKAFFOLD}    - image: app\n      docker:\n        secrets:\n          - id: a\n            env: A\n        buildArgs: {{NPM_TOKEN: '{{{{.NPM_TOKEN}}}}'}}\n        target: x\n"
        ),
        &format!(
            "{SKAFFOLD}    - image: app\n      docker:\n        secrets:\n          - id: a\n            env: A\n          - {{id: NPM_TOKEN, env: NPM_TOKEN}}\n        target: x\n"
        ),
    );
    let kaniko = "    - image: app\n      kaniko:\n        buildArgs: {NPM_TOKEN: '{{.NPM_TOKEN}}'}\n";
    refuses("skaffold.yaml", &format!("{SKAFFOLD}{kaniko}"), "kaniko cannot pass secrets");
    let literal = "    - image: app\n      docker:\n        buildArgs: {NPM_TOKEN: abc}\n";
    refuses("skaffold.yaml", &format!("{SKAFFOLD}{literal}"), "is written here");
}

#[test]
fn a_task_of_azure_gets_the_secret_from_its_environment() {
    becomes(
        "azure-pipelines.yml",
        "steps:
- task: Docker@2
  inputs:
    command: build
    arguments: --build-arg NPM_TOKEN=$(NPM_READ) --pull
- script: echo done
",
        "steps:
- task: Docker@2
  inputs:
    command: build
    arguments: --secret id=NPM_TOKEN,env=NPM_TOKEN --pull
  env:
    NPM_TOKEN: $(NPM_READ)
- script: echo done
",
    );
    let step =
        |inputs: &str| format!("steps:\n- task: Docker@2\n  inputs:\n    command: build\n    {inputs}\n");
    for (inputs, reason) in [
        ("arguments: --build-arg NPM_TOKEN=p1-abc", "is written here"),
        ("arguments: --build-arg NPM_TOKEN=$(A)-$(B)", "NPM_TOKEN"),
        ("arguments: --build-arg NPM_TOKEN=$(A) --build-arg NPM_TOKEN=$(B)", "passed twice"),
    ] {
        refuses("azure-pipelines.yml", &step(inputs), reason);
    }
}

#[test]
fn workflows_do_not_call_a_value_in_the_open_a_secret() {
    let step = |action: &str, input: &str| {
        format!("jobs:\n  a:\n    steps:\n      - uses: docker/{action}\n        with:\n          {input}\n")
    };
    for (action, input) in [
        ("build-push-action@v6", "build-args: NPM_TOKEN=p1-abc"),
        ("bake-action@v6", "set: \"*.args.NPM_TOKEN=p1-abc\""),
    ] {
        refuses(".github/workflows/a.yml", &step(action, input), "is written here");
    }
}
