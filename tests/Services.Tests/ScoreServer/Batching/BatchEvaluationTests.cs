using Sjc.Diffusion;
using Sjc.ScoreServer.Batching;
using Sjc.ScoreServer.Models;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Batching;

public sealed class BatchEvaluationTests : IDisposable
{
    private readonly DeviceThread _thread = new("cpu");
    private readonly List<int> _runs = [];
    private readonly Dictionary<DenoiseWork, Exception> _failures = [];

    public void Dispose() => _thread.Dispose();

    [Fact]
    public void Run_OutOfMemoryOnce_RunsHalves()
    {
        Batch<DenoiseWork> batch = BatchOf(BatchSharing.Any, 4, 2, 2);

        Evaluation(most: 4).Run(batch, batch.Slices, _failures, out _);

        Assert.Equal([8, 4, 4], _runs);
        Assert.Empty(_failures);
    }

    [Fact]
    public void Run_HalvesTooLarge_FailsTheirRequests()
    {
        Batch<DenoiseWork> batch = BatchOf(BatchSharing.Any, 2, 6);

        Evaluation(most: 3).Run(batch, batch.Slices, _failures, out _);

        Assert.Equal([8, 4, 4], _runs);
        Assert.Equal(2, _failures.Count);
        Assert.All(_failures.Values, exception => Assert.IsType<DeviceExhaustedException>(exception));
    }

    [Fact]
    public void Run_DeterministicOutOfMemory_RunsTheSamePassAgain()
    {
        Batch<DenoiseWork> batch = BatchOf(BatchSharing.Padded, 2, 2);
        int left = 1;
        BatchEvaluation evaluation = new((slices, padded) =>
        {
            _runs.Add(padded);
            return left-- > 0 ? throw new InvalidOperationException("CUDA out of memory. Tried to allocate 2.00 GiB") : default;
        });

        evaluation.Run(batch, batch.Slices, _failures, out _);

        Assert.Equal([8, 8], _runs);
        Assert.Empty(_failures);
    }

    [Fact]
    public void Run_AnotherFailure_IsNotRepeated()
    {
        Batch<DenoiseWork> batch = BatchOf(BatchSharing.Any, 2);
        BatchEvaluation evaluation = new((_, _) =>
        {
            _runs.Add(0);
            throw new InvalidOperationException("The network must be whole, but is not.");
        });

        Assert.Throws<InvalidOperationException>(() => evaluation.Run(batch, batch.Slices, _failures, out _));
        Assert.Single(_runs);
    }

    [Fact]
    public void Halves_OddNumberOfDraws_AreCutBetweenDraws()
    {
        Batch<DenoiseWork> batch = BatchOf(BatchSharing.Any, 6);

        IReadOnlyList<IReadOnlyList<BatchSlice<DenoiseWork>>> halves = BatchEvaluation.Halves(batch.Slices);

        Assert.Equal([(0, 4), (4, 2)], halves.Select(half => (half[0].FirstRow, half[0].Count)));
    }

    private BatchEvaluation Evaluation(int most) => new((slices, _) =>
    {
        int rows = slices.Sum(slice => slice.Count);
        _runs.Add(rows);
        return rows <= most ? default : throw new InvalidOperationException("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: not enough memory: you tried to allocate 1 bytes.");
    });

    private Batch<DenoiseWork> BatchOf(BatchSharing sharing, params int[] rows)
    {
        LoadedModel model = new("test", new TestDenoiser((noisy, _) => noisy), _thread);
        DenoiseWork[] works = [.. rows.Select(count => new DenoiseWork("a", model, new float[count * TinyPictures.Shape.ElementCount], new double[count], new Condition[count])
        {
            DrawRows = 2,
            ImageRows = 2,
            Sharing = sharing,
            PassSizes = sharing == BatchSharing.Padded ? [8] : [],
        })];
        return new Batch<DenoiseWork>(new BatchLane(works[0].Key, sharing, 0), [.. works.Select(work => new BatchSlice<DenoiseWork>(work, 0, work.Rows))], BatchEnd.Full, TimeSpan.Zero);
    }
}
