using System.ComponentModel.DataAnnotations;

namespace Sjc.ScoreServer.Models;

/// <summary>The models that a server holds, and how.</summary>
internal sealed record CatalogueOptions : IValidatableObject
{
    /// <summary>In the order in which they are listed; the first is the default. Empty: <see cref="Shipped"/>.</summary>
    public IList<ModelOptions> Models { get; init; } = [];

    /// <summary>Encoded prompts kept; the least recently used goes first.</summary>
    public int PromptCacheEntries { get; init; } = 4096;

    /// <summary>Most bytes of the tensors of encoded prompts kept, and of their texts; a prompt of Stable Diffusion takes 231 KiB in float32.</summary>
    public long PromptCacheBytes { get; init; } = 256L << 20;

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

        if (PromptCacheBytes is < 0 or > 1L << 40)
        {
            yield return new($"{nameof(PromptCacheBytes)} must be in [0, {1L << 40}], but is {PromptCacheBytes}.");
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

        foreach (string fault in model.Faults())
        {
            yield return fault;
        }
    }
}
