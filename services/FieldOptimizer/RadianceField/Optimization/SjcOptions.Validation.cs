using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sjc.RadianceField.Cameras;

namespace Sjc.RadianceField.Optimization;

/// <content>Rules across fields, and the hash of the options.</content>
public sealed partial record SjcOptions : IValidatableObject
{
    /// <summary>Rungs at the ladder's top that are never drawn: the reference's us[30:−10].</summary>
    public const int LadderSkipGreatest = 30;

    /// <summary>Rungs at the ladder's bottom that are never drawn.</summary>
    public const int LadderSkipLeast = 10;

    /// <summary>Most voxels along each side.</summary>
    public const int GreatestGrid = 400;

    private static readonly JsonSerializerOptions FingerprintFormat = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>SHA-256, lower-case hex, of all options but those that say where to render.</summary>
    public string Fingerprint() =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this with { Threads = 1 }, FingerprintFormat)));

    /// <summary>Voxels along each side when so many iterations are done.</summary>
    public int GridSizeAt(int iteration) => Growth?.LastOrDefault(step => step.Iteration <= iteration)?.GridSize ?? GridSize;

    /// <summary>Throws where any rule is broken, with all of the messages.</summary>
    /// <exception cref="ArgumentException">A value is out of range, or two do not fit each other.</exception>
    public void ThrowIfInvalid()
    {
        List<ValidationResult> results = [];
        if (!Validator.TryValidateObject(this, new ValidationContext(this), results, validateAllProperties: true))
        {
            throw new ArgumentException(string.Join(" ", results.Select(result => result.ErrorMessage)));
        }
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Growth is { } growth
            && !(IsAscending(growth.Select(step => step.Iteration), 1, Iterations - 1) && IsAscending(growth.Select(step => step.GridSize), GridSize + 1, GreatestGrid)))
        {
            string steps = string.Join(", ", growth.Select(step => $"{step.Iteration}:{step.GridSize}"));
            yield return new($"Growth must ascend within iterations 1 to {Iterations - 1} and grids {GridSize + 1} to {GreatestGrid}, but is [{steps}].", [nameof(Growth)]);
        }

        if (PruneIterations is { } prunings && !IsAscending(prunings, 1, Iterations - 1))
        {
            yield return new($"PruneIterations must ascend within 1 to {Iterations - 1}, but is [{string.Join(", ", prunings)}].", [nameof(PruneIterations)]);
        }

        if (FovMaxDegrees < FovMinDegrees)
        {
            yield return new($"FovMaxDegrees must be at least FovMinDegrees ({FovMinDegrees}), but is {FovMaxDegrees}.", [nameof(FovMaxDegrees)]);
        }

        if (BackgroundColor is { } background && (background.Count != Channels || !background.All(float.IsFinite)))
        {
            yield return new($"BackgroundColor must have {Channels} finite values, but is [{string.Join(", ", background)}].", [nameof(BackgroundColor)]);
        }

        int fewest = LadderSkipGreatest + LadderSkipLeast + 1;
        if (SigmaDistribution == SigmaDistribution.Ladder && (SigmaLadder.Count < fewest || !SigmaLadder.All(sigma => sigma > 0)))
        {
            yield return new($"SigmaLadder must have at least {fewest} positive values to be drawn from, but has {SigmaLadder.Count}.", [nameof(SigmaLadder)]);
        }

        if (SigmaDistribution == SigmaDistribution.LogUniform && Math.Min(SigmaMaxStart, SigmaMaxEnd) < SigmaMin)
        {
            yield return new($"SigmaMaxStart and SigmaMaxEnd must be at least SigmaMin ({SigmaMin}), but are {SigmaMaxStart} and {SigmaMaxEnd}.", [nameof(SigmaMaxEnd)]);
        }

        if (DepthWeight > 0 && RenderSize < 15)
        {
            yield return new($"RenderSize must be at least 15 for a centre-depth loss, but is {RenderSize}.", [nameof(RenderSize)]);
        }

        if (ViewWording is { } wording && !IsValid(wording))
        {
            yield return new("ViewWording must hold {view} and {prompt} in its template and ascending bands up to 90 degrees with words, but does not.", [nameof(ViewWording)]);
        }
    }

    private static bool IsAscending(IEnumerable<int> values, int least, int greatest) =>
        values.Zip(values.Skip(1)).All(pair => pair.First < pair.Second) && values.All(value => value >= least && value <= greatest);

    private static bool IsValid(ViewWording wording) =>
        wording.Template.Contains("{view}", StringComparison.Ordinal) && wording.Template.Contains("{prompt}", StringComparison.Ordinal)
        && wording.Bands.Count > 0 && wording.Bands[^1].MaxElevationDegrees >= 90
        && wording.Bands.Zip(wording.Bands.Skip(1)).All(pair => pair.First.MaxElevationDegrees < pair.Second.MaxElevationDegrees)
        && wording.Bands.All(band => band.SectorWords.Count > 0);
}
