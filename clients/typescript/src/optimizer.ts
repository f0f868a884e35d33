import { createHash, randomUUID } from "node:crypto";
import { status as Code } from "@grpc/grpc-js";
import { Calls, type CallSettings, type ClientSettings, cancelWith, channelOptions, discard } from "./calls.js";
import { RefusedError, fromServiceError } from "./errors.js";
import { AssetFormat, FieldServiceClient, type Job, JobSpec, JobState, type LossPoint, RenderViewsRequest } from "./gen/sjc/field/v1/field.js";
import { type NdArray, decode } from "./tensors.js";

/** What to make: a prompt, and any field of JobSpec; unset ones take the model's hints. */
export type JobQuery = Parameters<typeof JobSpec.fromPartial>[0] & { prompt: string };

/** A job as it is now, the samples of its losses since the last event, and a PNG preview where a new one is due. */
export interface JobEvent {
  job: Job;
  losses: readonly LossPoint[];
  previewPng: Uint8Array | undefined;
}

/** A rendered view: a PNG file, and where arrays were asked for the image [c, h, w], depth [h, w] and opacity [h, w]. */
export interface View {
  png: Uint8Array;
  image: NdArray | undefined;
  depth: NdArray | undefined;
  opacity: NdArray | undefined;
}

const formats = { glb: AssetFormat.ASSET_FORMAT_GLB, ply: AssetFormat.ASSET_FORMAT_PLY, field: AssetFormat.ASSET_FORMAT_FIELD };
const ended: ReadonlySet<JobState> = new Set([JobState.JOB_STATE_SUCCEEDED, JobState.JOB_STATE_FAILED, JobState.JOB_STATE_CANCELLED]);

/** A FieldOptimizer. Calls that read, and create, which is idempotent, are repeated while it is away; commands to a job are sent once. */
export class Optimizer {
  private readonly calls: Calls;
  private readonly client: FieldServiceClient;

  constructor(address = "localhost:5202", settings: ClientSettings = {}) {
    this.calls = new Calls(address, settings);
    this.client = new FieldServiceClient(this.calls.target, this.calls.credentials, channelOptions);
  }

  /** Closes the connection; calls that still wait fail. */
  close(): void {
    this.client.close();
  }

  /** Creates a job. The same request id and spec are the same job. */
  async create(spec: JobQuery, settings: CallSettings & { requestId?: string } = {}): Promise<Job> {
    const request = { requestId: settings.requestId ?? randomUUID(), spec: JobSpec.fromPartial(spec) };
    return (await this.calls.unary(this.client.createJob.bind(this.client), request, settings)).job!;
  }

  /** A job as it is now. */
  async get(id: string, settings?: CallSettings): Promise<Job> {
    return (await this.calls.unary(this.client.getJob.bind(this.client), { id }, settings)).job!;
  }

  /** All jobs, latest first, read page by page. */
  async *jobs(settings: CallSettings & { pageSize?: number } = {}): AsyncGenerator<Job> {
    let pageToken = "";
    do {
      const page = await this.calls.unary(this.client.listJobs.bind(this.client), { pageSize: settings.pageSize ?? 0, pageToken }, settings);
      yield* page.jobs;
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
  }

  /** The job's state now, then every change until it ends; goes on where the connection breaks. */
  async *watch(id: string, settings: CallSettings & { previews?: boolean } = {}): AsyncGenerator<JobEvent> {
    const request = { id, previews: settings.previews ?? false };
    const messages = this.calls.stream((metadata) => this.client.watchJob(request, metadata), (message) => ended.has(message.job!.state), settings);
    for await (const message of messages) {
      yield { job: message.job!, losses: message.lossPoints, previewPng: message.preview?.png };
    }
  }

  /** Stops a job after its iteration, with a checkpoint. */
  async pause(id: string, settings?: CallSettings): Promise<Job> {
    return (await this.calls.unary(this.client.pauseJob.bind(this.client), { id }, settings, false)).job!;
  }

  /** Queues a paused or failed job again. */
  async resume(id: string, settings?: CallSettings): Promise<Job> {
    return (await this.calls.unary(this.client.resumeJob.bind(this.client), { id }, settings, false)).job!;
  }

  /** Ends a job for good, with a checkpoint. */
  async cancel(id: string, settings?: CallSettings): Promise<Job> {
    return (await this.calls.unary(this.client.cancelJob.bind(this.client), { id }, settings, false)).job!;
  }

  /** Removes an ended or paused job and its files. */
  async delete(id: string, settings?: CallSettings): Promise<void> {
    await this.calls.unary(this.client.deleteJob.bind(this.client), { id }, settings, false);
  }

  /** Pictures of the field as it is now. */
  async *render(
    id: string,
    views: readonly { azimuthDegrees: number; elevationDegrees: number }[],
    settings: CallSettings & { width?: number; height?: number; supersampling?: number; arrays?: boolean } = {},
  ): AsyncGenerator<View> {
    const { width, height, supersampling, arrays } = settings;
    const request = RenderViewsRequest.fromPartial({ id, views: [...views], width, height, supersampling, includeTensors: arrays });
    const messages = this.calls.stream((metadata) => this.client.renderViews(request, metadata), (message) => message.index + 1 >= views.length, settings);
    for await (const { picture, image, depth, opacity } of messages) {
      yield { png: picture!.png, image: image && decode(image), depth: depth && decode(depth), opacity: opacity && decode(opacity) };
    }
  }

  /** The mesh (glb, ply) or the field (safetensors) as a file, checked against the server's checksum. */
  async export(id: string, kind: keyof typeof formats = "glb", settings: CallSettings & { densityThreshold?: number } = {}): Promise<Buffer> {
    const request = { id, format: formats[kind], densityThreshold: settings.densityThreshold ?? 0 };
    const metadata = this.calls.metadata(settings);
    return this.calls.run(async (deadline) => {
      const call = this.client.exportAsset(request, metadata, { deadline });
      const release = cancelWith(call, settings.signal);
      const chunks: Uint8Array[] = [];
      let total = 0n;
      let sha256 = "";
      try {
        for await (const message of call) {
          chunks.push(message.chunk);
          ({ totalBytes: total, sha256 } = message);
        }
      } catch (error) {
        throw fromServiceError(error);
      } finally {
        release();
        discard(call);
      }
      const file = Buffer.concat(chunks);
      if (BigInt(file.length) !== total || createHash("sha256").update(file).digest("hex") !== sha256) {
        throw new RefusedError(Code.DATA_LOSS, `The file must have ${total} bytes and its checksum, but has ${file.length} bytes or another one.`);
      }
      return file;
    }, settings);
  }
}
