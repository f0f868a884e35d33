from google.protobuf import timestamp_pb2 as _timestamp_pb2
from sjc.tensor.v1 import tensor_pb2 as _tensor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

ASSET_FORMAT_FIELD: AssetFormat
ASSET_FORMAT_GLB: AssetFormat
ASSET_FORMAT_PLY: AssetFormat
ASSET_FORMAT_UNSPECIFIED: AssetFormat
COLOR_MODE_RAW: ColorMode
COLOR_MODE_SIGMOID_CENTERED: ColorMode
COLOR_MODE_UNSPECIFIED: ColorMode
DESCRIPTOR: _descriptor.FileDescriptor
JOB_STATE_CANCELLED: JobState
JOB_STATE_FAILED: JobState
JOB_STATE_PAUSED: JobState
JOB_STATE_QUEUED: JobState
JOB_STATE_RUNNING: JobState
JOB_STATE_SUCCEEDED: JobState
JOB_STATE_UNSPECIFIED: JobState
SIGMA_DISTRIBUTION_LADDER: SigmaDistribution
SIGMA_DISTRIBUTION_LOG_UNIFORM: SigmaDistribution
SIGMA_DISTRIBUTION_UNSPECIFIED: SigmaDistribution

class CameraSpec(_message.Message):
    __slots__ = ["fov_max_degrees", "fov_min_degrees", "polar_range_degrees", "radius", "view_dependent_prompts"]
    FOV_MAX_DEGREES_FIELD_NUMBER: _ClassVar[int]
    FOV_MIN_DEGREES_FIELD_NUMBER: _ClassVar[int]
    POLAR_RANGE_DEGREES_FIELD_NUMBER: _ClassVar[int]
    RADIUS_FIELD_NUMBER: _ClassVar[int]
    VIEW_DEPENDENT_PROMPTS_FIELD_NUMBER: _ClassVar[int]
    fov_max_degrees: float
    fov_min_degrees: float
    polar_range_degrees: float
    radius: float
    view_dependent_prompts: bool
    def __init__(self, radius: _Optional[float] = ..., fov_min_degrees: _Optional[float] = ..., fov_max_degrees: _Optional[float] = ..., polar_range_degrees: _Optional[float] = ..., view_dependent_prompts: bool = ...) -> None: ...

class CancelJobRequest(_message.Message):
    __slots__ = ["id"]
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class CancelJobResponse(_message.Message):
    __slots__ = ["job"]
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class CreateJobRequest(_message.Message):
    __slots__ = ["request_id", "spec"]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    spec: JobSpec
    def __init__(self, request_id: _Optional[str] = ..., spec: _Optional[_Union[JobSpec, _Mapping]] = ...) -> None: ...

