import { status as Code } from "@grpc/grpc-js";
import { Calls, type CallSettings, type ClientSettings, cancelWith, channelOptions, discard } from "./calls.js";
import { fromServiceError, fromStatus } from "./errors.js";
import {
  type EncodedPrompt, type Model, SampleRequest, type SampleResponse, ScoreRequest, ScoreServiceClient, type ScoreResponse, type ScoreStreamResponse,
} from "./gen/sjc/score/v1/score.js";
import { type NdArray, decode, encode } from "./tensors.js";

/** A request for scores. */
export interface ScoreQuery {
  model: string;
  /** [n, c, h, w], or [c, h, w] for one image; the answer's arrays have the same axes. */
  images: NdArray;
  /** Noise levels: one for all images, or one each; so are prompts, classLabels and handles, of which at most one is set. */
  sigmas: number | readonly number[];
  prompts?: string | readonly string[];
  classLabels?: number | readonly number[];
  handles?: string | readonly string[];
  negativePrompt?: string;
  guidanceScale?: number;
  /** Noise of perturb-and-average scoring, made on the server; draws: 1, seed and iteration: 0. */
  draws?: number;
  seed?: bigint | number;
  iteration?: number;
  varianceReduction?: boolean;
  /** The images already hold noise of their sigma. */
  direct?: boolean;
  /** The gradient alone where it is unset. */
  outputs?: readonly ("gradient" | "score" | "denoised")[];
  clampDenoised?: boolean;
  /** The images are pictures of a latent model's pixelShape; gradient and score come back to pixels. */
  encodeImages?: boolean;
  /** The same bits whoever shares the batch. */
  deterministic?: boolean;
  /** The trace that this request belongs to (W3C Trace Context), instead of the active one. */
  traceparent?: string;
}

/** An answer. gradient: sigma * score; score: (D - x) / sigma^2; denoised: D; undefined where it was not asked for. Seconds are the server's. */
export interface Scores {
  gradient: NdArray | undefined;
  score: NdArray | undefined;
  denoised: NdArray | undefined;
  sigmas: readonly number[];
  rows: number;
  deterministic: boolean;
  queueSeconds: number;
  computeSeconds: number;
}

/** What images are drawn. */
export interface SampleQuery {
  model: string;
  prompt?: string;
  count?: number;
  steps?: number;
  seed?: bigint | number;
  sampler?: string;
  guidanceScale?: number;
  previewEvery?: number;
}

/** Progress of sampling, with a preview where one was due; at last the images [n, c, h, w]. */
export interface SampleEvent {
  step: number;
  steps: number;
  preview: NdArray | undefined;
  images: NdArray | undefined;
}

/** A ScoreServer. Calls are repeated while it is away or full: noise comes from seeds, so that equal requests have equal answers. */
export class Scorer {
  private readonly calls: Calls;
  private readonly client: ScoreServiceClient;

  constructor(address = "localhost:5201", settings: ClientSettings = {}) {
    this.calls = new Calls(address, settings);
    this.client = new ScoreServiceClient(this.calls.target, this.calls.credentials, channelOptions);
  }

  /** Closes the connection; calls that still wait fail. */
  close(): void {
    this.client.close();
  }

  /** The models that the server holds; the first is its default. */
  async models(settings?: CallSettings): Promise<Model[]> {
    return (await this.calls.unary(this.client.listModels.bind(this.client), {}, settings)).models;
  }

  /** A model's full description; loads a model that is loaded on first use. */
  async model(name: string, settings?: CallSettings): Promise<Model> {
    return (await this.calls.unary(this.client.getModel.bind(this.client), { name }, settings)).model!;
  }

  /** Scores of images at noise levels. */
  async score(query: ScoreQuery, settings?: CallSettings): Promise<Scores> {
    const answer = await this.calls.unary(this.client.score.bind(this.client), toRequest(query), query.traceparent === undefined ? settings : { ...settings, traceparent: query.traceparent });
    return toScores(answer, query.images.shape.length === 3);
  }

  /**
   * Scores of many requests over one stream, in their order, with several in flight. The first refused request throws. Leaving the loop cancels what is in flight.
   * `timeoutMs` is of the whole stream, `requestTimeoutMs` of each request from its arrival on.
   */
  async *scoreStream(
    queries: Iterable<ScoreQuery> | AsyncIterable<ScoreQuery>, settings: CallSettings & { inFlight?: number; requestTimeoutMs?: number } = {},
  ): AsyncGenerator<Scores> {
    const inFlight = settings.inFlight ?? 8;
    const timeoutSeconds = settings.requestTimeoutMs === undefined ? undefined : settings.requestTimeoutMs / 1000;
    if (!(inFlight >= 1)) {
      throw new RangeError(`inFlight must be at least 1, but is ${inFlight}.`);
    }
    const call = this.client.scoreStream(this.calls.metadata(settings), settings.timeoutMs === undefined ? {} : { deadline: Date.now() + settings.timeoutMs });
    const release = cancelWith(call, settings.signal);
    const source = Symbol.asyncIterator in queries ? queries[Symbol.asyncIterator]() : queries[Symbol.iterator]();
    const answers = (call as AsyncIterable<ScoreStreamResponse>)[Symbol.asyncIterator]();
    const early = new Map<bigint, ScoreStreamResponse>();
    const single: boolean[] = [];
    let sent = 0;
    let done = false;
    try {
      for (let turn = 0; ; turn++) {
        while (!done && sent - turn < inFlight) {
          const next = await source.next();
          if (next.done) {
            done = true;
            call.end();
            break;
          }
          single[sent] = next.value.images.shape.length === 3;
          const action = { $case: "request", request: toRequest(next.value) } as const;
          const trace = { traceparent: "", tracestate: "", ...this.calls.traceOf(next.value.traceparent ?? settings.traceparent) };
          call.write({ id: BigInt(sent++), action, timeoutSeconds, ...trace });
        }
        if (turn === sent) {
          return;
        }
        for (let id = BigInt(turn); !early.has(id); ) {
          const message = await answers.next();
          if (message.done) {
            throw fromStatus(Code.UNAVAILABLE, "The stream ended before its last answer.");
          }
          early.set(message.value.id, message.value);
        }
        yield take(early, turn, single[turn]!);
      }
    } catch (error) {
      throw error instanceof Error && !("code" in error) ? error : fromServiceError(error);
    } finally {
      release();
      discard(call);
      await source.return?.();
    }
  }

