#!/usr/bin/env bash
# A Docker Engine with BuildKit, buildx and the containerd image store, and the base image `bb` in it.
#
# Debian 12's own Docker is too old for attestations and OCI export; testing's packages run when they
# are unpacked beside it. Everything is ours alone (engine, containerd, socket, data, bridge, client
# configuration; no iptables), so that a Docker that the machine has is left as it is.
. "$(dirname "$0")/lib.sh"

root="$cache/docker"
run="$cache/run"
bridge=tightlip0
export DOCKER_HOST="unix://$run/docker.sock" DOCKER_CONFIG="$cache/docker-config"
export PATH="$root/usr/sbin:$root/usr/bin:$PATH"
docker="$root/usr/bin/docker"

answers() { "$docker" version; }

programs() {
  install_packages runc iproute2
  local plugin plugins="$root/usr/libexec/docker/cli-plugins"
  [ -x "$plugins/docker-compose" ] || unpack_testing "$root" docker.io docker-cli docker-buildx docker-compose containerd
  mkdir -p "$DOCKER_CONFIG/cli-plugins"
  for plugin in docker-buildx docker-compose; do ln -sfn "$plugins/$plugin" "$DOCKER_CONFIG/cli-plugins/$plugin"; done
}

network() {
  ip link show "$bridge" > /dev/null 2>&1 && return
  ip link add "$bridge" type bridge
  ip address add 10.213.0.1/24 dev "$bridge"
  ip link set "$bridge" up
}

start_containerd() {
  cat > "$run/containerd.toml" <<TOML
version = 3
root = "$cache/data/containerd"
state = "$run/containerd"
disabled_plugins = ["io.containerd.cri.v1.runtime", "io.containerd.cri.v1.images", "io.containerd.grpc.v1.cri"]
[grpc]
address = "$run/containerd.sock"
TOML
  background containerd containerd --config "$run/containerd.toml"
  wait_for 20 ctr --address "$run/containerd.sock" version || die "containerd does not start: see $run/containerd.log"
}

# Tests leave their images: to remove one takes layers from builds that share them and are being unpacked.
start_afresh() {
  # The engine's folder itself may still be mounted on itself.
  rm -rf --one-file-system "$cache/data/containerd" "$cache/data/docker/"*
  start_containerd
}

start_docker() {
  # Without the containerd image store there are no attestations and there is no OCI export.
  cat > "$run/daemon.json" <<JSON
{"features": {"containerd-snapshotter": true}, "bridge": "$bridge", "iptables": false, "ip6tables": false}
JSON
  background dockerd dockerd --config-file "$run/daemon.json" --data-root "$cache/data/docker" \
    --exec-root "$run/docker" --pidfile "$run/docker.pid" --containerd "$run/containerd.sock" --host "$DOCKER_HOST"
  wait_for 40 answers || die "dockerd does not start: see $run/dockerd.log"
}

base_image() {
  "$docker" image inspect bb > /dev/null 2>&1 && return
  local context busybox="$cache/busybox/bin/busybox"
  context="$(mktemp -d)"
  cp "$busybox" "$context/busybox"
  cat > "$context/Dockerfile" <<'DOCKERFILE'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN ["/bin/mkdir", "-p", "/app", "/root", "/tmp"]
DOCKERFILE
  "$docker" build --quiet --tag bb "$context" >&2
  rm -r "$context"
}

if ! answers > /dev/null 2>&1; then
  need_root docker
  programs
  network
  ctr --address "$run/containerd.sock" version > /dev/null 2>&1 || start_afresh
  start_docker
fi
base_image
publish docker "TIGHTLIP_E2E_DOCKER=$docker" "DOCKER_HOST=$DOCKER_HOST" "DOCKER_CONFIG=$DOCKER_CONFIG"
