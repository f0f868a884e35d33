"""Scores of 2D diffusion models from a ScoreServer."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import Iterable, Iterator, Optional, Sequence, Union

import grpc
import numpy as np

from . import tensors
from .client import Client
from .errors import from_rpc, from_status
from .score.v1 import score_pb2, score_pb2_grpc


@dataclass
class Scores:
    """An answer. Arrays are [n, c, h, w], or [c, h, w] where one image without a batch axis was sent; None: not asked for.

    gradient: sigma * score. score: (D - x) / sigma^2. denoised: D. sigmas: used after snapping, one per image. rows: of the network.
    deterministic: the bits do not depend on who shared the batch. Seconds are the server's.
    """

    gradient: Optional[np.ndarray]
    score: Optional[np.ndarray]
    denoised: Optional[np.ndarray]
    sigmas: list[float]
    rows: int
    deterministic: bool
    queue_seconds: float
    compute_seconds: float


@dataclass
class SampleEvent:
    """Progress of sampling (images None, preview where one was due), and at last the images [n, c, h, w]."""

    step: int
    steps: int
    preview: Optional[np.ndarray]
    images: Optional[np.ndarray]


class PendingScores:
    """A request in flight, from Scorer.submit."""

    def __init__(self, call, single: bool) -> None:
        self._call = call
        self._single = single

    def result(self, timeout: Optional[float] = None) -> Scores:
        """Waits for the answer. Raises RefusedError, UnavailableError or, after cancel(), UnavailableError with the code CANCELLED."""
        try:
            return _to_scores(self._call.result(timeout), self._single)
        except grpc.FutureCancelledError:
            raise from_status(grpc.StatusCode.CANCELLED.value[0], "The request was cancelled.", ()) from None
        except grpc.RpcError as error:
            raise from_rpc(error) from None

    def cancel(self) -> bool:
        """Takes the request out of the server's queue."""
        return self._call.cancel()


