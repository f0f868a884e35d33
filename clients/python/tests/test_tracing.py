"""Which trace a request belongs to; needs no server."""

import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parents[1]), str(pathlib.Path(__file__).parent)]

import fake_opentelemetry  # noqa: E402
from sjc import Optimizer, Scorer  # noqa: E402

LEFT, RIGHT, FAR = (f"00-{trace * 16}-{span * 8}-01" for trace, span in (("0a", "1b"), ("2c", "3d"), ("4e", "5f")))


class TracingTests(unittest.TestCase):
    def test_the_current_span_is_taken_up(self):
        with fake_opentelemetry.installed():
            for client in (Scorer(), Optimizer()):
                with client:
                    self.assertEqual({}, client._calls.trace())
                    with fake_opentelemetry.span(LEFT, "a=1"):
                        self.assertEqual({"traceparent": LEFT, "tracestate": "a=1"}, client._calls.trace())
                        self.assertIn(("traceparent", LEFT), client._calls.metadata())
                    self.assertEqual({}, client._calls.trace())

    def test_what_the_caller_says_wins(self):
        with fake_opentelemetry.installed(), fake_opentelemetry.span(LEFT, "a=1"), Scorer(trace=lambda: {"traceparent": RIGHT}) as hooked, Scorer() as plain:
            self.assertEqual({"traceparent": RIGHT}, hooked._calls.trace())
            self.assertEqual({"traceparent": FAR}, hooked._calls.trace(FAR))
            self.assertEqual({"traceparent": FAR}, plain._calls.trace(FAR))
            with Scorer(trace=lambda: None) as silent:
                self.assertEqual({}, silent._calls.trace())

    def test_without_opentelemetry_there_is_none(self):
        with fake_opentelemetry.installed(there=False), fake_opentelemetry.span(LEFT), Scorer() as client:
            self.assertEqual({}, client._calls.trace())
            self.assertEqual({"traceparent": FAR}, client._calls.trace(FAR))


if __name__ == "__main__":
    unittest.main()
