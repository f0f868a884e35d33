// Small functions that several kernels share.

__device__ inline int thread_index() { return (int)(blockIdx.x * blockDim.x + threadIdx.x); }

// Values that a walk along a ray fetches before it uses the first. Views have few rays, so that few threads hide each other's waiting for memory; and where a
// walk also stores, the compiler must keep each load behind the stores before it.
const int Ahead = 16;

__device__ inline int voxel_count(const SjcField &field) { return field.gridX * field.gridY * field.gridZ; }

// Complete groups of four components.
__device__ inline int group_count(const SjcField &field) { return (field.channels + 1) / 4; }

// Where a component of a voxel lies.
__device__ inline long long component_at(const SjcField &field, int component, int voxel) {
  long long voxels = voxel_count(field);
  return component < 4 * group_count(field)
    ? (component / 4) * 4 * voxels + 4LL * voxel + component % 4
    : component * voxels + voxel;
}

// The sample of a thread, where there is one thread for each that the tape has room for; false where the ray has fewer.
__device__ inline bool sample_of(const SjcTape &tape, int &at, int &sample, int &ray) {
  at = thread_index();
  sample = at / tape.rays;
  ray = at % tape.rays;
  return sample < tape.capacity && sample < tape.counts[ray];
}

// The cell of a sample: its lower corner, from -1 to extent - 1, and the position within.
struct Cell {
  int x, y, z;
  float right, up, back;
};

__device__ inline float cell_of(float position, int extent, int &cell) {
  position = fminf(fmaxf(position, -1.0f), (float)extent);
  float lower = fminf(floorf(position), (float)(extent - 1));
  cell = (int)lower;
  return position - lower;
}

__device__ inline float distance_at(const SjcTape &tape, float firstDistance, int sample) { return fmaf((float)sample, tape.stepLength, firstDistance); }

__device__ inline Cell locate(const SjcField &field, const SjcTape &tape, int ray, int sample) {
  float distance = distance_at(tape, tape.firstDistance[ray], sample);
  Cell cell;
  cell.right = cell_of(fmaf(distance, tape.slope[ray], tape.start[ray]), field.gridX, cell.x);
  cell.up = cell_of(fmaf(distance, tape.slope[tape.rays + ray], tape.start[tape.rays + ray]), field.gridY, cell.y);
  cell.back = cell_of(fmaf(distance, tape.slope[2 * tape.rays + ray], tape.start[2 * tape.rays + ray]), field.gridZ, cell.z);
  return cell;
}

// One of a cell's eight corners: its voxel and weight, or false outside of the grid.
__device__ inline bool corner_of(const SjcField &field, const Cell &cell, int corner, int &voxel, float &weight) {
  int x = cell.x + (corner & 1);
  int y = cell.y + ((corner >> 1) & 1);
  int z = cell.z + (corner >> 2);
  weight = ((corner & 1) ? cell.right : 1.0f - cell.right) * (((corner >> 1) & 1) ? cell.up : 1.0f - cell.up) * ((corner >> 2) ? cell.back : 1.0f - cell.back);
  voxel = (z * field.gridY + y) * field.gridX + x;
  return (unsigned)x < (unsigned)field.gridX && (unsigned)y < (unsigned)field.gridY && (unsigned)z < (unsigned)field.gridZ;
}

// Trilinear interpolation of one component, with zeros outside of the grid.
__device__ inline float interpolate(const SjcField &field, const Cell &cell, int component) {
  float sum = 0.0f;
  for (int corner = 0; corner < 8; corner++) {
    int voxel;
    float weight;
    if (corner_of(field, cell, corner, voxel, weight)) {
      sum = fmaf(weight, field.voxels[component_at(field, component, voxel)], sum);
    }
  }
  return sum;
}

// The same of a whole group of four.
__device__ inline float4 interpolate_group(const SjcField &field, const Cell &cell, int group) {
  const float4 *values = (const float4 *)field.voxels + (long long)group * voxel_count(field);
  float4 sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
  for (int corner = 0; corner < 8; corner++) {
    int voxel;
    float weight;
    if (corner_of(field, cell, corner, voxel, weight)) {
      float4 value = values[voxel];
      sum.x = fmaf(weight, value.x, sum.x);
      sum.y = fmaf(weight, value.y, sum.y);
      sum.z = fmaf(weight, value.z, sum.z);
      sum.w = fmaf(weight, value.w, sum.w);
    }
  }
  return sum;
}

