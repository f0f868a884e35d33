// Against a running FieldOptimizer (SJC_OPTIMIZER): run by clients/test.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { status as Code } from "@grpc/grpc-js";
import { generate } from "../examples/generate.js";
import { type JobQuery, JobState, Optimizer, RefusedError, UnavailableError } from "../src/index.js";

const small = camelCase(JSON.parse(process.env.SJC_SMALL_JOB!)) as Partial<JobQuery>;
const optimizer = new Optimizer(process.env.SJC_OPTIMIZER, { timeoutMs: 120_000 });
after(() => optimizer.close());

function spec(more: Partial<JobQuery> = {}): JobQuery {
  return { prompt: "a red car", ...small, ...more };
}

function camelCase(value: unknown): unknown {
  return value instanceof Object && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()), camelCase(inner)]))
    : value;
}

function refusal(code: Code, check: (error: RefusedError) => void = () => undefined) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof RefusedError, String(error));
    assert.equal(error.code, code);
    check(error);
    return true;
  };
}

test("generate ends with a mesh", async () => {
  const { job, mesh } = await generate(optimizer, spec({ seed: 1n }));
  assert.equal(job.state, JobState.JOB_STATE_SUCCEEDED);
  assert.equal(mesh.toString("latin1", 0, 4), "glTF");
  assert.equal(mesh.readUInt32LE(8), mesh.length);
  for await (const view of optimizer.render(job.id, [{ azimuthDegrees: 0, elevationDegrees: 10 }], { width: 16, height: 16, arrays: true })) {
    assert.equal(Buffer.from(view.png).toString("latin1", 1, 4), "PNG");
    assert.deepEqual([view.image!.shape, view.depth!.shape], [[3, 16, 16], [16, 16]]);
  }
  const ids = [];
  for await (const listed of optimizer.jobs({ pageSize: 1 })) {
    ids.push(listed.id);
  }
  assert.ok(ids.includes(job.id));
});

test("equal request ids are one job", async () => {
  const requestId = randomUUID();
  const first = await optimizer.create(spec({ seed: 2n }), { requestId });
  assert.equal((await optimizer.create(spec({ seed: 2n }), { requestId })).id, first.id);
  await assert.rejects(optimizer.create(spec({ seed: 3n }), { requestId }), refusal(Code.ALREADY_EXISTS, ({ reason }) => assert.equal(reason, "REQUEST_ID_USED")));
  for await (const _ of optimizer.watch(first.id));
  await optimizer.delete(first.id);
});

test("watch ends when the job is cancelled", async () => {
  const job = await optimizer.create(spec({ iterations: 100_000 }));
  let last;
  for await (const event of optimizer.watch(job.id)) {
    if (last === undefined) {
      await optimizer.cancel(job.id);
    }
    last = event.job.state;
  }
  assert.equal(last, JobState.JOB_STATE_CANCELLED);
});

test("a watch can be cancelled", async () => {
  const job = await optimizer.create(spec({ iterations: 100_000 }));
  const abort = new AbortController();
  await assert.rejects(async () => {
    for await (const _ of optimizer.watch(job.id, { signal: abort.signal })) {
      abort.abort();
    }
  }, (error) => error instanceof UnavailableError && error.code === Code.CANCELLED);
  await optimizer.cancel(job.id);
});

test("a refusal names the field", async () => {
  await assert.rejects(optimizer.create(spec({ field: { gridSize: 1 } })), refusal(Code.INVALID_ARGUMENT, ({ violations }) => {
    assert.deepEqual(violations.map(({ field }) => field), ["spec.field.grid_size"]);
  }));
});

test("an unknown job is not found", async () => {
  await assert.rejects(optimizer.get("nobody"), refusal(Code.NOT_FOUND));
  await assert.rejects(optimizer.watch("nobody").next(), refusal(Code.NOT_FOUND));
});

test("a deadline passes", async () => {
  await assert.rejects(optimizer.get("nobody", { timeoutMs: 0 }), UnavailableError);
});
