using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Shapes;
using Sjc.Diffusion.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Training;

public sealed class ShapesTrainerTests : IDisposable
{
    private static readonly TrainingOptions Options = new()
    {
        Seed = 11,
        TotalVisits = 64,
        BatchSize = 4,
        WarmupVisits = 8,
        PictureCount = 32,
        ImageSize = 8,
        Channels = [8, 8, 8],
    };

    private readonly string folder = Directory.CreateTempSubdirectory("sjc-train-").FullName;
    private readonly ShapePictures pictures = new(ShapeCatalogue.Objects, Options.PictureCount, Options.ImageSize, Options.Seed, threads: 1);

    [Fact]
    public void Step_ResumedFromCheckpoint_EqualsUninterruptedBitForBit()
    {
        set_num_threads(1);
        string path = Path.Combine(folder, "training.safetensors");
        using ShapesTrainer whole = new(Options, pictures);
        using ShapesTrainer first = new(Options, pictures);
        using ShapesTrainer second = new(Options, pictures);

        Run(whole, 5);
        Run(first, 2);
        TrainingCheckpoint.Save(first, path);
        TrainingCheckpoint.Load(second, path);
        Run(second, 3);

        Assert.Equal(whole.Steps, second.Steps);
        RequireEqual(whole.Network, second.Network);
        RequireEqual(whole.Average, second.Average);
    }

    [Fact]
    public void Step_Repeatedly_LowersTheLoss()
    {
        using ShapesTrainer trainer = new(Options with { TotalVisits = 4000, LearningRate = 5e-3 }, pictures);

        double start = Run(trainer, 20);
        Run(trainer, 150);
        double end = Run(trainer, 20);

        Assert.True(end < 0.8 * start, $"{start} → {end}");
    }

    [Fact]
    public void Load_OtherVocabulary_Throws()
    {
        string path = Path.Combine(folder, "training.safetensors");
        using ShapesTrainer trainer = new(Options, pictures);
        TrainingCheckpoint.Save(trainer, path);
        using ShapesTrainer other = new(Options, new ShapePictures([.. ShapeCatalogue.Objects.Take(1)], 4, Options.ImageSize, 0, 1));

        Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Load(other, path));
    }

    [Fact]
    public void StartFrom_ExportedWeights_TakesThemForNetworkAndAverage()
    {
        string path = Path.Combine(folder, "shapes.safetensors");
        using ShapesTrainer trained = new(Options, pictures);
        Run(trained, 3);
        ShapesWeights.Write(trained.Average, trained.Vocabulary, new Dictionary<string, string>(), path);
        using ShapesTrainer started = new(Options with { Seed = 12 }, pictures);

        started.StartFrom(path);

        RequireEqual(InHalfPrecision(trained.Average), started.Network);
        RequireEqual(InHalfPrecision(trained.Average), started.Average);
        Assert.Equal(0, started.Steps);
    }

    [Fact]
    public void StartFrom_WeightsOfAnotherSize_NamesBothSizes()
    {
        string path = Path.Combine(folder, "shapes.safetensors");
        using ShapesTrainer trained = new(Options, pictures);
        ShapesWeights.Write(trained.Average, trained.Vocabulary, new Dictionary<string, string>(), path);
        using ShapesTrainer other = new(Options with { Channels = [8, 8, 16] }, pictures);

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => other.StartFrom(path));

        Assert.Contains("8 pixels and 8 8 16 channels, but has them for 8 and 8 8 8", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadOptions_Checkpoint_GivesTheRunsOptions()
    {
        string path = Path.Combine(folder, "training.safetensors");
        using ShapesTrainer trainer = new(Options, pictures);
        TrainingCheckpoint.Save(trainer, path);

        TrainingOptions read = TrainingCheckpoint.ReadOptions(path);

        Assert.Equal((Options.Seed, Options.TotalVisits, Options.BatchSize), (read.Seed, read.TotalVisits, read.BatchSize));
        Assert.Equal(Options.Channels, read.Channels);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static double Run(ShapesTrainer trainer, int steps) => Enumerable.Range(0, steps).Select(_ => trainer.Step()).Average();

    // Weights are exported as f16.
    private static ShapesNetwork InHalfPrecision(ShapesNetwork network)
    {
        using IDisposable untracked = no_grad();
        foreach (Tensor parameter in network.parameters())
        {
            parameter.copy_(parameter.half());
        }

        return network;
    }

    private static void RequireEqual(nn.Module expected, nn.Module actual) =>
        Assert.All(expected.parameters().Zip(actual.parameters()), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
}
