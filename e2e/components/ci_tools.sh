#!/usr/bin/env bash
# What our recipes for CI call: make, curl, and pre-commit, which runs hooks before a commit. A step with a key for SSH asks
# OpenSSH's agent; steps that are proved run git, curl and pip themselves.
. "$(dirname "$0")/lib.sh"

install_packages curl git make openssh-client pre-commit python3 python3-pip-whl
pre-commit --version > /dev/null || die "pre-commit does not run"
publish ci_tools "TIGHTLIP_E2E_PRE_COMMIT=$(command -v pre-commit)"
