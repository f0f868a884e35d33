using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using Sjc.Numerics.Safetensors;

namespace Sjc.Diffusion.Tests.Checkpoints;

public sealed class CheckpointProbeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void OpenPart_ShardsWithIndex_GivesTheTensorsOfAll()
    {
        folder.WriteTensors("unet/diffusion_pytorch_model-00001-of-00002.safetensors", new SafetensorsWriter().Add("a", [1f, 2f], 2));
        folder.WriteTensors("unet/diffusion_pytorch_model-00002-of-00002.safetensors", new SafetensorsWriter().Add("b", [3f], 1));
        WriteIndex("""{"a": "diffusion_pytorch_model-00001-of-00002.safetensors", "b": "diffusion_pytorch_model-00002-of-00002.safetensors"}""");
        using CheckpointProbe probe = Open();
        ITensorStore store = Assert.IsAssignableFrom<ITensorStore>(probe.OpenPart("unet"));
        Assert.Equal(["a", "b"], store.Tensors.Keys.Order());
        Assert.Equal([1.0, 2.0], store.Doubles("a"));
        Assert.Equal([3.0], store.Doubles("b"));
    }

    [Theory]
    [InlineData("""{"a": "s1.safetensors"}""", "s1.safetensors")]
    [InlineData("""{"a": "../unet/s0.safetensors"}""", "own folder")]
    [InlineData("""{"a": "/etc/passwd"}""", "own folder")]
    [InlineData("""{"a": ".."}""", "own folder")]
    [InlineData("""{"b": "s0.safetensors"}""", "b")]
    [InlineData("""{"a": 1}""", "file name")]
    [InlineData("[]", "weight_map")]
    public void OpenPart_IndexThatDoesNotFit_IsRefused(string map, string named)
    {
        folder.WriteTensors("unet/s0.safetensors", new SafetensorsWriter().Add("a", [1f], 1));
        WriteIndex(map);
        using CheckpointProbe probe = Open();
        Assert.Contains(named, Assert.Throws<InvalidDataException>(() => probe.OpenPart("unet")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("fp16", 2)]
    [InlineData("non_ema", 3)]
    public void OpenPart_SeveralVariants_GivesTheOneAskedFor(string? variant, double expected)
    {
        folder.WriteTensors("vae/diffusion_pytorch_model.safetensors", new SafetensorsWriter().Add("a", [1f], 1));
        folder.WriteTensors("vae/diffusion_pytorch_model.fp16.safetensors", new SafetensorsWriter().Add("a", [2f], 1));
        folder.WriteTensors("vae/diffusion_pytorch_model.non_ema.safetensors", new SafetensorsWriter().Add("a", [3f], 1));
        using CheckpointProbe probe = Open(variant is null ? [] : new() { ["variant"] = variant });
        Assert.Equal([expected], probe.OpenPart("vae")!.Doubles("a"));
    }

    [Fact]
    public void OpenPart_LinksToFilesElsewhere_AreFollowed()
    {
        string blob = folder.WriteTensors("blobs/0a1b", new SafetensorsWriter().Add("a", [1f, 2f, 3f], 3));
        string config = folder.WriteText("blobs/2c3d", """{"layers": 5}""");
        File.CreateSymbolicLink(folder.File("unet/diffusion_pytorch_model.safetensors"), blob);
        File.CreateSymbolicLink(folder.File("unet/config.json"), config);
        using CheckpointProbe probe = Open();
        Assert.Equal([1.0, 2.0, 3.0], probe.OpenPart("unet")!.Doubles("a"));
        Assert.Equal(5, probe.PartConfig("unet/config.json")!.WholeNumber("layers", 0));
    }

    [Fact]
    public void OpenPart_OnlyAVariant_GivesIt()
    {
        folder.WriteTensors("vae/model.fp16.safetensors", new SafetensorsWriter().Add("a", [2f], 1));
        using CheckpointProbe probe = Open();
        Assert.Equal([2.0], probe.OpenPart("vae")!.Doubles("a"));
        Assert.False(probe.HasPart("unet"));
        Assert.Null(probe.OpenPart("unet"));
    }

    [Fact]
    public void OpenPart_VariantThatIsNotThere_IsRefusedWithThoseThatAre()
    {
        folder.WriteTensors("vae/model.fp16.safetensors", new SafetensorsWriter().Add("a", [2f], 1));
        using CheckpointProbe probe = Open(new() { ["variant"] = "bf16" });
        Assert.Contains("fp16", Assert.Throws<InvalidDataException>(() => probe.OpenPart("vae")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Config_OfSingleFile_IsTheOneNamedElseTheOneBeside()
    {
        string path = folder.WriteTensors("net.safetensors", new SafetensorsWriter().Add("a", [1f], 1));
        folder.WriteText("config.json", """{"which": "folder"}""");
        Assert.Equal("folder", WhichConfig(path, []));
        folder.WriteText("net.json", """{"which": "beside"}""");
        Assert.Equal("beside", WhichConfig(path, []));
        Assert.Equal("named", WhichConfig(path, new() { ["config"] = folder.WriteText("other.json", """{"which": "named"}""") }));
    }

    [Fact]
    public void Flag_ValueOutsideTheChoices_IsRefusedByName()
    {
        using CheckpointProbe probe = Open(new() { ["attention_order"] = "old" });
        Assert.Contains("legacy", Assert.Throws<ArgumentException>(() => probe.Flag("attention_order", "legacy", "new")).Message, StringComparison.Ordinal);
        Assert.Null(probe.Flag("other", "a", "b"));
    }

    [Fact]
    public void RequireNoUnusedFlags_FlagThatNobodyReads_IsRefusedByName()
    {
        using CheckpointProbe probe = Open(new() { ["used"] = "1", ["unused"] = "2" });
        Assert.Equal("1", probe.Flag("used"));
        Assert.Contains("unused", Assert.Throws<ArgumentException>(probe.RequireNoUnusedFlags).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NothingThere_SaysSo() =>
        Assert.Contains("nothing is at", Assert.Throws<FileNotFoundException>(() => CheckpointProbe.Open(new ModelLoadOptions { Path = folder.File("none") })).Message, StringComparison.Ordinal);

    [Fact]
    public void Find_UnknownKind_NamesThoseThatAre() =>
        Assert.Contains("no-such-kind", Assert.Throws<ArgumentException>(() => ModelFamilies.Inspect(new ModelLoadOptions { Path = folder.Path, Kind = "no-such-kind" })).Message, StringComparison.Ordinal);

    public void Dispose() => folder.Dispose();

    private static string WhichConfig(string path, Dictionary<string, string> flags)
    {
        using CheckpointProbe probe = CheckpointProbe.Open(new ModelLoadOptions { Path = path, Flags = flags });
        return probe.Config!.Text("which", "");
    }

    private CheckpointProbe Open(Dictionary<string, string>? flags = null) => CheckpointProbe.Open(new ModelLoadOptions { Path = folder.Path, Flags = flags ?? [] });

    private void WriteIndex(string map) => folder.WriteText("unet/diffusion_pytorch_model.safetensors.index.json", $$"""{"weight_map": {{map}}}""");
}
