using System.Diagnostics;
using Sjc.Diffusion;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.StableDiffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Benchmarks.Networks;

/// <summary>The UNet of SD 1.5 with fabricated weights against matrix products of libtorch, by turns in the same process.</summary>
public static class UNetBenchmark
{
    private const int Rows = 2;
    private const int LatentSize = 64;
    private const int Tokens = 77;

    // Large enough that libtorch reaches its best rate.
    private const int MatrixSize = 2048;
    private const int ProductsPerRound = 8;

    /// <summary>Runs on the CPU in float32 and, where there is a GPU, on it in float16 and bfloat16 too.</summary>
    /// <param name="threads">Of libtorch on the CPU; null: its own choice.</param>
    /// <param name="rounds">Passes of the network that are timed; one more warms up.</param>
    /// <param name="cancellationToken">Stops between passes.</param>
    /// <returns>Medians over the rounds.</returns>
    public static IEnumerable<UNetFigure> Run(int? threads, int rounds, CancellationToken cancellationToken)
    {
        TorchRuntime.Initialize(threads);
        List<(ScalarType Type, string TypeName, string Device)> cases = [(ScalarType.Float32, "f32", "cpu")];
        if (TorchRuntime.DefaultDevice() is var gpu && gpu != "cpu")
        {
            cases.AddRange([(ScalarType.Float16, "f16", gpu), (ScalarType.BFloat16, "bf16", gpu)]);
        }

        foreach ((ScalarType type, string typeName, string deviceName) in cases)
        {
            foreach (UNetFigure figure in RunCase($"{deviceName} {typeName}", type, torch.device(deviceName), rounds, cancellationToken))
            {
                yield return figure;
            }
        }
    }

    private static List<UNetFigure> RunCase(string name, ScalarType type, Device device, int rounds, CancellationToken cancellationToken)
    {
        UNetConfiguration configuration = new();
        using FabricatedWeights weights = FabricatedWeights.Of(reader => new UNet(reader, configuration));
        WeightReader reader = new(weights, type, device);
        using UNet unet = new(reader, configuration);
        reader.RequireNoFaults();
        IReadOnlyList<(string Block, double Operations)> operations = UNetOperations.Count(configuration, Rows, LatentSize, LatentSize, Tokens);

        using IDisposable untracked = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        Contestants contestants = new(unet, type, device);
        contestants.PassSeconds([]);
        contestants.ProductSeconds();
        List<double> passes = [];
        List<double> products = [];
        List<List<(string Block, double Seconds)>> blocks = [];
        for (int round = 0; round < rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            products.Add(contestants.ProductSeconds());
            List<(string, double)> seconds = [];
            passes.Add(contestants.PassSeconds(seconds));
            blocks.Add(seconds);
        }

        double matmulRate = 2 * Math.Pow(MatrixSize, 3) / Statistics.Median(products) / 1e9;
        return [.. OfPass(name, operations, Statistics.Median(passes), matmulRate), .. OfBlocks(name, operations, blocks)];
    }

    private static IEnumerable<UNetFigure> OfPass(string name, IReadOnlyList<(string Block, double Operations)> operations, double seconds, double matmulRate)
    {
        double total = operations.Sum(block => block.Operations) / 1e9;
        return
        [
            new(name, "work", total, "GFLOP"),
            new(name, "time", seconds, "s"),
            new(name, "rate", total / seconds, "GFLOP/s"),
            new(name, "matmul_rate", matmulRate, "GFLOP/s"),
            new(name, "fraction_of_matmul", total / seconds / matmulRate, string.Empty),
        ];
    }

    private static IEnumerable<UNetFigure> OfBlocks(string name, IReadOnlyList<(string Block, double Operations)> operations, List<List<(string Block, double Seconds)>> rounds)
    {
        foreach ((int i, (string block, double work)) in operations.Index())
        {
            if (rounds.Any(round => round[i].Block != block))
            {
                throw new InvalidOperationException($"The blocks of the network must be those that are counted, but {block} is {rounds[0][i].Block}.");
            }

            double seconds = Statistics.Median(rounds.Select(round => round[i].Seconds));
            string row = $"{name} {block}";
            yield return new(row, "work", work / 1e9, "GFLOP");
            yield return new(row, "time", seconds, "s");
            yield return new(row, "rate", work / seconds / 1e9, "GFLOP/s");
        }
    }

    private sealed class Contestants
    {
        private readonly UNet unet;
        private readonly Device device;
        private readonly Tensor x;
        private readonly Tensor context;
        private readonly Tensor left;
        private readonly Tensor right;

        public Contestants(UNet unet, ScalarType type, Device device)
        {
            this.unet = unet;
            this.device = device;
            Tensor Normal(params long[] shape) => randn(shape, dtype: ScalarType.Float32).to(type).to(device);
            x = Normal(Rows, unet.Configuration.InputChannels, LatentSize, LatentSize);
            context = Normal(Rows, Tokens, unet.Configuration.ContextWidth);
            left = Normal(MatrixSize, MatrixSize);
            right = Normal(MatrixSize, MatrixSize);
        }

        /// <summary>Time of one product.</summary>
        public double ProductSeconds()
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < ProductsPerRound; i++)
            {
                using Tensor product = left.mm(right);
            }

            Synchronize();
            return Stopwatch.GetElapsedTime(start).TotalSeconds / ProductsPerRound;
        }

        /// <summary>Time of one pass, and of each block in it.</summary>
        public double PassSeconds(List<(string Block, double Seconds)> blocks)
        {
            long start = Stopwatch.GetTimestamp();
            long last = start;
            using Tensor output = unet.Forward(x, [981, 17], context, (block, _) =>
            {
                Synchronize();
                long now = Stopwatch.GetTimestamp();
                blocks.Add((block, Stopwatch.GetElapsedTime(last, now).TotalSeconds));
                last = now;
            });
            Synchronize();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        private void Synchronize()
        {
            if (device.type == DeviceType.CUDA)
            {
                cuda.synchronize();
            }
        }
    }
}
