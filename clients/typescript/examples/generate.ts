// Text to 3D: starts a job, watches it and fetches its mesh: node dist/examples/generate.js [PROMPT [OPTIMIZER]]
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Job, type JobQuery, Optimizer } from "../src/index.js";

export async function generate(optimizer: Optimizer, spec: JobQuery, show: (job: Job) => void = () => undefined): Promise<{ job: Job; mesh: Buffer }> {
  let job = await optimizer.create(spec);
  for await (const event of optimizer.watch(job.id)) {
    job = event.job;
    show(job);
  }
  if (job.error) {
    throw new Error(job.error);
  }
  return { job, mesh: await optimizer.export(job.id, "glb") };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [prompt = "a red car", address = "localhost:5202"] = process.argv.slice(2);
  const optimizer = new Optimizer(address);
  const { job, mesh } = await generate(optimizer, { prompt }, ({ progress }) => process.stdout.write(`\r${progress?.iteration}/${progress?.iterations}`));
  optimizer.close();
  writeFileSync("mesh.glb", mesh);
  console.log(`\nmesh.glb, ${mesh.length} bytes; field ${job.fieldSha256}`);
}
