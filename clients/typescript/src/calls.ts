import {
  type CallOptions, type ChannelCredentials, type ClientDuplexStream, type ClientReadableStream, type ClientUnaryCall, Metadata, credentials, type ServiceError, status as Code,
} from "@grpc/grpc-js";
import { RefusedError, SjcError, UnavailableError, fromServiceError } from "./errors.js";
import { type TraceHeaders, activeHeaders } from "./tracing.js";

/** How a service is reached. */
export interface ClientSettings {
  /** For a call with all its retries, unless the call says otherwise; 60 000. */
  timeoutMs?: number;
  /** credentials.createSsl(...) for TLS; HTTP/2 without where it is unset, unless the address begins with https://. */
  credentials?: ChannelCredentials;
  /** Metadata of every call, such as authorization. */
  headers?: Readonly<Record<string, string>>;
  /** Is asked before each request for the headers of the trace that it belongs to: traceparent and perhaps tracestate (W3C Trace Context). Unset: OpenTelemetry's active span, where there is one. */
  trace?: () => TraceHeaders | undefined;
}

/** What a single call may change. */
export interface CallSettings {
  timeoutMs?: number;
  /** Cancels the call, on the server as well. */
  signal?: AbortSignal;
  /** The trace that the call belongs to, instead of the active one. */
  traceparent?: string;
}

type Unary<Q, A> = (request: Q, metadata: Metadata, options: Partial<CallOptions>, callback: (error: ServiceError | null, answer: A) => void) => ClientUnaryCall;

const maxMessageBytes = 256 * 1024 * 1024;

/** Options of a channel: calls go round over all addresses of a name such as dns:///scorers:5201. */
export const channelOptions = {
  "grpc.max_receive_message_length": maxMessageBytes,
  "grpc.max_send_message_length": maxMessageBytes,
  "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  "grpc.keepalive_time_ms": 20_000,
  "grpc.max_reconnect_backoff_ms": 3_000,
};

/** Deadlines, cancelling and retries that scorer and optimizer share. */
export class Calls {
  readonly target: string;
  readonly credentials: ChannelCredentials;
  readonly timeoutMs: number;
  private readonly headers = new Metadata();
  private readonly trace: () => TraceHeaders | undefined;

  constructor(address: string, settings: ClientSettings) {
    this.target = address.replace(/^https?:\/\//, "");
    this.credentials = settings.credentials ?? (address.startsWith("https://") ? credentials.createSsl() : credentials.createInsecure());
    this.timeoutMs = settings.timeoutMs ?? 60_000;
    for (const [name, value] of Object.entries(settings.headers ?? {})) {
      this.headers.set(name, value);
    }
    this.trace = settings.trace ?? activeHeaders;
  }

  /** The trace of a request: the one named, or else the one that the caller's function gives. */
  traceOf(traceparent: string | undefined): { traceparent?: string; tracestate?: string } {
    const headers: TraceHeaders = traceparent ? { traceparent } : (this.trace() ?? {});
    return { ...(headers.traceparent && { traceparent: headers.traceparent }), ...(headers.tracestate && { tracestate: headers.tracestate }) };
  }

  /** Metadata of a call, with its trace. */
  metadata(settings: CallSettings = {}): Metadata {
    const metadata = this.headers.clone();
    for (const [name, value] of Object.entries(this.traceOf(settings.traceparent))) {
      metadata.set(name, value);
    }
    return metadata;
  }

  /** One call, repeated until it is answered, refused for good or out of time; each attempt's deadline is what is left of the time. */
  unary<Q, A>(method: Unary<Q, A>, request: Q, settings: CallSettings = {}, repeat = true): Promise<A> {
    const metadata = this.metadata(settings);
    return this.run((deadline) => this.once(method, request, metadata, deadline, settings.signal), settings, repeat);
  }

  /** Runs attempts until one succeeds, is refused for good or the time is over. */
  async run<A>(attempt: (deadline: Date) => Promise<A>, settings: CallSettings = {}, repeat = true): Promise<A> {
    const end = Date.now() + (settings.timeoutMs ?? this.timeoutMs);
    for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, 3_000)) {
      try {
        return await attempt(new Date(end));
      } catch (error) {
        const failure = fromServiceError(error);
        const delay = failure.retryDelayMs ?? pauseMs * (0.5 + Math.random());
        if (!repeat || failure instanceof RefusedError || settings.signal?.aborted || Date.now() + delay >= end) {
          throw failure;
        }
        await sleep(delay, settings.signal);
      }
    }
  }

  /** The messages of a server stream until the last one; opens the stream anew where it breaks. Leaving the loop cancels the call. */
  async *stream<A>(open: (metadata: Metadata) => ClientReadableStream<A>, isLast: (message: A) => boolean, settings: CallSettings = {}): AsyncGenerator<A> {
    const patience = settings.timeoutMs ?? this.timeoutMs;
    let since = Date.now();
    let pauseMs = 100;
    const metadata = this.metadata(settings);
    for (;;) {
      const call = open(metadata);
      const release = cancelWith(call, settings.signal);
      let failure: SjcError = new UnavailableError(Code.UNAVAILABLE, "The stream ended before its last message.");
      try {
        for await (const message of call as AsyncIterable<A>) {
          since = Date.now();
          pauseMs = 100;
          yield message;
          if (isLast(message)) {
            return;
          }
        }
      } catch (error) {
        failure = fromServiceError(error);
      } finally {
        release();
        discard(call);
      }
      const delay = failure.retryDelayMs ?? pauseMs;
      if (failure instanceof RefusedError || settings.signal?.aborted || Date.now() + delay - since > patience) {
        throw failure;
      }
      await sleep(delay, settings.signal);
      pauseMs = Math.min(2 * pauseMs, 3_000);
    }
  }

  private once<Q, A>(method: Unary<Q, A>, request: Q, metadata: Metadata, deadline: Date, signal?: AbortSignal): Promise<A> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(new UnavailableError(Code.CANCELLED, "The call was cancelled."));
        return;
      }
      let release = (): void => undefined;
      const call = method(request, metadata, { deadline }, (error, answer) => {
        release();
        if (error) {
          reject(error);
        } else {
          resolve(answer);
        }
      });
      release = cancelWith(call, signal);
    });
  }
}

/** Cancels a call when a signal says so; the result ends the watch. */
export function cancelWith(call: { cancel(): void }, signal: AbortSignal | undefined): () => void {
  const cancel = (): void => call.cancel();
  if (signal?.aborted) {
    cancel();
  }
  signal?.addEventListener("abort", cancel, { once: true });
  return () => signal?.removeEventListener("abort", cancel);
}

/** Ends a stream that nobody reads any more: the error that cancelling raises is nobody's. */
export function discard(call: ClientReadableStream<unknown> | ClientDuplexStream<unknown, unknown>): void {
  call.on("error", () => undefined);
  call.cancel();
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
