namespace Sjc.Diffusion.Networks.Ncsn;

/// <summary>One stage of NCSNv2's encoder: two residual blocks.</summary>
/// <param name="Name">"res1", "res31".</param>
/// <param name="Inputs">Channels of the input, in units of the width.</param>
/// <param name="Outputs">Channels of the output, in units of the width.</param>
/// <param name="Halves">The first block halves the resolution, or, with a dilation, sees that much further instead.</param>
/// <param name="Dilation">Of the 3×3 convolutions; 1: none.</param>
/// <param name="Refine">The block that joins its result: "refine4".</param>
/// <param name="Refined">Channels of that block's result, in units of the width.</param>
internal sealed record NcsnStage(string Name, int Inputs, int Outputs, bool Halves, int Dilation, string Refine, int Refined)
{
    /// <summary>The stages of a size, from the finest.</summary>
    public static IReadOnlyList<NcsnStage> Of(NcsnDepth depth) => depth switch
    {
        NcsnDepth.Base =>
        [
            new("res1", 1, 1, false, 1, "refine4", 1),
            new("res2", 1, 2, true, 1, "refine3", 1),
            new("res3", 2, 2, true, 2, "refine2", 2),
            new("res4", 2, 2, true, 4, "refine1", 2),
        ],
        NcsnDepth.Deeper =>
        [
            new("res1", 1, 1, false, 1, "refine5", 1),
            new("res2", 1, 2, true, 1, "refine4", 1),
            new("res3", 2, 2, true, 1, "refine3", 2),
            new("res4", 2, 4, true, 2, "refine2", 2),
            new("res5", 4, 4, true, 4, "refine1", 4),
        ],
        _ =>
        [
            new("res1", 1, 1, false, 1, "refine5", 1),
            new("res2", 1, 2, true, 1, "refine4", 1),
            new("res3", 2, 2, true, 1, "refine3", 2),
            new("res31", 2, 2, true, 1, "refine31", 2),
            new("res4", 2, 4, true, 2, "refine2", 2),
            new("res5", 4, 4, true, 4, "refine1", 4),
        ],
    };
}
