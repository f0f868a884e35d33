// Against a running ScoreServer (SJC_SCORER) with the shipped models: run by clients/test.
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { status as Code } from "@grpc/grpc-js";
import { type Context, type ContextManager, ROOT_CONTEXT, context, trace as otel } from "@opentelemetry/api";
import { optimiseCanvas } from "../examples/canvas.js";
import { type NdArray, RefusedError, type ScoreQuery, Scorer, UnavailableError } from "../src/index.js";
import { DataType } from "../src/gen/sjc/tensor/v1/tensor.js";
import { decode } from "../src/tensors.js";

const prompt = "a red car";
const scorer = new Scorer(process.env.SJC_SCORER, { timeoutMs: 120_000 });
let shape: readonly number[] = [];

before(async () => {
  shape = (await scorer.model("exact")).dataShape;
});
after(() => scorer.close());

function image(seed = 1, count = 1): NdArray {
  const length = shape.reduce((product, extent) => product * extent, count);
  return { data: Float32Array.from({ length }, (_, i) => Math.sin(seed + i * 0.37)), shape: count === 1 ? shape : [count, ...shape] };
}

function query(more: Partial<ScoreQuery> = {}): ScoreQuery {
  return { model: "exact", images: image(), sigmas: 1, prompts: prompt, deterministic: true, ...more };
}

function refusal(code: Code, check: (error: RefusedError) => void = () => undefined) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof RefusedError, String(error));
    assert.equal(error.code, code);
    check(error);
    return true;
  };
}

test("models are listed and described", async () => {
  assert.ok((await scorer.models()).some(({ name }) => name === "exact"));
  const model = await scorer.model("exact");
  assert.ok(model.ready && model.sigmaMin < model.sigmaMax);
});

test("outputs belong together", async () => {
  const images = image();
  const answer = await scorer.score(query({ images, sigmas: 2, direct: true, outputs: ["gradient", "score", "denoised"] }));
  assert.deepEqual(answer.gradient!.shape, shape);
  answer.score!.data.forEach((score, i) => {
    assert.ok(Math.abs(score - (answer.denoised!.data[i]! - images.data[i]!) / 4) < 1e-4);
    assert.ok(Math.abs(answer.gradient!.data[i]! - 2 * score) < 1e-5);
  });
});

test("a batch keeps its axes", async () => {
  const answer = await scorer.score(query({ images: image(1, 2), sigmas: [1, 3], prompts: [prompt, "a blue car"], draws: 2, seed: 5n }));
  assert.deepEqual(answer.gradient!.shape, [2, ...shape]);
  assert.equal(answer.rows, 4);
  assert.equal(answer.denoised, undefined);
});

test("equal requests have equal bits", async () => {
  const first = await scorer.score(query({ seed: 3 }));
  assert.ok(first.deterministic);
  assert.deepEqual((await scorer.score(query({ seed: 3 }))).gradient, first.gradient);
  assert.notDeepEqual((await scorer.score(query({ seed: 4 }))).gradient, first.gradient);
});

test("handles stand for prompts", async () => {
  const [encoded] = await scorer.encodePrompts("exact", [prompt]);
  const byHandle = await scorer.score(query({ prompts: [], handles: encoded!.handle }));
  assert.deepEqual(byHandle.gradient, (await scorer.score(query())).gradient);
});

test("a refusal names every fault", async () => {
  await assert.rejects(scorer.score(query({ sigmas: [1, 2], guidanceScale: 1e6 })), refusal(Code.INVALID_ARGUMENT, ({ violations }) => {
    assert.deepEqual(violations.map(({ field }) => field).sort(), ["guidance_scale", "sigmas"]);
  }));
});

test("a message beyond the limit is refused at once", async () => {
  const { dataShape, maxMessageBytes } = await scorer.model("exact");
  const size = dataShape.reduce((a, b) => a * b);
  const count = Math.floor(Number(maxMessageBytes) / (4 * size)) + 1;
  const images = { data: new Float32Array(count * size), shape: [count, ...dataShape] };
  await assert.rejects(scorer.score(query({ images })), refusal(Code.RESOURCE_EXHAUSTED, ({ retryDelayMs }) => assert.equal(retryDelayMs, undefined)));
});

