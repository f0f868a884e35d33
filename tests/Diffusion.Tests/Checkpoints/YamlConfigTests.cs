using System.Text;
using System.Text.Json;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Tests.Networks.Pixel;

namespace Sjc.Diffusion.Tests.Checkpoints;

public sealed class YamlConfigTests : IDisposable
{
    /// <summary>Of the form of Stable Diffusion's v1-inference.yaml.</summary>
    private const string CompVis = """
        model:
          base_learning_rate: 1.0e-04
          target: ldm.models.diffusion.ddpm.LatentDiffusion
          params:
            linear_start: 0.00085   # a comment
            timesteps: 1000
            cond_stage_key: "txt"
            monitor: 'val/loss_simple_ema'
            use_ema: False
            nothing: ~
            empty:
            unet_config:
              params:
                attention_resolutions: [ 4, 2, 1 ]
                channel_mult:
                - 1
                - 2
                ratio: -.5
                name: 1e
                version: "1"
        """;

    /// <summary>Of the form that NCSN's runs leave beside their checkpoints: namespaces of Python, written with tags.</summary>
    private const string Namespaces = """
        data: !!python/object:argparse.Namespace
          dataset: CELEBA
          image_size: 16
          channels: 3
          logit_transform: false
          rescaled: false
        model: !!python/object:argparse.Namespace
          ema: true
          ngf: 3
          normalization: InstanceNorm++
          nonlinearity: elu
          sigma_begin: 50
          sigma_end: 0.01
        sampling: !!python/object/apply:os.system
        - echo pwned
        """;

    private readonly TemporaryFolder folder = new();

    [Fact]
    public void ParseYaml_CompVis_SaysWhatTheJsonSays()
    {
        const string Json = """
            {"model":{"base_learning_rate":0.0001,"target":"ldm.models.diffusion.ddpm.LatentDiffusion","params":{"linear_start":0.00085,"timesteps":1000,"cond_stage_key":"txt",
            "monitor":"val/loss_simple_ema","use_ema":false,"nothing":null,"empty":null,"unet_config":{"params":{"attention_resolutions":[4,2,1],"channel_mult":[1,2],"ratio":-0.5,"name":"1e","version":"1"}}}}}
            """;

        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(Json).RootElement, Parse(CompVis).Root));
    }

    [Fact]
    public void ParseYaml_TagsOfPython_ArePassedOver()
    {
        ModelConfig config = Parse(Namespaces);

        Assert.Equal((16, 3), (config.WholeNumber("data.image_size", 0), config.WholeNumber("model.ngf", 0)));
        Assert.Equal(["echo pwned"], config.Texts("sampling")!);
    }

    [Fact]
    public void ParseYaml_Alias_RepeatsItsAnchor() =>
        Assert.Equal([1, 2], Parse("a: &x [1, 2]\nb: {c: *x}").Section("b")!.WholeNumbers("c")!);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("- 1", "mapping")]
    [InlineData("nope", "mapping")]
    [InlineData("a: [1", "valid YAML")]
    [InlineData("a: 1\na: 2", "twice")]
    [InlineData("{[1]: 2}", "keys must be scalars")]
    [InlineData("a: *x", "valid YAML")]
    [InlineData("a: &x [*x]", "valid YAML")]
    [InlineData("--- {a: 1}\n--- {b: 2}", "one YAML document")]
    [InlineData("a: b: c", "valid YAML")]
    public void ParseYaml_NoMapping_IsRefusedByName(string yaml, string expected)
    {
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => Parse(yaml));

        Assert.StartsWith("test.yaml must ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ParseYaml_DeepNesting_IsRefused()
    {
        Assert.Contains("deeper", Assert.Throws<InvalidDataException>(() => Parse($"a: {new string('[', 30_000)}")).Message, StringComparison.Ordinal);
        string chain = string.Join("\n", Enumerable.Range(0, 100).Select(i => i == 0 ? "x0: &x0 [1]" : $"x{i}: &x{i} [*x{i - 1}]"));
        Assert.Contains("valid YAML", Assert.Throws<InvalidDataException>(() => Parse(chain)).Message, StringComparison.Ordinal);
    }

    /// <summary>Nine aliases of nine aliases, and so on: a billion texts from a kilobyte.</summary>
    [Fact]
    public void ParseYaml_AliasesOfAliases_AreBounded()
    {
        string yaml = "x0: &x0 lol\n" + string.Join("\n", Enumerable.Range(1, 9).Select(i => $"x{i}: &x{i} [{string.Join(", ", Enumerable.Repeat($"*x{i - 1}", 9))}]"));
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains("100000 nodes", Assert.Throws<InvalidDataException>(() => Parse(yaml)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200 << 20);
    }

    [Theory]
    [InlineData("checkpoint.yaml")]
    [InlineData("checkpoint.yml")]
    [InlineData("config.yml")]
    public void Inspect_YamlBesideTheFile_Configures(string name)
    {
        string path = folder.File("checkpoint.pth");
        File.Copy(PixelFiles.PathOf(PixelFiles.Ncsn), path);
        Assert.Throws<ArgumentException>(() => ModelFamilies.Inspect(new ModelLoadOptions { Path = path }));

        folder.WriteText(name, Namespaces);

        Assert.Equal(new DataShape(3, 16, 16), ModelFamilies.Inspect(new ModelLoadOptions { Path = path }).DataShape);
    }

    public void Dispose() => folder.Dispose();

    private static ModelConfig Parse(string yaml) => ModelConfig.ParseYaml(Encoding.UTF8.GetBytes(yaml), "test.yaml");
}
