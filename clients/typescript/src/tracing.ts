// The active span of OpenTelemetry, where the caller's process has it: there is no dependency on it but for types.
import { createRequire } from "node:module";

/** Headers of W3C Trace Context; others are left out. */
export type TraceHeaders = Readonly<Record<string, string | undefined>>;

type Api = typeof import("@opentelemetry/api");

/** The API as the program finds it, or as this package does. All copies of it share one state, which older copies than ours may not read. */
function load(): Api | undefined {
  for (const from of [process.argv[1], import.meta.url]) {
    try {
      return createRequire(from!)("@opentelemetry/api") as Api;
    } catch {
      // Not there, or not sound: without it there are no spans, and a fault of tracing fails no request.
    }
  }
  return undefined;
}

const api = load();

/** Headers of the span that is active here; undefined: there is none. */
export function activeHeaders(): TraceHeaders | undefined {
  const span = api?.trace.getSpan(api.context.active())?.spanContext();
  if (!api || !span || !api.isSpanContextValid(span)) {
    return undefined;
  }
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, "0");
  return { traceparent: `00-${span.traceId}-${span.spanId}-${flags}`, tracestate: span.traceState?.serialize() };
}
