// What CUDA's headers declare, as far as the kernels use it: for a look at the sources by a compiler that knows CUDA but has no toolkit.
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
struct SjcIndex { unsigned x; };
extern const __device__ SjcIndex blockIdx, blockDim, threadIdx;
struct __attribute__((aligned(16))) float4 { float x, y, z, w; };
extern "C" {
__device__ float expf(float); __device__ float log1pf(float); __device__ float fabsf(float); __device__ float fmaxf(float, float); __device__ float fminf(float, float);
__device__ float floorf(float); __device__ float fmaf(float, float, float); __device__ float sqrtf(float); __device__ float atan2f(float, float); __device__ long long llrintf(float);
__device__ double exp(double); __device__ double log(double); __device__ double sqrt(double); __device__ double floor(double); __device__ double fmax(double, double); __device__ double fmin(double, double);
__device__ int __float_as_int(float); __device__ float __int_as_float(int);
}
__device__ float4 make_float4(float, float, float, float);
struct __attribute__((aligned(16))) longlong2 { long long x, y; };
__device__ longlong2 make_longlong2(long long, long long);
__device__ float atomicAdd(float *, float);
__device__ float4 atomicAdd(float4 *, float4);
__device__ unsigned long long atomicAdd(unsigned long long *, unsigned long long);
__device__ int atomicMax(int *, int);
