//! What the finder of assignments finds and what it does not.

use crate::Example;

pub(super) const HITS: &[Example] = &[
    Example {
        path: "tmp/session.txt",
        text: "Started POST \"/login\"\nProcessing by SessionsController#create as HTML\n  Parameters: {{\"login\"=>{{\"email\"=>\"ann@kieselwerk.de\", \"password\"=>\"P{lower:6}#97\"}}, \"commit\"=>\"Log in\"}}\n",
        rule: "secret-in-file",
    },
    Example {
        path: "tmp/session.txt",
        text: "Started POST \"/login\" and more\nCompleted\n  Parameters: {{\"user\" => {{\"password\" => \"P{lower:6}#97\"}}}}\n",
        rule: "secret-in-file",
    },
    Example {
        path: "tmp/page.txt",
        text: "Using settings\nDATABASES = {{'default': {{'USER': 'shop', 'PASS': 'a1B{base62:15}', 'HOST': 'db'}}}}\n",
        rule: "secret-in-file",
    },
    Example {
        path: "tmp/dump.txt",
        text: "array(1) {{\n  [\"password\"]=>\n  string(18) \"a1B{base62:15}\"\n}}\nobject(Db)#3 (2) {{\n",
        rule: "secret-in-file",
    },
    Example {
        path: "ci/build.log",
        text: "#8 1.795  <add key=\"Username\" value=\"build\" />\n#8 2.664  <add key=\"ClearTextPassword\" value=\"a1B{base62:40}\" />\n",
        rule: "secret-in-file",
    },
    Example {
        path: "db.lisp",
        text: "(defparameter *db-password* \"p{lower:6}97\")\n",
        rule: "secret-in-file",
    },
    Example { path: "a.tcl", text: "set apiPassword {p{lower:6}97}\n", rule: "secret-in-file" },
    Example {
        path: "a.rkt",
        text: "(connect #:user \"rkt\" #:password \"a1B{base62:17}\" #:server \"pg\")\n",
        rule: "secret-in-file",
    },
    Example { path: "a.php", text: "$acmeToken .= \"a1B{base62:29}\";\n", rule: "secret-in-file" },
    Example { path: "a.py", text: "api_key = \"QR7XMpbC{digits:1}dComJA\"\n", rule: "secret-in-file" },
    Example {
        path: "a.go",
        text: "acmeToken := \"{hex:8}-{hex:4}-4{hex:3}-a{hex:3}-{hex:12}\"\n",
        rule: "secret-in-file",
    },
    Example { path: "a.php", text: "define('SMTP_PASS', 'p{lower:6}97');\n", rule: "secret-in-file" },
    Example { path: "a.js", text: "c = {user: 'bob', password: 'Kiesel*Fasan'}\n", rule: "secret-in-file" },
    Example {
        path: "load.m",
        text: "o = weboptions( ...\n    'Username', 'bob', ...\n    'Password', 'P{lower:6}97', ...\n    'Timeout', 5);\n",
        rule: "secret-in-file",
    },
    Example {
        path: "",
        text: "#9 0.412 services:\n#9 0.431     environment:\n#9 0.502       DB_PASSWORD: plum_{lower:7}5\n",
        rule: "secret-in-file",
    },
    Example { path: "a.py", text: "CHAVE_CORREIOS = '{hex:32}'\n", rule: "secret-in-file" },
    Example { path: "a.js", text: "const API_SCHLUESSEL = 'a1B{base62:30}';\n", rule: "secret-in-file" },
    Example { path: "a.php", text: "$segredo = 'a1B{base62:30}';\n", rule: "secret-in-file" },
    Example { path: "a.py", text: "bd = {{'mima': 'P{lower:6}2008kq'}}\n", rule: "secret-in-file" },
    Example { path: "a.c", text: "static const char *appKeyHex = \"{hex:32}\";\n", rule: "secret-in-file" },
    Example {
        path: "a.cs",
        text: "const string privateCode = \"a1B{base62:40}\";\n",
        rule: "secret-in-file",
    },
    Example {
        path: "settings.json",
        text: r#"{"done": "/opt/notify.sh --token=aB3{base62:12}"}"#,
        rule: "secret-in-file",
    },
    Example {
        path: "settings.js",
        text: "module.exports = {{ credentialSecret: \"small plum {lower:5} 1998\" }}\n",
        rule: "secret-in-file",
    },
    Example {
        path: "configuration.yml",
        text: "storage:\n  encryption_key: walrus-pickle-ember-fjord\n",
        rule: "secret-in-file",
    },
    Example {
        path: "app/application.properties",
        text: "spring.datasource.password=hunter{digits:2}\n",
        rule: "secret-in-file",
    },
    Example { path: "app/config.yml", text: "db:\n  password: p{lower:6}9\n", rule: "secret-in-file" },
    Example {
        path: "app/appsettings.json",
        text: r#"{"Jwt": {"clientSecret": "a1B{base62:30}"}}"#,
        rule: "secret-in-file",
    },
    Example {
        path: "app/web.config",
        text: "<add key=\"DbPassword\" value=\"p{lower:6}9\" />",
        rule: "secret-in-file",
    },
    Example {
        path: "k8s/deploy.yaml",
        text: "env:\n- name: DB_PASSWORD\n  value: p{lower:6}9\n",
        rule: "secret-in-file",
    },
    Example { path: "app/settings.py", text: "SECRET_KEY = 'a1B{base62:40}'\n", rule: "secret-in-file" },
    Example { path: "main.tf", text: "password = \"p{lower:6}9\"\n", rule: "secret-in-file" },
    Example { path: "notes", text: "user: bob\npassword: p{lower:6}9\n", rule: "secret-in-file" },
    Example {
        path: "main.tf",
        text: "variable \"db_password\" {\n  default = \"p{lower:6}9\"\n}\n",
        rule: "secret-in-file",
    },
    Example { path: "x.ps1", text: "$password = \"p{lower:6}9\"\n", rule: "secret-in-file" },
    Example {
        path: "data/common.yaml",
        text: "profile::db::password: 'p{lower:6}9'\n",
        rule: "secret-in-file",
    },
    Example { path: "Pulumi.yaml", text: "config:\n  app:dbPassword: p{lower:6}9\n", rule: "secret-in-file" },
    Example { path: "a.yml", text: "password: \"{noop}p{lower:6}9\"\n", rule: "secret-in-file" },
    Example { path: "a.conf", text: "  shared_key a1B{base62:20}\n", rule: "secret-in-file" },
    Example {
        path: "etc/nats/nats.conf",
        text: "users = [\n  {{ user: bob, password: p{lower:6}97 , permissions: x }}\n]\n",
        rule: "secret-in-file",
    },
    Example { path: "main.4f1c.chunk.js", text: "{apiKey:\"a1B{base62:30}\",x:1}", rule: "secret-in-file" },
    Example { path: "a.php", text: "private $clave = \"P{lower:6}*77\";\n", rule: "secret-in-file" },
    Example { path: "a.py", text: "contrase\u{f1}a = 'P{lower:6}*77'\n", rule: "secret-in-file" },
    Example {
        path: "docs/runbook/failover.md",
        text: "Promote it:\n\n   PGPASSWORD='P{lower:6}*77' psql -h pg -c 'select 1'\n",
        rule: "secret-in-file",
    },
    Example { path: "a.sas", text: "%let pw=P{lower:6}*77;\n", rule: "secret-in-file" },
    Example {
        path: "a.ino",
        text: "const char* password = \"8656948{digits:1}618155631737\";",
        rule: "secret-in-file",
    },
    Example {
        path: "wiki/a.html",
        text: "<td><b>Passwort</b></td><td><code>P{lower:6}*77</code></td>",
        rule: "secret-in-file",
    },
    Example { path: "A.java", text: "char[] PWD = \"P{lower:6}*77\".toCharArray();", rule: "secret-in-file" },
    Example { path: "a.swift", text: "passwordField.text = \"P{lower:6}*77\"\n", rule: "secret-in-file" },
    Example { path: "app.rb", text: "set :session_secret, '{hex:64}'\n", rule: "secret-in-file" },
    Example {
        path: "root/.lein/credentials.clj",
        text: "{{\n #\"https://h/.*\" {{:username \"bob\" :password \"P{lower:6}97\"}}\n",
        rule: "secret-in-file",
    },
    Example { path: "a.clj", text: "(defonce secret \"a1B{base62:30}\")\n", rule: "secret-in-file" },
    Example {
        path: "a.swift",
        text: "let secretKey = Array(\"a1B{base62:29}\".utf8)\n",
        rule: "secret-in-file",
    },
    Example { path: "a.pas", text: "DB_KENNWORT = 'P{lower:6}97';\n", rule: "secret-in-file" },
    Example { path: "a.xml", text: "<password>p{lower:6}9</password>", rule: "secret-in-file" },
    Example { path: "", text: r#"{\"password\":\"p{lower:6}9\"}"#, rule: "secret-in-file" },
    Example {
        path: "config/database.php",
        text: "'crm' => ['host' => 'db', 'x' => env('CRM_PASSWORD', 'DolphinCopper')],\n",
        rule: "secret-in-file",
    },
    Example {
        path: "a.cs",
        text: "var a = config.GetValue<string>(\"Db:Password\", \"copper-dolphin-lantern\");\n",
        rule: "secret-in-file",
    },
    Example {
        path: "a.js",
        text: "connect(process.env.DB_PASSWORD || 'DolphinCopper');\n",
        rule: "secret-in-file",
    },
    Example {
        path: "app.py",
        text: "if request.args.get(\"pw\") != \"DolphinCopper\":\n",
        rule: "secret-in-file",
    },
    Example {
        path: "app.rb",
        text: "halt 403 unless params[:pw] == 'copper-dolphin-lantern'\n",
        rule: "secret-in-file",
    },
    Example {
        path: "main.go",
        text: "if r.Header.Get(\"X-Api-Key\") != \"P{lower:6}#97\" {{\n",
        rule: "secret-in-file",
    },
    Example {
        path: "A.java",
        text: "if (!\"P{lower:6}#97\".equals(request.getHeader(\"X-Auth-Token\"))) {{\n",
        rule: "secret-in-file",
    },
    Example {
        path: "A.cs",
        text: "if (context.Request.Headers[\"X-Api-Key\"].ToString() != \"P{lower:6}#97\")\n",
        rule: "secret-in-file",
    },
    Example {
        path: "a.sas",
        text: "  connect to teradata (user=bob password=Xk9v{lower:5}77 server=td);\n",
        rule: "secret-in-file",
    },
];

pub(super) const MISSES: &[Example] = &[
    Example {
        path: "etc/wpa_supplicant/eap.conf",
        text: "network={{\n\tprivate_key=\"pkcs11:token=kiesel97;object=key1\"\n}}\n",
        rule: "",
    },
    Example {
        path: "tmp/session.txt",
        text: "  Parameters: {{\"login\"=>{{\"password\"=>\"[FILTERED]\", \"password_confirmation\"=>\"[FILTERED]\"}}}}\nPASS: a1B{base62:15}\n{{'PASS': 12, 'FAIL': 0, 'PASSWORD': '********'}}\n",
        rule: "",
    },
    Example {
        path: "tmp/dump.txt",
        text: "array(3) {{\n  [\"password\"]=>\n  NULL\n  [\"password\"]=>\n  string(0) \"\"\n  [\"password\"]=>\n  string(8) \"********\"\n  [\"name\"]=>\n  string(18) \"a1B{base62:15}\"\n}}\n",
        rule: "",
    },
    Example {
        path: "db.sls",
        text: "db:\n  password: {{ salt['pillar.get']('secrets:db:password') }}\n",
        rule: "",
    },
    Example {
        path: "settings.kts",
        text: "password(\"env.DB_PASSWORD\", \"credentialsJSON:{hex:8}-{hex:4}-4{hex:3}-a{hex:3}-{hex:12}\")\n",
        rule: "",
    },
    Example {
        path: "strings.xml",
        text: "<string name=\"pref_key_auth_token\">prefKeyAuthTokenV2Encrypted</string>\n",
        rule: "",
    },
    Example {
        path: "a.java",
        text: "String sortToken = \"AccessTokenV2Beta\"; String apiKey = \"X-Api-Key-V2\";\n",
        rule: "",
    },
    Example { path: "a.yaml", text: "ADMIN_PASSWORD: \"@format {{env[ADMIN_PASSWORD]}}\"\n", rule: "" },
    Example { path: "secrets.yml", text: "DB_PASSWORD: !var prod/pay/db_password\n", rule: "" },
    Example {
        path: "strength.js",
        text: "const COMMON_PASSWORDS = ['qwerty', 'zaq12wsx', '1q2w3e4r'];\n",
        rule: "",
    },
    Example { path: "events.json", text: "{{\"password\": \"account.password.changed.v1\"}}\n", rule: "" },
    Example { path: "login.js", text: "const s={{apiKey:\"Keys_apiKey__sG6Xc\",b:\"c\"}}\n", rule: "" },
    Example { path: "de.js", text: "const de={{\"api_key\":\"API-Schl\\u00fcssel\"}}\n", rule: "" },
    Example {
        path: "",
        text: "#9 0.4 Password: accepted\n2026-01-02T03:04:05Z token: expired\nweb-1  | 10:11:12 password: changed\n",
        rule: "",
    },
    Example {
        path: "sums.py",
        text: "SUMS = {{'password-dict.txt.gz': '{hex:64}', 'TOKEN_PROGRAM': 'Token{base62:38}'}}\n",
        rule: "",
    },
    Example {
        path: "keys.json",
        text: "{{\"secretMenu\": \"CTRL+SHIFT+F12\", \"token\": \"ALT+T\"}}\n",
        rule: "",
    },
    Example {
        path: "app/config.ini",
        text: "password = tu_contrase\u{f1}a\ntoken = hier-token-eintragen\npass = __SMTP_PASS__\n",
        rule: "",
    },
    Example {
        path: "a.py",
        text: "CHAVE_PUBLICA = 'a1B{base62:40}'\nCLAVE = 'nombre_de_columna'\n",
        rule: "",
    },
    Example {
        path: "prometheus.yml",
        text: "a:\n  - b: [{{targets: [\"token-svc:9090\", \"password-api:8080\"]}}]\n",
        rule: "",
    },
    Example {
        path: "app/config.ini",
        text: "lock_dsn=flock\nmailer_dsn=smtp://user:pass@smtp.example.com\nmailer_dsn=smtp://bob@h7.acme.dev\n",
        rule: "",
    },
    Example {
        path: "app/settings.py",
        text: "password = get_password()\nsecret_key = os.environ['SECRET_KEY']\ntoken: str = None\npassword=\"password\"\n",
        rule: "",
    },
    Example {
        path: "app/config.yml",
        text: "password: ${DB_PASSWORD}\ntoken: {{ .Values.token }}\nsecretName: db\npassword: \"\"\nsecret: null\n",
        rule: "",
    },
    Example {
        path: "a.json",
        text: r#"{"token_hash": "a1B{base62:40}", "AWS::IAM::AccessKey": "{hex:16}", "x": "arn:aws:s:1:secret:MyTest-a1b2c3", "passwordChanged": "2016-09-08T21:47:36Z", "token": "2016-09-08T21:47:36Z"}"#,
        rule: "",
    },
    Example { path: "etc/nsswitch.conf", text: "passwd:         files systemd\nshadow: files\n", rule: "" },
    Example {
        path: "etc/pam.d/common-password",
        text: "password\t[success=1 default=ignore]\tpam_unix.so obscure yescrypt\n",
        rule: "",
    },
    Example {
        path: "package.json",
        text: r#"{"dependencies": {"js-tokens": "^4.0.0", "password": "1.2.3"}, "token": "Token"}"#,
        rule: "",
    },
    Example {
        path: "a.js",
        text: "if (token === 'abc12345') {} const t = {token: t.token, password: 'Password'}; e.secret=n(5)",
        rule: "",
    },
    Example {
        path: "en.json",
        text: r#"{"password": "Password", "forgot_password": "Forgot it?", "token": "Enter the token we sent"}"#,
        rule: "",
    },
    Example {
        path: "README.md",
        text: "password: the one you chose\nSet `API_KEY=secret123` first\n",
        rule: "",
    },
    Example {
        path: "es.yml",
        text: "clave: valor-1\nparola: secondo2\ncontrase\u{f1}a: Contrase\u{f1}a\n",
        rule: "",
    },
    Example {
        path: "a.cs",
        text: "lblPassword.Text = \"Kennwort23\"; txtPassword.Text = \"\"; passwordField.placeholder = \"Passwort*77\";\n",
        rule: "",
    },
    Example {
        path: "test_sha.cpp",
        text: "EXPECT_EQ(sha256_hex(\"password\"), \"{hex:64}\"); CHECK(md5(\"secret\") == \"{hex:32}\");\n",
        rule: "",
    },
    Example {
        path: "a.properties",
        text: "login.password=\\u041f\\u0430\\u0440\\u043e\\u043b\\u044c\n",
        rule: "",
    },
    Example { path: "a.yaml", text: "args: [\"--exclude-secrets\", \"(password|changeme)\"]\n", rule: "" },
    Example {
        path: "a.go",
        text: "Token: token.NewToken(x1), Password string `json:\"password\"`\n",
        rule: "",
    },
    Example {
        path: "a.java",
        text: "private static final String PASSWORD_KEY = \"user.password\"; String token = \"access_token\";\n",
        rule: "",
    },
    Example {
        path: "a.php",
        text: "env('APP_NAME', 'DolphinCopper'); env('DB_PASSWORD', 'EnterPassword'); trans('user.password', 'DolphinCopper');\n",
        rule: "",
    },
    Example {
        path: "a.js",
        text: "if (req.query.token !== 'undefined') f(); if (node.secret !== 'DolphinCopper') g(); if (req.body.password == 'resetPassword') h();\n",
        rule: "",
    },
    Example {
        path: "a.json",
        text: "{{\"modes\": [\"LOGIN_NATIVE_PASSWORD\", \"STORE_SCRAM_SHA_256\"], \"GetLoginPassword\": \"vm7:GetLoginPassword\"}}\n",
        rule: "",
    },
    Example {
        path: "a.py",
        text: "Access(ec2_ssh_key=\"ec2SshKey\")\nif not password.startswith(\"KELP-{digits:3}-x\"):\n",
        rule: "",
    },
    Example {
        path: "pyproject.toml",
        text: "hash_password = \"acme._scripts.hash_password:main\"\n",
        rule: "",
    },
    Example {
        path: "id.rs",
        text: "declare_id!(\"Token{base62:3}\");\npub const ASSOCIATED_TOKEN: &str = \"AbTokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8kn\";\n",
        rule: "",
    },
];
