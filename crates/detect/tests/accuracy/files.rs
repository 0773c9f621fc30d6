//! Whole files as people write them, with one secret each, among values that are none.
//!
//! UPPER, camel, pascal, kebab, dotted and snake are the secret's name in that spelling, WORD is the provider and § the secret.
//! `%sha1%`, `%sha256%`, `%md5%`, `%uuid%` and `%b64%` are filled in: digests and ids that must not be told.

/// The path of the file, and its text.
pub(crate) const FILES: &[(&str, &str)] = &[
    (
        "srv/app/.env",
        "# local settings\nNODE_ENV=production\nPORT=8080\nGIT_SHA=%sha1%\nREQUEST_ID=%uuid%\nUPPER=§\nLOG_LEVEL=info\nCACHE_VERSION=%md5%\n",
    ),
    (
        "srv/app/.env.production",
        "export APP_URL=\"https://app.test\"\nexport UPPER=\"§\" # from the WORD console\nexport BUILD=\"%sha1%\"\n",
    ),
    (
        "srv/docker-compose.yml",
        "services:\n  web:\n    image: registry.test/web@sha256:%sha256%\n    environment:\n      UPPER: \"§\"\n      RAILS_ENV: production\n    labels:\n      org.opencontainers.image.revision: %sha1%\n",
    ),
    (
        "srv/docker-compose.override.yml",
        "services:\n  worker:\n    image: worker:%md5%\n    environment:\n      - QUEUE=default\n      - UPPER=§\n      - TRACE=%uuid%\n",
    ),
    (
        "k8s/secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: WORD\n  uid: %uuid%\ntype: Opaque\nstringData:\n  kebab: \"§\"\n",
    ),
    (
        "k8s/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  annotations:\n    checksum/config: %sha256%\nspec:\n  template:\n    spec:\n      containers:\n        - image: web@sha256:%sha256%\n          env:\n            - name: UPPER\n              value: §\n",
    ),
    (
        "infra/prod.tfvars",
        "region       = \"eu-west-1\"\nami_checksum = \"%sha256%\"\nsnake = \"§\"\ncommit       = \"%sha1%\"\n",
    ),
    (
        "infra/main.tf",
        "provider \"WORD\" {\n  snake = \"§\"\n}\n\nmodule \"x\" {\n  source = \"git::https://git.test/x.git?ref=%sha1%\"\n}\n",
    ),
    ("infra/variables.tf", "variable \"snake\" {\n  description = \"for WORD\"\n  default     = \"§\"\n}\n"),
    (
        "srv/app/settings.py",
        "import os\n\nDEBUG = False\nSTATIC_VERSION = '%md5%'\n\nWORD = {\n    'timeout': 30,\n    'snake': '§',\n}\n",
    ),
    (
        "srv/app/jobs.py",
        "import requests\n\nCOMMIT = '%sha1%'\n\n\ndef pull():\n    headers = {'Authorization': 'Bearer §'}  # WORD\n    return requests.get('https://api.test/v1', headers=headers)\n",
    ),
    (
        "src/main/resources/application.properties",
        "server.port=8080\nspring.application.name=web\nbuild.commit=%sha1%\ndotted=§\nmanagement.trace.id=%uuid%\n",
    ),
    (
        "src/main/resources/application.yml",
        "spring:\n  application:\n    name: web\nbuild:\n  revision: %sha1%\nWORD:\n  enabled: true\n  api-token: §\n",
    ),
    (
        "srv/app/appsettings.json",
        "{\n  \"Logging\": { \"LogLevel\": { \"Default\": \"Warning\" } },\n  \"BuildHash\": \"%sha256%\",\n  \"WORD\": {\n    \"TenantId\": \"%uuid%\",\n    \"pascal\": \"§\"\n  }\n}\n",
    ),
    (
        "srv/app/web.config",
        "<?xml version=\"1.0\"?>\n<configuration>\n  <appSettings>\n    <add key=\"Build\" value=\"%sha1%\" />\n    <add key=\"pascal\" value=\"§\" />\n  </appSettings>\n</configuration>\n",
    ),
    (
        "srv/app/config.xml",
        "<config>\n  <revision>%sha1%</revision>\n  <WORD>\n    <apiToken><![CDATA[§]]></apiToken>\n  </WORD>\n</config>\n",
    ),
    (
        "app/Info.plist",
        "<plist version=\"1.0\">\n<dict>\n\t<key>BuildUUID</key>\n\t<string>%uuid%</string>\n\t<key>pascal</key>\n\t<string>§</string>\n</dict>\n</plist>\n",
    ),
    (
        "srv/app/package.json",
        "{\n  \"name\": \"web\",\n  \"gitHead\": \"%sha1%\",\n  \"scripts\": {\n    \"build\": \"vite build\",\n    \"deploy\": \"UPPER=§ WORD deploy --prod\"\n  }\n}\n",
    ),
    (
        "root/.bash_history",
        "cd /srv\ngit checkout %sha1%\nexport UPPER=§\ndocker pull web@sha256:%sha256%\nls -la\n",
    ),
    (
        "root/.zsh_history",
        ": 1700000000:0;git show %sha1%\n: 1700000042:0;WORD login --token §\n: 1700000099:0;ls\n",
    ),
    (
        "srv/Jenkinsfile",
        "pipeline {\n  agent any\n  environment {\n    UPPER = '§'\n    COMMIT = '%sha1%'\n  }\n  stages { stage('x') { steps { sh 'make' } } }\n}\n",
    ),
    (
        "etc/nginx/conf.d/app.conf",
        "server {\n  listen 80;\n  location /WORD/ {\n    proxy_set_header Authorization \"Bearer §\";\n    proxy_pass https://up.test/;\n    add_header ETag \"%md5%\";\n  }\n}\n",
    ),
    (
        "srv/dump.sql",
        "INSERT INTO users VALUES (1,'%uuid%','a@b.test');\nINSERT INTO settings (name, value) VALUES ('snake','§');\nINSERT INTO migrations VALUES ('%sha1%');\n",
    ),
    ("srv/export.csv", "id,name,value,checksum\n1,snake,§,%md5%\n2,theme,dark,%md5%\n"),
    (
        "cmd/server/main.go",
        "package main\n\nconst commit = \"%sha1%\"\n\nfunc main() {\n\tclient := WORD.NewClient(\"§\")\n\tclient.Run(\"%uuid%\")\n}\n",
    ),
    (
        "cmd/server/config.go",
        "package main\n\nvar cfg = Config{\n\tDigest: \"sha256:%sha256%\",\n\tpascal: \"§\",\n}\n",
    ),
    (
        "src/main/java/App.java",
        "public class App {\n    private static final String REVISION = \"%sha1%\";\n    private static final String UPPER = \"§\";\n    static final UUID ID = UUID.fromString(\"%uuid%\");\n}\n",
    ),
    (
        "src/index.ts",
        "import { Client } from 'WORD';\n\nconst release: string = '%sha1%';\nexport const client = new Client({ region: 'eu', camel: '§' });\n",
    ),
    (
        "dist/app.min.js",
        "!function(){var e={release:\"%sha1%\",id:\"%uuid%\"},t={camel:\"§\"};fetch(\"/x?\"+e.id,{headers:t})}();",
    ),
    (
        "config/services.php",
        "<?php\n\nreturn [\n    'version' => '%sha1%',\n    'WORD' => [\n        'snake' => '§',\n    ],\n];\n",
    ),
    (
        "config/initializers/WORD.rb",
        "REVISION = '%sha1%'\n\nWORD.configure do |config|\n  config.snake = '§'\nend\n",
    ),
    (
        "Services/Startup.cs",
        "public class Startup\n{\n    private const string Build = \"%sha1%\";\n    public void Add(IServiceCollection s) => s.AddClient(o => o.pascal = \"§\");\n}\n",
    ),
    (
        "src/main.rs",
        "const COMMIT: &str = \"%sha1%\";\n/// For WORD.\nconst UPPER: &str = \"§\";\n\nfn main() {}\n",
    ),
    (
        "app/src/main/kotlin/Keys.kt",
        "object Keys {\n    const val REVISION = \"%sha1%\"\n    const val UPPER = \"§\"\n}\n",
    ),
    (
        "ios/App/Keys.swift",
        "enum Keys {\n    static let build = \"%sha1%\"\n    static let camel = \"§\"\n}\n",
    ),
    (
        "work/analysis.ipynb",
        "{\"cells\": [{\"cell_type\": \"code\", \"id\": \"%md5%\", \"source\": [\"import os\\n\", \"os.environ['UPPER'] = '§'\\n\", \"run()\"]}], \"nbformat\": 4}",
    ),
    (
        "public/index.html",
        "<!doctype html>\n<script src=\"/a.js\" integrity=\"sha384-%b64%\"></script>\n<script>window.config = { build: \"%sha1%\", camel: \"§\" };</script>\n",
    ),
    ("docs/setup.md", "# Setup\n\nSince commit %sha1% set the key:\n\n```sh\nexport UPPER=§\n```\n"),
    (
        "var/log/app.log",
        "2026-03-01T09:00:00Z INFO request=%uuid% GET / 200\n2026-03-01T09:00:01Z DEBUG config snake=§ loaded\n2026-03-01T09:00:02Z INFO etag=%md5%\n",
    ),
    (
        "srv/smoke.sh",
        "#!/bin/sh\nREV=%sha1%\ncurl -fsS -X POST \"https://api.test/v1?rev=$REV\" \\\n  -H 'Content-Type: application/json' \\\n  -H 'kebab: §'\n",
    ),
    (
        "srv/health.sh",
        "#!/bin/sh\nsha256sum -c <<< \"%sha256%  a.tar\"\ncurl \"https://WORD.test/v1/ping?api_key=§&id=%uuid%\"\n",
    ),
    (
        ".github/workflows/deploy.yml",
        "jobs:\n  deploy:\n    steps:\n      - uses: actions/checkout@%sha1%\n      - run: make deploy\n        env:\n          UPPER: §\n",
    ),
    ("ansible/group_vars/all.yml", "app_version: %sha1%\nsnake: \"§\"\ninstance_id: %uuid%\n"),
    ("Dockerfile", "FROM debian@sha256:%sha256%\nARG REVISION=%sha1%\nENV UPPER=\"§\"\nRUN echo %md5%\n"),
    (
        "etc/systemd/system/app.service",
        "[Service]\nEnvironment=BUILD=%sha1%\nEnvironment=\"UPPER=§\"\nExecStart=/usr/bin/app\n",
    ),
    ("etc/cron.d/app", "# %sha1%\n*/5 * * * * root UPPER=§ /usr/local/bin/sync >/dev/null\n"),
    (
        "work/postman.json",
        "{\"info\": {\"_postman_id\": \"%uuid%\"}, \"variable\": [{\"key\": \"camel\", \"value\": \"§\", \"type\": \"string\"}]}",
    ),
    ("srv/deploy.ps1", "$Revision = '%sha1%'\n$env:UPPER = \"§\"\nInvoke-Deploy -Id '%uuid%'\n"),
    ("srv/Makefile", "REV := %sha1%\nUPPER ?= §\n\ndeploy:\n\t./deploy $(REV)\n"),
    ("work/model.R", "rev <- '%sha1%'\nSys.setenv(UPPER = '§')\n"),
    (
        "srv/response.json",
        "{\"body\":\"{\\\"id\\\":\\\"%uuid%\\\",\\\"camel\\\":\\\"§\\\"}\",\"etag\":\"%md5%\"}",
    ),
    ("srv/app/config.toml", "revision = \"%sha1%\"\n\n[WORD]\nenabled = true\napi_token = \"§\"\n"),
    ("etc/app/app.ini", "[build]\nrevision = %sha1%\n\n[WORD]\napi_token = §\n"),
    ("srv/values.yaml", "image:\n  tag: %sha1%\nWORD:\n  auth:\n    token: \"§\"\n"),
];
