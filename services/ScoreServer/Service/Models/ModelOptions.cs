namespace Sjc.ScoreServer.Models;

/// <summary>One model of the server's catalogue.</summary>
internal sealed record ModelOptions
{
    /// <summary>Unique on the server.</summary>
    public string Name { get; init; } = "";

    /// <summary>"shapes" or "exact".</summary>
    public string Kind { get; init; } = "";

    /// <summary>Where its data lie: weights for "shapes", a folder of captioned pictures for "exact". Empty: what ships with the product.</summary>
    public string Path { get; init; } = "";

    /// <summary>When it is loaded.</summary>
    public ModelLoading Load { get; init; } = ModelLoading.OnStart;

    /// <summary>Where it computes: "cpu" or "cuda:N".</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Side in pixels to which the pictures of a folder are brought, in [8, 512].</summary>
    public int ImageSize { get; init; } = 32;
}
