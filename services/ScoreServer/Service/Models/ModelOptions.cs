namespace Sjc.ScoreServer.Models;

/// <summary>One model of the server's catalogue.</summary>
internal sealed record ModelOptions
{
    /// <summary>Unique on the server.</summary>
    public string Name { get; init; } = "";

    /// <summary>"shapes", "exact", or a family of pretrained models such as "stable-diffusion"; empty: a pretrained model whose family its files tell.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Where its data lie: weights for "shapes", a folder of captioned pictures for "exact" (both empty: what ships with the product), a checkpoint's file or
    /// folder for pretrained models.</summary>
    public string Path { get; init; } = "";

    /// <summary>When it is loaded.</summary>
    public ModelLoading Load { get; init; } = ModelLoading.OnStart;

    /// <summary>Whether it is evaluated once before it counts as ready, so that the first request finds kernels chosen and buffers allocated.</summary>
    public bool WarmUp { get; init; } = true;

    /// <summary>Where it computes: "cpu" or "cuda:N".</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>What a pretrained model computes in: "f32", "f16" or "bf16"; empty: f32 on a CPU, f16 on a GPU.</summary>
    public string DataType { get; init; } = "";

    /// <summary>What a pretrained model's files do not tell, such as attention_order = legacy.</summary>
    public IDictionary<string, string> Flags { get; init; } = new Dictionary<string, string>();

    /// <summary>Side in pixels to which the pictures of a folder are brought, in [8, 512].</summary>
    public int ImageSize { get; init; } = 32;

    /// <summary>Whether another model is loaded from the same files, as the same kind, to the same place.</summary>
    public bool LoadsAs(ModelOptions other) =>
        (Kind, Path, Device, DataType, ImageSize) == (other.Kind, other.Path, other.Device, other.DataType, other.ImageSize)
        && Flags.Count == other.Flags.Count && Flags.All(flag => other.Flags.TryGetValue(flag.Key, out string? value) && value == flag.Value);

    /// <summary>What breaks a rule in it, beside its name.</summary>
    public IEnumerable<string> Faults()
    {
        if (Kind.Length == 0 && Path.Length == 0)
        {
            yield return $"{nameof(Kind)} must be set where {nameof(Path)} is empty, but is empty too.";
        }

        if (ImageSize is < 8 or > 512)
        {
            yield return $"{nameof(ImageSize)} must be in [8, 512], but is {ImageSize}.";
        }

        if (Device != "cpu" && !Device.StartsWith("cuda", StringComparison.Ordinal))
        {
            yield return $"{nameof(Device)} must be cpu or cuda:N, but is {Device}.";
        }

        if (DataType is not ("" or "f32" or "f16" or "bf16"))
        {
            yield return $"{nameof(DataType)} must be f32, f16 or bf16, or empty, but is {DataType}.";
        }
    }
}
