using Sjc.Diffusion.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks;

public sealed class ShapesNetworkTests
{
    [Fact]
    public void EncodeText_SameWordsInAnotherOrder_DiffersBeyondRounding()
    {
        using DisposeScope scope = NewDisposeScope();
        ShapesNetwork network = new(TinyNetwork.Options(tokenCount: 10), seed: 1);

        Tensor embedded = network.EncodeText(tensor(new long[,] { { 1, 4, 5, 6 }, { 1, 6, 5, 4 } }));

        Assert.True((embedded[0] - embedded[1]).abs().max().item<float>() > 1e-3f);
    }

    [Fact]
    public void EncodeText_Padding_ChangesNothing()
    {
        using DisposeScope scope = NewDisposeScope();
        ShapesNetwork network = new(TinyNetwork.Options(tokenCount: 10), seed: 1);

        Tensor bare = network.EncodeText(tensor(new long[,] { { 1, 4, 5 } }));
        Tensor padded = network.EncodeText(tensor(new long[,] { { 1, 4, 5, 0, 0 } }));

        // Rounding of float32 sums in another order.
        Assert.True((bare - padded).abs().max().item<float>() < 1e-5f);
    }

    [Fact]
    public void Constructor_SameSeed_GivesTheSameWeights()
    {
        using DisposeScope scope = NewDisposeScope();
        ShapesNetwork a = new(TinyNetwork.Options(10), seed: 7);
        ShapesNetwork b = new(TinyNetwork.Options(10), seed: 7);
        ShapesNetwork c = new(TinyNetwork.Options(10), seed: 8);

        Assert.All(a.parameters().Zip(b.parameters()), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
        Assert.Contains(a.parameters().Zip(c.parameters()), pair => !pair.First.equal(pair.Second).all().item<bool>());
    }
}
