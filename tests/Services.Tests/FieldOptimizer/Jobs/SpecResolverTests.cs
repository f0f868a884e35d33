using Google.Protobuf.Reflection;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;
using Sjc.FieldOptimizer.Jobs;
using Sjc.RadianceField.Optimization;
using AlphaMask = Sjc.RadianceField.Fields.AlphaMask;
using GrowthStep = Sjc.Contracts.Field.V1.GrowthStep;
using SigmaDistribution = Sjc.Contracts.Field.V1.SigmaDistribution;

namespace Sjc.Services.Tests.FieldOptimizer.Jobs;

public sealed class SpecResolverTests
{
    [Fact]
    public void Resolve_NothingAsked_FillsEveryOptionalField()
    {
        JobSpec spec = SpecResolver.Resolve(new JobSpec { Prompt = "x" }, TestRecords.PixelModel());

        AssertAllSet(spec, JobSpec.Descriptor);
    }

    [Fact]
    public void Resolve_EverythingHinted_TakesEveryHint()
    {
        Model model = TestRecords.PixelModel();
        model.Hints = Hints();

        JobSpec spec = SpecResolver.Resolve(new JobSpec { Prompt = "x" }, model);

        Assert.Equal((11u, 12u, 13u, 3u), (spec.Iterations, spec.Field.GridSize, spec.Field.RenderSize, spec.Score.ViewsPerIteration));
        Assert.Equal((1.25, 1.5, 0.75), (spec.Field.BoxHalfExtent, spec.Field.DensityShift, spec.Field.StepRatio));
        Assert.Equal([0.25f, 0.5f, 0.75f], spec.Field.BackgroundColor);
        Assert.Equal(ColorMode.Raw, spec.Field.ColorMode);
        Assert.Equal((3.5, 41.0, 42.0), (spec.Camera.Radius, spec.Camera.FovMinDegrees, spec.Camera.FovMaxDegrees));
        Assert.Equal((2.5, 0.5, 8.0, 1.0), (spec.Score.GuidanceScale, spec.Score.SigmaMin, spec.Score.SigmaMaxStart, spec.Score.SigmaMaxEnd));
        Assert.Equal(SigmaDistribution.LogUniform, spec.Score.SigmaDistribution);
        Assert.True(spec.Score.ClampDenoised);
        Assert.Equal((0.005, 7.0, 1.0), (spec.Loss.EmptinessWeight, spec.Loss.EmptinessScale, spec.Loss.EmptinessMultiplier));
        Assert.Equal(0.3, spec.Optimizer.LearningRate);
    }

    [Fact]
    public void Resolve_AskedAndHinted_TakesWhatWasAsked()
    {
        Model model = TestRecords.PixelModel();
        model.Hints = Hints();
        JobSpec requested = new()
        {
            Prompt = "x",
            Iterations = 0,
            Field = new FieldSpec { GridSize = 99, BackgroundColor = { 0, 0, 0 } },
            Score = new ScoreSpec { GuidanceScale = 0, ClampDenoised = false },
        };

        JobSpec spec = SpecResolver.Resolve(requested, model);

        Assert.Equal((0u, 99u, 0.0, false), (spec.Iterations, spec.Field.GridSize, spec.Score.GuidanceScale, spec.Score.ClampDenoised));
        Assert.Equal([0f, 0f, 0f], spec.Field.BackgroundColor);
    }

    [Fact]
    public void Resolve_LatentModelWithoutHints_IsTheReference()
    {
        Model model = TestRecords.PixelModel();
        model.DataSpace = DataSpace.Latent;
        model.DataShape.Clear();
        model.DataShape.Add([4, 64, 64]);
        model.SigmaLadder.Add(Enumerable.Range(1, 1000).Select(i => 15.0 / i));

        JobSpec spec = SpecResolver.Resolve(new JobSpec { Prompt = "x" }, model);
        SjcOptions options = SpecOptions.ToSjcOptions(spec, model, threads: 3);

        // The kernel's own defaults are the reference's for a latent model.
        SjcOptions reference = new()
        {
            SigmaLadder = [.. model.SigmaLadder],
            SigmaMin = options.SigmaMin,
            SigmaMaxStart = options.SigmaMaxStart,
            SigmaMaxEnd = options.SigmaMaxEnd,
            BackgroundLearningRate = 1e-4,
        };
        Assert.Equal(reference.Fingerprint(), options.Fingerprint());
        Assert.Equal(100, spec.Score.GuidanceScale);
    }

    [Fact]
    public void Resolve_Request_IsNotChanged()
    {
        JobSpec requested = new() { Prompt = "x", Field = new FieldSpec() };

        SpecResolver.Resolve(requested, TestRecords.PixelModel());

        Assert.Equal(new JobSpec { Prompt = "x", Field = new FieldSpec() }, requested);
    }

