using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Tests.Checkpoints.Pickles;
using Sjc.Diffusion.Text;
using Sjc.Numerics;
using Sjc.Numerics.Safetensors;

namespace Sjc.Diffusion.Tests.Checkpoints.Fuzz;

/// <summary>Whatever the bytes, opening a checkpoint and reading all of it gives tensors or an InvalidDataException, in memory bounded by the file's size.</summary>
/// <remarks>SJC_FUZZ_INPUTS sets the number of inputs for each parser, SJC_FUZZ_SEED the seed, for long runs by hand.</remarks>
public sealed class CheckpointFuzzTests : IDisposable
{
    /// <summary>Objects of a tree take more than the bytes that describe them.</summary>
    private const long MaxBytesPerByte = 2_000;
    private const long MaxBytesBeside = 4 << 20;

    private static readonly int Inputs = Setting("SJC_FUZZ_INPUTS", 800);
    private static readonly ulong Seed = (ulong)Setting("SJC_FUZZ_SEED", 71);

    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Open_MutatedSafetensors_GivesTensorsOrARefusal()
    {
        using MemoryStream stream = new();
        new SafetensorsWriter().Metadata("format", "pt").Add("weight", [1f, 2f, 3f, 4f, 5f, 6f], 2, 3).Add("scale", [0.5]).Add("empty", ReadOnlySpan<float>.Empty, 0, 4).Add("index", [1L, 2L], 2).Write(stream);
        byte[] valid = stream.ToArray();
        Run("safetensors", i => Write("x.safetensors", ByteMutation.Apply(valid, Key(0, i))));
    }

    [Fact]
    public void Open_MutatedZip_GivesTensorsOrARefusal()
    {
        byte[] valid = Pickle().ToZip(Storages());
        Run("zip", i => Write("x.ckpt", ByteMutation.Apply(valid, Key(1, i))));
    }

    [Fact]
    public void Open_MutatedPickleInAZip_GivesTensorsOrARefusal()
    {
        byte[] valid = Pickle().Bytes;
        Run("pickle", i => Write("x.ckpt", PickleWriter.ToZip(ByteMutation.Apply(valid, Key(2, i)), Storages())));
    }

    [Fact]
    public void Open_MutatedLegacyFile_GivesTensorsOrARefusal()
    {
        Dictionary<string, byte[]> storages = Storages();
        byte[] valid = Pickle().ToLegacy(("0", 12, storages["0"]), ("1", 4, storages["1"]));
        Run("legacy", i => Write("x.pth", ByteMutation.Apply(valid, Key(3, i))));
    }

    [Fact]
    public void OpenPart_MutatedIndex_GivesTensorsOrARefusal()
    {
        folder.WriteTensors("unet/s0.safetensors", new SafetensorsWriter().Add("a", [1f], 1));
        folder.WriteTensors("unet/s1.safetensors", new SafetensorsWriter().Add("b", [2f], 1));
        byte[] valid = [.. """{"metadata": {"total_size": 8}, "weight_map": {"a": "s0.safetensors", "b": "s1.safetensors"}}"""u8];
        Run("index", i =>
        {
            Write("unet/model.safetensors.index.json", ByteMutation.Apply(valid, Key(4, i)));
            return folder.Path;
        });
    }

    [Fact]
    public void Values_MutatedConfig_AreReadOrRefused()
    {
        byte[] valid = [.. """{"_class_name": "UNet", "channels": [32, 64], "layers": 2, "scale": 0.18215, "linear": true, "types": ["a", "b"], "params": {"depth": [1, 2]}}"""u8];
        Read("config", i => ModelConfig.Parse(ByteMutation.Apply(valid, Key(5, i)), "config.json"));
    }

    [Fact]
    public void Values_MutatedYaml_AreReadOrRefused()
    {
        byte[] valid = [.. "_class_name: UNet\nchannels: &c [32, 64]\nlayers: 2\nscale: 0.18215\nlinear: true # yes\ntypes:\n- a\n- \"b\"\nparams: !!python/object:x\n  depth: *c\n"u8];
        Read("yaml", i => ModelConfig.ParseYaml(ByteMutation.Apply(valid, Key(6, i)), "config.yaml"));
    }

