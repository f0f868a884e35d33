import { DataType, type Tensor } from "./gen/sjc/tensor/v1/tensor.js";

/** A dense float32 array, row-major: the last axis is contiguous. */
export interface NdArray {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** An array as a tensor on the wire. */
export function encode({ data, shape }: NdArray, name = "values"): Tensor {
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (shape.length === 0 || count !== data.length || count === 0) {
    throw new RangeError(`${name} must hold as many elements as its shape [${shape.join(", ")}], at least one, but is ${data.length} long.`);
  }
  if (!data.every(Number.isFinite)) {
    throw new RangeError(`${name} must be finite, but is not.`);
  }
  const bytes = Buffer.alloc(4 * count);
  if (littleEndian) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  } else {
    data.forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
  }
  return { dataType: DataType.DATA_TYPE_F32, shape: [...shape], data: bytes };
}

/** A tensor on the wire as an array; float16 is widened. */
export function decode(tensor: Tensor): NdArray {
  const { data, shape, dataType } = tensor;
  const size = dataType === DataType.DATA_TYPE_F16 ? 2 : dataType === DataType.DATA_TYPE_F32 ? 4 : 0;
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (size === 0 || data.length !== size * count) {
    throw new RangeError(`tensor must be F32 or F16 and hold ${count} elements, but is of type ${dataType} and ${data.length} bytes long.`);
  }
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    values[i] = size === 4 ? bytes.readFloatLE(4 * i) : widen(bytes.readUInt16LE(2 * i));
  }
  return { data: values, shape };
}

function widen(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
