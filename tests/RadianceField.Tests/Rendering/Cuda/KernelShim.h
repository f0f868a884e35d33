// CUDA's launch model on the processor, as far as the kernels use it: one thread after the other, in a chosen order.
// Each host thread has indices of its own: tests run at the same time.
#include <cmath>
#include <cstring>

#define __global__
#define __device__

using std::log;

struct Index {
  unsigned x;
};

static thread_local Index blockIdx, blockDim, threadIdx;

struct alignas(16) float4 {
  float x, y, z, w;
};

static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }

struct alignas(16) longlong2 {
  long long x, y;
};

static inline longlong2 make_longlong2(long long x, long long y) { return {x, y}; }

static inline int __float_as_int(float value) {
  int bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float __int_as_float(int bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

template <typename T>
static inline T atomicAdd(T *address, T value) {
  T old = *address;
  *address = old + value;
  return old;
}

static inline float4 atomicAdd(float4 *address, float4 value) {
  float4 old = *address;
  *address = {old.x + value.x, old.y + value.y, old.z + value.z, old.w + value.w};
  return old;
}

static inline int atomicMax(int *address, int value) {
  int old = *address;
  *address = old > value ? old : value;
  return old;
}

// Threads in order, or backwards: what depends on the order shows.
template <typename Arguments>
static void run(void (*kernel)(Arguments), const void *arguments, unsigned blocks, unsigned threads, int backwards) {
  Arguments copy;
  std::memcpy(&copy, arguments, sizeof copy);
  blockDim.x = threads;
  for (unsigned long long i = 0; i < (unsigned long long)blocks * threads; i++) {
    unsigned long long at = backwards ? (unsigned long long)blocks * threads - 1 - i : i;
    blockIdx.x = (unsigned)(at / threads);
    threadIdx.x = (unsigned)(at % threads);
    kernel(copy);
  }
}
