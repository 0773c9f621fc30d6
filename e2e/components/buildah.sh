#!/usr/bin/env bash
# The second family of builders, and independent tools to check our reading against.
. "$(dirname "$0")/lib.sh"

install_packages buildah podman skopeo umoci
buildah --version > /dev/null || die "buildah does not run"
podman --version > /dev/null || die "podman does not run"
publish buildah "TIGHTLIP_E2E_BUILDAH=$(command -v buildah)" "TIGHTLIP_E2E_PODMAN=$(command -v podman)"
