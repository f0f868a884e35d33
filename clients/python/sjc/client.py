"""What the clients of both services share."""

from __future__ import annotations

from typing import Any, Callable, Optional, TypeVar

import grpc

from .calls import Calls, Trace

C = TypeVar("C", bound="Client")


class Client:
    """A service behind calls that outlive its restarts; with it as a context, its connection is closed at the end.

    address: host:port; None: the service's own port on this machine. timeout: seconds for a call with all its retries, unless the call says
    otherwise. credentials: for TLS. metadata: (key, value) pairs for every call. trace: is asked before each request for the headers of its
    trace, {"traceparent": ..., "tracestate": ...} (W3C Trace Context); None: those of OpenTelemetry's current span, where there is one.
    """

    _address: str
    _stub_of: Callable[[grpc.Channel], Any]

    def __init__(
        self,
        address: Optional[str] = None,
        *,
        timeout: float = 60.0,
        credentials: Optional[grpc.ChannelCredentials] = None,
        metadata=(),
        trace: Optional[Trace] = None,
    ) -> None:
        self._calls = Calls(self._address if address is None else address, timeout, credentials, metadata, trace)
        self._stub = self._stub_of(self._calls.channel)

    def __enter__(self: C) -> C:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection; calls that still wait fail."""
        self._calls.close()
