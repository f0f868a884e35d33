using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Checkpoints.Pickles;
using Sjc.Golden;

namespace Sjc.Diffusion.Tests.Checkpoints.Pickles;

/// <summary>Two forms of one checkpoint hold the same tensors.</summary>
[Trait("Category", "Golden")]
public sealed class PickleGoldenTests
{
    public static TheoryData<string> SingleFiles => [.. GoldenFolder.Find("models", "*-compvis.ckpt")];

    public static TheoryData<string> LegacyFiles => [.. GoldenFolder.Find("models/ncsnv2", "*_legacy.pth")];

    [Theory]
    [MemberData(nameof(SingleFiles))]
    public void CopyTo_WeightsOfZipPickle_EqualThoseOfTheSafetensorsFile(string name)
    {
        using PickleFile pickle = PickleFile.Open(GoldenPath("models", name));
        using PickleStore store = new(pickle, Assert.IsType<PickleDictionary>(Assert.IsType<PickleDictionary>(pickle.Root)["state_dict"]).Entries);
        using SafetensorsStore expected = SafetensorsStore.Open(GoldenPath("models", Path.ChangeExtension(name, ".safetensors")));
        Assert.NotEmpty(store.Tensors);
        Assert.Equal(expected.Tensors.Keys.Order(StringComparer.Ordinal), store.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (string tensor in store.Tensors.Keys)
        {
            Assert.Equal(expected.Tensors[tensor].Shape, store.Tensors[tensor].Shape);
            Assert.Equal(expected.Doubles(tensor), store.Doubles(tensor));
        }
    }

    [Theory]
    [MemberData(nameof(LegacyFiles))]
    public void CopyTo_WeightsOfLegacyPickle_EqualThoseOfTheZipFile(string name)
    {
        using PickleFile legacy = PickleFile.Open(GoldenPath("models/ncsnv2", name));
        using PickleFile zip = PickleFile.Open(GoldenPath("models/ncsnv2", name.Replace("_legacy", "", StringComparison.Ordinal)));
        PickleList roots = Assert.IsType<PickleList>(legacy.Root);
        PickleList expectedRoots = Assert.IsType<PickleList>(zip.Root);
        foreach (int element in (int[])[0, roots.Count - 1])
        {
            using PickleStore store = new(legacy, Assert.IsType<PickleDictionary>(roots[element]).Entries);
            using PickleStore expected = new(zip, Assert.IsType<PickleDictionary>(expectedRoots[element]).Entries);
            Assert.NotEmpty(store.Tensors);
            Assert.Equal(expected.Tensors.Keys, store.Tensors.Keys);
            Assert.All(store.Tensors.Keys, tensor => Assert.Equal(expected.Doubles(tensor), store.Doubles(tensor)));
        }
    }

    private static string GoldenPath(string subfolder, string name)
    {
        if (name == GoldenFolder.NoCase)
        {
            Assert.SkipUnless(GoldenFolder.IsDefault, $"{subfolder} holds no case of this kind.");
        }

        return Path.Combine(GoldenFolder.Root, subfolder, name);
    }
}
