//! Texts without a secret that look as if they held one: the words of providers beside digests, ids and names.

/// The path and a text in which `{…}` is filled in.
pub(crate) const DECOYS: &[(&str, &str)] = &[
    (
        ".github/workflows/ci.yml",
        "env:\n  GITHUB_TOKEN: ${{{{ secrets.GITHUB_TOKEN }}}}\nsteps:\n  - uses: actions/checkout@{hex:40}\n  - uses: github/codeql-action/init@{hex:40} # v3\n",
    ),
    (
        ".github/workflows/scan.yml",
        "      - uses: snyk/actions/node@{hex:40}\n        env:\n          SNYK_TOKEN: ${{{{ secrets.SNYK_TOKEN }}}}\n      - uses: codecov/codecov-action@{hex:40}\n        with:\n          token: ${{{{ secrets.CODECOV_TOKEN }}}}\n",
    ),
    (
        ".github/workflows/aws.yml",
        "      - uses: aws-actions/configure-aws-credentials@{hex:40}\n        with:\n          role-to-assume: arn:aws:iam::{digits:12}:role/deploy\n          aws-secret-access-key: ${{{{ secrets.AWS_SECRET_ACCESS_KEY }}}}\n",
    ),
    (
        "poetry.lock",
        "[[package]]\nname = \"datadog-api-client\"\nfiles = [\n    {{file = \"datadog_api_client-2.0.0.tar.gz\", hash = \"sha256:{hex:64}\"}},\n]\n\n[[package]]\nname = \"twilio\"\ncontent-hash = \"{hex:64}\"\n",
    ),
    (
        "yarn.lock",
        "\"@sendgrid/mail@^8\":\n  resolved \"https://registry.yarnpkg.com/@sendgrid/mail/-/mail-8.0.0.tgz#{hex:40}\"\n  integrity sha512-{b64:86}==\n\n\"cloudflare@^3\":\n  resolved \"https://registry.yarnpkg.com/cloudflare/-/cloudflare-3.0.0.tgz#{hex:40}\"\n",
    ),
    (
        "package-lock.json",
        "\"node_modules/heroku-cli\": {{\n  \"resolved\": \"https://registry.npmjs.org/heroku-cli/-/heroku-cli-7.0.0.tgz\",\n  \"integrity\": \"sha1-{b64:27}=\"\n}}\n",
    ),
    (
        "composer.lock",
        "{{\"name\": \"mailgun/mailgun-php\", \"source\": {{\"reference\": \"{hex:40}\"}}, \"dist\": {{\"reference\": \"{hex:40}\", \"shasum\": \"\"}}}}\n",
    ),
    (
        "Pipfile.lock",
        "\"algoliasearch\": {{\n  \"hashes\": [\n    \"sha256:{hex:64}\",\n    \"sha256:{hex:64}\"\n  ],\n  \"version\": \"==3.0.0\"\n}}\n",
    ),
    (
        ".terraform.lock.hcl",
        "provider \"registry.terraform.io/cloudflare/cloudflare\" {{\n  version = \"4.0.0\"\n  hashes = [\n    \"h1:{b64:43}=\",\n    \"zh:{hex:64}\",\n  ]\n}}\n",
    ),
    (
        "go.sum",
        "github.com/DataDog/datadog-go v4.8.3 h1:{b64:43}=\ngithub.com/hashicorp/vault/api v1.0.0/go.mod h1:{b64:43}=\n",
    ),
    (
        "deploy.yaml",
        "image: registry.test/datadog/agent:7@sha256:{hex:64}\nannotations:\n  rollout.id: {uuid}\n  linear.app/team: {uuid}\n",
    ),
    (
        "infra/out.json",
        "{{\"heroku_app_id\": \"{uuid}\", \"railway_project\": \"{uuid}\", \"sentry_event_id\": \"{hex:32}\", \"snyk_org\": \"{uuid}\"}}\n",
    ),
    (
        "infra/state.txt",
        "cloudflare_zone_id = {hex:32}\ncloudflare_account_id = {hex:32}\nnewrelic_entity_guid = {b64:40}\npostmark_message_id = {uuid}\n",
    ),
    (
        "var/log/web.log",
        "INFO datadog trace_id={hex:32} span_id={hex:16}\nINFO heroku request_id={uuid} fwd=10.0.0.1\nINFO twilio message SM{hex:32} sent\n",
    ),
    (
        "var/log/git.log",
        "commit {hex:40}\n    rotate the mailchimp key\ncommit {hex:40}\n    circleci: cache {hex:64}\n    rename the github token setting\ncommit {hex:40}\n",
    ),
    (
        "README.md",
        "[![codecov](https://codecov.io/gh/x/y/branch/main/graph/badge.svg?flag={hex:8})](https://codecov.io/gh/x/y)\nSee https://github.com/x/y/blob/{hex:40}/auth/token.go for the api key.\n",
    ),
    (
        "docs/api.md",
        "Set `DATADOG_API_KEY=<your api key>` and `STRIPE_SECRET_KEY=sk_live_...`.\n`GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`\n`OPENAI_API_KEY=sk-your-key-here`\n",
    ),
    (
        "docs/headers.md",
        "`X-GitHub-Delivery: {uuid}`\n`X-Shopify-Hmac-Sha256: sha256`\n`ETag: \"{hex:32}\"`\n`X-Amz-Cf-Id: {b64u:54}==`\n",
    ),
    (
        "src/ids.ts",
        "export const HUBSPOT_PORTAL = \"{digits:8}\";\nexport const segmentId = \"{uuid}\";\nexport const pineconeIndex = \"products-{b36:7}\";\n",
    ),
    (
        "src/model.py",
        "class MailgunEvent(Base):\n    __table_digest__ = \"{hex:40}\"\n    event_id = UUID(\"{uuid}\")\n    fastly_service_id = \"{base62:22}\"\n",
    ),
    (
        "src/names.py",
        "sk_learn_pipeline_transformer_with_feature_union_step = 1\nhf_transformers_model_for_sequence_classification = 2\nre_exports_of_all_the_public_interface_modules = 3\nptr_to_linked_list_of_container_detail_objects_here = 4\nlip_sync_animation_controller_state = 5\n",
    ),
    (
        "src/style.css",
        ".pk-primary-button-with-large-rounded-corners{{color:red}}\n.sl-theme-dark{{--sl-color-primary-600:#fff}}\n.ico-arrow-right-circle-outline-small-inverse{{}}\n",
    ),
    (
        "usr/share/checksums.txt",
        "{hex:40}  twilio-token.js\n{hex:64}  vault/api/secret.go\n{hex:32}  algolia/key.js\n{hex:128}  okta-auth.jar\n",
    ),
    (
        "usr/lib/x.RECORD",
        "twilio/auth_token.py,sha256={b64u:43},120\ndatadog/api/keys.py,sha256={b64u:43},88\n",
    ),
    (
        "etc/ssl/bundle.pem",
        "-----BEGIN CERTIFICATE-----\nMIIDQTCCAimgAwIBAgITBmyfz5m/jAo54vB4ikPmljZbyjANBgkqhkiG9w0BAQsF\n{b64:64}\n{b64:64}\n-----END CERTIFICATE-----\n",
    ),
    (
        "public/a.js.map",
        "{{\"version\":3,\"sources\":[\"webpack://twilio/api/token.ts\"],\"mappings\":\"{b64:400}\"}}",
    ),
    ("public/logo.svg", "<svg><image href=\"data:image/png;base64,{b64:600}\"/></svg>"),
    (
        "srv/docker-compose.yml",
        "environment:\n  DATADOG_API_KEY: ${{DATADOG_API_KEY}}\n  STRIPE_KEY: ${{STRIPE_KEY:-}}\n  TWILIO_AUTH_TOKEN_FILE: /run/secrets/twilio\n",
    ),
    (
        "srv/.env.example",
        "DATADOG_API_KEY=\nTWILIO_AUTH_TOKEN=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nALGOLIA_API_KEY=00000000000000000000000000000000\nSLACK_TOKEN=xoxb-your-token\nSENDGRID_API_KEY=SG.xxxxxxxxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nAWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n",
    ),
    (
        "srv/openapi.yaml",
        "    example: \"{uuid}\"\n    description: the id of the okta application\n    x-request-id: {uuid}\n    etag: W/\"{hex:40}\"\n",
    ),
    (
        "srv/k8s.yaml",
        "metadata:\n  uid: {uuid}\n  resourceVersion: \"{digits:9}\"\n  labels:\n    pod-template-hash: {b36:10}\n    vault.hashicorp.com/role: api\n",
    ),
    (
        "work/nb.ipynb",
        "{{\"cells\": [{{\"id\": \"{uuid}\", \"metadata\": {{\"kaggle\": {{\"dataset\": \"{hex:32}\"}}}}, \"outputs\": [{{\"image/png\": \"iVBORw0KGgo{b64:400}\"}}]}}]}}",
    ),
    (
        "var/lib/dpkg/info/x.md5sums",
        "{hex:32}  usr/lib/python3/dist-packages/linode/token.py\n{hex:32}  usr/share/doc/digitalocean/secret\n",
    ),
    (
        "srv/sitemap.xml",
        "<url><loc>https://x.test/blog/how-to-rotate-your-cloudflare-api-token-{hex:40}</loc></url>\n",
    ),
    (
        "srv/cache.json",
        "{{\"key\": \"node_modules-{hex:64}\", \"restore_key\": \"node_modules-\", \"owner\": \"circleci\", \"revision\": \"{hex:40}\"}}\n",
    ),
];