class CreateJobResponse(_message.Message):
    __slots__ = ["job"]
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class DeleteJobRequest(_message.Message):
    __slots__ = ["id"]
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class DeleteJobResponse(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ExportAssetRequest(_message.Message):
    __slots__ = ["density_threshold", "format", "id"]
    DENSITY_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    density_threshold: float
    format: AssetFormat
    id: str
    def __init__(self, id: _Optional[str] = ..., format: _Optional[_Union[AssetFormat, str]] = ..., density_threshold: _Optional[float] = ...) -> None: ...

class ExportAssetResponse(_message.Message):
    __slots__ = ["chunk", "sha256", "total_bytes"]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    TOTAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    chunk: bytes
    sha256: str
    total_bytes: int
    def __init__(self, chunk: _Optional[bytes] = ..., total_bytes: _Optional[int] = ..., sha256: _Optional[str] = ...) -> None: ...

class FieldSpec(_message.Message):
    __slots__ = ["background_color", "background_size", "box_half_extent", "color_mode", "density_shift", "grid_size", "growth", "learn_density_scale", "prune_iterations", "prune_threshold", "random_ray_offset", "render_size", "step_ratio", "weight_threshold"]
    BACKGROUND_COLOR_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_SIZE_FIELD_NUMBER: _ClassVar[int]
    BOX_HALF_EXTENT_FIELD_NUMBER: _ClassVar[int]
    COLOR_MODE_FIELD_NUMBER: _ClassVar[int]
    DENSITY_SHIFT_FIELD_NUMBER: _ClassVar[int]
    GRID_SIZE_FIELD_NUMBER: _ClassVar[int]
    GROWTH_FIELD_NUMBER: _ClassVar[int]
    LEARN_DENSITY_SCALE_FIELD_NUMBER: _ClassVar[int]
    PRUNE_ITERATIONS_FIELD_NUMBER: _ClassVar[int]
    PRUNE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    RANDOM_RAY_OFFSET_FIELD_NUMBER: _ClassVar[int]
    RENDER_SIZE_FIELD_NUMBER: _ClassVar[int]
    STEP_RATIO_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    background_color: _containers.RepeatedScalarFieldContainer[float]
    background_size: int
    box_half_extent: float
    color_mode: ColorMode
    density_shift: float
    grid_size: int
    growth: _containers.RepeatedCompositeFieldContainer[GrowthStep]
    learn_density_scale: bool
    prune_iterations: _containers.RepeatedScalarFieldContainer[int]
    prune_threshold: float
    random_ray_offset: bool
    render_size: int
    step_ratio: float
    weight_threshold: float
    def __init__(self, grid_size: _Optional[int] = ..., box_half_extent: _Optional[float] = ..., color_mode: _Optional[_Union[ColorMode, str]] = ..., density_shift: _Optional[float] = ..., background_color: _Optional[_Iterable[float]] = ..., background_size: _Optional[int] = ..., step_ratio: _Optional[float] = ..., weight_threshold: _Optional[float] = ..., random_ray_offset: bool = ..., render_size: _Optional[int] = ..., learn_density_scale: bool = ..., growth: _Optional[_Iterable[_Union[GrowthStep, _Mapping]]] = ..., prune_iterations: _Optional[_Iterable[int]] = ..., prune_threshold: _Optional[float] = ...) -> None: ...

class GetJobRequest(_message.Message):
    __slots__ = ["id"]
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class GetJobResponse(_message.Message):
    __slots__ = ["job"]
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class GrowthStep(_message.Message):
    __slots__ = ["grid_size", "iteration"]
    GRID_SIZE_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    grid_size: int
    iteration: int
    def __init__(self, iteration: _Optional[int] = ..., grid_size: _Optional[int] = ...) -> None: ...

class Job(_message.Message):
    __slots__ = ["checkpoint_iteration", "create_time", "error", "field_sha256", "id", "progress", "spec", "state", "update_time"]
    CHECKPOINT_ITERATION_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    FIELD_SHA256_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    checkpoint_iteration: int
    create_time: _timestamp_pb2.Timestamp
    error: str
    field_sha256: str
    id: str
    progress: JobProgress
    spec: JobSpec
    state: JobState
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., spec: _Optional[_Union[JobSpec, _Mapping]] = ..., state: _Optional[_Union[JobState, str]] = ..., progress: _Optional[_Union[JobProgress, _Mapping]] = ..., create_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., error: _Optional[str] = ..., field_sha256: _Optional[str] = ..., checkpoint_iteration: _Optional[int] = ...) -> None: ...

class JobLosses(_message.Message):
    __slots__ = ["depth", "emptiness", "score_rms"]
    DEPTH_FIELD_NUMBER: _ClassVar[int]
    EMPTINESS_FIELD_NUMBER: _ClassVar[int]
    SCORE_RMS_FIELD_NUMBER: _ClassVar[int]
    depth: float
    emptiness: float
    score_rms: float
    def __init__(self, score_rms: _Optional[float] = ..., emptiness: _Optional[float] = ..., depth: _Optional[float] = ...) -> None: ...

class JobProgress(_message.Message):
    __slots__ = ["elapsed_seconds", "iteration", "iterations", "iterations_per_second", "losses", "remaining_seconds", "score_seconds", "sigma"]
    ELAPSED_SECONDS_FIELD_NUMBER: _ClassVar[int]
    ITERATIONS_FIELD_NUMBER: _ClassVar[int]
    ITERATIONS_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    LOSSES_FIELD_NUMBER: _ClassVar[int]
    REMAINING_SECONDS_FIELD_NUMBER: _ClassVar[int]
    SCORE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    SIGMA_FIELD_NUMBER: _ClassVar[int]
    elapsed_seconds: float
    iteration: int
    iterations: int
    iterations_per_second: float
    losses: JobLosses
    remaining_seconds: float
    score_seconds: float
    sigma: float
    def __init__(self, iteration: _Optional[int] = ..., iterations: _Optional[int] = ..., iterations_per_second: _Optional[float] = ..., remaining_seconds: _Optional[float] = ..., losses: _Optional[_Union[JobLosses, _Mapping]] = ..., sigma: _Optional[float] = ..., elapsed_seconds: _Optional[float] = ..., score_seconds: _Optional[float] = ...) -> None: ...

