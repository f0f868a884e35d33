// Which trace a request belongs to; needs no server.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { type ContextManager, ROOT_CONTEXT, context, createTraceState, trace } from "@opentelemetry/api";
import { Calls } from "../src/calls.js";
import { activeHeaders } from "../src/tracing.js";

const span = { traceId: "0a".repeat(16), spanId: "1b".repeat(8), traceFlags: 1 };
const active = `00-${span.traceId}-${span.spanId}-01`;
const other = `00-${"2c".repeat(16)}-${"3d".repeat(8)}-00`;

/** Makes a span the active one everywhere. */
function activate(spanContext: Parameters<typeof trace.setSpanContext>[1]): void {
  const always = trace.setSpanContext(ROOT_CONTEXT, spanContext);
  const manager: Partial<ContextManager> = { active: () => always, disable: () => manager as ContextManager };
  context.setGlobalContextManager(manager as ContextManager);
}

afterEach(() => context.disable());

test("without an active span there are no headers", () => {
  assert.equal(activeHeaders(), undefined);
  activate({ ...span, traceId: "0".repeat(32) });
  assert.equal(activeHeaders(), undefined);
  assert.deepEqual(new Calls("127.0.0.1:9", {}).traceOf(undefined), {});
});

test("the active span is taken up with its state", () => {
  activate({ ...span, traceState: createTraceState("a=1,b=2") });
  const calls = new Calls("127.0.0.1:9", {});
  assert.deepEqual(calls.traceOf(undefined), { traceparent: active, tracestate: "a=1,b=2" });
  assert.deepEqual(calls.metadata().get("traceparent"), [active]);
});

test("what the caller says wins", () => {
  activate(span);
  assert.deepEqual(new Calls("127.0.0.1:9", {}).traceOf(other), { traceparent: other });
  assert.deepEqual(new Calls("127.0.0.1:9", { trace: () => ({ traceparent: other }) }).traceOf(undefined), { traceparent: other });
  assert.deepEqual(new Calls("127.0.0.1:9", { trace: () => undefined }).traceOf(undefined), {});
});
