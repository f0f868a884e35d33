using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using Sjc.Diffusion;
using Sjc.Numerics;
using Sjc.ScoreServer.Models;
using static TorchSharp.torch;

namespace Sjc.ScoreServer.Batching;

/// <summary>Measures, once for a model, in passes of which sizes a row has bits of its own: the same in every place and beside every
/// neighbour. Only in those may deterministic requests share a pass.</summary>
/// <remarks>A network whose operations have the same shapes for all values (<see cref="DenoiserDescription.HasFixedShapes"/>) runs the same
/// instructions in every pass of a size, so that a row's bits can depend on the size, its place and its own values alone. Sums in another order
/// give other bits in some of thousands of random values, so that equal bits in each place mean the same order.</remarks>
internal sealed partial class RowIndependence(IOptions<BatchingOptions> options, ILogger<RowIndependence> logger)
{
    /// <summary>What was measured goes with the model, when that is unloaded.</summary>
    private readonly ConditionalWeakTable<LoadedModel, Lazy<Task<IReadOnlyList<int>>>> _models = [];

    /// <summary>Sizes of passes that deterministic requests may share, ascending; none: each request needs passes of its own.</summary>
    public Task<IReadOnlyList<int>> OfAsync(LoadedModel model) => options.Value.DeterministicRows == 0 || !model.Description.HasFixedShapes
        ? Task.FromResult<IReadOnlyList<int>>([])
        : _models.GetValue(model, key => new(() => MeasureAsync(key))).Value;

    /// <summary>Evaluates random rows in passes of several sizes and compares bits. On the device's thread.</summary>
    /// <param name="denoiser">The network.</param>
    /// <param name="least">Rows of the smallest pass, at least 2; the reference for the others.</param>
    /// <param name="most">Rows of the largest.</param>
    internal static IReadOnlyList<int> Measure(IDenoiser denoiser, int least, int most)
    {
        Probe probe = new(denoiser, (most + least - 1) / least * least);
        byte[][] reference = probe.Run(least, offset: 0);
        if (!Enumerable.Range(1, least - 1).All(offset => AreEqual(probe.Run(least, offset), reference)))
        {
            return [];
        }

        return [least, .. Sizes(least, most).Where(size => AreEqual(probe.Run(size, offset: 0), reference))];
    }

    /// <summary>Doubled sizes, and the greatest.</summary>
    private static IEnumerable<int> Sizes(int least, int most)
    {
        for (int size = 2 * least; size < most; size *= 2)
        {
            yield return size;
        }

        if (most > least)
        {
            yield return most;
        }
    }

    private static bool AreEqual(byte[][] rows, byte[][] others) => rows.Zip(others).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    private async Task<IReadOnlyList<int>> MeasureAsync(LoadedModel model)
    {
        IReadOnlyList<int> sizes = await model.Thread.InvokeAsync(() => Measure(model.Denoiser, Math.Min(options.Value.DeterministicRows, options.Value.MaxBatchRows), options.Value.MaxBatchRows));
        string text = sizes.Count == 0 ? "none" : string.Join(", ", sizes);
        LogMeasured(model.Name, text);
        return sizes;
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Information, Message = "Deterministic requests to {Model} may share passes of these sizes: {Sizes}.")]
    private partial void LogMeasured(string model, string sizes);

    /// <summary>Random rows with noise levels and conditions of all kinds.</summary>
    private sealed class Probe
    {
        private readonly IDenoiser _denoiser;
        private readonly float[][] _rows;
        private readonly double[] _sigmas;
        private readonly Condition[] _conditions;

        public Probe(IDenoiser denoiser, int count)
        {
            DenoiserDescription description = denoiser.Description;
            Condition[] known =
            [
                denoiser.Unconditional,
                .. description.ExamplePrompts.Take(3).Select(prompt => denoiser.EncodePrompt(prompt).Condition),
                .. Enumerable.Range(0, Math.Min(3, description.ClassCount)).Select(denoiser.EncodeClassLabel),
            ];
            _denoiser = denoiser;
            _rows = new float[count][];
            _sigmas = new double[count];
            _conditions = new Condition[count];
            for (int row = 0; row < count; row++)
            {
                _rows[row] = new float[description.DataShape.ElementCount];
                new RandomKey(1, RandomStream.Training, (uint)row).FillNormal(_rows[row]);
                _sigmas[row] = description.SigmaLadder is { Count: > 0 } ladder
                    ? ladder[ladder.Count * row / count]
                    : Math.Clamp(10.0 / (row + 1), description.SigmaMin, description.SigmaMax);
                _conditions[row] = known[row % known.Length];
            }
        }

        /// <summary>All rows in passes of a size, from an offset on and around; another offset gives each another place and other neighbours.</summary>
        /// <returns>Bits of each row, in the rows' order.</returns>
        public byte[][] Run(int size, int offset)
        {
            byte[][] bits = new byte[_rows.Length][];
            for (int first = 0; first < _rows.Length; first += size)
            {
                int[] order = [.. Enumerable.Range(0, size).Select(place => (first + offset + place) % _rows.Length)];
                ReadOnlySpan<byte> denoised = MemoryMarshal.AsBytes<float>(Denoise(order));
                int length = denoised.Length / size;
                for (int place = 0; place < size; place++)
                {
                    bits[order[place]] = denoised.Slice(place * length, length).ToArray();
                }
            }

            return bits;
        }

        private float[] Denoise(int[] order)
        {
            DenoiserDescription description = _denoiser.Description;
            DataShape shape = description.DataShape;
            using IDisposable scope = NewDisposeScope();
            using IDisposable noGrad = no_grad();
            Tensor input = tensor(order.SelectMany(row => _rows[row]).ToArray(), [order.Length, shape.Channels, shape.Height, shape.Width]);
            Tensor denoised = _denoiser.Denoise(
                input.to(description.StateType).to(device(description.Device)), order.Select(row => _sigmas[row]).ToArray(), [.. order.Select(row => _conditions[row])]);
            return denoised.to(float32).cpu().contiguous().data<float>().ToArray();
        }
    }
}
