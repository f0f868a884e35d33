"""What a service's refusal says: google.rpc details as Python values."""

from __future__ import annotations

from typing import NamedTuple, Optional

import grpc

from .details.v1 import details_pb2

_TRAILER = "grpc-status-details-bin"


class Violation(NamedTuple):
    """One fault of a request (google.rpc.BadRequest)."""

    field: str
    description: str


class SjcError(Exception):
    """A call that failed.

    code: why, a grpc.StatusCode. detail: the service's own words. violations: every fault of the request. reason: machine-readable
    (google.rpc.ErrorInfo), such as HANDLE_UNKNOWN, or "". retry_delay: seconds after which to try again, or None.
    """

    def __init__(self, code: grpc.StatusCode, detail: str, details=()):
        super().__init__(f"{detail} ({code.name})")
        self.code = code
        self.detail = detail
        self.violations: list[Violation] = []
        self.reason = ""
        self.retry_delay: Optional[float] = None
        for packed in details:
            self._take(packed.type_url.rpartition("/")[2], packed.value)

    def _take(self, name: str, value: bytes) -> None:
        if name == "google.rpc.BadRequest":
            bad = details_pb2.BadRequest.FromString(value)
            self.violations += [Violation(fault.field, fault.description) for fault in bad.field_violations]
        elif name == "google.rpc.ErrorInfo":
            self.reason = details_pb2.ErrorInfo.FromString(value).reason
        elif name == "google.rpc.RetryInfo":
            delay = details_pb2.RetryInfo.FromString(value).retry_delay
            self.retry_delay = delay.seconds + delay.nanos * 1e-9


class RefusedError(SjcError):
    """The service refuses the request for good, in its own words: asking again would not help."""


class UnavailableError(SjcError):
    """The service has not answered in time, or was told to be asked again later."""


_TRANSIENT = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
}
_CODES = {code.value[0]: code for code in grpc.StatusCode}


def from_status(code: int, message: str, details) -> SjcError:
    """The error of a google.rpc.Status or its twin in a stream's answers."""
    known = _CODES.get(code, grpc.StatusCode.UNKNOWN)
    error = (UnavailableError if known in _TRANSIENT else RefusedError)(known, message, details)
    # A service that is full says when to come back; gRPC itself does not, of a message that is too large.
    return RefusedError(known, message, details) if known is grpc.StatusCode.RESOURCE_EXHAUSTED and error.retry_delay is None else error


def from_rpc(error: grpc.RpcError) -> SjcError:
    """The error of a failed call, with the details of its trailers."""
    for key, value in error.trailing_metadata() or ():
        if key == _TRAILER:
            status = details_pb2.Status.FromString(value)
            return from_status(error.code().value[0], status.message, status.details)
    return from_status(error.code().value[0], error.details() or "", ())
