using Sjc.RadianceField.Cameras;

namespace Sjc.RadianceField.Tests.Cameras;

public sealed class CameraTests
{
    [Fact]
    public void Orbit_AnglesOfTrainingView_IsTheSameCamera()
    {
        TrainingView view = new TrainingViewDistribution(24, 32, 1.7).At(0.13, 0.4, 0.6);

        Camera orbit = Camera.Orbit(24, 32, 40 + (30 * 0.6), 1.7, view.AzimuthDegrees, view.ElevationDegrees);

        GoldenTolerance.AssertRelative(view.Camera.Pose.ToMatrix(), orbit.Pose.ToMatrix(), 1e-12, "c2w");
        GoldenTolerance.AssertRelative(view.Camera.Intrinsics.ToMatrix(), orbit.Intrinsics.ToMatrix(), 1e-12, "K");
    }

    [Theory]
    [InlineData(0, 0, -2, 0, 0)]
    [InlineData(90, 0, 0, 0, 2)]
    [InlineData(180, 0, 2, 0, 0)]
    public void Orbit_Azimuth_StandsWhereTheConventionsSay(double azimuth, double elevation, double x, double y, double z)
    {
        Vector3D eye = Camera.Orbit(8, 8, 50, 2, azimuth, elevation).Pose.Eye;

        GoldenTolerance.AssertRelative([x, y, z], [eye.X, eye.Y, eye.Z], 1e-12, "eye");
    }

    [Theory]
    [InlineData(90)]
    [InlineData(-90)]
    public void Orbit_AtPole_HasFiniteAxes(double elevation)
    {
        double[] pose = Camera.Orbit(8, 8, 50, 2, 30, elevation).Pose.ToMatrix();

        Assert.All(pose, value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void Turntable_FourViews_AreQuarterTurns()
    {
        Camera[] views = TestViews.Turntable(4, 8, 8, 50, 2, 30);

        Assert.Equal(4, views.Length);
        GoldenTolerance.AssertRelative(Camera.Orbit(8, 8, 50, 2, 270, 30).Pose.ToMatrix(), views[3].Pose.ToMatrix(), 1e-12, "c2w");
    }
}
