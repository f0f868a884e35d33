using Sjc.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>Uses a loaded model a little: what must hold for any weights, and what does for trained ones.</summary>
public static class ModelSelfCheck
{
    /// <summary>Relative difference of one row alone and in a batch: kernels sum in another order. Measured at most 2e-6 and 1e-3 on the golden models.</summary>
    private const double RowTolerance = 1e-4;
    private const double HalfRowTolerance = 2e-2;

    /// <summary>Runs all checks, one at a time.</summary>
    /// <param name="denoiser">The model.</param>
    /// <param name="computeType">What it computes in.</param>
    /// <param name="prompt">A condition for models that take one.</param>
    public static IEnumerable<ModelCheck> Run(IDenoiser denoiser, ScalarType computeType, string prompt)
    {
        DenoiserDescription description = denoiser.Description;
        Condition condition = description.Conditioning switch
        {
            ConditioningKind.Prompt => denoiser.EncodePrompt(prompt).Condition,
            ConditioningKind.ClassLabel => denoiser.EncodeClassLabel(0),
            _ => denoiser.Unconditional,
        };
        foreach (double sigma in Levels(description))
        {
            yield return CheckLevel(denoiser, computeType, condition, sigma);
        }

        yield return CheckClean(denoiser, computeType);
        if (denoiser.LatentCodec is { } codec)
        {
            yield return CheckCodec(codec, denoiser, computeType);
        }
    }

    private static ModelCheck CheckLevel(IDenoiser denoiser, ScalarType computeType, Condition condition, double sigma)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        Tensor noise = Noise(denoiser, computeType) * sigma;
        Tensor both = denoiser.Denoise(cat([noise, noise]), [sigma, sigma], [denoiser.Unconditional, condition]).to(ScalarType.Float32);
        Tensor alone = denoiser.Denoise(noise, [sigma], [denoiser.Unconditional]).to(ScalarType.Float32)[0];
        bool finite = both.isfinite().all().item<bool>();
        double scale = Math.Max(1e-12, both.abs().max().item<float>());
        double rows = (both[0] - alone).abs().max().item<float>() / scale;
        double conditioned = (both[1] - both[0]).abs().max().item<float>() / scale;
        bool passed = finite && rows <= (computeType == ScalarType.Float32 ? RowTolerance : HalfRowTolerance);
        string fault = finite ? "" : "; not finite";
        return new ModelCheck($"denoise at σ = {sigma:G5}", passed, $"|D| ≤ {scale:G3}, a row alone and in a batch differ by {rows:G2}, the condition changes {conditioned:G2}{fault}");
    }

    /// <summary>At the least noise level a trained model hardly changes a picture.</summary>
    private static ModelCheck CheckClean(IDenoiser denoiser, ScalarType computeType)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        double sigma = Levels(denoiser.Description)[0];
        DenoiserDescription description = denoiser.Description;
        DataShape shape = description.DataShape;
        Tensor ramp = linspace(description.ValueMin, description.ValueMax, shape.Width).mul(0.5).expand(1, shape.Channels, shape.Height, shape.Width).to(computeType).to(device(description.Device));
        Tensor noisy = ramp + (Noise(denoiser, computeType) * sigma);
        Tensor denoised = denoiser.Denoise(noisy, [sigma], [denoiser.Unconditional]);
        double change = (denoised - noisy).to(ScalarType.Float32).pow(2).mean().sqrt().item<float>() / sigma;
        return new ModelCheck("change of a clean picture", null, $"{change:G3} σ at σ = {sigma:G5}; a trained model has about 1 or less");
    }

    private static ModelCheck CheckCodec(ILatentCodec codec, IDenoiser denoiser, ScalarType computeType)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        DataShape shape = denoiser.Description.DataShape;
        Tensor pixels = codec.Decode(zeros([1, shape.Channels, shape.Height, shape.Width], dtype: computeType, device: device(denoiser.Description.Device)));
        Tensor latents = codec.Encode(pixels.clamp(-1, 1));
        bool finite = pixels.isfinite().all().item<bool>() && latents.isfinite().all().item<bool>();
        bool shaped = pixels.shape.SequenceEqual([1, codec.PixelShape.Channels, codec.PixelShape.Height, codec.PixelShape.Width]) && latents.shape.SequenceEqual([1, shape.Channels, shape.Height, shape.Width]);
        return new ModelCheck("decode and encode", finite && shaped, $"pixels [{string.Join(", ", pixels.shape)}], latents [{string.Join(", ", latents.shape)}], {(finite ? "finite" : "not finite")}");
    }

    private static Tensor Noise(IDenoiser denoiser, ScalarType computeType)
    {
        DataShape shape = denoiser.Description.DataShape;
        float[] values = new float[shape.ElementCount];
        new RandomKey(0, RandomStream.SamplerInitialization).FillNormal(values);
        return tensor(values).view(1, shape.Channels, shape.Height, shape.Width).to(computeType).to(device(denoiser.Description.Device));
    }

    /// <summary>Three noise levels, ascending: the ends and the middle of the range.</summary>
    private static double[] Levels(DenoiserDescription description) => description.SigmaLadder is { } ladder
        ? [ladder[^1], ladder[ladder.Count / 2], ladder[0]]
        : [description.SigmaMin, Math.Sqrt(description.SigmaMin * description.SigmaMax), description.SigmaMax];
}
