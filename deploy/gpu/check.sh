#!/usr/bin/env bash
# Checks the CUDA renderer on this machine's GPU against the processor's, then times it: one JSON file with all figures.
# Needs an NVIDIA driver and NVRTC (a CUDA toolkit, a PyTorch or a CUDA libtorch; SJC_LIBTORCH or SJC_CUDA_LIBRARIES names its
# folder), and no .NET: the program beside this script, made by publish.sh, brings its own. In the repository it is published first.
#
# Usage: check.sh [--device N] [--json FILE] [--short] | --compile-only
# Where compute-sanitizer is (SJC_SANITIZER names it, or says none; else in PATH, CUDA_HOME or /usr/local/cuda), all kernels run under it first, in small sizes.
# Exit codes: 0 all agrees, 1 the GPU computes something else, a call failed or the sanitizer found something, 2 wrong arguments, 3 no GPU that can be used here.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
program=$here/sjc-gpu-check
if [ ! -x "$program" ]; then
  program=$here/../../artifacts/gpu-check/sjc-gpu-check
  if [ ! -x "$program" ]; then
    if [ ! -x "$here/publish.sh" ] || ! command -v dotnet >/dev/null; then
      echo "check.sh: sjc-gpu-check must lie beside this script; make it with deploy/gpu/publish.sh where the .NET SDK is." >&2
      exit 2
    fi
    "$here/publish.sh" >&2
  fi
fi

find_sanitizer() {
  local candidate
  for candidate in "${SJC_SANITIZER:-}" compute-sanitizer "${CUDA_HOME:-/nonexistent}/bin/compute-sanitizer" /usr/local/cuda/bin/compute-sanitizer; do
    if [ "$candidate" = none ]; then
      return
    fi
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null; then
      echo "$candidate"
      return
    fi
  done
}

outcome=missing
sanitizer=$(find_sanitizer)
case " $* " in
  *" --compile-only "*) exec "$program" "$@" ;;
esac
if [ -n "$sanitizer" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  code=0
  "$sanitizer" --error-exitcode 9 "$program" "$@" --short --json "$folder/sanitized.json" || code=$?
  case $code in
    0) outcome=clean ;;
    9) outcome=findings ;;
    *) exit "$code" ;; # the program has said why
  esac
fi
"$program" "$@" --sanitizer "$outcome"
