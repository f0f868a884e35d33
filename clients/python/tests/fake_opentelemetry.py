"""As much of OpenTelemetry's API as the client asks for: headers of the span that is current in a context."""

import contextlib
import contextvars
import importlib
import sys
import types
from unittest import mock

from sjc import tracing

_MODULE = "opentelemetry.trace.propagation.tracecontext"
_current: contextvars.ContextVar[dict] = contextvars.ContextVar("current", default={})


class TraceContextTextMapPropagator:
    def inject(self, carrier):
        carrier.update(_current.get())


@contextlib.contextmanager
def installed(there=True):
    """A process that has OpenTelemetry, or has not, whatever this one has."""
    module = types.ModuleType(_MODULE)
    module.TraceContextTextMapPropagator = TraceContextTextMapPropagator
    with mock.patch.dict(sys.modules, {_MODULE: module if there else None}):
        importlib.reload(tracing)
        yield
    importlib.reload(tracing)


@contextlib.contextmanager
def span(traceparent, tracestate=""):
    """Is current inside."""
    token = _current.set({"traceparent": traceparent, "tracestate": tracestate, "baggage": "none of a server's business"})
    try:
        yield
    finally:
        _current.reset(token)
