// libcuda and libnvrtc in one, on the processor: the kernels of KernelShim.h behind the functions that the product imports. Like the real
// one it is late: copies and kernels are queued and done when the stream is waited for, so that what reads too early reads old
// values. Every call needs a current context where the real one does.
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

typedef unsigned long long Bytes;

struct FakeKernel {
  const char *name;
  void (*launch)(const void *, unsigned, unsigned, int);
  int argumentBytes;
};

static const FakeKernel kernels[] = {KERNELS};

static thread_local int contexts = 0;
static std::vector<std::function<void()>> queue;
static std::map<char *, Bytes> pinned;
static std::string failing, calls;
static int live = 0, retained = 0;

extern "C" void fake_fail(const char *name) { failing = name; }
extern "C" const char *fake_calls() { return calls.c_str(); }
extern "C" void fake_forget() {
  calls.clear();
  live = 0;  // what a test could not give back is no concern of the next
}
extern "C" int fake_live() { return live; }
extern "C" int fake_retained() { return retained; }
extern "C" int fake_contexts() { return contexts; }

static int begin(const char *name, bool needsContext) {
  calls += std::string(name) + " ";
  return failing == name ? 2 : needsContext && contexts == 0 ? 201 : 0;
}

#define BEGIN(needsContext) \
  if (int error = begin(__func__, needsContext)) return error

