using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Pixel;

/// <summary>A family of networks of pixels: what is left to each is to tell its files and to plan.</summary>
internal abstract class PixelFamily : IModelFamily
{
    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <inheritdoc/>
    public abstract bool Recognizes(CheckpointProbe probe);

    /// <inheritdoc/>
    public ModelInspection Inspect(CheckpointProbe probe, ModelLoadOptions options)
    {
        using PixelModelPlan plan = Plan(probe);
        using PixelNetwork network = Build(plan, ScalarType.Float32, device("meta"));
        using IClassGuidance? classifier = plan.Classifier?.Build(ScalarType.Float32, device("meta"));
        List<ModelPart> parts = [Part("unet", network.ParameterCount, plan.Store)];
        if (classifier is not null)
        {
            parts.Add(Part("classifier", classifier.ParameterCount, plan.Classifier!.Store));
        }

        return new ModelInspection
        {
            Kind = Kind,
            Variant = plan.Variant,
            Parts = parts,
            DataShape = plan.DataShape,
            SigmaMin = plan.SigmaMin,
            SigmaMax = plan.SigmaMax,
            Conditioning = Conditioning(plan),
            ClassCount = plan.SelectableClasses,
            ComputeType = options.EffectiveComputeType,
            Settings = plan.Settings,
        };
    }

    /// <inheritdoc/>
    public IDenoiser Load(CheckpointProbe probe, ModelLoadOptions options)
    {
        using PixelModelPlan plan = Plan(probe);
        ScalarType type = options.EffectiveComputeType;
        PixelNetwork network = Build(plan, type, device(options.Device));
        IClassGuidance? classifier = null;
        try
        {
            classifier = plan.Classifier?.Build(type, device(options.Device));
            DenoiserDescription description = new()
            {
                Name = Path.GetFileNameWithoutExtension(probe.Name),
                Kind = Kind,
                Summary = $"{plan.Variant}, {plan.DataShape.Width}×{plan.DataShape.Height} pixels.",
                DataShape = plan.DataShape,
                SigmaMin = plan.SigmaMin,
                SigmaMax = plan.SigmaMax,
                SigmaLadder = plan.Ladder?.Sigmas,
                Conditioning = Conditioning(plan),
                ClassCount = plan.SelectableClasses,
                Device = options.Device,
                ComputeType = type,
                ParameterCount = network.ParameterCount + (classifier?.ParameterCount ?? 0),

                // A classifier runs on those rows alone that have a class.
                HasFixedShapes = classifier is null,
                Samplers = plan.Ladder is null ? SamplerNames.All : SamplerNames.OnLadder,
            };
            return new PixelDenoiser(network, plan.Preconditioning, plan.Ladder, description, classifier);
        }
        catch
        {
            network.Dispose();
            classifier?.Dispose();
            throw;
        }
    }

    /// <summary>Finds out what the checkpoint is.</summary>
    /// <exception cref="InvalidDataException">The files are not a sound model of this kind.</exception>
    /// <exception cref="ArgumentException">An option is missing that the files cannot tell, or does not fit.</exception>
    internal abstract PixelModelPlan Plan(CheckpointProbe probe);

    /// <summary>The network with its weights, none missing or left over.</summary>
    internal static PixelNetwork Build(PixelModelPlan plan, ScalarType type, Device device) =>
        Build(new WeightReader(plan.Store, type, device, plan.NameInStore), plan.Build, plan.MayIgnore);

    /// <summary>What takes its weights from a reader, none missing or left over.</summary>
    /// <param name="reader">Of the weights.</param>
    /// <param name="build">Takes them.</param>
    /// <param name="mayIgnore">Names in the store that are no weights.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, misshapen or left over.</exception>
    internal static T Build<T>(WeightReader reader, Func<WeightReader, T> build, Func<string, bool>? mayIgnore = null)
        where T : class, IDisposable
    {
        T? network = null;
        try
        {
            network = build(reader);
            reader.RequireNoFaults(mayIgnore);
            return network;
        }
        catch
        {
            network?.Dispose();
            reader.Weights.Dispose();
            throw;
        }
    }

    /// <summary>A small tensor's values.</summary>
    /// <exception cref="InvalidDataException">There is none of this name with one dimension.</exception>
    protected static double[] Values(ITensorStore store, string name)
    {
        if (!store.Tensors.TryGetValue(name, out TensorInfo? info) || info.Shape.Count != 1)
        {
            throw new InvalidDataException($"{store.Name} must hold a list {name}, but {(info is null ? "does not" : $"has shape {info.ShapeText}")}.");
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor values = empty([.. info.Shape], dtype: ScalarType.Float64);
        store.CopyTo(name, values);
        return values.data<double>().ToArray();
    }

    private static ConditioningKind Conditioning(PixelModelPlan plan) => plan.SelectableClasses > 0 ? ConditioningKind.ClassLabel : ConditioningKind.None;

    private static ModelPart Part(string name, long parameters, ITensorStore store) => ModelPart.Of(name, store) with { ParameterCount = parameters };
}
