using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using Sjc.Services.Tests.ScoreServer.Hosting;
using SkiaSharp;

namespace Sjc.Services.Tests.ScoreServer.Models;

public sealed class ExactModelTests
{
    [Fact]
    public async Task Score_FolderOfTwoPictures_GoesToTheOneThatThePromptNames()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string folder = Directory.CreateTempSubdirectory("sjc-exact").FullName;
        Save(folder, "white", SKColors.White);
        Save(folder, "black", SKColors.Black);
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([], "--Models:0:Name=walls", "--Models:0:Kind=exact", $"--Models:0:Path={folder}", "--Models:0:ImageSize=8");
        ScoreRequest request = new()
        {
            Model = "walls",
            Images = TensorCodec.Encode(new float[2 * 192], [2, 3, 8, 8]),
            Sigmas = { 2 },
            Conditionings = { Requests.Prompt("a white wall"), Requests.Prompt("a black wall") },
            Direct = new DirectEstimator(),
            Outputs = new ScoreOutputs { Denoised = true },
        };

        ScoreResponse response = await host.Client.ScoreAsync(request, cancellationToken: cancellation);

        float[] denoised = TensorCodec.Decode(response.Denoised);
        Assert.All(denoised[..192], value => Assert.Equal(1f, value));
        Assert.All(denoised[192..], value => Assert.Equal(-1f, value));
        Directory.Delete(folder, recursive: true);
    }

    private static void Save(string folder, string color, SKColor pixel)
    {
        using SKBitmap bitmap = new(16, 16);
        bitmap.Erase(pixel);
        using (FileStream stream = File.Create(Path.Combine(folder, $"{color}.png")))
        {
            bitmap.Encode(stream, SKEncodedImageFormat.Png, 100);
        }

        File.WriteAllText(Path.Combine(folder, $"{color}.txt"), $"a {color} wall");
    }
}
