//! What the formats say about builds, in the words of the model.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use tightlip_callers::{
    Argument, Call, Callers, Credentials, Fault, Origin, Part, ProvenanceMode, SecretSource, Tool, read,
    recognise,
};

fn callers(path: &str, text: &str) -> Callers {
    read(recognise(path, text).unwrap_or_else(|| panic!("{path} is not recognised")), path, text)
}

fn one(path: &str, text: &str) -> Call {
    let callers = callers(path, text);
    assert_eq!(
        (callers.calls.len(), callers.problems.as_slice()),
        (1, [].as_slice()),
        "{path}: {callers:#?}"
    );
    callers.calls.into_iter().next().unwrap()
}

fn script(text: &str) -> Call {
    one("x.sh", text)
}

#[test]
fn files_are_recognised_by_path_and_content() {
    for (path, text, name) in [
        (".github/workflows/a.yml", "", "workflow"),
        ("sub/.github/workflows/a.yaml", "", "workflow"),
        ("actions/x/action.yml", "runs:\n", "workflow"),
        ("compose.yaml", "", "compose"),
        ("docker-compose.override.yml", "", "compose"),
        ("docker-bake.hcl", "", "bake"),
        ("docker-bake.override.json", "{\"target\": {}}", "bake"),
        (".gitlab-ci.yml", "", "gitlab"),
        ("GNUmakefile", "", "makefile"),
        ("build/x.mk", "", "makefile"),
        ("bin/run", "#!/usr/bin/env bash\n", "shell"),
        ("package.json", "{}", "package-json"),
        ("ci/Jenkinsfile.release", "", "jenkinsfile"),
        ("azure-pipelines.yml", "", "pipeline"),
        ("cloudbuild.yaml", "", "containers"),
        (".devcontainer/devcontainer.json", "{}", "devcontainer"),
        ("deploy/skaffold.dev.yaml", "", "skaffold"),
        ("ci/build.yaml", "# x\n---\napiVersion: skaffold/v4beta11\nkind: Config\n", "skaffold"),
    ] {
        assert_eq!(recognise(path, text).map(|format| format.name), Some(name), "{path}");
    }
    for path in ["README.md", "values.yaml", "src/main.rs", "x.json", "terraform.hcl"] {
        assert!(recognise(path, "").is_none(), "{path}");
    }
}

#[test]
fn a_command_line_says_everything() {
    let call = script(
        "docker buildx build -f docker/Dockerfile --target app --platform linux/amd64 --provenance=true --sbom=true \
         --cache-to type=registry,ref=r/app:cache,mode=max --secret id=a,src=./a --secret id=b --ssh default \
         --build-arg A=1 --build-arg B --label x=y --metadata-file md.json -t r/app:1 --push \
         -o type=oci,dest=o.tar ../ctx",
    );
    assert_eq!(call.tool, Tool::Docker);
    let text = |value: &Option<tightlip_callers::Value>| value.as_ref().map(|one| one.as_str().to_owned());
    assert_eq!(text(&call.dockerfile).as_deref(), Some("docker/Dockerfile"));
    assert_eq!(text(&call.context).as_deref(), Some("../ctx"));
    assert_eq!(text(&call.target).as_deref(), Some("app"));
    assert_eq!(text(&call.metadata_file).as_deref(), Some("md.json"));
    assert_eq!(call.provenance.as_ref().map(|one| one.mode), Some(ProvenanceMode::Max));
    assert_eq!(call.cache_to[0].plain("mode"), Some("max"));
    assert_eq!(call.outputs[0].plain("dest"), Some("o.tar"));
    assert!(call.push.is_some() && call.sbom.is_some());
    assert!(matches!(&call.secrets[0].source, SecretSource::File(file) if file.as_str() == "./a"));
    assert_eq!(call.secrets[1].source, SecretSource::Unsaid);
    assert_eq!(call.argument("A").unwrap().plain(), Some("1"));
    assert!(call.argument("B").unwrap().value.is_none());
    assert_eq!((call.labels.len(), call.tags.len(), call.ssh.len(), call.platforms.len()), (1, 1, 1, 1));
}

