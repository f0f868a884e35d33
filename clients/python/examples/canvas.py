"""A 2D canvas optimised by score Jacobian chaining (the paper's 2D experiment): python3 examples/canvas.py [PROMPT [SCORER [MODEL]]]

The scene is the picture itself, so that the Jacobian is the identity: what the scorer sends back is the gradient of the canvas.
"""

import sys

import numpy as np

from sjc import Scorer


def optimise_canvas(scorer, model, prompt, seed=0, steps=50):
    canvas = np.zeros(scorer.model(model).data_shape, np.float32)
    for step in range(steps):
        sigma = 8 - 7.5 * step / (steps - 1)  # from far to near
        answer = scorer.score(canvas, sigma, model=model, prompts=prompt, seed=seed, iteration=step, deterministic=True)
        canvas += np.float32(0.25 * sigma) * answer.gradient  # gradient = sigma * score = (D - x) / sigma
    return canvas


if __name__ == "__main__":
    prompt, address, model = (sys.argv[1:] + ["a red car", "localhost:5201", "exact"][len(sys.argv) - 1 :])[:3]
    with Scorer(address) as scorer:
        canvas = optimise_canvas(scorer, model, prompt)
    height, width = canvas.shape[1:]
    pixels = np.clip((canvas.transpose(1, 2, 0) + 1) * 127.5, 0, 255).astype(np.uint8)
    with open("canvas.ppm", "wb") as file:
        file.write(b"P6 %d %d 255\n" % (width, height) + pixels.tobytes())
    print("canvas.ppm")
