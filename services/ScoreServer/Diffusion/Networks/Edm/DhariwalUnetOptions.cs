namespace Sjc.Diffusion.Networks.Edm;

/// <summary>The choices of a <see cref="DhariwalUnet"/>.</summary>
internal sealed record DhariwalUnetOptions : EdmUnetOptions
{
    /// <inheritdoc/>
    public override int FirstChannels => Width * Multipliers[0];

    /// <inheritdoc/>
    public override bool AttendsInDecoder(int level, int block) => Attends(level);

    /// <inheritdoc/>
    public override bool MakesOutput(int level) => false;
}
