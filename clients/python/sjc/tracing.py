"""The current span of OpenTelemetry, where the caller's process has it: there is no dependency on it."""

from __future__ import annotations

from typing import Optional

try:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
except ImportError:
    TraceContextTextMapPropagator = None

# W3C Trace Context whatever the process propagates elsewhere: the services read no other.
_propagator: Optional["TraceContextTextMapPropagator"] = TraceContextTextMapPropagator() if TraceContextTextMapPropagator else None


def current_headers() -> dict[str, str]:
    """Headers of the span that is current here; empty: there is none."""
    headers: dict[str, str] = {}
    if _propagator:
        _propagator.inject(headers)
    return headers
