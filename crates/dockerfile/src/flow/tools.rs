//! The table of tools that write down what they are told: one row each.
//!
//! A row: how it is called, where it writes, and the calls that undo it. See [`Tool`] for what the words mean. The
//! first row that fits counts, so the special ones stand above the general ones.

use super::tool::{Tool, any, url};

/// The rows.
pub(super) static TOOLS: &[Tool] = &[
    // git
    any("git clone -c|--config", "%clone", "git remote set-url|remove|rm"),
    url("git clone", "%clone", "git remote set-url|remove|rm"),
    any("git remote add|set-url", "%git", "git remote set-url|remove|rm"),
    any("git submodule add|set-url", ".gitmodules", ""),
    any(
        "git config --global",
        "$GIT_CONFIG_GLOBAL ~/.gitconfig",
        "git config --unset|--unset-all|--remove-section",
    ),
    any(
        "git config --system",
        "$GIT_CONFIG_SYSTEM /etc/gitconfig",
        "git config --unset|--unset-all|--remove-section",
    ),
    any("git config -f|--file", "--file -f", ""),
    any("git config", "%git", "git config --unset|--unset-all|--remove-section"),
    any("git credential approve|store", "~/.git-credentials", "git credential reject"),
    any("git credential-store store", "--file ~/.git-credentials", "git credential-store erase"),
    url("hg clone", "%clone", ""),
    any("svn checkout|co|export|update", "--config-dir ~/.subversion/auth", ""),
    url("pod repo add", "~/.cocoapods/repos", "pod repo remove"),
    // JavaScript
    any("npm|pnpm config|c set --location=project", ".npmrc", "npm|pnpm config|c delete|rm"),
    any("npm|pnpm config|c set", NPMRC, "npm|pnpm config|c delete|rm"),
    any("npm|pnpm set|login|adduser|add-user", NPMRC, "npm|pnpm logout"),
    url("npm install|i|add|ci", "package-lock.json", ""),
    url("pnpm install|i|add", "pnpm-lock.yaml", ""),
    any("yarn config set --home|-H", "~/.yarnrc.yml", "yarn config unset"),
    any("yarn config set npm*", ".yarnrc.yml", "yarn config unset"),
    any("yarn config set", "~/.yarnrc", "yarn config delete"),
    url("yarn add", "yarn.lock", ""),
    any("snyk auth|config", "~/.config/configstore/snyk.json", "snyk config clear|unset"),
    // Python
    any("pip|pip3 config set --global", "/etc/pip.conf", "pip|pip3 config unset"),
    any("pip|pip3 config set --site", "$VIRTUAL_ENV/pip.conf /usr/local/pip.conf", "pip|pip3 config unset"),
    any(
        "pip|pip3 config set",
        "$XDG_CONFIG_HOME/pip/pip.conf ~/.config/pip/pip.conf",
        "pip|pip3 config unset",
    ),
    url("pip|pip3 install -e|--editable", "$VIRTUAL_ENV/src src", ""),
    any("poetry config http-basic.*|pypi-token.*", POETRY, "poetry config --unset"),
    any(
        "poetry config",
        "$POETRY_CONFIG_DIR/config.toml ~/.config/pypoetry/config.toml",
        "poetry config --unset",
    ),
    url("poetry add", "poetry.lock", ""),
    url("uv add", "uv.lock", ""),
    any("uv auth login", "$UV_CREDENTIALS_DIR ~/.local/share/uv/credentials", "uv auth logout"),
    // It writes the options of its indexes down, with what they bring along to be let in.
    any(
        "pip-compile --index-url|-i|--extra-index-url",
        "--output-file -o requirements.txt",
        "pip-compile --no-emit-index-url",
    ),
    any("pdm config --local", "pdm.toml", "pdm config --delete"),
    any("pdm config", "~/.config/pdm/config.toml", "pdm config --delete"),
    any("hatch config set", "~/.config/hatch/config.toml", ""),
    any("conda|mamba config", "--file $CONDARC ~/.condarc", "conda|mamba config --remove"),
    any("keyring set", "~/.local/share/python_keyring/keyring_pass.cfg", "keyring del"),
    any("huggingface-cli login", HF_TOKEN, "huggingface-cli logout"),
    any("hf auth login", HF_TOKEN, "hf auth logout"),
    any("wandb login", "$NETRC ~/.netrc", ""),
    // Java, .NET, PHP, Ruby, Rust, Go, C++
    any(
        "dotnet nuget add|update source",
        "--configfile ~/.nuget/NuGet/NuGet.Config",
        "dotnet nuget remove source",
    ),
    any("nuget sources|source|setapikey", "-ConfigFile ~/.nuget/NuGet/NuGet.Config", ""),
    any(
        "composer config -g|--global",
        "$COMPOSER_HOME/auth.json ~/.composer/auth.json",
        "composer config --unset",
    ),
    any("composer config", "auth.json", "composer config --unset"),
    any(
        "bundle|bundler config --local",
        "$BUNDLE_APP_CONFIG/config .bundle/config",
        "bundle|bundler config unset",
    ),
    any("bundle|bundler config", "$BUNDLE_USER_CONFIG ~/.bundle/config", "bundle|bundler config unset"),
    any("gem signin", "~/.gem/credentials", "gem signout"),
    any("gem sources|source", "~/.gemrc", "gem sources|source --remove|-r"),
    any("cargo login", "$CARGO_HOME/credentials.toml ~/.cargo/credentials.toml", "cargo logout"),
    url("cargo add", "Cargo.toml", ""),
    any(
        "mix hex.organization|hex.repo auth|add",
        "$HEX_HOME/hex.config ~/.hex/hex.config",
        "mix hex.organization|hex.repo deauth|remove",
    ),
    any(
        "dart|flutter pub token add",
        "$XDG_CONFIG_HOME/dart/pub-tokens.json ~/.config/dart/pub-tokens.json",
        "dart|flutter pub token remove",
    ),
    any("go env -w", "$GOENV ~/.config/go/env", "go env -u"),
    any("conan user", "$CONAN_USER_HOME/.conan/.conan.db ~/.conan/.conan.db", "conan user --clean|-c"),
    any("conan remote login|add", "$CONAN_HOME/.conan.db ~/.conan2/.conan.db", "conan remote logout"),
    // Containers
    any("docker|nerdctl|oras|cosign|ko login", DOCKER, "docker|nerdctl|oras|cosign|ko logout"),
    any("crane|gcrane auth login", DOCKER, "crane|gcrane auth logout"),
    any("podman|buildah|skopeo login", PODMAN, "podman|buildah|skopeo logout"),
    any("regctl registry login|set", "$REGCTL_CONFIG ~/.regctl/config.json", "regctl registry logout"),
    any(
        "helm registry login",
        "--registry-config $HELM_REGISTRY_CONFIG ~/.config/helm/registry/config.json",
        "helm registry logout",
    ),
    any(
        "helm repo add",
        "--repository-config $HELM_REPOSITORY_CONFIG ~/.config/helm/repositories.yaml",
        "helm repo remove",
    ),
    any("kubectl|oc config set-credentials|set-cluster|set", KUBE, "kubectl|oc config delete-user|unset"),
    any("oc login", KUBE, "oc logout"),
    // Clouds and services
    any("aws configure set|import", "$AWS_SHARED_CREDENTIALS_FILE ~/.aws/credentials", ""),
    any(
        "gcloud auth activate-service-account|login",
        "$CLOUDSDK_CONFIG/credentials.db ~/.config/gcloud/credentials.db",
        "gcloud auth revoke",
    ),
    any(
        "gcloud config set",
        "$CLOUDSDK_CONFIG/properties ~/.config/gcloud/properties",
        "gcloud config unset",
    ),
    any("gsutil config", "$BOTO_CONFIG ~/.boto", ""),
    any(
        "az login",
        "$AZURE_CONFIG_DIR/service_principal_entries.json ~/.azure/service_principal_entries.json",
        "az logout, az account clear",
    ),
    any("doctl auth init", "--config ~/.config/doctl/config.yaml", "doctl auth remove"),
    any(
        "ibmcloud login|config",
        "$IBMCLOUD_HOME/.bluemix/config.json ~/.bluemix/config.json",
        "ibmcloud logout",
    ),
    any("hcloud context create", "$HCLOUD_CONFIG ~/.config/hcloud/cli.toml", "hcloud context delete"),
    any("scw init|config", "$SCW_CONFIG_PATH ~/.config/scw/config.yaml", ""),
    any("aliyun configure", "~/.aliyun/config.json", ""),
    any("linode-cli configure", "~/.config/linode-cli", ""),
    any("gh auth login", "$GH_CONFIG_DIR/hosts.yml ~/.config/gh/hosts.yml", "gh auth logout"),
    any("glab auth login", "$GLAB_CONFIG_DIR/config.yml ~/.config/glab-cli/config.yml", ""),
    any("heroku login", "~/.netrc", "heroku logout"),
    any("fly|flyctl auth login", "~/.fly/config.yml", "fly|flyctl auth logout"),
    any("vercel login", "~/.local/share/com.vercel.cli/auth.json", "vercel logout"),
    any("netlify login", "~/.config/netlify/config.json", "netlify logout"),
    any("terraform|tofu login", "~/.terraform.d/credentials.tfrc.json", "terraform|tofu logout"),
    any("vault login", "~/.vault-token", ""),
    any("doppler configure set", "~/.doppler/.doppler.yaml", "doppler configure unset"),
    any("ngrok authtoken", "~/.config/ngrok/ngrok.yml", ""),
    any("ngrok config add-authtoken|add-api-key", "--config ~/.config/ngrok/ngrok.yml", ""),
    any("sentry-cli login", "~/.sentryclirc", ""),
    any(
        "rclone config create|update|password",
        "--config $RCLONE_CONFIG ~/.config/rclone/rclone.conf",
        "rclone config delete",
    ),
    any("mc alias set", "$MC_CONFIG_DIR/config.json ~/.mc/config.json", "mc alias remove|rm"),
    any("s3cmd --configure", "--config -c ~/.s3cfg", ""),
    any("b2 authorize-account|account", "$B2_ACCOUNT_INFO ~/.b2_account_info", "b2 clear-account"),
    any(
        "jf|jfrog config|c add|edit|import",
        "$JFROG_CLI_HOME_DIR/jfrog-cli.conf.v6 ~/.jfrog/jfrog-cli.conf.v6",
        "jf|jfrog config|c remove|rm",
    ),
    any("databricks configure", "$DATABRICKS_CONFIG_FILE ~/.databrickscfg", ""),
    any("circleci setup", "~/.circleci/cli.yml", ""),
    any("dvc remote modify --local", ".dvc/config.local", ""),
    any("dvc remote modify|add", ".dvc/config", "dvc remote remove"),
    // The system
    any("chpasswd", "/etc/shadow", ""),
    any("passwd --stdin", "/etc/shadow", ""),
    any("useradd|usermod|adduser -p|--password", "/etc/shadow", ""),
    any("htpasswd -n", "/dev/stdout", ""),
    any("htpasswd", "%first", ""),
    any(
        "mysql_config_editor set",
        "$MYSQL_TEST_LOGIN_FILE ~/.mylogin.cnf",
        "mysql_config_editor remove|reset",
    ),
    any("gpg|gpg2 --import", "$GNUPGHOME ~/.gnupg", ""),
    any("ssh-keygen -f", "-f", ""),
    any(
        "add-apt-repository|apt-add-repository",
        "/etc/apt/sources.list.d",
        "add-apt-repository|apt-add-repository --remove|-r",
    ),
    any("yum-config-manager --add-repo|--setopt", "/etc/yum.repos.d", ""),
    any("dnf config-manager", "/etc/yum.repos.d", ""),
    any("zypper addrepo|ar", "/etc/zypp/repos.d", "zypper removerepo|rr"),
    any(
        "pro|ua attach",
        "/var/lib/ubuntu-advantage/private/machine-token.json",
        "pro|ua detach, apt-get|apt purge ubuntu-pro-client|ubuntu-advantage-tools",
    ),
    any("debconf-set-selections", "/var/cache/debconf/passwords.dat", ""),
];

const NPMRC: &str = "--userconfig $NPM_CONFIG_USERCONFIG $npm_config_userconfig ~/.npmrc";
const POETRY: &str =
    "$POETRY_CONFIG_DIR/auth.toml $XDG_CONFIG_HOME/pypoetry/auth.toml ~/.config/pypoetry/auth.toml";
const HF_TOKEN: &str = "$HF_TOKEN_PATH $HF_HOME/token ~/.cache/huggingface/token";
const DOCKER: &str = "--config/config.json $DOCKER_CONFIG/config.json ~/.docker/config.json";
const PODMAN: &str =
    "--authfile $REGISTRY_AUTH_FILE $XDG_RUNTIME_DIR/containers/auth.json /run/containers/0/auth.json";
const KUBE: &str = "--kubeconfig $KUBECONFIG ~/.kube/config";