/// Random text and lists of digests. `{…}` is filled in.
pub(crate) const NOISE: &[(&str, &str)] = &[
    ("app/x.bin.txt", "{b64:76}\n{b64:76}\n{b64:76}\n{b64:76}\n{b64:40}==\n"),
    ("usr/share/x.md5sums", "{hex:32}  usr/lib/codecov/api/key.py\n{hex:32}  usr/bin/heroku-token\n"),
    ("app/list.txt", "{uuid}\n{uuid}\n{uuid}\n"),
    ("app/ids.json", "{{\"id\": \"{uuid}\", \"requestId\": \"{uuid}\", \"heroku_app\": \"{uuid}\"}}"),
    ("app/git.log", "commit {hex:40}\nAuthor: A <a@b.test>\n\n    Use the snyk api\n\ncommit {hex:40}\n"),
    (
        "app/package-lock.json",
        "{{\"resolved\": \"https://r.test/x.tgz\", \"integrity\": \"sha512-{b64:86}==\"}}",
    ),
    ("app/Cargo.lock", "name = \"mailgun\"\nchecksum = \"{hex:64}\"\n\n[[package]]\nname = \"token\"\n"),
    (
        "app/go.sum",
        "github.com/exoscale/egoscale v0.18.1 h1:{b64:43}=\ngithub.com/exoscale/x v1 h1:{b64:43}=\n",
    ),
    ("app/RECORD", "exoscale/token.py,sha256={b64u:43},5889\nmistral/api_key.py,sha256={b64u:43},12\n"),
    ("app/headers.txt", "etag: \"{hex:32}\"\nx-request-id: {uuid}\nx-amz-id-2: {b64:76}\n"),
    (
        "etc/ssl/cert.pem",
        "-----BEGIN CERTIFICATE-----\n{b64:64}\n{b64:64}\n{b64:20}\n-----END CERTIFICATE-----\n",
    ),
    (
        "app/a.min.js",
        "!function(e,t){{var token=n(2);e.exports=function(a){{return a.token+\"{b36:8}\"}}}}(1,2);",
    ),
    ("app/workflow.yml", "- uses: heroku/deploy@{hex:40}\n- uses: snyk/actions@{hex:40}\n"),
    ("app/image.txt", "registry.test/datadog/agent@sha256:{hex:64}\n"),
    ("app/style.css", ".token{{background:url(data:image/png;base64,{b64:400})}}"),
    ("README.md", "See https://github.com/x/y/commit/{hex:40} for the twilio token change.\n"),
    (
        "app/docs.txt",
        "Linear notion box drone square segment render close front: use the key to open the square.\n",
    ),
    (
        "app/x.py",
        "def test_reactor_parametrization_in_client(self):\n    ptr_container_detail_static_move_pointer_x()\n",
    ),
    ("app/known_hosts", "github.com ssh-rsa AAAAB3NzaC1yc2E{b64:340}\n"),
    (
        "app/locale.json",
        "{{\"password\": \"Password\", \"token\": \"Enter the token\", \"secret\": \"Secret\"}}",
    ),
];
