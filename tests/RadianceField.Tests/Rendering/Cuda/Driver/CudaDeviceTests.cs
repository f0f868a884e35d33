using System.Security.Cryptography;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering.Cuda;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.RadianceField.Tests.Rendering.Cuda.Driver;

/// <summary>The calls of driver and NVRTC, against a fake of both that does everything late and runs the kernels on the processor.</summary>
public sealed class CudaDeviceTests : IClassFixture<FakeDriverFixture>, IDisposable
{
    private readonly FakeDriverFixture fake;
    private readonly string folder = Directory.CreateTempSubdirectory("sjc-cache-").FullName;

    public CudaDeviceTests(FakeDriverFixture fake)
    {
        this.fake = fake;
        fake.Fail("");
        fake.Forget();
    }

    private KernelCache Cache => new(Path.Combine(folder, "kernels"));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Training_OverTheDriver_MatchesTheProcessor(bool deterministic)
    {
        Assert.All(new CudaSelfCheck(12, 4, 16).Differences(new CudaDevice(0, Cache), deterministic), found => Assert.True(found.Difference < CudaSelfCheck.Tolerance, $"{found}"));
        Assert.Equal((0, 0, 0), (fake.Live, fake.Retained, fake.Contexts));
    }

    [Fact]
    public async Task Training_FromAnotherThread_HasTheContext()
    {
        TestScene scene = new(GridSize.Cube(5), 3, ColorMode.Raw, 6);
        using CudaTrainingRenderer renderer = new(new CudaDevice(0, Cache), scene.Field, new AdamaxState(scene.Field), 1, deterministic: true);
        renderer.Forward(0, scene.Rays, scene.Options);
        renderer.Backward(0, scene.Gradient);
        renderer.Step(AdamaxRates.Standard(0.1f));
        float before = scene.Field.Voxels.Density(2, 2, 2);
        await Task.Factory.StartNew(renderer.ReadBack, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.NotEqual(before, scene.Field.Voxels.Density(2, 2, 2));
    }

    [Fact]
    public void Grow_OverTheDriver_HasTheProcessorsBitsAndGivesAllBack()
    {
        TestScene scene = new(GridSize.Cube(5), 3, ColorMode.Raw, 6);
        AdamaxState state = new(scene.Field);
        using (CudaTrainingRenderer renderer = new(new CudaDevice(0, Cache), scene.Field, state, 1, deterministic: true))
        {
            renderer.Forward(0, scene.Rays, scene.Options);
            renderer.Backward(0, scene.Gradient);
            renderer.Step(AdamaxRates.Standard(0.1f));
            renderer.ReadBack();
            VoxelField expected = FieldResampling.Resample(scene.Field, GridSize.Cube(8));
            AdamaxState expectedState = state.Resample(expected);
            (VoxelField field, AdamaxState memory) = renderer.Grow(expected.Grid);
            renderer.ReadBack();
            Assert.Equal(expected.Voxels.ToArray(), field.Voxels.ToArray());
            Assert.Equal(expectedState.FirstMoment.ToArray(), memory.FirstMoment.ToArray());
            Assert.Equal(expectedState.InfinityNorm.ToArray(), memory.InfinityNorm.ToArray());
        }

        Assert.Equal((0, 0, 0), (fake.Live, fake.Retained, fake.Contexts));
    }

    [Fact]
    public void Grow_MemoryThatRunsOut_SaysSoAndGivesAllBack()
    {
        TestScene scene = new(GridSize.Cube(5), 3, ColorMode.Raw, 6);
        using (CudaTrainingRenderer renderer = new(new CudaDevice(0, Cache), scene.Field, new AdamaxState(scene.Field), 1, deterministic: true))
        {
            fake.Fail("cuMemAlloc_v2");
            CudaException thrown = Assert.Throws<CudaException>(() => renderer.Grow(GridSize.Cube(8)));
            Assert.StartsWith("cuMemAlloc must succeed when allocating 8192 bytes on cuda:0 ", thrown.Message, StringComparison.Ordinal);
            fake.Fail("");
        }

        Assert.Equal((0, 0, 0), (fake.Live, fake.Retained, fake.Contexts));
    }

    [Fact]
    public void Open_Again_TakesTheKernelsFromTheCache()
    {
        new CudaDevice(0, Cache).Dispose();
        Assert.Contains("nvrtcCompileProgram", fake.Calls);
        fake.Forget();
        new CudaDevice(0, Cache).Dispose();
        Assert.DoesNotContain("nvrtcCompileProgram", fake.Calls);
        Assert.Contains("cuModuleLoadData", fake.Calls);
    }

    [Fact]
    public void Open_CachedKernelsThatTheDriverRefuses_CompilesAgain()
    {
        new CudaDevice(0, Cache).Dispose();
        string file = Assert.Single(Directory.GetFiles(Cache.Folder));
        byte[] image = "another driver's"u8.ToArray();
        File.WriteAllBytes(file, [.. SHA256.HashData(image), .. image]);
        fake.Forget();
        new CudaDevice(0, Cache).Dispose();
        Assert.Contains("nvrtcCompileProgram", fake.Calls);
        Assert.NotNull(Cache.Read(Path.GetFileNameWithoutExtension(file)));
        Assert.NotEqual(image, Cache.Read(Path.GetFileNameWithoutExtension(file)));
    }

    [Fact]
    public void Open_CacheThatCannotBeWritten_WorksWithoutIt()
    {
        string file = Path.Combine(folder, "file");
        File.WriteAllText(file, "not a folder");
        new CudaDevice(0, new KernelCache(file)).Dispose();
        Assert.Contains("nvrtcCompileProgram", fake.Calls);
    }

    [Fact]
    public void Open_KernelsThatDoNotCompile_SaysWhatTheCompilerSays()
    {
        fake.Fail("nvrtcCompileProgram");
        CudaException thrown = Assert.Throws<CudaException>(() => new CudaDevice(0, Cache));
        Assert.Equal(
            "nvrtcCompileProgram must succeed when compiling the kernels (--gpu-architecture=sm_90 --std=c++17 --fmad=false --define-macro=SJC_VECTOR_REDUCTIONS); "
            + "it says: 40-forward.cu(7): error: fake, but failed with code 2 (NVRTC_ERROR_FAKE).",
            thrown.Message);
        Assert.Equal((0, 0), (fake.Retained, fake.Contexts));
        Assert.Empty(Directory.Exists(Cache.Folder) ? Directory.GetFiles(Cache.Folder) : []);
    }

    [Theory]
    [InlineData("cuMemAlloc_v2", "cuMemAlloc must succeed when allocating 5 bytes on cuda:0 (Allocate), but failed with code 2 (CUDA_ERROR_OUT_OF_MEMORY: out of memory).")]
    [InlineData("cuMemsetD8Async", "cuMemsetD8Async must succeed when clearing 5 bytes on cuda:0 (Allocate), but failed with code 2 (CUDA_ERROR_OUT_OF_MEMORY: out of memory).")]
    public void Allocate_CallThatFails_SaysWhichAndWhy(string function, string message)
    {
        using (CudaDevice device = new(0, Cache))
        {
            device.AllocatePinned(5);
            fake.Fail(function);
            CudaException thrown = Assert.Throws<CudaException>(() => device.Allocate(5));
            Assert.Equal(message, thrown.Message);
            Assert.Equal(2, thrown.Code);
            Assert.Equal(0, fake.Contexts);
            fake.Fail("");
        }

        Assert.Equal(0, fake.Live); // the device gives back what is left
    }

    [Fact]
    public void Launch_CallThatFails_NamesTheKernel()
    {
        using CudaDevice device = new(0, Cache);
        fake.Fail("cuLaunchKernel");
        CudaException thrown = Assert.Throws<CudaException>(() => device.Launch("sum_parts", 100, 32, default(SumArguments)));
        Assert.StartsWith("cuLaunchKernel must succeed when launching sum_parts (4 blocks of 32) on cuda:0 ", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuInit")]
    [InlineData("cuDevicePrimaryCtxRetain")]
    [InlineData("cuCtxPushCurrent_v2")]
    [InlineData("cuStreamCreate")]
    [InlineData("cuModuleLoadData")]
    public void Open_CallThatFails_LeavesNothingBehind(string function)
    {
        fake.Fail(function);
        Assert.Throws<CudaException>(() => new CudaDevice(0, Cache));
        Assert.Equal(0, fake.Retained);
        Assert.Equal(0, fake.Live);
        Assert.Equal(0, fake.Contexts);
    }

    [Fact]
    public void Training_MemoryThatRunsOut_LeavesNothingBehind()
    {
        VoxelField field = new TestScene(GridSize.Cube(5), 3, ColorMode.Raw, 6).Field;
        using CudaDevice device = new(0, Cache);
        int live = fake.Live;
        fake.Fail("cuMemAlloc_v2");
        Assert.Throws<CudaException>(() => new CudaTrainingRenderer(device, field, new AdamaxState(field), 1, deterministic: true));
        Assert.Equal(live, fake.Live);
    }

    [Theory]
    [InlineData("cuMemAlloc_v2")]
    [InlineData("cuMemAllocHost_v2")]
    public void Forward_AfterMemoryHadRunOut_Renders(string function)
    {
        TestScene scene = new(GridSize.Cube(5), 3, ColorMode.Raw, 6);
        using CudaTrainingRenderer renderer = new(new CudaDevice(0, Cache), scene.Field, new AdamaxState(scene.Field), 1, deterministic: true);
        fake.Fail(function);
        Assert.Throws<CudaException>(() => renderer.Forward(0, scene.Rays, scene.Options));
        Assert.Throws<InvalidOperationException>(() => renderer.Backward(0, scene.Gradient));
        fake.Fail("");
        using CudaTrainingRenderer expected = ShimDevice.Renderer(scene, deterministic: true);
        Assert.Equal(expected.Forward(0, scene.Rays, scene.Options).Image, renderer.Forward(0, scene.Rays, scene.Options).Image);
    }

    [Fact]
    public void Dispose_DeviceThatRefusesItsContext_StillReleasesIt()
    {
        TestScene scene = new(GridSize.Cube(5), 3, ColorMode.Raw, 6);
        CudaTrainingRenderer renderer = new(new CudaDevice(0, Cache), scene.Field, new AdamaxState(scene.Field), 1, deterministic: true);
        fake.Fail("cuCtxPushCurrent_v2");
        renderer.Dispose();
        Assert.Equal((0, 0), (fake.Retained, fake.Contexts)); // and with it what it holds
    }

    [Fact]
    public void Dispose_DeviceThatHasFailed_GivesAllBack()
    {
        TestScene scene = new(GridSize.Cube(5), 3, ColorMode.Raw, 6);
        using (CudaTrainingRenderer renderer = new(new CudaDevice(0, Cache), scene.Field, new AdamaxState(scene.Field), 1, deterministic: true))
        {
            renderer.Forward(0, scene.Rays, scene.Options);
            fake.Fail("cuStreamSynchronize");
            Assert.Throws<CudaException>(() => renderer.Forward(0, scene.Rays, scene.Options));
        }

        Assert.Equal((0, 0, 0), (fake.Live, fake.Retained, fake.Contexts));
    }

    [Fact]
    public void Probe_OfTheFake_NamesWhatIsThere()
    {
        CudaProbe probe = CudaDevices.Probe();
        Assert.True(probe.IsUsable, probe.Failure);
        Assert.Equal(("12.8", "12.8"), (probe.DriverVersion, probe.CompilerVersion));
        Assert.Equal(new CudaDeviceInfo(0, "Fake GPU", 90, 1L << 33), Assert.Single(probe.Devices));
        fake.Fail("cuDeviceGetCount");
        CudaProbe failed = CudaDevices.Probe();
        Assert.Equal("cuDeviceGetCount must succeed when counting devices, but failed with code 2 (CUDA_ERROR_OUT_OF_MEMORY: out of memory).", failed.Failure);
    }
}
