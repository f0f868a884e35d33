from google.protobuf import any_pb2 as _any_pb2
from sjc.tensor.v1 import tensor_pb2 as _tensor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

CONDITIONING_KIND_CLASS_LABEL: ConditioningKind
CONDITIONING_KIND_NONE: ConditioningKind
CONDITIONING_KIND_PROMPT: ConditioningKind
CONDITIONING_KIND_UNSPECIFIED: ConditioningKind
DATA_SPACE_LATENT: DataSpace
DATA_SPACE_PIXEL: DataSpace
DATA_SPACE_UNSPECIFIED: DataSpace
DESCRIPTOR: _descriptor.FileDescriptor

class CancelScore(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class Conditioning(_message.Message):
    __slots__ = ["class_label", "negative_prompt", "negative_prompt_handle", "prompt", "prompt_handle"]
    CLASS_LABEL_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_PROMPT_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_PROMPT_HANDLE_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    PROMPT_HANDLE_FIELD_NUMBER: _ClassVar[int]
    class_label: int
    negative_prompt: str
    negative_prompt_handle: str
    prompt: str
    prompt_handle: str
    def __init__(self, prompt: _Optional[str] = ..., class_label: _Optional[int] = ..., prompt_handle: _Optional[str] = ..., negative_prompt: _Optional[str] = ..., negative_prompt_handle: _Optional[str] = ...) -> None: ...

class DecodeLatentsRequest(_message.Message):
    __slots__ = ["latents", "model"]
    LATENTS_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    latents: _tensor_pb2.Tensor
    model: str
    def __init__(self, model: _Optional[str] = ..., latents: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ...) -> None: ...

class DecodeLatentsResponse(_message.Message):
    __slots__ = ["images"]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    images: _tensor_pb2.Tensor
    def __init__(self, images: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ...) -> None: ...

class DirectEstimator(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class EncodeImagesRequest(_message.Message):
    __slots__ = ["images", "model"]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    images: _tensor_pb2.Tensor
    model: str
    def __init__(self, model: _Optional[str] = ..., images: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ...) -> None: ...

class EncodeImagesResponse(_message.Message):
    __slots__ = ["latents"]
    LATENTS_FIELD_NUMBER: _ClassVar[int]
    latents: _tensor_pb2.Tensor
    def __init__(self, latents: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ...) -> None: ...

class EncodePromptsRequest(_message.Message):
    __slots__ = ["model", "prompts"]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    PROMPTS_FIELD_NUMBER: _ClassVar[int]
    model: str
    prompts: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, model: _Optional[str] = ..., prompts: _Optional[_Iterable[str]] = ...) -> None: ...

class EncodePromptsResponse(_message.Message):
    __slots__ = ["prompts"]
    PROMPTS_FIELD_NUMBER: _ClassVar[int]
    prompts: _containers.RepeatedCompositeFieldContainer[EncodedPrompt]
    def __init__(self, prompts: _Optional[_Iterable[_Union[EncodedPrompt, _Mapping]]] = ...) -> None: ...

class EncodedPrompt(_message.Message):
    __slots__ = ["handle", "token_count", "unknown_words"]
    HANDLE_FIELD_NUMBER: _ClassVar[int]
    TOKEN_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_WORDS_FIELD_NUMBER: _ClassVar[int]
    handle: str
    token_count: int
    unknown_words: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, handle: _Optional[str] = ..., token_count: _Optional[int] = ..., unknown_words: _Optional[_Iterable[str]] = ...) -> None: ...

