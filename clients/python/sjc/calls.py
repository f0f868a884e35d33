"""Channels, deadlines and retries that scorer and optimizer share."""

from __future__ import annotations

import random
import time
from typing import Callable, Iterator, Mapping, Optional, TypeVar

import grpc

from .errors import RefusedError, SjcError, UnavailableError, from_rpc
from .tracing import current_headers

T = TypeVar("T")
Trace = Callable[[], Optional[Mapping[str, str]]]

_MAX_MESSAGE_BYTES = 256 * 1024 * 1024


class Calls:
    """A channel whose calls are repeated until they are answered, refused for good or out of time.

    address: host:port, or anything else that gRPC resolves, such as dns:///scorers:5201 (calls then go round over all addresses).
    timeout: seconds for a call with all its retries, unless the call says otherwise. credentials: grpc.ssl_channel_credentials(...)
    for TLS; None: HTTP/2 without. metadata: (key, value) pairs for every call, such as ("authorization", "Bearer ..."). trace: is asked
    before each request for the headers of the trace that it belongs to, "traceparent" and perhaps "tracestate" (W3C Trace Context); None:
    those of OpenTelemetry's current span, where there is one.
    """

    def __init__(self, address: str, timeout: float, credentials: Optional[grpc.ChannelCredentials], metadata, trace: Optional[Trace] = None) -> None:
        options = [
            ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
            ("grpc.lb_policy_name", "round_robin"),
            ("grpc.max_reconnect_backoff_ms", 3000),
            ("grpc.keepalive_time_ms", 20000),
        ]
        target = address.split("://", 1)[1] if address.startswith(("http://", "https://")) else address
        if credentials is None and address.startswith("https://"):
            credentials = grpc.ssl_channel_credentials()
        self.channel = grpc.secure_channel(target, credentials, options) if credentials else grpc.insecure_channel(target, options)
        self.timeout = timeout
        self._metadata = tuple(metadata)
        self._trace = trace or current_headers

    def close(self) -> None:
        self.channel.close()

    def trace(self, traceparent: Optional[str] = None) -> dict[str, str]:
        """The headers of a request's trace: the one named, or else the one that the caller's function gives; empty: none."""
        headers = {"traceparent": traceparent} if traceparent else self._trace() or {}
        return {name: headers[name] for name in ("traceparent", "tracestate") if headers.get(name)}

    def metadata(self, traceparent: Optional[str] = None) -> tuple:
        """Metadata of a call, with its trace."""
        return (*self._metadata, *self.trace(traceparent).items())

    def unary(self, method, request, timeout: Optional[float] = None, repeat: bool = True, traceparent: Optional[str] = None):
        """One call; each attempt's deadline is what is left of the time."""
        metadata = self.metadata(traceparent)
        return self.run(lambda left: method(request, timeout=left, metadata=metadata), timeout, repeat)

    def run(self, ask: Callable[[float], T], timeout: Optional[float] = None, repeat: bool = True) -> T:
        """Calls ask(seconds left) until it returns, is refused for good or is out of time."""
        end = time.monotonic() + (self.timeout if timeout is None else timeout)
        pause = 0.1
        while True:
            try:
                return ask(max(end - time.monotonic(), 0.001))
            except grpc.RpcError as error:
                failure = from_rpc(error)
            except SjcError as error:
                failure = error
            if isinstance(failure, RefusedError) or not repeat:
                raise failure
            delay = failure.retry_delay if failure.retry_delay is not None else pause * random.uniform(0.5, 1.5)
            if time.monotonic() + delay >= end:
                raise failure
            time.sleep(delay)
            pause = min(2 * pause, 3.0)

    def stream(self, open_stream: Callable[[], Iterator[T]], is_last: Callable[[T], bool]) -> Iterator[T]:
        """The messages of a server stream until the last one; opens the stream anew where it breaks.

        Gives up when no message came for the timeout. Closing the iterator cancels the call.
        """
        call = None
        try:
            since, pause = time.monotonic(), 0.1
            while True:
                try:
                    call = call or open_stream()
                    message = next(call)
                except (grpc.RpcError, StopIteration) as error:
                    call = None
                    failure = from_rpc(error) if isinstance(error, grpc.RpcError) else UnavailableError(grpc.StatusCode.UNAVAILABLE, "The stream ended before its last message.")
                    delay = failure.retry_delay if failure.retry_delay is not None else pause
                    if isinstance(failure, RefusedError) or time.monotonic() + delay - since > self.timeout:
                        raise failure from None
                    time.sleep(delay)
                    pause = min(2 * pause, 3.0)
                    continue
                since, pause = time.monotonic(), 0.1
                yield message
                if is_last(message):
                    return
        finally:
            if call is not None:
                call.cancel()