test("an unknown handle has a reason", async () => {
  await assert.rejects(scorer.score(query({ prompts: [], handles: "0".repeat(64) })), refusal(Code.NOT_FOUND, ({ reason }) => assert.equal(reason, "HANDLE_UNKNOWN")));
});

test("a stream answers in order", async () => {
  const answers = [];
  const queries = Array.from({ length: 9 }, (_, seed) => query({ images: image(seed), seed }));
  for await (const answer of scorer.scoreStream(queries, { inFlight: 4 })) {
    answers.push(answer.gradient);
  }
  assert.equal(answers.length, 9);
  for (const [seed, gradient] of answers.entries()) {
    assert.deepEqual(gradient, (await scorer.score(queries[seed]!)).gradient);
  }
});

test("a stream's refusal has details", async () => {
  const stream = scorer.scoreStream([query(), query({ sigmas: -1 })]);
  assert.equal((await stream.next()).done, false);
  await assert.rejects(stream.next(), refusal(Code.INVALID_ARGUMENT, ({ violations }) => assert.match(violations[0]!.field, /^sigmas/)));
});

test("a stream passes the caller's error on and closes the source", async () => {
  let closed = false;
  function* broken(): Generator<ScoreQuery> {
    try {
      yield query();
      throw new TypeError("mine");
    } finally {
      closed = true;
    }
  }
  await assert.rejects(async () => {
    for await (const _ of scorer.scoreStream(broken(), { inFlight: 1 }));
  }, TypeError);
  assert.ok(closed);
});

test("a stream left early stops reading its source", async () => {
  let closed = false;
  let read = 0;
  function* endless(): Generator<ScoreQuery> {
    try {
      for (;;) {
        read++;
        yield query();
      }
    } finally {
      closed = true;
    }
  }
  for await (const _ of scorer.scoreStream(endless(), { inFlight: 3 })) {
    break;
  }
  assert.ok(closed && read <= 4);
});

test("a deadline passes", async () => {
  await assert.rejects(scorer.score(query({ images: image(1, 64), draws: 4 }), { timeoutMs: 1 }), (error) => error instanceof UnavailableError && error.code === Code.DEADLINE_EXCEEDED);
});

test("a request of a stream has a deadline of its own", async () => {
  const stream = (requestTimeoutMs: number) => scorer.scoreStream([query({ images: image(1, 64), draws: 4 })], { requestTimeoutMs });
  await assert.rejects(stream(1).next(), (error) => error instanceof UnavailableError && error.code === Code.DEADLINE_EXCEEDED);
  assert.equal((await stream(60_000).next()).done, false);
});

test("a request can be cancelled", async () => {
  const abort = new AbortController();
  const answer = scorer.score(query({ images: image(1, 64), draws: 4 }), { signal: abort.signal });
  setImmediate(() => abort.abort());
  await assert.rejects(answer, (error) => error instanceof UnavailableError && error.code === Code.CANCELLED);
});

test("nobody there is unavailable", async () => {
  const nobody = new Scorer("127.0.0.1:9", { timeoutMs: 500 });
  await assert.rejects(nobody.models(), UnavailableError);
  nobody.close();
});

test("sample tells progress, then images", async () => {
  const events = [];
  for await (const event of scorer.sample({ model: "exact", prompt, count: 2, steps: 4, previewEvery: 2 })) {
    events.push(event);
  }
  assert.deepEqual(events.at(-1)!.images!.shape, [2, ...shape]);
  assert.ok(events.slice(0, -1).some(({ preview }) => preview));
});

test("bad arrays are refused here", async () => {
  await assert.rejects(scorer.score(query({ images: { data: Float32Array.of(NaN), shape: [1, 1, 1] } })), RangeError);
  await assert.rejects(scorer.score(query({ images: { data: new Float32Array(3), shape: [1, 2] } })), RangeError);
  assert.throws(() => decode({ dataType: DataType.DATA_TYPE_F32, shape: [2], data: Buffer.alloc(3) }), RangeError);
});

interface Span {
  id: string;
  parent: string;
}