class GetModelRequest(_message.Message):
    __slots__ = ["name"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetModelResponse(_message.Message):
    __slots__ = ["model"]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    model: Model
    def __init__(self, model: _Optional[_Union[Model, _Mapping]] = ...) -> None: ...

class ListModelsRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ListModelsResponse(_message.Message):
    __slots__ = ["models"]
    MODELS_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedCompositeFieldContainer[Model]
    def __init__(self, models: _Optional[_Iterable[_Union[Model, _Mapping]]] = ...) -> None: ...

class Model(_message.Message):
    __slots__ = ["class_count", "compute_type", "conditioning", "data_shape", "data_space", "description", "device", "example_prompts", "hints", "kind", "max_images_per_request", "max_message_bytes", "max_prompt_tokens", "name", "parameter_count", "pixel_shape", "ready", "samplers", "sigma_ladder", "sigma_max", "sigma_min", "value_max", "value_min", "view_wording", "vocabulary"]
    CLASS_COUNT_FIELD_NUMBER: _ClassVar[int]
    COMPUTE_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONDITIONING_FIELD_NUMBER: _ClassVar[int]
    DATA_SHAPE_FIELD_NUMBER: _ClassVar[int]
    DATA_SPACE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    EXAMPLE_PROMPTS_FIELD_NUMBER: _ClassVar[int]
    HINTS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MAX_IMAGES_PER_REQUEST_FIELD_NUMBER: _ClassVar[int]
    MAX_MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PARAMETER_COUNT_FIELD_NUMBER: _ClassVar[int]
    PIXEL_SHAPE_FIELD_NUMBER: _ClassVar[int]
    READY_FIELD_NUMBER: _ClassVar[int]
    SAMPLERS_FIELD_NUMBER: _ClassVar[int]
    SIGMA_LADDER_FIELD_NUMBER: _ClassVar[int]
    SIGMA_MAX_FIELD_NUMBER: _ClassVar[int]
    SIGMA_MIN_FIELD_NUMBER: _ClassVar[int]
    VALUE_MAX_FIELD_NUMBER: _ClassVar[int]
    VALUE_MIN_FIELD_NUMBER: _ClassVar[int]
    VIEW_WORDING_FIELD_NUMBER: _ClassVar[int]
    VOCABULARY_FIELD_NUMBER: _ClassVar[int]
    class_count: int
    compute_type: str
    conditioning: ConditioningKind
    data_shape: _containers.RepeatedScalarFieldContainer[int]
    data_space: DataSpace
    description: str
    device: str
    example_prompts: _containers.RepeatedScalarFieldContainer[str]
    hints: OptimizationHints
    kind: str
    max_images_per_request: int
    max_message_bytes: int
    max_prompt_tokens: int
    name: str
    parameter_count: int
    pixel_shape: _containers.RepeatedScalarFieldContainer[int]
    ready: bool
    samplers: _containers.RepeatedScalarFieldContainer[str]
    sigma_ladder: _containers.RepeatedScalarFieldContainer[float]
    sigma_max: float
    sigma_min: float
    value_max: float
    value_min: float
    view_wording: ViewWording
    vocabulary: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[str] = ..., description: _Optional[str] = ..., data_shape: _Optional[_Iterable[int]] = ..., data_space: _Optional[_Union[DataSpace, str]] = ..., value_min: _Optional[float] = ..., value_max: _Optional[float] = ..., sigma_min: _Optional[float] = ..., sigma_max: _Optional[float] = ..., sigma_ladder: _Optional[_Iterable[float]] = ..., conditioning: _Optional[_Union[ConditioningKind, str]] = ..., class_count: _Optional[int] = ..., max_prompt_tokens: _Optional[int] = ..., vocabulary: _Optional[_Iterable[str]] = ..., view_wording: _Optional[_Union[ViewWording, _Mapping]] = ..., hints: _Optional[_Union[OptimizationHints, _Mapping]] = ..., device: _Optional[str] = ..., compute_type: _Optional[str] = ..., parameter_count: _Optional[int] = ..., ready: bool = ..., samplers: _Optional[_Iterable[str]] = ..., max_images_per_request: _Optional[int] = ..., max_message_bytes: _Optional[int] = ..., example_prompts: _Optional[_Iterable[str]] = ..., pixel_shape: _Optional[_Iterable[int]] = ...) -> None: ...