class Scorer(Client):
    """A ScoreServer. Safe to use from several threads.

    Calls are repeated while the server is away or full: noise comes from seeds, so that equal requests have equal answers.
    """

    _address = "localhost:5201"
    _stub_of = score_pb2_grpc.ScoreServiceStub

    def models(self, *, timeout: Optional[float] = None) -> list[score_pb2.Model]:
        """The models that the server holds; the first is its default."""
        return list(self._calls.unary(self._stub.ListModels, score_pb2.ListModelsRequest(), timeout).models)

    def model(self, name: str, *, timeout: Optional[float] = None) -> score_pb2.Model:
        """A model's full description; loads a model that is loaded on first use."""
        return self._calls.unary(self._stub.GetModel, score_pb2.GetModelRequest(name=name), timeout).model

    @staticmethod
    def request(
        images,
        sigmas: Union[float, Sequence[float]],
        *,
        model: str,
        prompts: Union[str, Sequence[str]] = (),
        negative_prompt: Optional[str] = None,
        class_labels: Union[int, Sequence[int]] = (),
        handles: Union[str, Sequence[str]] = (),
        guidance_scale: Optional[float] = None,
        draws: int = 1,
        seed: int = 0,
        iteration: int = 0,
        variance_reduction: bool = True,
        direct: bool = False,
        outputs: Sequence[str] = ("gradient",),
        clamp_denoised: bool = False,
        deterministic: bool = False,
        encode_images: bool = False,
    ) -> score_pb2.ScoreRequest:
        """A request for scores.

        images: [n, c, h, w] or [c, h, w], float32 or float16. sigmas, prompts, class_labels or handles: one for all images, or one each.
        draws, seed, iteration: noise of perturb-and-average scoring, made on the server. direct: the images already hold noise of their
        sigma. outputs: of "gradient", "score", "denoised". encode_images: the images are pictures of a latent model's pixel_shape, and
        gradient and score come back to pixels.
        """
        array = np.asarray(images)
        request = score_pb2.ScoreRequest(
            model=model,
            images=tensors.encode(array[None] if array.ndim == 3 else array, "images"),
            sigmas=_list(sigmas),
            outputs=score_pb2.ScoreOutputs(**{name: True for name in outputs}),
            clamp_denoised=clamp_denoised,
            deterministic=deterministic,
            encode_images=encode_images,
        )
        for name, values in (("prompt", prompts), ("class_label", class_labels), ("prompt_handle", handles)):
            for value in _list(values):
                request.conditionings.add(**{name: value}, **({} if negative_prompt is None else {"negative_prompt": negative_prompt}))
        if guidance_scale is not None:
            request.guidance_scale = guidance_scale
        if direct:
            request.direct.SetInParent()
        else:
            request.perturb_and_average.MergeFrom(
                score_pb2.PerturbAndAverageEstimator(draws=draws, seed=seed, iteration=iteration, variance_reduction=variance_reduction)
            )
        return request

    def score(self, images, sigmas, *, timeout: Optional[float] = None, traceparent: Optional[str] = None, **options) -> Scores:
        """Scores of images at noise levels; options as in request(). traceparent: the trace that it belongs to, instead of the current one."""
        response = self._calls.unary(self._stub.Score, self.request(images, sigmas, **options), timeout, traceparent=traceparent)
        return _to_scores(response, np.ndim(images) == 3)

    def submit(self, images, sigmas, *, timeout: Optional[float] = None, traceparent: Optional[str] = None, **options) -> PendingScores:
        """The same without waiting and without retries; the result can be cancelled."""
        wait = self._calls.timeout if timeout is None else timeout
        call = self._stub.Score.future(self.request(images, sigmas, **options), timeout=wait, metadata=self._calls.metadata(traceparent))
        return PendingScores(call, np.ndim(images) == 3)

    def score_stream(
        self,
        requests: Iterable[Union[score_pb2.ScoreRequest, tuple[score_pb2.ScoreRequest, Optional[str]]]],
        *,
        in_flight: int = 8,
        timeout: Optional[float] = None,
        request_timeout: Optional[float] = None,
    ) -> Iterator[Scores]:
        """Scores of many requests over one stream, in their order, with several in flight.

        requests: each alone, or with the traceparent of the trace that it belongs to; without one, it is the current one where the iterable gives
        the requests. timeout: of the whole stream, seconds; None: no deadline. request_timeout: of each request from its arrival on, seconds in
        (0, 86400]; None: the stream's. The first refused request raises. Closing the iterator cancels what is in flight.
        """
        if in_flight < 1:
            raise ValueError(f"in_flight must be at least 1, but is {in_flight}.")
        window = threading.BoundedSemaphore(in_flight)
        stop = threading.Event()
        failed: "queue.SimpleQueue[BaseException]" = queue.SimpleQueue()

        def messages():
            try:
                for number, item in enumerate(requests):
                    request, traceparent = item if isinstance(item, tuple) else (item, None)
                    trace = self._calls.trace(traceparent)
                    window.acquire()
                    if stop.is_set():
                        return
                    yield score_pb2.ScoreStreamRequest(id=number, request=request, timeout_seconds=request_timeout, **trace)
            except BaseException as error:  # gRPC would swallow what the caller's iterable raises
                failed.put(error)

        call = self._stub.ScoreStream(messages(), timeout=timeout, metadata=self._calls.metadata())
        early: dict[int, score_pb2.ScoreStreamResponse] = {}
        turn = 0
        try:
            for message in call:
                early[message.id] = message
                while turn in early:
                    ready = early.pop(turn)
                    if ready.WhichOneof("result") != "response":
                        raise from_status(ready.status.code, ready.status.message, ready.status.details)
                    yield _to_scores(ready.response, False)
                    turn += 1
                    window.release()
        except grpc.RpcError as error:
            raise from_rpc(error) from None
        finally:
            stop.set()
            call.cancel()
            try:
                window.release()
            except ValueError:
                pass
        if not failed.empty():
            raise failed.get()

    def encode_prompts(self, model: str, prompts: Union[str, Sequence[str]], *, timeout: Optional[float] = None) -> list[score_pb2.EncodedPrompt]:
        """Encodes prompts once; requests then name them by handle. Also tells unknown words."""
        request = score_pb2.EncodePromptsRequest(model=model, prompts=_list(prompts))
        return list(self._calls.unary(self._stub.EncodePrompts, request, timeout).prompts)

    def encode_images(self, model: str, images, *, timeout: Optional[float] = None) -> np.ndarray:
        """Pixels [n, 3, height, width] in [-1, 1] to latents [n, c, h, w]."""
        request = score_pb2.EncodeImagesRequest(model=model, images=tensors.encode(images, "images"))
        return tensors.decode(self._calls.unary(self._stub.EncodeImages, request, timeout).latents)

    def decode_latents(self, model: str, latents, *, timeout: Optional[float] = None) -> np.ndarray:
        """Latents [n, c, h, w] to pixels [n, 3, height, width] in [-1, 1]."""
        request = score_pb2.DecodeLatentsRequest(model=model, latents=tensors.encode(latents, "latents"))
        return tensors.decode(self._calls.unary(self._stub.DecodeLatents, request, timeout).images)

    def sample(
        self,
        model: str,
        prompt: Optional[str] = None,
        *,
        count: int = 1,
        steps: int = 32,
        seed: int = 0,
        sampler: str = "",
        guidance_scale: Optional[float] = None,
        preview_every: int = 0,
    ) -> Iterator[SampleEvent]:
        """Draws images: progress, then the images. Begins anew where the stream breaks."""
        request = score_pb2.SampleRequest(model=model, count=count, steps=steps, seed=seed, sampler=sampler, preview_every=preview_every)
        if prompt is not None:
            request.conditioning.prompt = prompt
        if guidance_scale is not None:
            request.guidance_scale = guidance_scale
        metadata = self._calls.metadata()
        stream = self._calls.stream(
            lambda: self._stub.Sample(request, metadata=metadata), lambda message: message.WhichOneof("event") == "result"
        )
        for message in stream:
            if message.WhichOneof("event") == "result":
                yield SampleEvent(steps, steps, None, tensors.decode(message.result.images))
            else:
                progress = message.progress
                yield SampleEvent(progress.step, progress.steps, tensors.decode(progress.preview) if progress.HasField("preview") else None, None)


def _list(values) -> list:
    return [values] if isinstance(values, (str, int, float)) else list(values)


def _to_scores(response: score_pb2.ScoreResponse, single: bool) -> Scores:
    arrays = {
        name: tensors.decode(getattr(response, name)) if response.HasField(name) else None for name in ("gradient", "score", "denoised")
    }
    if single:
        arrays = {name: array[0] if array is not None else None for name, array in arrays.items()}
    return Scores(
        **arrays,
        sigmas=list(response.sigmas),
        rows=response.timing.rows,
        deterministic=response.deterministic,
        queue_seconds=response.timing.queue_seconds,
        compute_seconds=response.timing.compute_seconds,
    )
