using System.Text;
using Sjc.Diffusion.Checkpoints;

namespace Sjc.Diffusion.Tests.Checkpoints;

public sealed class ModelConfigTests
{
    private const string Json = """{"layers": 2, "channels": [32, 64], "scale": 0.18215, "linear": true, "name": "UNet", "blocks": ["a", "b"], "none": null, "model": {"params": {"depth": 3}}}""";

    [Fact]
    public void Values_OfTheirTypes_AreRead()
    {
        ModelConfig config = Parse(Json);
        Assert.Equal(2, config.WholeNumber("layers", 1));
        Assert.Equal([32, 64], config.WholeNumbers("channels")!);
        Assert.Equal([2], config.WholeNumbers("layers")!);
        Assert.Equal(0.18215, config.Number("scale", 1));
        Assert.True(config.Flag("linear", false));
        Assert.Equal("UNet", config.Text("name", ""));
        Assert.Equal(["a", "b"], config.Texts("blocks")!);
        Assert.Equal(3, config.Section("model.params")!.WholeNumber("depth", 1));
        Assert.Equal(3, config.WholeNumber("model.params.depth", 1));
    }

    [Fact]
    public void Values_MissingOrNull_AreTheFallback()
    {
        ModelConfig config = Parse(Json);
        Assert.False(config.Has("none"));
        Assert.Equal(7, config.WholeNumber("none", 7));
        Assert.Equal("eps", config.Text("absent", "eps"));
        Assert.Null(config.WholeNumbers("absent"));
        Assert.Null(config.Texts("none"));
        Assert.Null(config.Section("layers"));
    }

    [Fact]
    public void Values_OfOtherTypes_AreRefusedByNameRuleAndValue()
    {
        ModelConfig config = Parse(Json);
        Assert.Equal("name of test.json must be a whole number, but is \"UNet\".", Assert.Throws<InvalidDataException>(() => config.WholeNumber("name", 0)).Message);
        Assert.Throws<InvalidDataException>(() => config.WholeNumber("scale", 0));
        Assert.Throws<InvalidDataException>(() => config.WholeNumbers("blocks"));
        Assert.Throws<InvalidDataException>(() => config.Number("name", 0));
        Assert.Throws<InvalidDataException>(() => config.Flag("layers", false));
        Assert.Throws<InvalidDataException>(() => config.Text("layers", ""));
        Assert.Throws<InvalidDataException>(() => config.Texts("channels"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("nope")]
    public void Parse_NoObject_IsRefused(string json) => Assert.Contains("test.json", Assert.Throws<InvalidDataException>(() => Parse(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_ByteOrderMark_IsPassedOver() => Assert.Equal(1, Parse("\uFEFF{\"a\": 1}").WholeNumber("a", 0));

    private static ModelConfig Parse(string json) => ModelConfig.Parse(Encoding.UTF8.GetBytes(json), "test.json");
}