  /** Encodes prompts once; queries then name them by handle. Also tells unknown words. */
  async encodePrompts(model: string, prompts: readonly string[], settings?: CallSettings): Promise<EncodedPrompt[]> {
    return (await this.calls.unary(this.client.encodePrompts.bind(this.client), { model, prompts: [...prompts] }, settings)).prompts;
  }

  /** Pixels [n, 3, height, width] in [-1, 1] to latents. */
  async encodeImages(model: string, images: NdArray, settings?: CallSettings): Promise<NdArray> {
    return decode((await this.calls.unary(this.client.encodeImages.bind(this.client), { model, images: encode(images, "images") }, settings)).latents!);
  }

  /** Latents to pixels [n, 3, height, width] in [-1, 1]. */
  async decodeLatents(model: string, latents: NdArray, settings?: CallSettings): Promise<NdArray> {
    return decode((await this.calls.unary(this.client.decodeLatents.bind(this.client), { model, latents: encode(latents, "latents") }, settings)).images!);
  }

  /** Draws images: progress, then the images. Begins anew where the stream breaks. */
  async *sample(query: SampleQuery, settings?: CallSettings): AsyncGenerator<SampleEvent> {
    const steps = query.steps ?? 32;
    const request = SampleRequest.fromPartial({
      ...query,
      conditioning: query.prompt === undefined ? undefined : { condition: { $case: "prompt", prompt: query.prompt } },
      steps,
      seed: BigInt(query.seed ?? 0),
    });
    const isLast = (message: SampleResponse): boolean => message.event?.$case === "result";
    for await (const { event } of this.calls.stream((metadata) => this.client.sample(request, metadata), isLast, settings)) {
      if (event?.$case === "result") {
        yield { step: steps, steps, preview: undefined, images: event.result.images && decode(event.result.images) };
      } else if (event) {
        const { step, steps: all, preview } = event.progress;
        yield { step, steps: all, preview: preview && decode(preview), images: undefined };
      }
    }
  }
}

function toRequest(query: ScoreQuery): ScoreRequest {
  const { images } = query;
  const negative = query.negativePrompt === undefined ? undefined : ({ $case: "negativePrompt", negativePrompt: query.negativePrompt } as const);
  const conditions = [
    ...list(query.prompts).map((prompt) => ({ $case: "prompt", prompt }) as const),
    ...list(query.classLabels).map((classLabel) => ({ $case: "classLabel", classLabel }) as const),
    ...list(query.handles).map((promptHandle) => ({ $case: "promptHandle", promptHandle }) as const),
  ];
  const outputs = query.outputs ?? ["gradient"];
  return ScoreRequest.fromPartial({
    model: query.model,
    images: encode(images.shape.length === 3 ? { data: images.data, shape: [1, ...images.shape] } : images, "images"),
    sigmas: list(query.sigmas),
    conditionings: conditions.map((condition) => ({ condition, negativeCondition: negative })),
    guidanceScale: query.guidanceScale,
    estimator: query.direct
      ? { $case: "direct", direct: {} }
      : {
          $case: "perturbAndAverage",
          perturbAndAverage: {
            draws: query.draws ?? 1, seed: BigInt(query.seed ?? 0), iteration: query.iteration ?? 0, varianceReduction: query.varianceReduction ?? true,
          },
        },
    outputs: { gradient: outputs.includes("gradient"), score: outputs.includes("score"), denoised: outputs.includes("denoised") },
    clampDenoised: query.clampDenoised,
    deterministic: query.deterministic,
    encodeImages: query.encodeImages,
  });
}

function toScores(answer: ScoreResponse, single: boolean): Scores {
  const array = (tensor: ScoreResponse["gradient"]): NdArray | undefined => {
    const decoded = tensor && decode(tensor);
    return decoded && single ? { data: decoded.data, shape: decoded.shape.slice(1) } : decoded;
  };
  return {
    gradient: array(answer.gradient),
    score: array(answer.score),
    denoised: array(answer.denoised),
    sigmas: answer.sigmas,
    rows: answer.timing?.rows ?? 0,
    deterministic: answer.deterministic,
    queueSeconds: answer.timing?.queueSeconds ?? 0,
    computeSeconds: answer.timing?.computeSeconds ?? 0,
  };
}

function take(early: Map<bigint, ScoreStreamResponse>, turn: number, single: boolean): Scores {
  const result = early.get(BigInt(turn))!.result;
  early.delete(BigInt(turn));
  if (result?.$case === "response") {
    return toScores(result.response, single);
  }
  const status = result?.status;
  throw fromStatus(status?.code ?? Code.INTERNAL, status?.message ?? "The answer holds neither a response nor a status.", status?.details);
}

function list<T extends string | number>(values: T | readonly T[] | undefined): T[] {
  return values === undefined ? [] : typeof values === "object" ? [...values] : [values];
}