/** What the server told its collector of a trace, by name, once the network's span is there and one below the caller's (a call's ends last). */
async function spansOf(traceId: string, spanId: string): Promise<Map<string, Span>> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const lines = readFileSync(process.env.SJC_TRACES!, "utf8").split("\n").map((line) => line.split(" "));
    const found = new Map(lines.filter(([trace, , , , name]) => trace === traceId && name).map(([, id, parent, , name]) => [name!, { id: id!, parent: parent! }]));
    if (["score", "queue", "network"].every((name) => found.has(name)) && [...found.values()].some(({ parent }) => parent === spanId)) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the trace ${traceId} must reach from ${spanId} to the network, but does not`);
}

test("traces reach the network", async () => {
  const traces = Array.from({ length: 4 }, () => ({ trace: randomBytes(16).toString("hex"), span: randomBytes(8).toString("hex") }));
  const parents = traces.map(({ trace, span }) => `00-${trace}-${span}-01`);
  await scorer.score(query({ traceparent: parents[0]! }));
  let asked = 0;
  const hooked = new Scorer(process.env.SJC_SCORER, { timeoutMs: 120_000, trace: () => (asked++, { traceparent: parents[3], other: "header" }) });
  let answers = 0;
  for await (const _ of hooked.scoreStream([query({ traceparent: parents[1]! }), query({ traceparent: parents[2]! }), query()])) {
    answers++;
  }
  hooked.close();
  assert.deepEqual([answers, asked], [3, 2]); // asked for the stream and for its third request
  for (const { trace, span } of traces) {
    const found = await spansOf(trace, span);
    const score = found.get("score")!;
    assert.equal(found.get("network")!.parent, score.id);
    // Of a unary call the server's span of the call stands between.
    const above = [...found.values()].filter(({ id }) => id === score.parent).map(({ parent }) => parent);
    assert.ok([score.parent, ...above].includes(span));
  }
});

/** As OpenTelemetry's SDK for Node has it. */
class Contexts implements ContextManager {
  private readonly storage = new AsyncLocalStorage<Context>();
  active = (): Context => this.storage.getStore() ?? ROOT_CONTEXT;
  with = <A extends unknown[], F extends (...args: A) => ReturnType<F>>(active: Context, work: F, self?: ThisParameterType<F>, ...args: A): ReturnType<F> =>
    this.storage.run(active, () => work.call(self as ThisParameterType<F>, ...args));
  bind = <T>(_: Context, target: T): T => target;
  enable = (): this => this;
  disable = (): this => this;
}

test("the active span reaches the network", async () => {
  const [unary, opened, within, named] = Array.from({ length: 4 }, () => ({ trace: randomBytes(16).toString("hex"), span: randomBytes(8).toString("hex") }));
  const inside = <T>({ trace: traceId, span: spanId }: { trace: string; span: string }, work: () => T): T =>
    context.with(otel.setSpanContext(context.active(), { traceId, spanId, traceFlags: 1 }), work);
  context.setGlobalContextManager(new Contexts());
  try {
    await inside(unary!, () => scorer.score(query()));
    await inside(opened!, async () => {
      const answers = scorer.scoreStream([query(), query()], { inFlight: 1 });
      await answers.next();
      await inside(within!, () => answers.next());
      await answers.return(undefined);
    });
    await inside(unary!, () => scorer.score(query({ traceparent: `00-${named!.trace}-${named!.span}-01` })));
  } finally {
    context.disable();
  }
  for (const { trace, span } of [unary!, opened!, within!, named!]) {
    const found = await spansOf(trace, span);
    const score = found.get("score")!;
    const above = [...found.values()].filter(({ id }) => id === score.parent).map(({ parent }) => parent);
    assert.ok([score.parent, ...above].includes(span));
  }
});

test("float16 is widened", () => {
  const halves = [0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000];
  const data = Buffer.alloc(10);
  halves.forEach((half, i) => data.writeUInt16LE(half, 2 * i));
  assert.deepEqual([...decode({ dataType: DataType.DATA_TYPE_F16, shape: [5], data }).data], [1, -2, 2 ** -24, 65504, -0]);
});

test("canvas", async () => {
  const canvas = await optimiseCanvas(scorer, "exact", prompt, 7);
  assert.ok(Math.max(...canvas.data) - Math.min(...canvas.data) > 0.5);
  writeFileSync(join(process.env.SJC_CANVASES!, "typescript.f32"), Buffer.from(canvas.data.buffer));
});
