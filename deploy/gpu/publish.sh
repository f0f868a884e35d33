#!/usr/bin/env bash
# Makes the folder to take to a machine with a GPU: one program that needs no .NET, and check.sh, which runs it.
# Usage: publish.sh [DIR]   (default: artifacts/gpu-check)
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${1:-$root/artifacts/gpu-check}
most_bytes=60000000

rm -rf "$out"
dotnet publish "$here/check/Sjc.GpuCheck.csproj" -c Release -r linux-x64 --self-contained -nologo -v q -p:GpuCheckAlone=true -p:DebugType=none -o "$out"
cp "$here/check.sh" "$out/"
bytes=$(du -sb --apparent-size "$out" | cut -f1)
if [ "$bytes" -gt "$most_bytes" ]; then
  echo "publish.sh: $out must have at most $most_bytes bytes, but has $bytes." >&2
  exit 1
fi
echo "$out: $bytes bytes. Copy it to a machine with an NVIDIA GPU and run check.sh there."
