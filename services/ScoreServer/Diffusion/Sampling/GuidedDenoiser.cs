using Sjc.Diffusion.Guidance;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Sampling;

/// <summary>Binds a denoiser, a condition and guidance for a sampler.</summary>
public static class GuidedDenoiser
{
    /// <summary>D = D_negative + s (D_condition − D_negative) of a whole batch, in the model's state type and on its device.</summary>
    /// <param name="denoiser">The model.</param>
    /// <param name="condition">What images are drawn towards.</param>
    /// <param name="negative">What guidance leads away from; null: the unconditional model.</param>
    /// <param name="guidanceScale">s; 1: the condition alone.</param>
    public static DenoiseFunction Bind(IDenoiser denoiser, Condition condition, Condition? negative = null, double guidanceScale = 1) =>
        (noisy, sigma, denoised) =>
        {
            DenoiserDescription description = denoiser.Description;
            DataShape shape = description.DataShape;
            int images = noisy.Length / shape.ElementCount;
            bool guided = guidanceScale != 1;
            int rows = guided ? images * 2 : images;
            double[] sigmas = new double[rows];
            sigmas.AsSpan().Fill(sigma);
            Condition[] conditions = new Condition[rows];
            conditions.AsSpan(0, images).Fill(condition);
            conditions.AsSpan(images).Fill(negative ?? denoiser.Unconditional);

            using IDisposable scope = NewDisposeScope();
            using IDisposable noGrad = no_grad();
            Tensor input = tensor(noisy.ToArray(), new long[] { images, shape.Channels, shape.Height, shape.Width }).to(description.StateType).to(description.Device);
            Tensor output = denoiser.Denoise(guided ? cat([input, input]) : input, sigmas, conditions);
            double[] values = output.cpu().to(float64).contiguous().data<double>().ToArray();
            for (int i = 0; i < noisy.Length; i++)
            {
                denoised[i] = guided ? ClassifierFreeGuidance.Combine(values[i], values[i + noisy.Length], guidanceScale) : values[i];
            }
        };
}
