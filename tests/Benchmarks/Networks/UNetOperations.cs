using Sjc.Diffusion.Networks.StableDiffusion;

namespace Sjc.Benchmarks.Networks;

/// <summary>Floating-point operations of a UNet's blocks by formula: two for each multiplication of convolutions, linear layers and attention; norms,
/// activations and additions are not counted.</summary>
internal static class UNetOperations
{
    /// <summary>Operations of each block that a <see cref="BlockObserver"/> is told of, in order.</summary>
    /// <param name="configuration">Sizes of the UNet.</param>
    /// <param name="rows">n of [n, c, h, w].</param>
    /// <param name="height">h.</param>
    /// <param name="width">w.</param>
    /// <param name="tokens">Of a prompt.</param>
    public static IReadOnlyList<(string Block, double Operations)> Count(UNetConfiguration configuration, long rows, long height, long width, long tokens)
    {
        Counter counter = new(configuration, rows, height * width, tokens);
        int levels = configuration.Channels.Count;
        double first = configuration.Channels[0];
        counter.Add("time_embedding", 2.0 * rows * ((first * configuration.TimeWidth) + ((double)configuration.TimeWidth * configuration.TimeWidth)));
        counter.Add("conv_in", counter.Convolution(0, 3, configuration.InputChannels, first));
        Stack<double> skips = new([first]);
        for (int level = 0; level < levels; level++)
        {
            counter.AddDown(level, skips);
        }

        counter.AddMiddle();
        double inputs = configuration.Channels[^1];
        for (int level = levels - 1; level >= 0; level--)
        {
            inputs = counter.AddUp(level, inputs, skips);
        }

        counter.Add("conv_out", counter.Convolution(0, 3, first, configuration.OutputChannels));
        return counter.Blocks;
    }

    private sealed class Counter(UNetConfiguration configuration, double rows, double pixels, double tokens)
    {
        public List<(string Block, double Operations)> Blocks { get; } = [];

        public void Add(string block, double operations) => Blocks.Add((block, operations));

        public double Convolution(int level, double kernel, double inputs, double outputs) => 2 * rows * PixelsAt(level) * kernel * kernel * inputs * outputs;

        public void AddDown(int level, Stack<double> skips)
        {
            double channels = configuration.Channels[level];
            for (int j = 0; j < configuration.LayersPerBlock; j++)
            {
                AddLayer($"down_blocks.{level}", j, level, skips.Peek(), channels, configuration.DownAttention[level]);
                skips.Push(channels);
            }

            bool halves = level < configuration.Channels.Count - 1;
            Add($"down_blocks.{level}", halves ? Convolution(level + 1, 3, channels, channels) : 0);
            if (halves)
            {
                skips.Push(channels);
            }
        }

        public void AddMiddle()
        {
            int level = configuration.Channels.Count - 1;
            double channels = configuration.Channels[level];
            Add("mid_block.resnets.0", ResNet(level, channels, channels));
            Add("mid_block.attentions.0", Transformer(level));
            Add("mid_block.resnets.1", ResNet(level, channels, channels));
            Add("mid_block", 0);
        }

        public double AddUp(int level, double inputs, Stack<double> skips)
        {
            double channels = configuration.Channels[level];
            string name = $"up_blocks.{configuration.Channels.Count - 1 - level}";
            for (int j = 0; j <= configuration.LayersPerBlock; j++)
            {
                AddLayer(name, j, level, (j == 0 ? inputs : channels) + skips.Pop(), channels, configuration.UpAttention[level]);
            }

            Add(name, level > 0 ? Convolution(level - 1, 3, channels, channels) : 0);
            return channels;
        }

        private double PixelsAt(int level) => pixels / (1L << (2 * level));

        private void AddLayer(string name, int j, int level, double inputs, double outputs, bool attends)
        {
            Add($"{name}.resnets.{j}", ResNet(level, inputs, outputs));
            if (attends)
            {
                Add($"{name}.attentions.{j}", Transformer(level));
            }
        }

        private double ResNet(int level, double inputs, double outputs) =>
            Convolution(level, 3, inputs, outputs) + Convolution(level, 3, outputs, outputs) + (2 * rows * configuration.TimeWidth * outputs)
            + (inputs == outputs ? 0 : Convolution(level, 1, inputs, outputs));

        private double Transformer(int level)
        {
            double channels = configuration.Channels[level];
            double length = PixelsAt(level);
            double projection = 2 * rows * length * channels * channels;
            double self = (4 * projection) + (4 * rows * length * length * channels);
            double cross = (2 * projection) + (4 * rows * tokens * configuration.ContextWidth * channels) + (4 * rows * length * tokens * channels);
            double feedForward = 12 * projection;
            return (2 * projection) + (configuration.TransformerDepth[level] * (self + cross + feedForward));
        }
    }
}
