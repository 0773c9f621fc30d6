#!/bin/sh
# Builds the images of a compose project, looks at each, and pushes them when none leaks.
set -eu

docker compose build
docker compose config --images | sort -u | while read -r image; do
  tightlip scan --quiet "docker:$image" < /dev/null || exit "$?"
done
docker compose push