extern "C" {
int cuInit(unsigned) { BEGIN(false); return 0; }
int cuDriverGetVersion(int *version) { BEGIN(false); *version = 12080; return 0; }
int cuGetErrorName(int error, const char **text) {
  *text = error == 2 ? "CUDA_ERROR_OUT_OF_MEMORY" : error == 200 ? "CUDA_ERROR_INVALID_IMAGE" : "CUDA_ERROR_INVALID_CONTEXT";
  return 0;
}
int cuGetErrorString(int error, const char **text) { *text = error == 2 ? "out of memory" : "invalid"; return 0; }
int cuDeviceGetCount(int *count) { BEGIN(false); *count = 1; return 0; }
int cuDeviceGet(int *device, int ordinal) { BEGIN(false); *device = 40 + ordinal; return ordinal == 0 ? 0 : 101; }
int cuDeviceGetName(char *name, int length, int) { BEGIN(false); std::strncpy(name, "Fake GPU", length); return 0; }
int cuDeviceGetAttribute(int *value, int attribute, int) { BEGIN(false); *value = attribute == 75 ? 9 : 0; return 0; }
int cuDeviceTotalMem_v2(Bytes *bytes, int) { BEGIN(false); *bytes = 1ull << 33; return 0; }
int cuDevicePrimaryCtxRetain(void **context, int) { BEGIN(false); retained++; *context = &retained; return 0; }
int cuDevicePrimaryCtxRelease_v2(int) { BEGIN(false); retained--; return 0; }
int cuCtxPushCurrent_v2(void *context) { BEGIN(false); contexts++; return context == &retained ? 0 : 201; }
int cuCtxPopCurrent_v2(void **) { contexts--; return 0; }
int cuModuleLoadData(void **module, const char *image) {
  BEGIN(true);
  if (std::strncmp(image, "FAKECUBIN", 9) != 0) {
    return 200;
  }
  live++;
  *module = (void *)1;
  return 0;
}
int cuModuleUnload(void *) { BEGIN(true); live--; return 0; }
int cuModuleGetFunction(const FakeKernel **function, void *, const char *name) {
  BEGIN(true);
  for (const FakeKernel &kernel : kernels) {
    if (std::string(kernel.name) == name) {
      *function = &kernel;
      return 0;
    }
  }
  return 500;
}
int cuMemAlloc_v2(void **memory, Bytes bytes) { BEGIN(true); live++; *memory = std::malloc(bytes); std::memset(*memory, 0x7f, bytes); return 0; }
int cuMemFree_v2(void *memory) { BEGIN(true); live--; std::free(memory); return 0; }
int cuMemAllocHost_v2(void **memory, Bytes bytes) { BEGIN(true); live++; *memory = std::malloc(bytes); pinned[(char *)*memory] = bytes; return 0; }
int cuMemFreeHost(void *memory) { BEGIN(true); live--; pinned.erase((char *)memory); std::free(memory); return 0; }
int cuMemcpyHtoDAsync_v2(void *device, const char *host, Bytes bytes, void *) {
  BEGIN(true);
  auto at = pinned.upper_bound((char *)host);
  if (at != pinned.begin() && host < std::prev(at)->first + std::prev(at)->second) {
    queue.push_back([=] { std::memcpy(device, host, bytes); });  // read when its turn comes
  } else {
    std::string staged(host, bytes);  // pageable memory is taken at once
    queue.push_back([=] { std::memcpy(device, staged.data(), bytes); });
  }
  return 0;
}
int cuMemcpyDtoHAsync_v2(void *host, const void *device, Bytes bytes, void *) { BEGIN(true); queue.push_back([=] { std::memcpy(host, device, bytes); }); return 0; }
int cuMemcpyDtoDAsync_v2(void *to, const void *from, Bytes bytes, void *) { BEGIN(true); queue.push_back([=] { std::memcpy(to, from, bytes); }); return 0; }
int cuMemsetD8Async(void *device, unsigned char value, Bytes bytes, void *) { BEGIN(true); queue.push_back([=] { std::memset(device, value, bytes); }); return 0; }
int cuStreamCreate(void **stream, unsigned flags) { BEGIN(true); live++; *stream = (void *)3; return flags == 1 ? 0 : 1; }
int cuStreamSynchronize(void *) {
  if (failing == __func__) {
    queue.clear();  // work of a device that has failed is lost
  }
  BEGIN(true);
  for (auto &work : queue) {
    work();
  }
  queue.clear();
  return 0;
}
int cuStreamDestroy_v2(void *) { BEGIN(true); live--; return 0; }
int cuLaunchKernel(const FakeKernel *kernel, unsigned blocks, unsigned, unsigned, unsigned threads, unsigned, unsigned, unsigned, void *stream, void **arguments, void **) {
  BEGIN(true);
  std::string copy((const char *)arguments[0], kernel->argumentBytes);
  queue.push_back([=] { kernel->launch(copy.data(), blocks, threads, 0); });
  return stream == (void *)3 && blocks > 0 ? 0 : 1;
}

int nvrtcVersion(int *major, int *minor) { *major = 12; *minor = 8; return 0; }
const char *nvrtcGetErrorString(int error) { return error == 2 ? "NVRTC_ERROR_FAKE" : "NVRTC_ERROR"; }
int nvrtcGetNumSupportedArchs(int *count) { *count = 3; return 0; }
int nvrtcGetSupportedArchs(int *architectures) { architectures[0] = 70; architectures[1] = 80; architectures[2] = 90; return 0; }
int nvrtcCreateProgram(void **program, const char *source, const char *, int, void *, void *) { *program = (void *)source; return std::strstr(source, "step_voxels") ? 0 : 1; }
int nvrtcDestroyProgram(void **program) { *program = nullptr; return 0; }
int nvrtcCompileProgram(void *, int count, const char **options) { BEGIN(false); return count > 2 && std::string(options[0]) == "--gpu-architecture=sm_90" ? 0 : 1; }
int nvrtcGetProgramLogSize(void *, Bytes *bytes) { *bytes = 30; return 0; }
int nvrtcGetProgramLog(void *, char *log) { std::strcpy(log, "40-forward.cu(7): error: fake"); return 0; }
int nvrtcGetCUBINSize(void *, Bytes *bytes) { *bytes = 12; return 0; }
int nvrtcGetCUBIN(void *, char *image) { std::memcpy(image, "FAKECUBIN 90", 12); return 0; }
int nvrtcGetPTXSize(void *, Bytes *) { return 1; }
int nvrtcGetPTX(void *, char *) { return 1; }
}
