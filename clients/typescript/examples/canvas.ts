// A 2D canvas optimised by score Jacobian chaining (the paper's 2D experiment): node dist/examples/canvas.js [PROMPT [SCORER [MODEL]]]
// The scene is the picture itself, so that the Jacobian is the identity: what the scorer sends back is the gradient of the canvas.
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type NdArray, Scorer } from "../src/index.js";

export async function optimiseCanvas(scorer: Scorer, model: string, prompt: string, seed = 0, steps = 50): Promise<NdArray> {
  const shape = (await scorer.model(model)).dataShape;
  const canvas = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
  for (let step = 0; step < steps; step++) {
    const sigma = 8 - (7.5 * step) / (steps - 1); // from far to near
    const images = { data: canvas, shape };
    const answer = await scorer.score({ model, images, sigmas: sigma, prompts: prompt, seed, iteration: step, deterministic: true });
    const rate = Math.fround(0.25 * sigma); // gradient = sigma * score = (D - x) / sigma
    answer.gradient!.data.forEach((gradient, i) => (canvas[i]! += Math.fround(rate * gradient)));
  }
  return { data: canvas, shape };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [prompt = "a red car", address = "localhost:5201", model = "exact"] = process.argv.slice(2);
  const scorer = new Scorer(address);
  const { data, shape } = await optimiseCanvas(scorer, model, prompt);
  scorer.close();
  const [, height = 0, width = 0] = shape;
  const pixels = Buffer.from(Array.from({ length: 3 * height * width }, (_, i) => Math.min(Math.max((data[(i % 3) * height * width + Math.floor(i / 3)]! + 1) * 127.5, 0), 255)));
  writeFileSync("canvas.ppm", Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), pixels]));
  console.log("canvas.ppm");
}
