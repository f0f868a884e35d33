using System.CommandLine;
using System.Text.RegularExpressions;
using Sjc.Cli;
using Sjc.Cli.Options;
using Sjc.Contracts.Field.V1;
using Sjc.FieldOptimizer.Jobs;
using Sjc.Services.Tests.FieldOptimizer.Jobs;

namespace Sjc.Services.Tests.Cli.Options;

public sealed partial class JobSpecOptionsTests
{
    [Fact]
    public void Read_NothingGiven_LeavesTheChoiceToModelAndServer()
    {
        JobSpec spec = Read();

        JobSpec expected = new() { Prompt = "a red car", Field = new(), Camera = new(), Score = new(), Loss = new(), Optimizer = new() };
        Assert.Equal(expected, spec);
    }

    [Fact]
    public void Read_Options_EndUpInTheirFields()
    {
        JobSpec spec = Read(
            "--model", "exact", "--seed", "18446744073709551615", "--iterations", "12", "--grid", "16", "--guidance", "2.5", "--draws", "4", "--view-prompts", "false",
            "--variance-reduction", "false", "--background=-1,1,0.5", "--emptiness-weight", "1e-3", "--learning-rate", ".3", "--preview-every", "0", "--negative", "fog", "--grow", "4:20,8:24",
            "--prune", "4,6", "--prune-threshold", "0.02");

        JobSpec expected = new()
        {
            Prompt = "a red car",
            NegativePrompt = "fog",
            Model = "exact",
            Seed = ulong.MaxValue,
            Iterations = 12,
            PreviewEvery = 0,
            Field = new()
            {
                GridSize = 16,
                BackgroundColor = { -1, 1, 0.5f },
                Growth = { new GrowthStep { Iteration = 4, GridSize = 20 }, new GrowthStep { Iteration = 8, GridSize = 24 } },
                PruneIterations = { 4, 6 },
                PruneThreshold = 0.02,
            },
            Camera = new() { ViewDependentPrompts = false },
            Score = new() { GuidanceScale = 2.5, Draws = 4, VarianceReduction = false },
            Loss = new() { EmptinessWeight = 1e-3 },
            Optimizer = new() { LearningRate = 0.3 },
        };
        Assert.Equal(expected, spec);
    }

    [Fact]
    public void Read_SigmaRange_ChoosesTheLogUniformDistribution()
    {
        Assert.Equal(SigmaDistribution.LogUniform, Read("--sigma-min", "0.2").Score.SigmaDistribution);
        Assert.Equal(SigmaDistribution.Ladder, Read("--sigma-distribution", "ladder").Score.SigmaDistribution);
    }

    [Theory]
    [InlineData("4")]
    [InlineData("4:20,")]
    [InlineData("-1:20")]
    [InlineData("4:99999999999")]
    public void Read_MalformedGrowth_NamesTheOption(string text) =>
        Assert.Contains("--grow must be", Assert.Throws<CommandException>(() => Read($"--grow={text}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("4,")]
    [InlineData("-1")]
    [InlineData("4:5")]
    [InlineData("99999999999")]
    public void Read_MalformedPruning_NamesTheOption(string text) =>
        Assert.Contains("--prune must be", Assert.Throws<CommandException>(() => Read($"--prune={text}")).Message, StringComparison.Ordinal);

    /// <summary>What a description names in brackets, as in "[the model's, else 0.05]", may be given and changes nothing.</summary>
    [Fact]
    public void Descriptions_Defaults_AreThoseOfTheService()
    {
        Command command = new("test");
        new JobSpecOptions().AddTo(command);
        (string Name, string Value)[] defaults = [.. command.Options
            .Select(option => (option.Name, Value: DefaultPattern().Match(option.Description!).Groups[1].Value))
            .Where(option => option.Value.Length > 0)];
        JobSpec expected = SpecResolver.Resolve(Read(), TestRecords.PixelModel());

        Assert.True(defaults.Length > 20);
        Assert.All(defaults, option => Assert.Equal(expected, SpecResolver.Resolve(Read($"{option.Name}={option.Value}"), TestRecords.PixelModel())));
    }

    private static JobSpec Read(params string[] args)
    {
        JobSpecOptions options = new();
        Command command = new("test");
        options.AddTo(command);
        ParseResult parsed = command.Parse(args);
        Assert.Empty(parsed.Errors);
        return options.Read(parsed, "a red car");
    }

    [GeneratedRegex(@"\[(?:the model's, else )?(-?[\d.]+|true|false)[\];]")]
    private static partial Regex DefaultPattern();
}
