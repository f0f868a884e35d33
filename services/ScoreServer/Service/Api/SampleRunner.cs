using System.Threading.Channels;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensor.V1;
using Sjc.Contracts.Tensors;
using Sjc.Diffusion;
using Sjc.Diffusion.Guidance;
using Sjc.Diffusion.Sampling;
using Sjc.ScoreServer.Batching;
using Sjc.ScoreServer.Security;

namespace Sjc.ScoreServer.Api;

/// <summary>Runs a sampler on a thread of its own; its network evaluations wait in the queue like everybody's.</summary>
internal sealed class SampleRunner(Admission admission)
{
    /// <summary>Events that may wait for a slow client before the sampler waits too.</summary>
    private const int EventCapacity = 16;

    /// <summary>Progress, previews, and the images at last.</summary>
    public IAsyncEnumerable<SampleResponse> RunAsync(SamplePlan plan, Caller caller, CancellationToken cancellationToken)
    {
        Channel<SampleResponse> events = Channel.CreateBounded<SampleResponse>(EventCapacity);
        _ = Task.Factory.StartNew(
            () => Run(plan, caller, events.Writer, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return events.Reader.ReadAllAsync(cancellationToken);
    }

    private void Run(SamplePlan plan, Caller caller, ChannelWriter<SampleResponse> events, CancellationToken cancellationToken)
    {
        try
        {
            void Report(SamplerStep step) => Write(events, new SampleResponse { Progress = ToProgress(plan, step) }, cancellationToken);
            double[] images = ImageSampler.Sample(Bind(plan, caller, cancellationToken), plan.Model.Description.DataShape, plan.Options, Report, cancellationToken);
            Write(events, new SampleResponse { Result = new SampleResult { Images = Encode(plan, images) } }, cancellationToken);
            events.Complete();
        }
#pragma warning disable CA1031 // Whoever reads the events gets the exception.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            events.Complete(exception);
        }
    }

    /// <summary>D of all images, by way of the queue; deterministic, so that equal requests give equal pictures.</summary>
    private DenoiseFunction Bind(SamplePlan plan, Caller caller, CancellationToken cancellationToken)
    {
        bool guided = plan.GuidanceScale != 1;
        int count = plan.Options.Count;
        Condition[] conditions = [.. Enumerable.Repeat(plan.Condition, count), .. Enumerable.Repeat(plan.Negative, guided ? count : 0)];
        return (noisy, sigma, denoised) =>
        {
            float[] rows = new float[noisy.Length * (guided ? 2 : 1)];
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] = (float)noisy[i % noisy.Length];
            }

            double[] sigmas = new double[conditions.Length];
            sigmas.AsSpan().Fill(sigma);
            DenoiseWork work = new(caller.Tenant, plan.Model, rows, sigmas, conditions) { Sharing = BatchSharing.None, Priority = caller.Priority };
            admission.Enqueue(work, caller, cancellationToken);
            work.Completion.GetAwaiter().GetResult();
            for (int i = 0; i < noisy.Length; i++)
            {
                denoised[i] = guided ? ClassifierFreeGuidance.Combine(rows[i], rows[i + noisy.Length], plan.GuidanceScale) : rows[i];
            }
        };
    }

    private static SampleProgress ToProgress(SamplePlan plan, SamplerStep step)
    {
        bool isDue = plan.PreviewEvery > 0 && (step.StepIndex + 1) % plan.PreviewEvery == 0;
        return new SampleProgress
        {
            Step = (uint)(step.StepIndex + 1),
            Steps = (uint)step.StepCount,
            Sigma = step.Sigma,
            Preview = isDue ? Encode(plan, step.Denoised) : null,
        };
    }

    /// <summary>Pixels are brought into the model's range, which a sampler leaves by a little.</summary>
    private static Tensor Encode(SamplePlan plan, ReadOnlySpan<double> images)
    {
        DenoiserDescription description = plan.Model.Description;
        DataShape shape = description.DataShape;
        bool clamp = description.DataSpace == Diffusion.DataSpace.Pixel;
        float[] values = new float[images.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = clamp ? Math.Clamp((float)images[i], description.ValueMin, description.ValueMax) : (float)images[i];
        }

        return TensorCodec.Encode(values, [plan.Options.Count, shape.Channels, shape.Height, shape.Width]);
    }

    private static void Write(ChannelWriter<SampleResponse> events, SampleResponse message, CancellationToken cancellationToken) =>
        events.WriteAsync(message, cancellationToken).AsTask().GetAwaiter().GetResult();
}