class OptimizationHints(_message.Message):
    __slots__ = ["background_color", "box_half_extent", "camera_radius", "clamp_denoised", "density_shift", "emptiness_scale", "emptiness_weight", "fov_max_degrees", "fov_min_degrees", "grid_size", "guidance_scale", "iterations", "learning_rate", "max_elevation_degrees", "render_size", "sigma_max_end", "sigma_max_start", "sigma_min", "sigmoid_colors", "step_ratio", "views_per_iteration"]
    BACKGROUND_COLOR_FIELD_NUMBER: _ClassVar[int]
    BOX_HALF_EXTENT_FIELD_NUMBER: _ClassVar[int]
    CAMERA_RADIUS_FIELD_NUMBER: _ClassVar[int]
    CLAMP_DENOISED_FIELD_NUMBER: _ClassVar[int]
    DENSITY_SHIFT_FIELD_NUMBER: _ClassVar[int]
    EMPTINESS_SCALE_FIELD_NUMBER: _ClassVar[int]
    EMPTINESS_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    FOV_MAX_DEGREES_FIELD_NUMBER: _ClassVar[int]
    FOV_MIN_DEGREES_FIELD_NUMBER: _ClassVar[int]
    GRID_SIZE_FIELD_NUMBER: _ClassVar[int]
    GUIDANCE_SCALE_FIELD_NUMBER: _ClassVar[int]
    ITERATIONS_FIELD_NUMBER: _ClassVar[int]
    LEARNING_RATE_FIELD_NUMBER: _ClassVar[int]
    MAX_ELEVATION_DEGREES_FIELD_NUMBER: _ClassVar[int]
    RENDER_SIZE_FIELD_NUMBER: _ClassVar[int]
    SIGMA_MAX_END_FIELD_NUMBER: _ClassVar[int]
    SIGMA_MAX_START_FIELD_NUMBER: _ClassVar[int]
    SIGMA_MIN_FIELD_NUMBER: _ClassVar[int]
    SIGMOID_COLORS_FIELD_NUMBER: _ClassVar[int]
    STEP_RATIO_FIELD_NUMBER: _ClassVar[int]
    VIEWS_PER_ITERATION_FIELD_NUMBER: _ClassVar[int]
    background_color: _containers.RepeatedScalarFieldContainer[float]
    box_half_extent: float
    camera_radius: float
    clamp_denoised: bool
    density_shift: float
    emptiness_scale: float
    emptiness_weight: float
    fov_max_degrees: float
    fov_min_degrees: float
    grid_size: int
    guidance_scale: float
    iterations: int
    learning_rate: float
    max_elevation_degrees: float
    render_size: int
    sigma_max_end: float
    sigma_max_start: float
    sigma_min: float
    sigmoid_colors: bool
    step_ratio: float
    views_per_iteration: int
    def __init__(self, guidance_scale: _Optional[float] = ..., sigma_min: _Optional[float] = ..., sigma_max_start: _Optional[float] = ..., sigma_max_end: _Optional[float] = ..., clamp_denoised: bool = ..., background_color: _Optional[_Iterable[float]] = ..., iterations: _Optional[int] = ..., grid_size: _Optional[int] = ..., box_half_extent: _Optional[float] = ..., learning_rate: _Optional[float] = ..., density_shift: _Optional[float] = ..., emptiness_weight: _Optional[float] = ..., emptiness_scale: _Optional[float] = ..., camera_radius: _Optional[float] = ..., fov_min_degrees: _Optional[float] = ..., fov_max_degrees: _Optional[float] = ..., max_elevation_degrees: _Optional[float] = ..., sigmoid_colors: bool = ..., render_size: _Optional[int] = ..., step_ratio: _Optional[float] = ..., views_per_iteration: _Optional[int] = ...) -> None: ...

class PerturbAndAverageEstimator(_message.Message):
    __slots__ = ["draws", "iteration", "seed", "variance_reduction"]
    DRAWS_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    VARIANCE_REDUCTION_FIELD_NUMBER: _ClassVar[int]
    draws: int
    iteration: int
    seed: int
    variance_reduction: bool
    def __init__(self, draws: _Optional[int] = ..., seed: _Optional[int] = ..., iteration: _Optional[int] = ..., variance_reduction: bool = ...) -> None: ...

class SampleProgress(_message.Message):
    __slots__ = ["preview", "sigma", "step", "steps"]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    SIGMA_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    preview: _tensor_pb2.Tensor
    sigma: float
    step: int
    steps: int
    def __init__(self, step: _Optional[int] = ..., steps: _Optional[int] = ..., sigma: _Optional[float] = ..., preview: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ...) -> None: ...

