#!/usr/bin/env bash
# A real registry (distribution 2.8) on a loopback port.
. "$(dirname "$0")/lib.sh"

port="${TIGHTLIP_E2E_REGISTRY_PORT:-15213}"
# Unpacked, not installed: the package would start a service of its own.
registry="$cache/registry/usr/bin/docker-registry"
answers() { curl --silent --fail --max-time 2 "http://127.0.0.1:$port/v2/"; }

if ! answers > /dev/null; then
  install_packages curl
  [ -x "$registry" ] || unpack_own "$cache/registry" docker-registry
  cat > "$cache/run/registry.yml" <<YAML
version: 0.1
log: {level: warn}
storage:
  filesystem: {rootdirectory: "$cache/data/registry"}
  delete: {enabled: true}
http: {addr: "127.0.0.1:$port"}
YAML
  background registry "$registry" serve "$cache/run/registry.yml"
  wait_for 20 answers || die "the registry does not start: see $cache/run/registry.log"
fi
publish registry "TIGHTLIP_E2E_REGISTRY=127.0.0.1:$port" "TIGHTLIP_E2E_REGISTRY_PROGRAM=$registry"
