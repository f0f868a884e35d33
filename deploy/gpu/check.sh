#!/usr/bin/env bash
# Checks the CUDA renderer on this machine's GPU against the processor's, then times it: one JSON file with all figures.
# Needs an NVIDIA driver and NVRTC (a CUDA toolkit, a PyTorch or a CUDA libtorch; SJC_LIBTORCH or SJC_CUDA_LIBRARIES names its
# folder), and no .NET: the program beside this script, made by publish.sh, brings its own. In the repository it is published first.
#
# Usage: check.sh [--device N] [--json FILE] [--short] | --compile-only
# Exit codes: 0 all agrees, 1 the GPU computes something else or a call failed, 2 wrong arguments, 3 no GPU that can be used here.
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

sanitizer=()
if [ -n "${SJC_SANITIZER:-}" ]; then
  sanitizer=("$SJC_SANITIZER" --error-exitcode 1) # such as compute-sanitizer, whose findings then fail the check
fi
exec "${sanitizer[@]}" "$program" "$@"