class SampleRequest(_message.Message):
    __slots__ = ["conditioning", "count", "eta", "guidance_scale", "model", "preview_every", "sampler", "seed", "sigma_max", "sigma_min", "signal_to_noise", "steps", "tolerance"]
    CONDITIONING_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    ETA_FIELD_NUMBER: _ClassVar[int]
    GUIDANCE_SCALE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_EVERY_FIELD_NUMBER: _ClassVar[int]
    SAMPLER_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    SIGMA_MAX_FIELD_NUMBER: _ClassVar[int]
    SIGMA_MIN_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_TO_NOISE_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    TOLERANCE_FIELD_NUMBER: _ClassVar[int]
    conditioning: Conditioning
    count: int
    eta: float
    guidance_scale: float
    model: str
    preview_every: int
    sampler: str
    seed: int
    sigma_max: float
    sigma_min: float
    signal_to_noise: float
    steps: int
    tolerance: float
    def __init__(self, model: _Optional[str] = ..., conditioning: _Optional[_Union[Conditioning, _Mapping]] = ..., guidance_scale: _Optional[float] = ..., sampler: _Optional[str] = ..., steps: _Optional[int] = ..., seed: _Optional[int] = ..., count: _Optional[int] = ..., sigma_max: _Optional[float] = ..., sigma_min: _Optional[float] = ..., preview_every: _Optional[int] = ..., eta: _Optional[float] = ..., tolerance: _Optional[float] = ..., signal_to_noise: _Optional[float] = ...) -> None: ...

class SampleResponse(_message.Message):
    __slots__ = ["progress", "result"]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: SampleProgress
    result: SampleResult
    def __init__(self, progress: _Optional[_Union[SampleProgress, _Mapping]] = ..., result: _Optional[_Union[SampleResult, _Mapping]] = ...) -> None: ...

class SampleResult(_message.Message):
    __slots__ = ["images"]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    images: _tensor_pb2.Tensor
    def __init__(self, images: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ...) -> None: ...

class ScoreOutputs(_message.Message):
    __slots__ = ["denoised", "gradient", "score"]
    DENOISED_FIELD_NUMBER: _ClassVar[int]
    GRADIENT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    denoised: bool
    gradient: bool
    score: bool
    def __init__(self, gradient: bool = ..., score: bool = ..., denoised: bool = ...) -> None: ...

class ScoreRequest(_message.Message):
    __slots__ = ["clamp_denoised", "conditionings", "deterministic", "direct", "encode_images", "guidance_scale", "images", "model", "output_data_type", "outputs", "perturb_and_average", "sigmas"]
    CLAMP_DENOISED_FIELD_NUMBER: _ClassVar[int]
    CONDITIONINGS_FIELD_NUMBER: _ClassVar[int]
    DETERMINISTIC_FIELD_NUMBER: _ClassVar[int]
    DIRECT_FIELD_NUMBER: _ClassVar[int]
    ENCODE_IMAGES_FIELD_NUMBER: _ClassVar[int]
    GUIDANCE_SCALE_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    PERTURB_AND_AVERAGE_FIELD_NUMBER: _ClassVar[int]
    SIGMAS_FIELD_NUMBER: _ClassVar[int]
    clamp_denoised: bool
    conditionings: _containers.RepeatedCompositeFieldContainer[Conditioning]
    deterministic: bool
    direct: DirectEstimator
    encode_images: bool
    guidance_scale: float
    images: _tensor_pb2.Tensor
    model: str
    output_data_type: _tensor_pb2.DataType
    outputs: ScoreOutputs
    perturb_and_average: PerturbAndAverageEstimator
    sigmas: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, model: _Optional[str] = ..., images: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ..., sigmas: _Optional[_Iterable[float]] = ..., conditionings: _Optional[_Iterable[_Union[Conditioning, _Mapping]]] = ..., guidance_scale: _Optional[float] = ..., direct: _Optional[_Union[DirectEstimator, _Mapping]] = ..., perturb_and_average: _Optional[_Union[PerturbAndAverageEstimator, _Mapping]] = ..., outputs: _Optional[_Union[ScoreOutputs, _Mapping]] = ..., clamp_denoised: bool = ..., deterministic: bool = ..., output_data_type: _Optional[_Union[_tensor_pb2.DataType, str]] = ..., encode_images: bool = ...) -> None: ...

