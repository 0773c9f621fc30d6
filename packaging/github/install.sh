#!/usr/bin/env bash
# Puts tightlip on the path of the steps that follow: the one that is there, or that of a release, checked.
set -euo pipefail

if command -v tightlip > /dev/null; then
  tightlip --version
  exit
fi
case "$(uname -s) $(uname -m)" in
  "Linux x86_64") target=x86_64-unknown-linux-musl ;;
  "Linux aarch64") target=aarch64-unknown-linux-musl ;;
  *) echo "::error::there is no release of tightlip for $(uname -s) on $(uname -m): install it before this step"; exit 2 ;;
esac
case "$TIGHTLIP_VERSION" in
  v[0-9]*.[0-9]*.[0-9]*) ;;
  *) echo "::error::name a release: \`version: v0.1.0\`, or use the action as \`@v0.1.0\`"; exit 2 ;;
esac
name="tightlip-${TIGHTLIP_VERSION#v}-$target"
folder="$RUNNER_TEMP/tightlip"
mkdir -p "$folder"
cd "$folder"
for file in "$name.tar.gz" SHA256SUMS; do
  curl --fail --silent --show-error --location --retry 3 --remote-name \
    "$TIGHTLIP_SOURCE/releases/download/$TIGHTLIP_VERSION/$file"
done
# `--ignore-missing` alone would accept a list that does not name the archive.
grep -F "  $name.tar.gz" SHA256SUMS | sha256sum --check --strict
tar -xzf "$name.tar.gz"
echo "$folder/$name" >> "$GITHUB_PATH"
"$name/tightlip" --version
