import { status as Code, type Metadata, type ServiceError } from "@grpc/grpc-js";
import type { Any } from "./gen/google/protobuf/any.js";
import { BadRequest, ErrorInfo, RetryInfo, Status } from "./gen/sjc/details/v1/details.js";

/** One fault of a request (google.rpc.BadRequest). */
export interface Violation {
  readonly field: string;
  readonly description: string;
}

/** A call that failed, with the google.rpc details that the service sent. */
export class SjcError extends Error {
  /** Every fault of the request; empty where the status names none. */
  readonly violations: readonly Violation[];
  /** Machine-readable reason (google.rpc.ErrorInfo), such as HANDLE_UNKNOWN; empty where the status has none. */
  readonly reason: string;
  /** When to try again, in milliseconds; undefined where the service does not say. */
  readonly retryDelayMs: number | undefined;

  /**
   * @param code why, as a gRPC status code
   * @param detail the service's own words
   */
  constructor(readonly code: Code, readonly detail: string, details: readonly Any[] = []) {
    super(`${detail} (${Code[code] ?? code})`);
    this.name = new.target.name;
    const violations: Violation[] = [];
    let reason = "";
    let retryDelayMs: number | undefined;
    for (const { typeUrl, value } of details) {
      switch (typeUrl.slice(typeUrl.lastIndexOf("/") + 1)) {
        case "google.rpc.BadRequest":
          violations.push(...BadRequest.decode(value).fieldViolations);
          break;
        case "google.rpc.ErrorInfo":
          reason = ErrorInfo.decode(value).reason;
          break;
        case "google.rpc.RetryInfo": {
          const delay = RetryInfo.decode(value).retryDelay;
          retryDelayMs = delay && Number(delay.seconds) * 1000 + delay.nanos / 1e6;
          break;
        }
      }
    }
    this.violations = violations;
    this.reason = reason;
    this.retryDelayMs = retryDelayMs;
  }
}

/** The service refuses the request for good: asking again would not help. */
export class RefusedError extends SjcError {}

/** The service has not answered in time, or was cancelled, or told to be asked again later. */
export class UnavailableError extends SjcError {}

const transient: ReadonlySet<Code> = new Set([
  Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.RESOURCE_EXHAUSTED, Code.ABORTED, Code.CANCELLED, Code.INTERNAL, Code.UNKNOWN,
]);

/** The error of a google.rpc.Status, or of its twin in a stream's answers. */
export function fromStatus(code: number, message: string, details: readonly Any[] = []): SjcError {
  const error = transient.has(code) ? new UnavailableError(code, message, details) : new RefusedError(code, message, details);
  // A service that is full says when to come back; gRPC itself does not, of a message that is too large.
  return code === Code.RESOURCE_EXHAUSTED && error.retryDelayMs === undefined ? new RefusedError(code, message, details) : error;
}

/** The error of a failed call, with the details of its trailers. */
export function fromServiceError(error: unknown): SjcError {
  if (error instanceof SjcError) {
    return error;
  }
  const { code, details, metadata, message } = error as Partial<ServiceError> & { metadata?: Metadata };
  const trailer = metadata?.get("grpc-status-details-bin")[0];
  if (trailer instanceof Buffer) {
    const status = Status.decode(trailer);
    return fromStatus(code ?? status.code, status.message, status.details);
  }
  return fromStatus(code ?? Code.UNKNOWN, details ?? message ?? String(error));
}
