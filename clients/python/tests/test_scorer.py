"""Against a running ScoreServer (SJC_SCORER) with the shipped models: run by clients/test."""

import os
import pathlib
import sys
import threading
import time
import unittest

import grpc
import numpy as np

sys.path[:0] = [str(pathlib.Path(__file__).parents[1]), str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1] / "examples")]

import fake_opentelemetry  # noqa: E402
from canvas import optimise_canvas  # noqa: E402
from sjc import RefusedError, Scorer, UnavailableError, tensors  # noqa: E402

PROMPT = "a red car"


class ScorerTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scorer = Scorer(os.environ["SJC_SCORER"], timeout=120)
        cls.shape = tuple(cls.scorer.model("exact").data_shape)

    @classmethod
    def tearDownClass(cls):
        cls.scorer.close()

    def image(self, seed=1):
        return np.random.default_rng(seed).uniform(-1, 1, self.shape).astype(np.float32)

    def test_models_are_listed_and_described(self):
        self.assertIn("exact", [model.name for model in self.scorer.models()])
        model = self.scorer.model("exact")
        self.assertTrue(model.ready)
        self.assertLess(model.sigma_min, model.sigma_max)

    def test_outputs_belong_together(self):
        image = self.image()
        scores = self.scorer.score(image, 2.0, model="exact", prompts=PROMPT, direct=True, outputs=("gradient", "score", "denoised"))
        self.assertEqual(self.shape, scores.gradient.shape)
        np.testing.assert_allclose(scores.score, (scores.denoised - image) / 4, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(scores.gradient, 2 * scores.score, rtol=1e-5, atol=1e-6)
        self.assertEqual([2.0], scores.sigmas)

    def test_a_batch_keeps_its_axes(self):
        images = np.stack([self.image(1), self.image(2)])
        scores = self.scorer.score(images, [1.0, 3.0], model="exact", prompts=[PROMPT, "a blue car"], draws=2, seed=5)
        self.assertEqual(images.shape, scores.gradient.shape)
        self.assertEqual(4, scores.rows)
        self.assertIsNone(scores.denoised)

    def test_half_precision_goes_up(self):
        self.assertEqual(self.shape, self.scorer.score(self.image().astype(np.float16), 1.0, model="exact").gradient.shape)

    def test_equal_requests_have_equal_bits(self):
        ask = lambda seed: self.scorer.score(self.image(), 1.5, model="exact", prompts=PROMPT, seed=seed, deterministic=True)  # noqa: E731
        first = ask(3)
        self.assertTrue(first.deterministic)
        np.testing.assert_array_equal(first.gradient, ask(3).gradient)
        self.assertFalse(np.array_equal(first.gradient, ask(4).gradient))

    def test_handles_stand_for_prompts(self):
        encoded = self.scorer.encode_prompts("exact", PROMPT)[0]
        by_handle = self.scorer.score(self.image(), 1.0, model="exact", handles=encoded.handle, deterministic=True)
        by_prompt = self.scorer.score(self.image(), 1.0, model="exact", prompts=PROMPT, deterministic=True)
        np.testing.assert_array_equal(by_prompt.gradient, by_handle.gradient)

    def test_refusal_names_every_fault(self):
        with self.assertRaises(RefusedError) as caught:
            self.scorer.score(self.image(), [1.0, 2.0], model="exact", guidance_scale=1e6)
        self.assertEqual(grpc.StatusCode.INVALID_ARGUMENT, caught.exception.code)
        self.assertEqual(["guidance_scale", "sigmas"], sorted(violation.field for violation in caught.exception.violations))

    def test_message_beyond_the_limit_is_refused_at_once(self):
        limit = self.scorer.model("exact").max_message_bytes
        count = limit // self.image().nbytes + 1
        with self.assertRaises(RefusedError) as caught:
            self.scorer.score(np.zeros((count, *self.image().shape), np.float32), 1.0, model="exact", prompts=PROMPT)
        self.assertEqual(grpc.StatusCode.RESOURCE_EXHAUSTED, caught.exception.code)

    def test_unknown_handle_has_a_reason(self):
        with self.assertRaises(RefusedError) as caught:
            self.scorer.score(self.image(), 1.0, model="exact", handles="0" * 64)
        self.assertEqual((grpc.StatusCode.NOT_FOUND, "HANDLE_UNKNOWN"), (caught.exception.code, caught.exception.reason))

    def test_stream_answers_in_order(self):
        images = [self.image(seed) for seed in range(9)]
        requests = (self.scorer.request(image, 1.0, model="exact", prompts=PROMPT, seed=seed, deterministic=True) for seed, image in enumerate(images))
        answers = list(self.scorer.score_stream(requests, in_flight=4))
        self.assertEqual(9, len(answers))
        for seed, (image, answer) in enumerate(zip(images, answers)):
            alone = self.scorer.score(image, 1.0, model="exact", prompts=PROMPT, seed=seed, deterministic=True)
            np.testing.assert_array_equal(alone.gradient, answer.gradient[0])

    def test_stream_refusal_has_details(self):
        requests = [self.scorer.request(self.image(), 1.0, model="exact"), self.scorer.request(self.image(), -1.0, model="exact")]
        stream = self.scorer.score_stream(requests)
        next(stream)
        with self.assertRaises(RefusedError) as caught:
            next(stream)
        self.assertTrue(caught.exception.violations[0].field.startswith("sigmas"))

    def test_stream_passes_the_callers_error_on(self):
        def broken():
            yield self.scorer.request(self.image(), 1.0, model="exact")
            raise KeyError("mine")

        with self.assertRaises(KeyError):
            list(self.scorer.score_stream(broken()))

    def test_stream_left_early_ends_its_threads(self):
        before = threading.active_count()
        stream = self.scorer.score_stream((self.scorer.request(self.image(), 1.0, model="exact") for _ in range(100)), in_flight=3)
        next(stream)
        stream.close()
        end = time.monotonic() + 30
        while threading.active_count() > before and time.monotonic() < end:
            time.sleep(0.01)
        self.assertLessEqual(threading.active_count(), before)

    def test_deadline_passes(self):
        with self.assertRaises(UnavailableError) as caught:
            self.scorer.score(np.stack([self.image()] * 64), 1.0, model="exact", draws=4, timeout=0.001)
        self.assertEqual(grpc.StatusCode.DEADLINE_EXCEEDED, caught.exception.code)

    def test_request_of_a_stream_has_a_deadline_of_its_own(self):
        request = self.scorer.request(np.stack([self.image()] * 64), 1.0, model="exact", draws=4)
        with self.assertRaises(UnavailableError) as caught:
            list(self.scorer.score_stream([request], request_timeout=0.001))
        self.assertEqual(grpc.StatusCode.DEADLINE_EXCEEDED, caught.exception.code)
        self.assertEqual(1, len(list(self.scorer.score_stream([request], request_timeout=60))))

    def test_submitted_request_can_be_cancelled(self):
        pending = self.scorer.submit(np.stack([self.image()] * 64), 1.0, model="exact", draws=4)
        pending.cancel()
        with self.assertRaises(UnavailableError) as caught:
            pending.result()
        self.assertEqual(grpc.StatusCode.CANCELLED, caught.exception.code)

    def test_nobody_there_is_unavailable(self):
        with Scorer("127.0.0.1:9", timeout=0.5) as nobody, self.assertRaises(UnavailableError) as caught:
            nobody.models()
        self.assertIn(caught.exception.code, (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED))

    def test_sample_tells_progress_then_images(self):
        events = list(self.scorer.sample("exact", PROMPT, count=2, steps=4, preview_every=2))
        self.assertEqual((2, *self.shape), events[-1].images.shape)
        self.assertTrue(any(event.preview is not None for event in events[:-1]))

    def spans(self, trace_id, span_id):
        """What the server told its collector of a trace: parents by the span's name, once the network's is there and one below the caller's (a call's ends last)."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            lines = [line.split() for line in pathlib.Path(os.environ["SJC_TRACES"]).read_text().splitlines()]
            found = {name: (span, parent) for trace, span, parent, _, name in (line[:5] for line in lines if len(line) >= 5) if trace == trace_id}
            if {"score", "queue", "network"} <= found.keys() and any(parent == span_id for _, parent in found.values()):
                return found
            time.sleep(0.05)
        self.fail(f"the trace {trace_id} must reach from {span_id} to the network, but does not")

    def assert_parent(self, trace_id, span_id):
        found = self.spans(trace_id, span_id)
        self.assertEqual(found["score"][0], found["network"][1])
        # Of a unary call the server's span of the call stands between.
        self.assertIn(span_id, (found["score"][1], *(parent for span, parent in found.values() if span == found["score"][1])))

    def test_traces_reach_the_network(self):
        traces = [(os.urandom(16).hex(), os.urandom(8).hex()) for _ in range(5)]
        parents = [f"00-{trace}-{span}-01" for trace, span in traces]
        image = self.image()
        self.scorer.score(image, 1.0, model="exact", traceparent=parents[0])
        self.scorer.submit(image, 1.0, model="exact", traceparent=parents[1]).result()
        request = self.scorer.request(image, 1.0, model="exact")
        asked = []
        with Scorer(os.environ["SJC_SCORER"], timeout=120, trace=lambda: asked.append(1) or {"traceparent": parents[4], "other": "header"}) as hooked:
            self.assertEqual(3, len(list(hooked.score_stream([(request, parents[2]), (request, parents[3]), request]))))
        self.assertEqual(2, len(asked))  # for the stream and for its third request
        for trace, span in traces:
            self.assert_parent(trace, span)

    def test_the_current_span_reaches_the_network(self):
        traces = [(os.urandom(16).hex(), os.urandom(8).hex()) for _ in range(3)]
        unary, opened, within = (f"00-{trace}-{span}-01" for trace, span in traces)
        image = self.image()
        request = self.scorer.request(image, 1.0, model="exact")

        def requests():
            yield request
            with fake_opentelemetry.span(within):
                yield request

        with fake_opentelemetry.installed():
            with fake_opentelemetry.span(unary):
                self.scorer.score(image, 1.0, model="exact")
            with fake_opentelemetry.span(opened):
                self.assertEqual(2, len(list(self.scorer.score_stream(requests()))))
        for trace, span in traces:
            self.assert_parent(trace, span)

    def test_bad_arrays_are_refused_here(self):
        for bad in (np.full(self.shape, np.nan, np.float32), np.zeros((0, 3, 4, 4), np.float32)):
            with self.assertRaises(ValueError):
                self.scorer.score(bad, 1.0, model="exact")
        with self.assertRaises(ValueError):
            tensors.decode(tensors.tensor_pb2.Tensor(data_type=1, shape=[2], data=b"123"))

    def test_canvas(self):
        canvas = optimise_canvas(self.scorer, "exact", PROMPT, seed=7)
        self.assertGreater(float(np.ptp(canvas)), 0.5)
        canvas.astype("<f4").tofile(pathlib.Path(os.environ["SJC_CANVASES"]) / "python.f32")


if __name__ == "__main__":
    unittest.main()