#[test]
fn every_tool_has_its_spelling() {
    for (line, tool) in [
        ("docker build .", Tool::Docker),
        ("docker --context x build .", Tool::Docker),
        ("docker image build .", Tool::Docker),
        ("/usr/bin/docker buildx b .", Tool::Docker),
        ("sudo -E docker build .", Tool::Docker),
        ("retry 3 docker build .", Tool::Docker),
        ("${DOCKER:-docker} build .", Tool::Docker),
        ("$DOCKER build .", Tool::Docker),
        ("depot build .", Tool::Docker),
        ("docker buildx bake -f b.hcl app", Tool::Bake),
        ("docker compose -f a.yml build web", Tool::Compose),
        ("docker-compose up --build -d", Tool::Compose),
        ("podman build .", Tool::Podman),
        ("podman --log-level debug build -v a:b .", Tool::Podman),
        ("buildah bud .", Tool::Buildah),
        ("nerdctl -n k8s.io build .", Tool::Nerdctl),
        ("buildctl build --frontend dockerfile.v0 --local context=. --opt build-arg:A=1", Tool::Buildctl),
        ("/kaniko/executor --context dir:///w -d r/x", Tool::Kaniko),
        ("img build .", Tool::Img),
        ("az acr build -t x .", Tool::AzureRegistry),
        ("sh -c 'docker build .'", Tool::Docker),
        ("docker commit -m x -c 'ENV A=1' c r/x", Tool::Mutation),
        ("buildah config --env A=1 --label b=2 c", Tool::Mutation),
        ("crane mutate -e A=1 -t r/x:2 r/x", Tool::Mutation),
    ] {
        assert_eq!(script(line).tool, tool, "{line}");
    }
    for line in
        ["echo docker build .", "docker run x", "docker builder prune", "npm run build", "docker push x"]
    {
        assert_eq!(callers("x.sh", line), Callers::default(), "{line}");
    }
}

#[test]
fn what_changes_an_image_sets_its_variables_and_labels() {
    for line in [
        "docker commit --change 'ENV A=$T' -c \"LABEL b=$T\" c r/x",
        "docker container commit -c \"env A $T\" --change=\"LABEL b=$T\" c",
        "podman commit -q -c \"ENV A=$T\" -c \"LABEL b=$T\" -c 'CMD x' c",
        "buildah config -e A=$T -l b=$T --cmd x c",
        "crane mutate --env=A=$T --label b=$T r/x",
    ] {
        let call = script(line);
        let names = |list: &[Argument]| list.iter().map(|one| one.name.to_string()).collect::<Vec<_>>();
        assert_eq!(
            (names(&call.image_environment), names(&call.labels)),
            (vec!["A".to_owned()], vec!["b".to_owned()]),
            "{line}"
        );
        let value = |list: &[Argument]| list[0].value.as_ref().map(|value| value.as_str().to_owned());
        assert_eq!(value(&call.image_environment).as_deref(), Some("$T"), "{line}");
    }
}

#[test]
fn values_say_where_they_come_from() {
    let value = |text: &str| {
        script(&format!("docker build --build-arg A={text} .")).argument("A").unwrap().value.clone().unwrap()
    };
    let variable =
        |fallback: Option<&str>| Part::Variable { name: "X".into(), fallback: fallback.map(str::to_owned) };
    assert_eq!(value("$X").origin(), Origin::One(&variable(None)));
    assert_eq!(value("\"${X}\"").origin(), Origin::One(&variable(None)));
    assert_eq!(value("${X:-y}").origin(), Origin::One(&variable(Some("y"))));
    assert_eq!(value("'$X'").origin(), Origin::Literal);
    assert_eq!(value("a$X").origin(), Origin::Mixture);
    assert_eq!(value("$CI_JOB_TOKEN").origin(), Origin::One(&Part::Token("CI_JOB_TOKEN".into())));
    assert!(matches!(value("$(cat x)").origin(), Origin::One(Part::Command(_))));
}

#[test]
fn what_is_computed_is_a_problem() {
    for (line, fault) in [
        ("docker build --build-arg $NAME=1 .", Fault::ComputedName),
        ("docker build $DOCKER_BUILD_ARGS .", Fault::ComputedWords),
        ("docker build --new-option .", Fault::UnknownOption("--new-option".into())),
    ] {
        let problems = callers("x.sh", line).problems;
        assert_eq!(problems.iter().map(|one| one.fault.clone()).collect::<Vec<_>>(), [fault], "{line}");
    }
    let open = callers("x.sh", "docker build 'x");
    assert!(matches!(open.problems[0].fault, Fault::Syntax(_)));
}