    [Fact]
    public void Check_ResolvedSpec_HasNoFault()
    {
        FieldViolations violations = new();

        SpecValidator.Check(SpecResolver.Resolve(new JobSpec { Prompt = "x" }, TestRecords.PixelModel()), TestRecords.PixelModel(), violations);

        Assert.Empty(violations.Items);
    }

    [Fact]
    public void Check_ManyFaults_NamesThemAll()
    {
        JobSpec requested = new()
        {
            Iterations = 0,
            CheckpointEvery = 0,
            Field = new FieldSpec { GridSize = 3, BoxHalfExtent = double.NaN, ColorMode = (ColorMode)77 },
            Camera = new CameraSpec { Radius = -1 },
            Score = new ScoreSpec { Draws = 65, SigmaMin = 1000, ViewsPerIteration = 17 },
            Loss = new LossSpec { EmptinessStep = 2 },
            Optimizer = new OptimizerSpec { LearningRate = double.PositiveInfinity },
        };
        FieldViolations violations = new();

        SpecValidator.Check(SpecResolver.Resolve(requested, TestRecords.PixelModel()), TestRecords.PixelModel(), violations);

        Assert.Equal(
            [
                "spec.prompt", "spec.iterations", "spec.checkpoint_every", "spec.field.grid_size", "spec.field.box_half_extent", "spec.field.color_mode",
                "spec.camera.radius", "spec.score.draws", "spec.score.views_per_iteration", "spec.score.sigma_min", "spec.loss.emptiness_step",
                "spec.optimizer.learning_rate",
            ],
            violations.Items.Select(item => item.Field));
    }

    [Theory]
    [InlineData(0, 20, 5, 24, "spec.field.growth[0].iteration must be greater than 0, but is 0.")]
    [InlineData(5, 20, 5, 24, "spec.field.growth[1].iteration must be greater than 5, but is 5.")]
    [InlineData(5, 20, 30, 24, "spec.field.growth[1].iteration must be less than the job's 30 iterations, but is 30.")]
    [InlineData(5, 16, 6, 24, "spec.field.growth[0].grid_size must be greater than the grid before it (16), but is 16.")]
    [InlineData(5, 20, 6, 20, "spec.field.growth[1].grid_size must be greater than the grid before it (20), but is 20.")]
    [InlineData(5, 20, 6, 401, "spec.field.growth[1].grid_size must be at most 400, but is 401.")]
    public void Check_GrowthThatBreaksARule_SaysWhich(uint firstIteration, uint firstGrid, uint secondIteration, uint secondGrid, string message)
    {
        JobSpec requested = new() { Prompt = "x", Iterations = 30, Field = new FieldSpec { GridSize = 16 } };
        requested.Field.Growth.Add(new GrowthStep { Iteration = firstIteration, GridSize = firstGrid });
        requested.Field.Growth.Add(new GrowthStep { Iteration = secondIteration, GridSize = secondGrid });
        FieldViolations violations = new();

        SpecValidator.Check(SpecResolver.Resolve(requested, TestRecords.PixelModel()), TestRecords.PixelModel(), violations);

        Assert.Equal(message, Assert.Single(violations.Items).Description);
    }

    [Theory]
    [InlineData(0, 5, 0.1, "spec.field.prune_iterations[0] must be greater than 0, but is 0.")]
    [InlineData(5, 5, 0.1, "spec.field.prune_iterations[1] must be greater than 5, but is 5.")]
    [InlineData(5, 30, 0.1, "spec.field.prune_iterations[1] must be less than the job's 30 iterations, but is 30.")]
    [InlineData(5, 6, 1.0, "spec.field.prune_threshold must be in [0, 1), but is 1.")]
    [InlineData(5, 6, -0.5, "spec.field.prune_threshold must be in [0, 1), but is -0.5.")]
    [InlineData(5, 6, double.NaN, "spec.field.prune_threshold must be in [0, 1), but is NaN.")]
    public void Check_PruningThatBreaksARule_SaysWhich(uint first, uint second, double threshold, string message)
    {
        JobSpec requested = new() { Prompt = "x", Iterations = 30, Field = new FieldSpec { PruneIterations = { first, second }, PruneThreshold = threshold } };
        FieldViolations violations = new();

        SpecValidator.Check(SpecResolver.Resolve(requested, TestRecords.PixelModel()), TestRecords.PixelModel(), violations);

        Assert.Equal(message, Assert.Single(violations.Items).Description);
    }

