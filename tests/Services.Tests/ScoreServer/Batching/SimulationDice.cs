namespace Sjc.Services.Tests.ScoreServer.Batching;

/// <summary>Random numbers of a seed, quick to start (SplitMix64, Steele et al. 2014): a simulation is over after some hundred of them.</summary>
internal struct SimulationDice(ulong seed)
{
    private ulong _state = (seed + 1) * 0x9E3779B97F4A7C15;

    /// <summary>Uniform in [0, bound).</summary>
    public int Next(int bound)
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((z ^ (z >> 31)) % (ulong)bound);
    }
}
