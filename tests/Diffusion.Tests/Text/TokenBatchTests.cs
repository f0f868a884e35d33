using Sjc.Diffusion.Text;

namespace Sjc.Diffusion.Tests.Text;

public sealed class TokenBatchTests
{
    [Fact]
    public void Constructor_DifferentLengths_PadsToTheLongest()
    {
        TokenBatch batch = new([[1], [1, 5, 6]]);

        Assert.Equal((2, 3), (batch.Count, batch.Length));
        Assert.Equal([1, 0, 0, 1, 5, 6], batch.Tokens);
    }
}