class ScoreResponse(_message.Message):
    __slots__ = ["denoised", "deterministic", "gradient", "score", "sigmas", "timing"]
    DENOISED_FIELD_NUMBER: _ClassVar[int]
    DETERMINISTIC_FIELD_NUMBER: _ClassVar[int]
    GRADIENT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    SIGMAS_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    denoised: _tensor_pb2.Tensor
    deterministic: bool
    gradient: _tensor_pb2.Tensor
    score: _tensor_pb2.Tensor
    sigmas: _containers.RepeatedScalarFieldContainer[float]
    timing: ScoreTiming
    def __init__(self, gradient: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ..., score: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ..., denoised: _Optional[_Union[_tensor_pb2.Tensor, _Mapping]] = ..., sigmas: _Optional[_Iterable[float]] = ..., timing: _Optional[_Union[ScoreTiming, _Mapping]] = ..., deterministic: bool = ...) -> None: ...

class ScoreStatus(_message.Message):
    __slots__ = ["code", "details", "message"]
    CODE_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    code: int
    details: _containers.RepeatedCompositeFieldContainer[_any_pb2.Any]
    message: str
    def __init__(self, code: _Optional[int] = ..., message: _Optional[str] = ..., details: _Optional[_Iterable[_Union[_any_pb2.Any, _Mapping]]] = ...) -> None: ...

class ScoreStreamRequest(_message.Message):
    __slots__ = ["cancel", "id", "request", "timeout_seconds", "traceparent", "tracestate"]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    TRACEPARENT_FIELD_NUMBER: _ClassVar[int]
    TRACESTATE_FIELD_NUMBER: _ClassVar[int]
    cancel: CancelScore
    id: int
    request: ScoreRequest
    timeout_seconds: float
    traceparent: str
    tracestate: str
    def __init__(self, id: _Optional[int] = ..., request: _Optional[_Union[ScoreRequest, _Mapping]] = ..., cancel: _Optional[_Union[CancelScore, _Mapping]] = ..., timeout_seconds: _Optional[float] = ..., traceparent: _Optional[str] = ..., tracestate: _Optional[str] = ...) -> None: ...

class ScoreStreamResponse(_message.Message):
    __slots__ = ["id", "response", "status"]
    ID_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    id: int
    response: ScoreResponse
    status: ScoreStatus
    def __init__(self, id: _Optional[int] = ..., response: _Optional[_Union[ScoreResponse, _Mapping]] = ..., status: _Optional[_Union[ScoreStatus, _Mapping]] = ...) -> None: ...

class ScoreTiming(_message.Message):
    __slots__ = ["batch_rows", "compute_seconds", "queue_seconds", "rows"]
    BATCH_ROWS_FIELD_NUMBER: _ClassVar[int]
    COMPUTE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    QUEUE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    batch_rows: int
    compute_seconds: float
    queue_seconds: float
    rows: int
    def __init__(self, queue_seconds: _Optional[float] = ..., compute_seconds: _Optional[float] = ..., rows: _Optional[int] = ..., batch_rows: _Optional[int] = ...) -> None: ...

class ViewWording(_message.Message):
    __slots__ = ["bands", "template"]
    class ElevationBand(_message.Message):
        __slots__ = ["max_elevation_degrees", "sector_words"]
        MAX_ELEVATION_DEGREES_FIELD_NUMBER: _ClassVar[int]
        SECTOR_WORDS_FIELD_NUMBER: _ClassVar[int]
        max_elevation_degrees: float
        sector_words: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, max_elevation_degrees: _Optional[float] = ..., sector_words: _Optional[_Iterable[str]] = ...) -> None: ...
    BANDS_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    bands: _containers.RepeatedCompositeFieldContainer[ViewWording.ElevationBand]
    template: str
    def __init__(self, template: _Optional[str] = ..., bands: _Optional[_Iterable[_Union[ViewWording.ElevationBand, _Mapping]]] = ...) -> None: ...

class ConditioningKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class DataSpace(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