class JobSpec(_message.Message):
    __slots__ = ["camera", "checkpoint_every", "class_label", "field", "iterations", "loss", "model", "negative_prompt", "optimizer", "preview_every", "prompt", "score", "seed"]
    CAMERA_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_EVERY_FIELD_NUMBER: _ClassVar[int]
    CLASS_LABEL_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    ITERATIONS_FIELD_NUMBER: _ClassVar[int]
    LOSS_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_PROMPT_FIELD_NUMBER: _ClassVar[int]
    OPTIMIZER_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_EVERY_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    camera: CameraSpec
    checkpoint_every: int
    class_label: int
    field: FieldSpec
    iterations: int
    loss: LossSpec
    model: str
    negative_prompt: str
    optimizer: OptimizerSpec
    preview_every: int
    prompt: str
    score: ScoreSpec
    seed: int
    def __init__(self, prompt: _Optional[str] = ..., negative_prompt: _Optional[str] = ..., model: _Optional[str] = ..., seed: _Optional[int] = ..., iterations: _Optional[int] = ..., field: _Optional[_Union[FieldSpec, _Mapping]] = ..., camera: _Optional[_Union[CameraSpec, _Mapping]] = ..., score: _Optional[_Union[ScoreSpec, _Mapping]] = ..., loss: _Optional[_Union[LossSpec, _Mapping]] = ..., optimizer: _Optional[_Union[OptimizerSpec, _Mapping]] = ..., checkpoint_every: _Optional[int] = ..., preview_every: _Optional[int] = ..., class_label: _Optional[int] = ...) -> None: ...

