using BenchmarkDotNet.Attributes;
using Sjc.Benchmarks.Rendering;

namespace Sjc.MicroBenchmarks;

/// <summary>One training iteration of the renderer on the processor (forward, adjoint, scatter and Adamax) at 100³ voxels and 64×64 pixels, under the memory
/// diagnoser: in steady state it allocates nothing.</summary>
[MemoryDiagnoser]
public class TrainingIterationBenchmark : IDisposable
{
    private ProductContestant? contestant;

    /// <summary>The states of a field that `sjc bench render` knows.</summary>
    public static IEnumerable<string> States => RenderBenchmarkScene.All().Select(scene => scene.Name);

    /// <summary>The field's state.</summary>
    [ParamsSource(nameof(States))]
    public string State { get; set; } = "";

    /// <summary>Of the renderer.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>Makes the field.</summary>
    [GlobalSetup]
    public void Setup() =>
        contestant = new ProductContestant(RenderBenchmarkScene.All().Single(scene => scene.Name == State), Threads, () => Environment.TickCount64);

    /// <summary>What is measured.</summary>
    [Benchmark]
    public void Iterate() => contestant!.Iterate(RenderBenchmark.LearningRate);

    /// <summary>Ends the renderer's threads.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        contestant?.Dispose();
        GC.SuppressFinalize(this);
    }
}