// softplus(x) = max(x, 0) + ln(1 + e^-|x|); its derivative, the sigmoid, comes along.
__device__ inline float softplus(float x, float &sigmoid) {
  float decay = expf(-fabsf(x));
  sigmoid = (x > 0.0f ? 1.0f : decay) / (1.0f + decay);
  return fmaxf(x, 0.0f) + log1pf(decay);
}

__device__ inline float activate(int mode, float feature) {
  if (mode == 0) {
    return feature;
  }
  float sigmoid = 1.0f / (1.0f + expf(-feature));
  return mode == 1 ? 2.0f * sigmoid - 1.0f : sigmoid;
}

// d(colour)/d(feature), from the colour.
__device__ inline float activation_slope(int mode, float color) {
  return mode == 0 ? 1.0f : mode == 1 ? (1.0f - color * color) / 2.0f : color * (1.0f - color);
}

// The texel and weight of one of four corners around a ray's place in the background texture.
__device__ inline bool texel_of(const SjcField &field, float u, float v, int corner, int &texel, float &weight) {
  float column = fminf(fmaxf((((u + 1.0f) * field.backgroundWidth) - 1.0f) / 2.0f, -1.0f), (float)field.backgroundWidth);
  float row = fminf(fmaxf((((v + 1.0f) * field.backgroundHeight) - 1.0f) / 2.0f, -1.0f), (float)field.backgroundHeight);
  float left = floorf(column);
  float top = floorf(row);
  int x = (int)left + (corner & 1);
  int y = (int)top + (corner >> 1);
  weight = ((corner & 1) ? column - left : 1.0f - (column - left)) * ((corner >> 1) ? row - top : 1.0f - (row - top));
  texel = y * field.backgroundWidth + x;
  return (unsigned)x < (unsigned)field.backgroundWidth && (unsigned)y < (unsigned)field.backgroundHeight;
}

// The reference's map of directions: z is its polar axis.
__device__ inline void spherical(const SjcTape &tape, int ray, float &u, float &v) {
  const float pi = 3.14159265358979f;
  float x = tape.directions[3 * ray];
  float y = tape.directions[3 * ray + 1];
  float z = tape.directions[3 * ray + 2];
  u = 2.0f * atan2f(sqrtf(x * x + y * y), z) / pi - 1.0f;
  v = 2.0f * (atan2f(y, x) / (2.0f * pi) + 0.5f) - 1.0f;
}

// Fixed point: contributions below 2^(e + 1) become integers below 2^bits. Exponent of the scale; 0 where all are zero.
__device__ inline int fixed_exponent(int maximum, int bits) {
  int exponent = bits - 1 - ((maximum >> 23) - 127);
  return maximum == 0 ? 0 : exponent < -126 ? -126 : exponent > 126 ? 126 : exponent;
}

__device__ inline float power_of_two(int exponent) { return __int_as_float((exponent + 127) << 23); }

__device__ inline float from_fixed(long long sum, int maximum, int bits) {
  if (maximum >= 0x7f800000) {
    return __int_as_float(0x7fc00000);  // a contribution was infinite or not a number: so is the sum
  }
  return (float)((double)sum * (double)power_of_two(-fixed_exponent(maximum, bits)));
}

__device__ inline void add_fixed(long long *sum, float value, float scale) {
  if (value != 0.0f) {
    atomicAdd((unsigned long long *)sum, (unsigned long long)llrintf(value * scale));
  }
}

// The sum of values that lie apart, one after the other.
__device__ inline double sum_every(const double *values, int count, int stride) {
  double sum = 0.0;
  for (int first = 0; first < count; first += Ahead) {
    double fetched[Ahead];
    for (int i = 0; i < Ahead; i++) {
      fetched[i] = first + i < count ? values[(long long)(first + i) * stride] : 0.0;
    }
    for (int i = 0; i < Ahead; i++) {
      sum += fetched[i];
    }
  }
  return sum;
}

// Four neighbours in one reduction where the device has it.
__device__ inline void add_group(float *sum, float4 value) {
#if defined(SJC_VECTOR_REDUCTIONS)
  atomicAdd((float4 *)sum, value);
#else
  atomicAdd(sum, value.x);
  atomicAdd(sum + 1, value.y);
  atomicAdd(sum + 2, value.z);
  atomicAdd(sum + 3, value.w);
#endif
}