class ListJobsRequest(_message.Message):
    __slots__ = ["page_size", "page_token"]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListJobsResponse(_message.Message):
    __slots__ = ["jobs", "next_page_token"]
    JOBS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    jobs: _containers.RepeatedCompositeFieldContainer[Job]
    next_page_token: str
    def __init__(self, jobs: _Optional[_Iterable[_Union[Job, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class LossPoint(_message.Message):
    __slots__ = ["iteration", "losses", "sigma"]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    LOSSES_FIELD_NUMBER: _ClassVar[int]
    SIGMA_FIELD_NUMBER: _ClassVar[int]
    iteration: int
    losses: JobLosses
    sigma: float
    def __init__(self, iteration: _Optional[int] = ..., losses: _Optional[_Union[JobLosses, _Mapping]] = ..., sigma: _Optional[float] = ...) -> None: ...

class LossSpec(_message.Message):
    __slots__ = ["depth_weight", "emptiness_multiplier", "emptiness_scale", "emptiness_step", "emptiness_weight"]
    DEPTH_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    EMPTINESS_MULTIPLIER_FIELD_NUMBER: _ClassVar[int]
    EMPTINESS_SCALE_FIELD_NUMBER: _ClassVar[int]
    EMPTINESS_STEP_FIELD_NUMBER: _ClassVar[int]
    EMPTINESS_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    depth_weight: float
    emptiness_multiplier: float
    emptiness_scale: float
    emptiness_step: float
    emptiness_weight: float
    def __init__(self, emptiness_weight: _Optional[float] = ..., emptiness_scale: _Optional[float] = ..., emptiness_step: _Optional[float] = ..., emptiness_multiplier: _Optional[float] = ..., depth_weight: _Optional[float] = ...) -> None: ...

class OptimizerSpec(_message.Message):
    __slots__ = ["anneal_by_sigma", "background_learning_rate", "learning_rate"]
    ANNEAL_BY_SIGMA_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_LEARNING_RATE_FIELD_NUMBER: _ClassVar[int]
    LEARNING_RATE_FIELD_NUMBER: _ClassVar[int]
    anneal_by_sigma: bool
    background_learning_rate: float
    learning_rate: float
    def __init__(self, learning_rate: _Optional[float] = ..., background_learning_rate: _Optional[float] = ..., anneal_by_sigma: bool = ...) -> None: ...

class OrbitView(_message.Message):
    __slots__ = ["azimuth_degrees", "elevation_degrees"]
    AZIMUTH_DEGREES_FIELD_NUMBER: _ClassVar[int]
    ELEVATION_DEGREES_FIELD_NUMBER: _ClassVar[int]
    azimuth_degrees: float
    elevation_degrees: float
    def __init__(self, azimuth_degrees: _Optional[float] = ..., elevation_degrees: _Optional[float] = ...) -> None: ...

class PauseJobRequest(_message.Message):
    __slots__ = ["id"]
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class PauseJobResponse(_message.Message):
    __slots__ = ["job"]
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class Picture(_message.Message):
    __slots__ = ["height", "png", "width"]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    PNG_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    height: int
    png: bytes
    width: int
    def __init__(self, png: _Optional[bytes] = ..., width: _Optional[int] = ..., height: _Optional[int] = ...) -> None: ...

class RenderViewsRequest(_message.Message):
    __slots__ = ["fov_degrees", "height", "id", "include_tensors", "radius", "supersampling", "views", "width"]
    FOV_DEGREES_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_TENSORS_FIELD_NUMBER: _ClassVar[int]
    RADIUS_FIELD_NUMBER: _ClassVar[int]
    SUPERSAMPLING_FIELD_NUMBER: _ClassVar[int]
    VIEWS_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    fov_degrees: float
    height: int
    id: str
    include_tensors: bool
    radius: float
    supersampling: int
    views: _containers.RepeatedCompositeFieldContainer[OrbitView]
    width: int
    def __init__(self, id: _Optional[str] = ..., views: _Optional[_Iterable[_Union[OrbitView, _Mapping]]] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., fov_degrees: _Optional[float] = ..., radius: _Optional[float] = ..., supersampling: _Optional[int] = ..., include_tensors: bool = ...) -> None: ...

class RenderViewsResponse(_message.Message):
    __slots__ = ["depth", "depth_picture", "image", "index", "note", "opacity", "picture"]
    DEPTH_FIELD_NUMBER: _ClassVar[int]
    DEPTH_PICTURE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    OPACITY_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    depth: _tensor_pb2.Tensor
    depth_picture: Picture
    image: _tensor_pb2.Tensor
    index: int
    note: str
    opacity: _tensor_pb2.Tensor
    picture: Picture
    def __init__(self, index: _Optional[int] = ..., picture: _Optional[_Union[Picture, _Mapping]] = ..., depth_picture: _Optional[_Union[Picture, _Mapping]] = ..., note: _Optional[str] = ..., image: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ..., depth: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ..., opacity: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ...) -> None: ...

class ResumeJobRequest(_message.Message):
    __slots__ = ["id"]
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class ResumeJobResponse(_message.Message):
    __slots__ = ["job"]
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class ScoreSpec(_message.Message):
    __slots__ = ["clamp_denoised", "deterministic", "draws", "guidance_scale", "sigma_distribution", "sigma_max_end", "sigma_max_start", "sigma_min", "through_encoder", "variance_reduction", "views_per_iteration"]
    CLAMP_DENOISED_FIELD_NUMBER: _ClassVar[int]
    DETERMINISTIC_FIELD_NUMBER: _ClassVar[int]
    DRAWS_FIELD_NUMBER: _ClassVar[int]
    GUIDANCE_SCALE_FIELD_NUMBER: _ClassVar[int]
    SIGMA_DISTRIBUTION_FIELD_NUMBER: _ClassVar[int]
    SIGMA_MAX_END_FIELD_NUMBER: _ClassVar[int]
    SIGMA_MAX_START_FIELD_NUMBER: _ClassVar[int]
    SIGMA_MIN_FIELD_NUMBER: _ClassVar[int]
    THROUGH_ENCODER_FIELD_NUMBER: _ClassVar[int]
    VARIANCE_REDUCTION_FIELD_NUMBER: _ClassVar[int]
    VIEWS_PER_ITERATION_FIELD_NUMBER: _ClassVar[int]
    clamp_denoised: bool
    deterministic: bool
    draws: int
    guidance_scale: float
    sigma_distribution: SigmaDistribution
    sigma_max_end: float
    sigma_max_start: float
    sigma_min: float
    through_encoder: bool
    variance_reduction: bool
    views_per_iteration: int
    def __init__(self, guidance_scale: _Optional[float] = ..., draws: _Optional[int] = ..., variance_reduction: bool = ..., sigma_distribution: _Optional[_Union[SigmaDistribution, str]] = ..., sigma_min: _Optional[float] = ..., sigma_max_start: _Optional[float] = ..., sigma_max_end: _Optional[float] = ..., clamp_denoised: bool = ..., deterministic: bool = ..., views_per_iteration: _Optional[int] = ..., through_encoder: bool = ...) -> None: ...

class WatchJobRequest(_message.Message):
    __slots__ = ["id", "previews"]
    ID_FIELD_NUMBER: _ClassVar[int]
    PREVIEWS_FIELD_NUMBER: _ClassVar[int]
    id: str
    previews: bool
    def __init__(self, id: _Optional[str] = ..., previews: bool = ...) -> None: ...

class WatchJobResponse(_message.Message):
    __slots__ = ["job", "loss_points", "preview"]
    JOB_FIELD_NUMBER: _ClassVar[int]
    LOSS_POINTS_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    job: Job
    loss_points: _containers.RepeatedCompositeFieldContainer[LossPoint]
    preview: Picture
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ..., preview: _Optional[_Union[Picture, _Mapping]] = ..., loss_points: _Optional[_Iterable[_Union[LossPoint, _Mapping]]] = ...) -> None: ...

class JobState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ColorMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class SigmaDistribution(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class AssetFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
