"""Text to 3D: starts a job, watches it and fetches its mesh: python3 examples/generate.py [PROMPT [OPTIMIZER]]"""

import sys

from sjc import Optimizer


def generate(optimizer, prompt, **spec):
    job = optimizer.create(prompt, **spec)
    for event in optimizer.watch(job.id):
        job = event.job
        print(f"\r{job.progress.iteration}/{job.progress.iterations}", end="", flush=True)
    print()
    if job.error:
        raise RuntimeError(job.error)
    return job, optimizer.export(job.id, "glb")


if __name__ == "__main__":
    prompt, address = (sys.argv[1:] + ["a red car", "localhost:5202"][len(sys.argv) - 1 :])[:2]
    with Optimizer(address) as optimizer:
        job, mesh = generate(optimizer, prompt)
    with open("mesh.glb", "wb") as file:
        file.write(mesh)
    print(f"mesh.glb, {len(mesh)} bytes; field {job.field_sha256}")