    [Theory]
    [InlineData("vocab.json", 7)]
    [InlineData("merges.txt", 8)]
    [InlineData("special_tokens_map.json", 9)]
    public void Load_MutatedTokenizer_EncodesOrIsRefused(string file, uint parser)
    {
        string[] merges = ["#version: 0.2", "a b", "ab c</w>", "s m", "sm a"];
        Dictionary<string, int> ids = ClipVocabularyFiles.IdsOf([.. merges.Skip(1).Select(line => (line.Split(' ')[0], line.Split(' ')[1]))]);
        Write("merges.txt", Encoding.UTF8.GetBytes(string.Join('\n', merges)));
        Write("vocab.json", JsonSerializer.SerializeToUtf8Bytes(ids));
        Write("special_tokens_map.json", [.. """{"pad_token": {"content": "!"}, "bos_token": "<|startoftext|>"}"""u8]);
        byte[] valid = File.ReadAllBytes(folder.File(file));
        int accepted = 0;
        for (uint i = 0; i < Inputs; i++)
        {
            Write(file, ByteMutation.Apply(valid, Key(parser, i)));
            try
            {
                ClipTokenizer tokenizer = ClipTokenizer.Load(folder.Path);
                Assert.All(tokenizer.Pad(tokenizer.Encode("a small abc, 7 ünïcode")), id => Assert.InRange(id, 0, tokenizer.TokenCount - 1));
                accepted++;
            }
            catch (InvalidDataException)
            {
            }
        }

        Report(file, accepted);
    }

    public void Dispose() => folder.Dispose();

    private static void Run(string parser, Func<uint, string> write)
    {
        int accepted = 0;
        for (uint i = 0; i < Inputs; i++)
        {
            string path = write(i);
            long before = GC.GetAllocatedBytesForCurrentThread();
            accepted += Accepts(path) ? 1 : 0;
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            long bound = MaxBytesBeside + (MaxBytesPerByte * (File.Exists(path) ? new FileInfo(path).Length : 1000));
            Assert.True(allocated <= bound, $"Input {i} of {parser} with seed {Seed} took {allocated} bytes of memory, more than {bound}.");
        }

        Report(parser, accepted);
    }

    private static void Read(string parser, Func<uint, ModelConfig> parse)
    {
        int accepted = 0;
        for (uint i = 0; i < Inputs; i++)
        {
            try
            {
                ModelConfig config = parse(i);
                _ = (config.Text("_class_name", ""), config.WholeNumbers("channels"), config.WholeNumber("layers", 1), config.Number("scale", 1), config.Flag("linear", false), config.Texts("types"), config.WholeNumbers("params.depth"));
                accepted++;
            }
            catch (InvalidDataException)
            {
            }
        }

        Report(parser, accepted);
    }

    private static void Report(string parser, int accepted)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{parser}: {Inputs} inputs tried with seed {Seed}, {accepted} taken, {Inputs - accepted} refused.");
        Assert.InRange(accepted, 1, Inputs - 1);
    }

    private static bool Accepts(string path)
    {
        try
        {
            using CheckpointProbe probe = CheckpointProbe.Open(new ModelLoadOptions { Path = path });
            ITensorStore store = (probe.IsFolder ? probe.OpenPart("unet") : probe.Weights)!;
            foreach ((string name, TensorInfo info) in store.Tensors)
            {
                Assert.Equal(info.ElementCount, store.Doubles(name).Length);
            }

            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(folder.File(name), bytes);
        return folder.File(name);
    }

    private static PickleWriter Pickle() => new PickleWriter().Raw("}q\0(").Text("state_dict").Raw("}q\x01(")
        .Text("a").Raw("q\x02").Tensor("0", "FloatStorage", 12, 2, [2, 3], [3, 1])
        .Text("b").Tensor("0", "FloatStorage", 12, 0, [4, 3], [1, 4])
        .Text("c").Tensor("1", "HalfStorage", 4, 0, [4], [1]).Raw("u")
        .Text("epoch").Integer(3)
        .Text("callbacks").Raw("}").Global("some.module", "Callback").Raw("]K\u0001asu");

    private static Dictionary<string, byte[]> Storages() => new()
    {
        ["0"] = MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, 12).Select(i => (float)i)]).ToArray(),
        ["1"] = MemoryMarshal.AsBytes<Half>([(Half)1, (Half)2, (Half)3, (Half)4]).ToArray(),
    };

    private static RandomKey Key(uint parser, uint input) => new(Seed, RandomStream.Pictures, parser, input);

    private static int Setting(string name, int fallback) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : fallback;
}