#[test]
fn a_secret_is_followed_through_variables() {
    let call = one(
        ".github/workflows/a.yml",
        "env:
  OUTER: ${{ secrets.NPM }}
jobs:
  a:
    env: {TOKEN: \"${{ env.OUTER }}\"}
    steps:
      - run: docker build --build-arg T=$TOKEN --build-arg U=$OTHER .
",
    );
    let reaches = |name: &str| call.reaches_secret(call.argument(name).unwrap().value.as_ref().unwrap());
    assert!(reaches("T") && !reaches("U"));
}

#[test]
fn a_workflow_tells_what_it_publishes() {
    let call = one(
        ".github/workflows/a.yml",
        "env:
  DOCKER_BUILD_RECORD_UPLOAD: false
jobs:
  a:
    steps:
      - uses: actions/checkout@v4
      - uses: docker/build-push-action@v6
        env: {DOCKER_BUILD_SUMMARY: \"false\"}
        with:
          context: .
          provenance: mode=min
          cache-to: type=gha,mode=max
          outputs: type=image,push=true
          secrets: |
            A=${{ secrets.A }}
          secret-files: |
            B=./b
          github-token: ${{ secrets.GITHUB_TOKEN }}
          tags: a:1,b:2
",
    );
    assert_eq!(call.record_upload.as_ref().and_then(|one| one.plain()), Some("false"));
    assert_eq!(call.summary.as_ref().and_then(|one| one.plain()), Some("false"));
    assert_eq!(call.provenance.as_ref().map(|one| one.mode), Some(ProvenanceMode::Min));
    assert_eq!(call.checkout.as_ref().map(|one| one.credentials), Some(Credentials::Kept));
    assert_eq!((call.cache_to[0].plain("mode"), call.tags.len()), (Some("max"), 2));
    assert!(call.secret("A").is_some() && call.secret("B").is_some());
    assert!(call.secret("GIT_AUTH_TOKEN.github.com").is_some());
}

#[test]
fn workflows_of_others_are_named() {
    let found = callers(
        ".github/workflows/a.yml",
        "jobs:
  a:
    uses: org/repo/.github/workflows/build.yml@v1
    secrets: inherit
  b:
    uses: ./.github/workflows/build.yml
    with: {image: x}
    secrets:
      TOKEN: ${{ secrets.TOKEN }}
",
    );
    assert_eq!(found.elsewhere.len(), 2);
    assert!(found.elsewhere[0].inherits.is_some() && found.elsewhere[1].inherits.is_none());
    assert_eq!(found.elsewhere[1].secrets[0].name.as_str(), "TOKEN");
}

#[test]
fn a_checkout_may_drop_or_move_its_credentials() {
    for (step, credentials) in [
        ("actions/checkout@v4\n        with: {persist-credentials: false}", Credentials::Dropped),
        ("actions/checkout@v4\n        with: {fetch-depth: 0}", Credentials::Kept),
        ("actions/checkout@v6", Credentials::KeptOutside),
        (
            "actions/checkout@v4\n        with: {persist-credentials: \"${{ inputs.x }}\"}",
            Credentials::Computed,
        ),
    ] {
        let text = format!("jobs:\n  a:\n    steps:\n      - uses: {step}\n      - run: docker build .\n");
        let call = one(".github/workflows/a.yml", &text);
        assert_eq!(call.checkout.unwrap().credentials, credentials, "{step}");
    }
}

#[test]
fn scripts_of_other_languages_are_a_problem() {
    let text = "jobs:\n  a:\n    steps:\n      - shell: pwsh\n        run: docker build .\n";
    let found = callers(".github/workflows/a.yml", text);
    assert_eq!(found.problems[0].fault, Fault::Language("pwsh".into()));
}

#[test]
fn compose_follows_what_is_extended_and_merged() {
    let found = callers(
        "compose.yml",
        "x-args: &args {A: \"1\", T: $T}
include: [other.yml]
services:
  base:
    build: {context: ., args: *args, target: dev}
  web:
    extends: {service: base}
    build:
      args:
        <<: *args
        A: \"2\"
      secrets: [s, {source: f, target: g}]
  far:
    extends: {file: far.yml, service: far}
    build: ./far
secrets:
  s: {environment: S}
  f: {file: ./f}
",
    );
    assert_eq!(found.problems, []);
    let web = &found.calls[1];
    assert_eq!(web.target.as_ref().and_then(|one| one.plain()), Some("dev"));
    assert_eq!(web.argument("A").unwrap().plain(), Some("2"));
    assert!(web.argument("T").is_some());
    assert!(
        matches!(&web.secret("s").unwrap().source, SecretSource::Environment(name) if name.as_str() == "S")
    );
    assert!(matches!(&web.secret("f").unwrap().source, SecretSource::File(_)));
    let names: Vec<&str> = found.elsewhere.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(names, ["other.yml", "far.yml"]);
}

#[test]
fn bake_follows_what_is_inherited() {
    let found = callers(
        "docker-bake.hcl",
        "variable \"T\" {
  default = \"x\"
}
group \"default\" {
  targets = [\"app\"]
}
target \"base\" {
  args = { A = \"1\", T = T }
  attest = [\"type=provenance,mode=max\"]
}
target \"app\" {
  inherits = [\"base\", \"gone\"]
  args = { A = \"2\" }
  secret = [\"type=env,id=S\", { type = \"file\", id = \"F\", src = \"./f\" }]
  cache-to = [{ type = \"registry\", ref = \"r/c\", mode = \"max\" }]
}
target \"m\" {
  name = \"m-${x}\"
  matrix = { x = [\"a\"] }
  args = { (x) = 1 }
}
",
    );
    let faults: Vec<String> = found.problems.iter().map(|one| one.fault.to_string()).collect();
    assert_eq!(faults, ["target gone is not in this file", "the name is computed"], "{found:#?}");
    let app = found.calls.iter().find(|call| call.name.as_deref() == Some("app")).unwrap();
    assert_eq!(app.argument("A").unwrap().plain(), Some("2"));
    assert_eq!(app.argument("T").unwrap().value.as_ref().unwrap().variable(), Some(("T", Some("x"))));
    assert_eq!(app.provenance.as_ref().map(|one| one.mode), Some(ProvenanceMode::Max));
    assert_eq!(app.cache_to[0].plain("mode"), Some("max"));
    assert_eq!(app.secret("S").unwrap().source, SecretSource::Unsaid);
    assert!(matches!(app.secret("F").unwrap().source, SecretSource::File(_)));
}

#[test]
fn gitlab_jobs_have_their_image_and_variables() {
    let found = callers(
        ".gitlab-ci.yml",
        "include: {project: g/ci, file: build.yml}
variables: {A: $CI_JOB_TOKEN}
.kaniko:
  image:
    name: gcr.io/kaniko-project/executor:debug
  script:
    - /kaniko/executor --context $CI_PROJECT_DIR --build-arg T=$A --destination $CI_REGISTRY_IMAGE
build:
  extends: .kaniko
other:
  script:
    - !reference [.kaniko, script]
",
    );
    assert_eq!(found.problems, []);
    assert_eq!((found.calls.len(), found.elsewhere.len()), (1, 1), "{found:#?}");
    let call = &found.calls[0];
    assert_eq!(call.tool, Tool::Kaniko);
    assert!(call.image.as_ref().is_some_and(|image| image.as_str().contains("kaniko-project")));
    assert!(call.reaches_secret(call.argument("T").unwrap().value.as_ref().unwrap()));
}

#[test]
fn cloud_build_steps_and_development_containers_are_calls() {
    let call = one(
        "cloudbuild.yaml",
        "steps:
  - name: gcr.io/cloud-builders/docker
    args: [build, --build-arg, 'T=$_TOKEN', -t, x, .]
",
    );
    assert_eq!(call.tool, Tool::Docker);
    assert!(call.argument("T").is_some());
    let call = one(
        ".devcontainer/devcontainer.json",
        "{ // x\n \"build\": {\"dockerfile\": \"D\", \"args\": {\"T\": \"${localEnv:T}\"}} }",
    );
    assert_eq!(call.argument("T").unwrap().value.as_ref().unwrap().plain(), None);
}

#[test]
fn variables_that_a_store_of_secrets_fills_are_secrets() {
    let reaches = |name: &str, text: &str| {
        let call = one(name, text);
        call.argument("T").unwrap().value.as_ref().is_some_and(|value| call.reaches_secret(value))
    };
    let step = |variables: &str| {
        format!(
            "steps:
  - name: gcr.io/cloud-builders/docker
    entrypoint: bash
    args: [-c, 'docker build --build-arg T=$$NPM .']
    {variables}
"
        )
    };
    assert!(reaches("cloudbuild.yaml", &step("secretEnv: [NPM]")));
    assert!(!reaches("cloudbuild.yaml", &step("secretEnv: [OTHER]")));
    assert!(!reaches("cloudbuild.yaml", &step("env: ['NPM=1']")));
    let container = |variable: &str| {
        format!(
            "apiVersion: v1
kind: Pod
spec:
  containers:
    - image: docker:cli
      command: [sh, -c, 'docker build --build-arg T=$NPM .']
      env:
        - name: NPM
          {variable}
"
        )
    };
    assert!(reaches("pod.yaml", &container("valueFrom: {secretKeyRef: {name: ci, key: npm}}")));
    assert!(!reaches("pod.yaml", &container("valueFrom: {configMapKeyRef: {name: ci, key: npm}}")));
    assert!(!reaches("pod.yaml", &container("value: main")));
}

#[test]
fn artifacts_of_skaffold_are_calls() {
    let found = callers(
        "skaffold.yaml",
        "apiVersion: skaffold/v4beta11
kind: Config
build:
  artifacts:
    - image: app
      context: web
      docker:
        dockerfile: docker/Dockerfile
        target: run
        buildArgs:
          T: '{{.NPM_TOKEN}}'
          V: '1'
        secrets:
          - id: pip
            src: pip.conf
    - image: plain
    - image: jar
      jib: {}
profiles:
  - name: ci
    build:
      artifacts:
        - image: app
          kaniko:
            buildArgs: {T: x}
---
apiVersion: skaffold/v4beta11
kind: Config
build: {artifacts: [{image: other, docker: {ssh: default}}]}
",
    );
    assert_eq!(found.problems, []);
    let tools: Vec<_> = found.calls.iter().map(|call| (call.tool, call.name.as_deref().unwrap())).collect();
    let expected = [
        (Tool::Skaffold, "app"),
        (Tool::Skaffold, "plain"),
        (Tool::Kaniko, "app"),
        (Tool::Skaffold, "other"),
    ];
    assert_eq!(tools, expected);
    let app = &found.calls[0];
    assert_eq!(app.argument("T").unwrap().value.as_ref().unwrap().variable(), Some(("NPM_TOKEN", None)));
    assert_eq!(app.argument("V").unwrap().plain(), Some("1"));
    assert!(matches!(app.secret("pip").unwrap().source, SecretSource::File(_)));
    assert_eq!(app.context.as_ref().and_then(|context| context.plain()), Some("web"));
    assert_eq!(found.calls[3].ssh[0].as_str(), "default");
}

#[test]
fn a_password_in_a_url_is_seen_through_variables() {
    let logs_in = |script: &str| {
        let callers = callers("build.sh", script);
        let call = &callers.calls[0];
        let value = call.argument("URL").unwrap().value.as_ref().unwrap();
        call.way(value).any(|value| value.holds_login(|name| name == "TOKEN"))
    };
    for script in [
        "docker build --build-arg URL=https://u:$A@h/x .",
        "docker build --build-arg URL=\"https://$U:$(cat a)@h/x\" .",
        "docker build --build-arg URL=https://$TOKEN@h/x .",
        "U=https://u:$A@h/x\nV=$U\ndocker build --build-arg URL=$V .",
    ] {
        assert!(logs_in(script), "{script}");
    }
    for script in [
        "docker build --build-arg URL=https://$HOST/x@y .",
        "docker build --build-arg URL=https://$USER@h/x .",
        "docker build --build-arg URL=https://h/$A@b .",
        "docker build --build-arg URL=git@$HOST:r .",
        "URL=$URL\ndocker build --build-arg URL=$URL .",
    ] {
        assert!(!logs_in(script), "{script}");
    }
}

#[test]
fn a_task_of_azure_is_the_command_that_it_makes() {
    let task = |task: &str, inputs: &str| {
        let text = format!("steps:\n- task: {task}\n  displayName: image\n  inputs:\n    {inputs}\n");
        callers("azure-pipelines.yml", &text).calls
    };
    let calls = task(
        "Docker@2",
        "command: build\n    Dockerfile: $(Build.SourcesDirectory)/web/Dockerfile\n    buildContext: web\n    \
        arguments: |\n      --build-arg A=$(A_TOKEN)\n      --target run --build-arg \"B=1 2\"",
    );
    let [call] = calls.as_slice() else { panic!("{calls:#?}") };
    let name = call.argument("A").unwrap().value.as_ref().unwrap().variable();
    assert_eq!((call.tool, name), (Tool::Docker, Some(("A_TOKEN", None))));
    assert_eq!(call.argument("B").unwrap().plain(), Some("1 2"));
    let text = |value: &Option<tightlip_callers::Value>| value.as_ref().unwrap().as_str().to_owned();
    assert_eq!((text(&call.target), text(&call.context)), ("run".to_owned(), "web".to_owned()));
    assert!(text(&call.dockerfile).ends_with("/web/Dockerfile"));
    let old = task("Docker@0", "buildArguments: |\n      A=$(A_TOKEN)\n      B=1");
    assert_eq!(old[0].argument("B").unwrap().plain(), Some("1"));
    // Both at once takes no options, and other tasks have arguments of another kind.
    for (name, inputs) in [
        ("Docker@2", "arguments: --build-arg A=1"),
        ("Docker@2", "command: buildAndPush\n    arguments: --build-arg A=1"),
        ("Docker@2", "command: push\n    arguments: --build-arg A=1"),
        ("DotNetCoreCLI@2", "command: build\n    arguments: --build-arg A=1"),
    ] {
        assert_eq!(task(name, inputs), [], "{name} {inputs}");
    }
}
