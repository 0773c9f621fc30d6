#!/usr/bin/env bash
# Builds an image as a grown team's would be: about 1 GB compressed, with Debian, Python, Node, Java and Go and
# tens of thousands of files. For the benchmarks and for looking at false positives; by hand, it takes long.
#
#   bash e2e/big_image.sh OUT.tar
set -euo pipefail
[ $# = 1 ] || { echo "usage: $0 OUT.tar" >&2; exit 2; }
out="$(realpath "$1")"
here="$(cd "$(dirname "$0")" && pwd)"
bash "$here/components.sh" busybox docker > /dev/null
. "$here/components/lib.sh"
while IFS='=' read -r name value; do export "$name=$value"; done < "$cache/env/docker"
docker="$TIGHTLIP_E2E_DOCKER"
work="$(mktemp -d "$cache/big.XXXXXX")"
trap 'rm -rf "$work"' EXIT

base() {
  "$docker" image inspect big-base > /dev/null 2>&1 && return
  install_packages debootstrap
  local codename repository
  codename="$(. /etc/os-release && echo "$VERSION_CODENAME")"
  repository="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
    "Codename: $codename" 'Component: main' | head -n 1)"
  debootstrap --variant=minbase --include=ca-certificates "$codename" "$work/root" "$repository" > "$cache/run/debootstrap.log"
  tar -C "$work/root" -c . | "$docker" import - big-base > /dev/null
}

base
mkdir "$work/context"
# Package registries may be reached through a proxy whose certificate only this machine knows.
cp /etc/ssl/certs/ca-certificates.crt "$work/context/ca.crt"
cat > "$work/context/Dockerfile" <<'DOCKERFILE'
FROM big-base
ENV DEBIAN_FRONTEND=noninteractive NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
# The downloaded packages would double the size.
RUN printf '%s\n' '#!/bin/sh' 'apt-get install -y --no-install-recommends "$@" && apt-get clean' > /usr/local/bin/get && chmod +x /usr/local/bin/get
COPY ca.crt /etc/ssl/certs/ca-certificates.crt
RUN apt-get update && get build-essential curl git openssh-client openssl
RUN get python3-pip python3-venv python3-dev python3-django \
    python3-pandas python3-sklearn python3-matplotlib python3-boto3 python3-cryptography python3-paramiko \
    python3-sqlalchemy python3-twisted ansible
RUN get nodejs npm webpack node-typescript node-react eslint
RUN get default-jdk-headless maven libspring-web-java libhibernate-validator-java
RUN get golang golang-github-aws-aws-sdk-go-dev \
    golang-google-api-dev golang-github-azure-azure-sdk-for-go-dev
RUN get postgresql nginx redis-server vim-nox emacs-nox git-all
DOCKERFILE
"$docker" build --network host --tag big "$work/context" >&2
"$docker" save --output "$out.part" big
mv "$out.part" "$out"
"$docker" history big
"$docker" image rm big > /dev/null
ls -l --block-size=M "$out"
