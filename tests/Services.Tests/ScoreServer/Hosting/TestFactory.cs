using Sjc.Diffusion;
using Sjc.ScoreServer.Models;

namespace Sjc.Services.Tests.ScoreServer.Hosting;

/// <summary>Serves the denoisers that a test makes.</summary>
internal sealed class TestFactory(string kind, Func<IDenoiser> create) : IModelFactory
{
    public string Kind => kind;

    public string Summary => $"For tests: {kind}.";

    public IDenoiser Create(ModelOptions options) => create();
}
