using Sjc.Cli.Evaluation;

namespace Sjc.Services.Tests.Cli.Evaluation;

public sealed class HeldOutViewTests
{
    [Fact]
    public void All_Views_DifferAndShareOneFieldOfView()
    {
        Assert.Equal(HeldOutView.Count, HeldOutView.All.Select(view => (view.AzimuthDegrees, view.ElevationDegrees)).Distinct().Count());
        Assert.All(HeldOutView.All, view => Assert.Equal(HeldOutView.FieldOfViewDegrees, view.FieldOfViewDegrees));
    }
}