    [Fact]
    public void ToSjcOptions_Pruning_IsTakenOver()
    {
        JobSpec requested = new() { Prompt = "x", Field = new FieldSpec { PruneIterations = { 5, 9 } } };
        JobSpec spec = SpecResolver.Resolve(requested, TestRecords.PixelModel());
        SjcOptions options = SpecOptions.ToSjcOptions(spec, TestRecords.PixelModel(), threads: 1);

        Assert.Equal([5, 9], options.PruneIterations!);
        Assert.Equal(AlphaMask.DefaultThreshold, options.PruneThreshold);

        // A job that prunes nothing has the fingerprint that it had before there was pruning.
        SjcOptions never = SpecOptions.ToSjcOptions(SpecResolver.Resolve(new() { Prompt = "x" }, TestRecords.PixelModel()), TestRecords.PixelModel(), threads: 1);
        Assert.Equal((null, null), (never.PruneIterations, never.PruneThreshold));
    }

    [Theory]
    [InlineData(60, 50, 1.0, "spec.camera.fov_max_degrees")]
    [InlineData(40, 50, 0.2, "spec.score.sigma_max_end")]
    public void Check_FieldsThatDoNotFitEachOther_NamesOne(double fovMin, double fovMax, double sigmaMaxEnd, string field)
    {
        JobSpec requested = new()
        {
            Prompt = "x",
            Camera = new CameraSpec { FovMinDegrees = fovMin, FovMaxDegrees = fovMax },
            Score = new ScoreSpec { SigmaMin = 0.5, SigmaMaxEnd = sigmaMaxEnd },
        };
        FieldViolations violations = new();

        SpecValidator.Check(SpecResolver.Resolve(requested, TestRecords.PixelModel()), TestRecords.PixelModel(), violations);

        Assert.Equal(field, Assert.Single(violations.Items).Field);
    }

    [Theory]
    [InlineData("7", true)]
    [InlineData("10", false)]
    [InlineData("cat", false)]
    public void Check_ClassLabelModel_TakesLabelsInRange(string prompt, bool valid)
    {
        Model model = TestRecords.PixelModel();
        (model.Conditioning, model.ClassCount) = (ConditioningKind.ClassLabel, 10);
        FieldViolations violations = new();

        SpecValidator.Check(SpecResolver.Resolve(new JobSpec { Prompt = prompt }, model), model, violations);

        Assert.Equal(!valid, violations.Any);
    }

    [Theory]
    [InlineData(ConditioningKind.ClassLabel, 9u, null)]
    [InlineData(ConditioningKind.ClassLabel, 10u, "spec.class_label must be in [0, 10), but is 10.")]
    [InlineData(ConditioningKind.ClassLabel, null, "spec.class_label must be in [0, 10), but is missing.")]
    [InlineData(ConditioningKind.None, null, null)]
    [InlineData(ConditioningKind.None, 0u, "spec.class_label must be unset for dots, which has no classes, but is 0.")]
    public void Check_ClassLabel_BelongsToTheModel(ConditioningKind conditioning, uint? label, string? fault)
    {
        Model model = TestRecords.PixelModel();
        (model.Conditioning, model.ClassCount) = (conditioning, 10);
        JobSpec requested = new();
        if (label is { } given)
        {
            requested.ClassLabel = given;
        }

        FieldViolations violations = new();
        SpecValidator.Check(SpecResolver.Resolve(requested, model), model, violations);

        Assert.Equal(fault, violations.Items.Select(violation => violation.Description).SingleOrDefault());
    }

    private static OptimizationHints Hints() => new()
    {
        GuidanceScale = 2.5,
        SigmaMin = 0.5,
        SigmaMaxStart = 8,
        SigmaMaxEnd = 1,
        ClampDenoised = true,
        BackgroundColor = { 0.25f, 0.5f, 0.75f },
        Iterations = 11,
        GridSize = 12,
        RenderSize = 13,
        BoxHalfExtent = 1.25,
        LearningRate = 0.3,
        DensityShift = 1.5,
        StepRatio = 0.75,
        ViewsPerIteration = 3,
        EmptinessWeight = 0.005,
        EmptinessScale = 7,
        CameraRadius = 3.5,
        FovMinDegrees = 41,
        FovMaxDegrees = 42,
        SigmoidColors = false,
    };

    private static void AssertAllSet(Google.Protobuf.IMessage message, MessageDescriptor descriptor)
    {
        foreach (FieldDescriptor field in descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.Message && !field.IsRepeated) // a list may be empty
            {
                AssertAllSet((Google.Protobuf.IMessage)field.Accessor.GetValue(message), field.MessageType);
            }
            else if (field.HasPresence && field.Name != "class_label") // models of classes alone have one
            {
                Assert.True(field.Accessor.HasValue(message), $"{field.FullName} must be set, but is not.");
            }
            else if (field.FieldType == FieldType.Enum)
            {
                Assert.NotEqual(0, (int)field.Accessor.GetValue(message));
            }
        }
    }
}
