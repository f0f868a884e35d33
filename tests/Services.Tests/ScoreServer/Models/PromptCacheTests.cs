using Microsoft.Extensions.Options;
using Sjc.Diffusion;
using Sjc.ScoreServer.Models;
using static TorchSharp.torch;

namespace Sjc.Services.Tests.ScoreServer.Models;

public sealed class PromptCacheTests : IDisposable
{
    private readonly DeviceThread thread = new("cpu");

    public void Dispose() => thread.Dispose();

    [Fact]
    public void Encode_BeyondTheBytes_DropsTheLeastRecentlyUsed()
    {
        PromptCache cache = Create(bytes: 3 * 11_000);
        LoadedModel model = new("big", new BigPrompts(10_000), thread);
        string[] handles = [.. new[] { "a", "b", "c" }.Select(prompt => cache.Encode(model, prompt).Handle)];
        Assert.True(cache.TryGet(model, handles[0], out _));

        cache.Encode(model, "d");

        Assert.Equal([true, false, true], handles.Select(handle => cache.TryGet(model, handle, out _)));
    }

    [Fact]
    public void Encode_LargerThanTheCache_IsNotKept()
    {
        PromptCache cache = Create(bytes: 5_000);
        LoadedModel model = new("big", new BigPrompts(10_000), thread);

        (string handle, PromptEncoding encoding) = cache.Encode(model, "a");

        Assert.Equal(10_000, encoding.Condition.ByteCount);
        Assert.False(cache.TryGet(model, handle, out _));
    }

    [Fact]
    public void Forget_Model_DropsItsPromptsAlone()
    {
        PromptCache cache = Create(bytes: 1 << 20);
        LoadedModel left = new("left", new BigPrompts(10), thread);
        LoadedModel right = new("right", new BigPrompts(10), thread);
        (string ofLeft, _) = cache.Encode(left, "a");
        (string ofRight, _) = cache.Encode(right, "a");

        cache.Forget(left);

        Assert.False(cache.TryGet(left, ofLeft, out _));
        Assert.True(cache.TryGet(right, ofRight, out _));
    }

    [Fact]
    public void Encode_NewPrompt_ComputesOnAThreadThatEnds()
    {
        BigPrompts denoiser = new(10);

        Create(bytes: 1 << 20).Encode(new LoadedModel("big", denoiser, thread), "a");

        Assert.NotEqual(Thread.CurrentThread, denoiser.LastThread);
        Assert.False(denoiser.LastThread!.IsAlive);
    }

    [Fact]
    public void Encode_PromptThatTheModelRefuses_ThrowsWhatTheModelThrows() =>
        Assert.Throws<ArgumentException>(() => Create(bytes: 1 << 20).Encode(new LoadedModel("big", new BigPrompts(10), thread), string.Empty));

    private static PromptCache Create(long bytes) => new(Options.Create(new CatalogueOptions { PromptCacheBytes = bytes }));

    private sealed class BigPrompts(long byteCount) : IDenoiser
    {
        public DenoiserDescription Description { get; } = new() { Kind = "big", DataShape = new DataShape(1, 1, 1), SigmaMin = 1, SigmaMax = 2 };

        public Condition Unconditional => new Big(byteCount);

        public Thread? LastThread { get; private set; }

        public PromptEncoding EncodePrompt(string prompt)
        {
            LastThread = Thread.CurrentThread;
            return prompt.Length > 0 ? new(new Big(byteCount), 1, []) : throw new ArgumentException("prompt must have a word, but has none.", nameof(prompt));
        }

        public Tensor Denoise(Tensor noisy, ReadOnlySpan<double> sigmas, IReadOnlyList<Condition> conditions) => noisy;

        public void Dispose()
        {
        }

        private sealed class Big(long byteCount) : Condition
        {
            public override long ByteCount => byteCount;
        }
    }
}
