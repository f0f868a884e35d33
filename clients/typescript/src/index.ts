export type { CallSettings, ClientSettings } from "./calls.js";
export { RefusedError, SjcError, UnavailableError, type Violation } from "./errors.js";
export { type Job, JobState, type LossPoint } from "./gen/sjc/field/v1/field.js";
export type { EncodedPrompt, Model } from "./gen/sjc/score/v1/score.js";
export { type JobEvent, type JobQuery, Optimizer, type View } from "./optimizer.js";
export { type SampleEvent, type SampleQuery, type ScoreQuery, Scorer, type Scores } from "./scorer.js";
export type { NdArray } from "./tensors.js";
