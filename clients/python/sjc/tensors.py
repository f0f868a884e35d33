"""Between numpy arrays and tensors on the wire: row-major, little-endian, float32 or float16, finite."""

from __future__ import annotations

import numpy as np

from .tensor.v1 import tensor_pb2

_TYPES = {tensor_pb2.DATA_TYPE_F32: np.dtype("<f4"), tensor_pb2.DATA_TYPE_F16: np.dtype("<f2")}


def encode(values, name: str = "values") -> tensor_pb2.Tensor:
    """An array as a tensor; float16 stays float16, everything else becomes float32."""
    array = np.asarray(values)
    half = array.dtype == np.float16
    array = np.ascontiguousarray(array, dtype="<f2" if half else "<f4")
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{name} must have elements, but has the shape {array.shape}.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, but is not.")
    kind = tensor_pb2.DATA_TYPE_F16 if half else tensor_pb2.DATA_TYPE_F32
    return tensor_pb2.Tensor(data_type=kind, shape=array.shape, data=array.tobytes())


def decode(tensor: tensor_pb2.Tensor) -> np.ndarray:
    """A tensor as a float32 array of its own."""
    if tensor.data_type not in _TYPES:
        raise ValueError(f"data_type must be F32 or F16, but is {tensor.data_type}.")
    kind = _TYPES[tensor.data_type]
    count = int(np.prod(tensor.shape, dtype=np.int64))
    if len(tensor.data) != count * kind.itemsize:
        raise ValueError(f"data must be {count * kind.itemsize} bytes long for its shape and type, but is {len(tensor.data)} bytes long.")
    return np.frombuffer(tensor.data, dtype=kind).astype(np.float32).reshape(tensor.shape)
