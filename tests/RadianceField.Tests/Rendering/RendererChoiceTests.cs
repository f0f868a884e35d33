using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.RadianceField.Tests.Rendering;

public sealed class RendererChoiceTests
{
    private static readonly CudaProbe TwoDevices = new()
    {
        DriverVersion = "12.8",
        CompilerVersion = "12.6",
        Devices = [new(0, "GPU A", 80, 1), new(1, "GPU B", 90, 1)],
    };

    private static readonly CudaProbe None = new() { Failure = "no driver" };

    [Theory]
    [InlineData("auto")]
    [InlineData("cpu")]
    [InlineData("cuda:0")]
    [InlineData("cuda:12")]
    public void TryParse_OfAChoice_ReadsIt(string text)
    {
        Assert.True(RendererChoice.TryParse(text, out RendererChoice choice));
        Assert.Equal(text, choice.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cuda")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:1024")]
    [InlineData("CPU")]
    public void TryParse_OfSomethingElse_IsRefused(string? text) => Assert.False(RendererChoice.TryParse(text, out _));

    [Fact]
    public void Resolve_AutoWithADevice_IsTheFirst()
    {
        ResolvedRenderer resolved = new RendererChoice(true, null).Resolve(TwoDevices, _ => "");
        Assert.Equal(0, resolved.CudaDevice);
        Assert.Equal("cuda:0 (GPU A, driver for CUDA 12.8, NVRTC 12.6)", resolved.Description);
    }

    [Fact]
    public void Resolve_AutoWithoutOne_IsTheProcessorAndSaysWhy()
    {
        Assert.Equal(new ResolvedRenderer(null, "cpu (no GPU: no driver)"), new RendererChoice(true, null).Resolve(None, _ => ""));
        Assert.Equal(new ResolvedRenderer(null, "cpu (no GPU: its image is off)"), new RendererChoice(true, null).Resolve(TwoDevices, _ => "its image is off"));
    }

    [Fact]
    public void Resolve_NamedDevice_MustBeUsable()
    {
        Assert.Equal(1, new RendererChoice(false, 1).Resolve(TwoDevices, _ => "").CudaDevice);
        string[] messages =
        [
            Assert.Throws<ArgumentException>(() => new RendererChoice(false, 1).Resolve(None, _ => "")).Message,
            Assert.Throws<ArgumentException>(() => new RendererChoice(false, 2).Resolve(TwoDevices, _ => "")).Message,
            Assert.Throws<ArgumentException>(() => new RendererChoice(false, 1).Resolve(TwoDevices, ordinal => $"wrong{ordinal}")).Message,
        ];
        Assert.Equal(
            [
                "Renderer must be a usable GPU, but is cuda:1: no driver.",
                "Renderer must be a usable GPU, but is cuda:2: the driver knows 2 devices.",
                "Renderer must be a usable GPU, but is cuda:1: wrong1.",
            ],
            messages);
    }

    [Fact]
    public void Resolve_Processor_LooksForNothing() => Assert.Equal(new ResolvedRenderer(null, "cpu"), new RendererChoice(false, null).Resolve());
}
