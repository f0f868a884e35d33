using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;
using Sjc.FieldOptimizer.Jobs;
using Sjc.Numerics.Safetensors;

namespace Sjc.Services.Tests.FieldOptimizer.Jobs;

/// <summary>Records and contents for tests of storage, that no loop made.</summary>
internal static class TestRecords
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static Model PixelModel() => new()
    {
        Name = "dots",
        Kind = "exact",
        DataShape = { 3, 8, 8 },
        DataSpace = DataSpace.Pixel,
        ValueMin = -1,
        ValueMax = 1,
        SigmaMin = 0.01,
        SigmaMax = 80,
        Conditioning = ConditioningKind.Prompt,
        MaxImagesPerRequest = 16,
    };

    public static JobRecord Record(string id = "20260131-120000-aaaaaa", string requestId = "")
    {
        JobSpec requested = new() { Prompt = "a red dot", Seed = 3, Iterations = 5 };
        return new JobRecord
        {
            Id = id,
            RequestId = requestId,
            RequestedSpec = requested,
            Spec = SpecResolver.Resolve(requested, PixelModel()),
            Model = PixelModel(),
            Status = JobStatus.Created,
            CreateTime = Noon,
            UpdateTime = Noon,
        };
    }

    public static SafetensorsWriter Content(float value) => new SafetensorsWriter().Add("density", [value, value + 1], 2);
}
