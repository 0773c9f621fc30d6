#!/usr/bin/env bash
# Scans or lints, with annotations, a summary of the step, and reports as files. Ends as tightlip ends.
set -euo pipefail

lines() { while IFS= read -r line; do [ -z "$line" ] || arguments+=("$line"); done <<< "$1"; }

arguments=()
if [ -n "${TIGHTLIP_SCAN:-}" ]; then
  if [ -n "${TIGHTLIP_LINT:-}" ]; then
    echo "::error::this step scans or lints: use the action twice for both"
    exit 2
  fi
  arguments=(scan --quiet)
  lines "${TIGHTLIP_ARGUMENTS:-}"
  arguments+=("$TIGHTLIP_SCAN")
else
  arguments=(lint)
  lines "${TIGHTLIP_ARGUMENTS:-}"
  lines "${TIGHTLIP_LINT:-.}"
fi
outputs=(--format github --output "${GITHUB_STEP_SUMMARY:-/dev/null}" --format github-summary)
[ -z "${TIGHTLIP_SARIF:-}" ] || outputs+=(--output "$TIGHTLIP_SARIF" --format sarif)
[ -z "${TIGHTLIP_HTML:-}" ] || outputs+=(--output "$TIGHTLIP_HTML" --format html)

code=0
tightlip "${arguments[0]}" "${outputs[@]}" "${arguments[@]:1}" || code=$?
case "$code" in
  0) verdict=clean ;;
  1) verdict=leaking ;;
  3) verdict=unproven ;;
  *) exit "$code" ;;
esac
echo "verdict=$verdict" >> "${GITHUB_OUTPUT:-/dev/null}"
exit "$code"
