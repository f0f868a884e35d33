"""Against a running FieldOptimizer (SJC_OPTIMIZER): run by clients/test."""

import json
import os
import pathlib
import struct
import sys
import unittest
import uuid

import grpc

sys.path[:0] = [str(pathlib.Path(__file__).parents[1]), str(pathlib.Path(__file__).parents[1] / "examples")]

from generate import generate  # noqa: E402
from sjc import Optimizer, RefusedError, UnavailableError  # noqa: E402
from sjc.field.v1 import field_pb2  # noqa: E402

SPEC = json.loads(os.environ["SJC_SMALL_JOB"])


class OptimizerTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.optimizer = Optimizer(os.environ["SJC_OPTIMIZER"], timeout=120)

    @classmethod
    def tearDownClass(cls):
        cls.optimizer.close()

    def test_generate_ends_with_a_mesh(self):
        job, mesh = generate(self.optimizer, "a red car", seed=1, **SPEC)
        self.assertEqual(field_pb2.JOB_STATE_SUCCEEDED, job.state)
        magic, version, length = struct.unpack("<4sII", mesh[:12])
        self.assertEqual((b"glTF", 2, len(mesh)), (magic, version, length))
        view = next(self.optimizer.render(job.id, [(0, 10)], width=16, height=16, tensors_too=True))
        self.assertEqual(b"\x89PNG", view.png[:4])
        self.assertEqual(((3, 16, 16), (16, 16)), (view.image.shape, view.depth.shape))
        self.assertIn(job.id, [listed.id for listed in self.optimizer.jobs(page_size=1)])

    def test_equal_request_ids_are_one_job(self):
        request_id = uuid.uuid4().hex
        first = self.optimizer.create("a red car", request_id=request_id, seed=2, **SPEC)
        self.assertEqual(first.id, self.optimizer.create("a red car", request_id=request_id, seed=2, **SPEC).id)
        with self.assertRaises(RefusedError) as caught:
            self.optimizer.create("a red car", request_id=request_id, seed=3, **SPEC)
        self.assertEqual((grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_USED"), (caught.exception.code, caught.exception.reason))
        self.optimizer.wait(first.id)
        self.optimizer.delete(first.id)

    def test_watch_ends_when_the_job_is_cancelled(self):
        job = self.optimizer.create("a red car", **{**SPEC, "iterations": 100000})
        states = []
        for event in self.optimizer.watch(job.id):
            if not states:
                self.optimizer.cancel(job.id)
            states.append(event.job.state)
        self.assertEqual(field_pb2.JOB_STATE_CANCELLED, states[-1])

    def test_refusal_names_the_field(self):
        with self.assertRaises(RefusedError) as caught:
            self.optimizer.create("a red car", field={"grid_size": 1})
        self.assertEqual(["spec.field.grid_size"], [violation.field for violation in caught.exception.violations])

    def test_unknown_job_is_not_found(self):
        for call in (lambda: self.optimizer.get("nobody"), lambda: list(self.optimizer.watch("nobody"))):
            with self.assertRaises(RefusedError) as caught:
                call()
            self.assertEqual(grpc.StatusCode.NOT_FOUND, caught.exception.code)

    def test_deadline_passes(self):
        with self.assertRaises(UnavailableError):
            self.optimizer.get("nobody", timeout=0.00001)


if __name__ == "__main__":
    unittest.main()
