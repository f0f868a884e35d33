"""Text-to-3D jobs of a FieldOptimizer."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import Iterator, Optional, Sequence, Tuple

import grpc
import numpy as np

from . import tensors
from .client import Client
from .errors import RefusedError
from .field.v1 import field_pb2, field_pb2_grpc

_ENDED = (field_pb2.JOB_STATE_SUCCEEDED, field_pb2.JOB_STATE_FAILED, field_pb2.JOB_STATE_CANCELLED)
_FORMATS = {"glb": field_pb2.ASSET_FORMAT_GLB, "ply": field_pb2.ASSET_FORMAT_PLY, "field": field_pb2.ASSET_FORMAT_FIELD}


@dataclass
class JobEvent:
    """A job as it is now, the samples of its losses since the last event, and a PNG preview where a new one is due."""

    job: field_pb2.Job
    losses: list[field_pb2.LossPoint]
    preview_png: Optional[bytes]


@dataclass
class View:
    """A rendered view: a PNG file, and where tensors were asked for the image [c, h, w], depth [h, w] and opacity [h, w]."""

    png: bytes
    image: Optional[np.ndarray]
    depth: Optional[np.ndarray]
    opacity: Optional[np.ndarray]


class Optimizer(Client):
    """A FieldOptimizer. Safe to use from several threads.

    Calls that read, and create(), which is idempotent, are repeated while the server is away; commands to a job are sent once.
    """

    _address = "localhost:5202"
    _stub_of = field_pb2_grpc.FieldServiceStub

    def create(self, prompt: str, *, request_id: str = "", timeout: Optional[float] = None, **spec) -> field_pb2.Job:
        """Creates a job. spec: fields of JobSpec, sub-messages as dicts, such as iterations=400, field={"grid_size": 32}."""
        request = field_pb2.CreateJobRequest(request_id=request_id or uuid.uuid4().hex, spec=field_pb2.JobSpec(prompt=prompt, **spec))
        return self._calls.unary(self._stub.CreateJob, request, timeout).job

    def get(self, job_id: str, *, timeout: Optional[float] = None) -> field_pb2.Job:
        """A job as it is now."""
        return self._calls.unary(self._stub.GetJob, field_pb2.GetJobRequest(id=job_id), timeout).job

    def jobs(self, *, page_size: int = 0) -> Iterator[field_pb2.Job]:
        """All jobs, latest first, read page by page."""
        token = ""
        while True:
            page = self._calls.unary(self._stub.ListJobs, field_pb2.ListJobsRequest(page_size=page_size, page_token=token))
            yield from page.jobs
            token = page.next_page_token
            if not token:
                return

    def watch(self, job_id: str, *, previews: bool = False) -> Iterator[JobEvent]:
        """The job's state now, then every change until it ends; goes on where the connection breaks."""
        request = field_pb2.WatchJobRequest(id=job_id, previews=previews)
        metadata = self._calls.metadata()
        stream = self._calls.stream(lambda: self._stub.WatchJob(request, metadata=metadata), lambda message: message.job.state in _ENDED)
        for message in stream:
            yield JobEvent(message.job, list(message.loss_points), message.preview.png if message.HasField("preview") else None)

    def wait(self, job_id: str) -> field_pb2.Job:
        """The job once it has ended."""
        for event in self.watch(job_id):
            job = event.job
        return job

    def pause(self, job_id: str) -> field_pb2.Job:
        """Stops a job after its iteration, with a checkpoint."""
        return self._calls.unary(self._stub.PauseJob, field_pb2.PauseJobRequest(id=job_id), repeat=False).job

    def resume(self, job_id: str) -> field_pb2.Job:
        """Queues a paused or failed job again."""
        return self._calls.unary(self._stub.ResumeJob, field_pb2.ResumeJobRequest(id=job_id), repeat=False).job

    def cancel(self, job_id: str) -> field_pb2.Job:
        """Ends a job for good, with a checkpoint."""
        return self._calls.unary(self._stub.CancelJob, field_pb2.CancelJobRequest(id=job_id), repeat=False).job

    def delete(self, job_id: str) -> None:
        """Removes an ended or paused job and its files."""
        self._calls.unary(self._stub.DeleteJob, field_pb2.DeleteJobRequest(id=job_id), repeat=False)

    def render(
        self, job_id: str, views: Sequence[Tuple[float, float]], *, width: int = 0, height: int = 0, supersampling: int = 0, tensors_too: bool = False
    ) -> Iterator[View]:
        """Pictures of the field as it is now from (azimuth, elevation) in degrees."""
        request = field_pb2.RenderViewsRequest(id=job_id, width=width, height=height, supersampling=supersampling, include_tensors=tensors_too)
        for azimuth, elevation in views:
            request.views.add(azimuth_degrees=azimuth, elevation_degrees=elevation)
        metadata = self._calls.metadata()
        stream = self._calls.stream(
            lambda: self._stub.RenderViews(request, metadata=metadata), lambda message: message.index + 1 >= len(request.views)
        )
        for message in stream:
            arrays = [tensors.decode(getattr(message, name)) if message.HasField(name) else None for name in ("image", "depth", "opacity")]
            yield View(message.picture.png, *arrays)

    def export(self, job_id: str, kind: str = "glb", *, density_threshold: float = 0.0, timeout: Optional[float] = None) -> bytes:
        """The mesh ("glb" or "ply") or the field ("field", safetensors) as a file, checked against the server's checksum."""
        if kind not in _FORMATS:
            raise ValueError(f"kind must be glb, ply or field, but is {kind}.")
        request = field_pb2.ExportAssetRequest(id=job_id, format=_FORMATS[kind], density_threshold=density_threshold)
        metadata = self._calls.metadata()

        def ask(left: float) -> bytes:
            content, last = bytearray(), field_pb2.ExportAssetResponse()
            for last in self._stub.ExportAsset(request, timeout=left, metadata=metadata):
                content += last.chunk
            if len(content) != last.total_bytes or hashlib.sha256(content).hexdigest() != last.sha256:
                raise RefusedError(grpc.StatusCode.DATA_LOSS, f"The file must have {last.total_bytes} bytes and its checksum, but has {len(content)} bytes or another one.")
            return bytes(content)

        return self._calls.run(ask, timeout)
