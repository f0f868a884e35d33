using Sjc.Cli.Runs;

namespace Sjc.Services.Tests.Cli.Runs;

public sealed class RunFolderTests
{
    [Theory]
    [InlineData("a red car", "a-red-car-7")]
    [InlineData("  A *shiny*, red car!", "a-shiny-red-car-7")]
    [InlineData("Красная машина", "красная-машина-7")]
    [InlineData("赤い車 🚗", "赤い車-7")]
    [InlineData("🚗", "run-7")]
    [InlineData("../../etc", "etc-7")]
    public void Default_Prompt_IsItsWordsAndTheSeed(string prompt, string expected) =>
        Assert.Equal(Path.GetFullPath(Path.Combine("runs", expected)), RunFolder.Default(prompt, 7).Path);

    [Fact]
    public void Default_LongPrompt_IsCutOff() =>
        Assert.Equal($"{new string('车', 60)}-0", Path.GetFileName(RunFolder.Default(new string('车', 4096), 0).Path));
}
