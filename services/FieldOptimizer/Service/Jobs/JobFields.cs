using Microsoft.Extensions.Options;
using Sjc.Numerics.Safetensors;
using Sjc.RadianceField.Optimization;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Copies of jobs' fields as they are now, to render and to export.</summary>
internal sealed class JobFields(JobStore store, IOptions<OptimizerOptions> options)
{
    /// <summary>Of the running loop between two steps, else of the last checkpoint, else the start.</summary>
    /// <returns>The caller's own.</returns>
    /// <exception cref="InvalidDataException">What is stored belongs to other options.</exception>
    public SjcOptimization Open(LiveJob job)
    {
        JobRecord record = job.Now.Record;
        SjcOptions sjcOptions = SpecOptions.ToSjcOptions(record.Spec, record.Model, options.Value.EffectiveRenderThreads);
        if (job.Field?.Copy() is { } running)
        {
            return SjcOptimization.Load(sjcOptions, running);
        }

        return store.TryReadCheckpoint(record, out _, out SafetensorsFile? content)
            ? SjcOptimization.Load(sjcOptions, content)
            : new SjcOptimization(sjcOptions);
    }
}
