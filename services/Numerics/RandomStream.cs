namespace Sjc.Numerics;

/// <summary>What a sequence of random numbers is for; part of its key, so that sequences never overlap.</summary>
public enum RandomStream : uint
{
    /// <summary>Training views: azimuth, elevation, field of view, ray offset.</summary>
    View = 0,

    /// <summary>Noise levels drawn by the optimiser.</summary>
    Sigma = 1,

    /// <summary>Noise of perturb-and-average scoring; index = image · draws + draw.</summary>
    ScoreNoise = 2,

    /// <summary>Start values of a field.</summary>
    FieldInitialization = 3,

    /// <summary>Start noise of a sampler; index = image.</summary>
    SamplerInitialization = 4,

    /// <summary>Noise added by a sampler's steps; iteration = step, index = image.</summary>
    SamplerNoise = 5,

    /// <summary>Start values of a network's weights.</summary>
    WeightInitialization = 6,

    /// <summary>Training of a network: order of pictures, noise, noise levels, dropout.</summary>
    Training = 7,

    /// <summary>Procedural pictures of a data set.</summary>
    Pictures = 8,
}
