using System.ComponentModel.DataAnnotations;

namespace Sjc.ScoreServer.Models;

/// <summary>The models that a server holds, and how.</summary>
internal sealed record CatalogueOptions : IValidatableObject
{
    /// <summary>In the order in which they are listed; the first is the default. Empty: <see cref="Shipped"/>.</summary>
    public IList<ModelOptions> Models { get; init; } = [];

    /// <summary>Encoded prompts kept; the least recently used goes first.</summary>
    public int PromptCacheEntries { get; init; } = 4096;

    /// <summary>Threads that libtorch computes with on the CPU; 0: its own choice.</summary>
    public int TorchThreads { get; init; }

    /// <summary>The models that need no download.</summary>
    public static IReadOnlyList<ModelOptions> Shipped { get; } =
    [
        new() { Name = "shapes", Kind = ShapesModelFactory.KindName },
        new() { Name = "exact", Kind = ExactModelFactory.KindName, Load = ModelLoading.OnFirstUse },
    ];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PromptCacheEntries is < 1 or > 1_000_000)
        {
            yield return new($"{nameof(PromptCacheEntries)} must be in [1, 1000000], but is {PromptCacheEntries}.");
        }

        if (TorchThreads is < 0 or > 1024)
        {
            yield return new($"{nameof(TorchThreads)} must be in [0, 1024], but is {TorchThreads}.");
        }

        for (int i = 0; i < Models.Count; i++)
        {
            foreach (string fault in Faults(i))
            {
                yield return new($"{nameof(Models)}:{i}:{fault}");
            }
        }
    }

    private IEnumerable<string> Faults(int index)
    {
        ModelOptions model = Models[index];
        if (model.Name.Length == 0)
        {
            yield return $"{nameof(model.Name)} must be set, but is empty.";
        }

        if (Models.Take(index).Any(earlier => earlier.Name == model.Name))
        {
            yield return $"{nameof(model.Name)} must be unique, but is {model.Name} again.";
        }

        if (model.Kind.Length == 0)
        {
            yield return $"{nameof(model.Kind)} must be set, but is empty.";
        }

        if (model.ImageSize is < 8 or > 512)
        {
            yield return $"{nameof(model.ImageSize)} must be in [8, 512], but is {model.ImageSize}.";
        }

        if (model.Device != "cpu" && !model.Device.StartsWith("cuda", StringComparison.Ordinal))
        {
            yield return $"{nameof(model.Device)} must be cpu or cuda:N, but is {model.Device}.";
        }
    }
}
