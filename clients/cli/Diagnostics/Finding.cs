namespace Sjc.Cli.Diagnostics;

/// <summary>How much a <see cref="Finding"/> matters.</summary>
internal enum Severity
{
    /// <summary>As wanted.</summary>
    Good,

    /// <summary>Something optional is missing.</summary>
    Note,

    /// <summary>The product does not work so.</summary>
    Bad,
}

/// <summary>One line of the doctor's report.</summary>
internal sealed record Finding(Severity Severity, string Subject, string Text);
