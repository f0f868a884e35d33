using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Shapes;
using Sjc.Diffusion.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks;

public sealed class ShapesDenoiserTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sjc-shapes-").FullName;
    private readonly Vocabulary vocabulary = Vocabulary.Of(["front view of a red car"]);

    [Fact]
    public void Load_WrittenWeights_DenoisesAlikeToHalfPrecision()
    {
        using DisposeScope scope = NewDisposeScope();
        using ShapesDenoiser original = Create(seed: 3);
        using ShapesDenoiser loaded = ShapesDenoiser.Load(Write(seed: 3));
        using Generator generator = new(7);
        Tensor x = randn([2, 3, TinyNetwork.ImageSize, TinyNetwork.ImageSize], generator: generator);

        Tensor expected = original.Denoise(x, [0.5, 2], Conditions(original));
        Tensor actual = loaded.Denoise(x, [0.5, 2], Conditions(loaded));

        // Weights are kept with 11 bits: 2⁻¹¹ relative each.
        Assert.True((expected - actual).abs().max().item<float>() < 0.01f);
        Assert.Equal(original.Description.Vocabulary, loaded.Description.Vocabulary);
    }

    [Fact]
    public void Load_OtherFile_ThrowsWithItsFormat()
    {
        string path = Path.Combine(folder, "other.safetensors");
        new Sjc.Numerics.Safetensors.SafetensorsWriter().Add("x", [1f], 1).WriteAtomically(path);

        Assert.Contains("format", Assert.Throws<InvalidDataException>(() => ShapesDenoiser.Load(path)).Message);
    }

    [Fact]
    public void Denoise_RowsOfABatch_EqualRowsAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        using ShapesDenoiser denoiser = Create(seed: 3);
        using Generator generator = new(7);
        Tensor x = randn([2, 3, TinyNetwork.ImageSize, TinyNetwork.ImageSize], generator: generator);
        Condition[] conditions = Conditions(denoiser);

        Tensor both = denoiser.Denoise(x, [0.5, 2], conditions);
        Tensor second = denoiser.Denoise(x.narrow(0, 1, 1), [2], [conditions[1]]);

        // Convolutions may sum in another order for another batch.
        Assert.True((both[1] - second[0]).abs().max().item<float>() < 1e-4f);
    }

    [Fact]
    public void EncodePrompt_UnknownWord_IsReported()
    {
        using ShapesDenoiser denoiser = Create(seed: 3);

        Assert.Equal(["zebra"], denoiser.EncodePrompt("a red zebra").UnknownWords);
    }

    [Fact]
    public void EncodePrompt_EmptyPrompt_IsUnconditional()
    {
        using ShapesDenoiser denoiser = Create(seed: 3);

        Assert.Same(denoiser.Unconditional, denoiser.EncodePrompt(" ").Condition);
    }

    [Fact]
    public void EncodePrompt_TooLong_Throws()
    {
        using ShapesDenoiser denoiser = Create(seed: 3);

        Assert.Throws<ArgumentException>(() => denoiser.EncodePrompt(string.Join(' ', Enumerable.Repeat("red", 12))));
    }

    [Fact]
    public void Denoise_ForeignCondition_Throws()
    {
        using DisposeScope scope = NewDisposeScope();
        using ShapesDenoiser denoiser = Create(seed: 3);

        Assert.Throws<ArgumentException>(() => denoiser.Denoise(zeros(1, 3, TinyNetwork.ImageSize, TinyNetwork.ImageSize), [1], [new ForeignCondition()]));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static Condition[] Conditions(ShapesDenoiser denoiser) => [denoiser.EncodePrompt("front view of a red car").Condition, denoiser.Unconditional];

    private ShapesNetwork Network(ulong seed)
    {
        ShapesNetwork network = new(TinyNetwork.Options(vocabulary.TokenCount), seed);
        using IDisposable untracked = no_grad();
        network.get_parameter("output.weight")!.fill_(0.05f); // starts at 0, which would hide the rest
        return network;
    }

    private ShapesDenoiser Create(ulong seed) => new(Network(seed), vocabulary, ShapeHints.Network, CPU, ownsNetwork: true);

    private string Write(ulong seed)
    {
        string path = Path.Combine(folder, "weights.safetensors");
        using ShapesNetwork network = Network(seed);
        ShapesWeights.Write(network, vocabulary, new Dictionary<string, string> { ["visits"] = "0" }, path);
        return path;
    }

    private sealed class ForeignCondition : Condition;
}
