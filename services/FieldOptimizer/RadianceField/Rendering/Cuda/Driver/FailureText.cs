using System.Runtime.CompilerServices;

namespace Sjc.RadianceField.Rendering.Cuda.Driver;

/// <summary>What a call was to do, put together only where it failed: a call that succeeds allocates nothing.</summary>
[InterpolatedStringHandler]
internal ref struct FailureText
{
    private DefaultInterpolatedStringHandler text;

    /// <summary>Takes the text's parts where <paramref name="code"/> is not 0.</summary>
    public FailureText(int literalLength, int formattedCount, int code, out bool isFailure)
    {
        isFailure = code != 0;
        text = isFailure ? new(literalLength, formattedCount, System.Globalization.CultureInfo.InvariantCulture) : default;
    }

    /// <summary>A part that does not vary.</summary>
    public void AppendLiteral(string value) => text.AppendLiteral(value);

    /// <summary>A value.</summary>
    public void AppendFormatted<T>(T value) => text.AppendFormatted(value);

    /// <inheritdoc/>
    public override string ToString() => text.ToString();
}
