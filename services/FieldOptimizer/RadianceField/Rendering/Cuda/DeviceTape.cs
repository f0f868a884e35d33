using System.Runtime.InteropServices;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Cuda;

/// <summary>One view on a device: its rays, its samples, and the pinned memory through which its images come down and their gradients go up.</summary>
internal sealed unsafe class DeviceTape : IViewTape, IDisposable
{
    /// <summary>Parts in which sums over rays are formed.</summary>
    public const int SumParts = 256;

    /// <summary>Floats before the images of what comes down: the emptiness sum's parts in double, and the longest ray.</summary>
    private const int HeaderFloats = (2 * SumParts) + 4;

    private readonly IKernelDevice device;
    private readonly int channels;
    private readonly List<IDisposable> owned = [];
    private TapeArguments arguments;
    private DeviceArray<float>? results;
    private DeviceArray<float>? gradients;
    private nint pinnedResults;
    private nint pinnedGradients;
    private bool hasUpload;

    /// <summary>A tape without room.</summary>
    public DeviceTape(IKernelDevice device, int channels) => (this.device, this.channels) = (device, channels);

    /// <inheritdoc/>
    public int SampleCount { get; private set; }

    /// <summary>Rays.</summary>
    public int RayCount => arguments.Rays;

    /// <summary>Samples of all rays that the tape has room for.</summary>
    public long SampleCapacity => (long)arguments.Rays * arguments.Capacity;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Image => Result(0, channels * RayCount);

    /// <inheritdoc/>
    public ReadOnlySpan<float> Depth => Result(channels * RayCount, RayCount);

    /// <inheritdoc/>
    public ReadOnlySpan<float> Transmittance => Result((channels + 1) * RayCount, RayCount);

    /// <summary>Σ log(1 + scale·w) over all samples, with the forward pass's scale.</summary>
    public double EmptinessSum
    {
        get
        {
            double sum = 0;
            foreach (double part in new ReadOnlySpan<double>((void*)pinnedResults, SumParts))
            {
                sum += part;
            }

            return sum;
        }
    }

    /// <summary>Whether a backward pass has followed the forward one.</summary>
    public bool HasGradient { get; set; }

    /// <summary>For the kernels.</summary>
    public ref TapeArguments Arguments => ref arguments;

    /// <summary>Where the emptiness sum's parts are formed, as the first of what comes down.</summary>
    public nint EmptinessParts => results!.Address;

    /// <summary>Makes room for a view.</summary>
    /// <param name="field">To be rendered.</param>
    /// <param name="rays">Rays.</param>
    /// <param name="options">Step, threshold and offset.</param>
    /// <exception cref="ArgumentException">The samples exceed what a kernel can index.</exception>
    public void Begin(VoxelField field, int rays, RenderOptions options)
    {
        HasGradient = false;
        float stepLength = field.MeanVoxelLength * options.StepRatio;
        double samples = (field.Box.Size.Length() / (double)stepLength) + 2;
        if (!(samples < 1_000_000 && samples * rays < int.MaxValue))
        {
            throw new ArgumentException($"Rays must have fewer than 1000000 samples each and {int.MaxValue} in all, but {rays} rays may have {samples:F0} each.", nameof(rays));
        }

        int capacity = (int)samples;
        if (rays != arguments.Rays || capacity > arguments.Capacity)
        {
            Release();
            Reserve(rays, capacity);
        }

        (arguments.StepLength, arguments.RayOffset, arguments.WeightThreshold) = (stepLength, options.RayOffset, options.WeightThreshold);
    }

    /// <summary>Makes ready for the measuring of rays.</summary>
    public void ClearLongest() => device.Clear(arguments.Longest, sizeof(int));

    /// <summary>Queues the way up of ∂L/∂image and ∂L/∂depth; empty ones are zero.</summary>
    public void UploadGradient(RenderGradient gradient)
    {
        if (hasUpload)
        {
            device.Wait(); // the pinned memory is still being read
        }

        Span<float> pinned = new((void*)pinnedGradients, (int)gradients!.Length);
        CopyOrClear(gradient.Image, pinned[..(channels * RayCount)]);
        CopyOrClear(gradient.Depth, pinned[(channels * RayCount)..]);
        device.Upload(gradients.Address, pinnedGradients, gradients.Length * sizeof(float));
        hasUpload = true;
    }

    /// <summary>Brings the results down and waits for them.</summary>
    /// <exception cref="ArgumentException">A ray is longer than the box: its direction has not unit length.</exception>
    public void Download()
    {
        device.Download(pinnedResults, results!.Address, results.Length * sizeof(float));
        device.Wait();
        hasUpload = false;
        float longest = ((float*)pinnedResults)[2 * SumParts];
        SampleCount = (int)(longest / arguments.StepLength) + 1;
        if (SampleCount > arguments.Capacity)
        {
            throw new ArgumentException($"Rays must have at most {arguments.Capacity} samples inside the box, but the longest has {SampleCount}.");
        }
    }

    /// <summary>Brings the emptiness sum's parts down again.</summary>
    public void DownloadEmptiness()
    {
        device.Download(pinnedResults, results!.Address, SumParts * sizeof(double));
        device.Wait();
    }

    /// <summary>Copies rays that the caller has computed.</summary>
    public void UploadRays(RayBatch rays)
    {
        Upload(rays.Origins, arguments.Origins);
        Upload(rays.Directions, arguments.Directions);
        Upload(rays.Near, arguments.Nearest);
        Upload(rays.Far, arguments.Farthest);
    }

    /// <summary>The samples' weights in the reference's layout.</summary>
    /// <param name="weights">Receives w, [samples, rays].</param>
    public void ExportWeights(Span<float> weights)
    {
        int[] counts = Counts();
        fixed (float* pointer = weights)
        {
            device.Download((nint)pointer, arguments.Weights, (long)SampleCount * RayCount * sizeof(float));
            device.Wait();
        }

        for (int at = 0; at < weights.Length; at++)
        {
            weights[at] = at / RayCount < counts[at % RayCount] ? weights[at] : 0;
        }
    }

    /// <summary>Samples inside of the box, over all rays.</summary>
    public long ActiveSamples() => Counts().Sum(count => (long)count);

    /// <inheritdoc/>
    public void Dispose() => Release();

    private static void CopyOrClear(ReadOnlySpan<float> from, Span<float> to)
    {
        if (from.IsEmpty)
        {
            to.Clear();
        }
        else
        {
            from.CopyTo(to);
        }
    }

    private ReadOnlySpan<float> Result(int first, int count) =>
        pinnedResults == 0 ? [] : new ReadOnlySpan<float>((float*)pinnedResults + HeaderFloats + first, count);

    private int[] Counts()
    {
        int[] counts = new int[RayCount];
        fixed (int* pointer = counts)
        {
            device.Download((nint)pointer, arguments.Counts, counts.Length * sizeof(int));
            device.Wait();
        }

        return counts;
    }

    private void Upload(ReadOnlySpan<float> values, nint to)
    {
        fixed (float* pointer = values)
        {
            device.Upload(to, (nint)pointer, (long)values.Length * sizeof(float));
            device.Wait();
        }
    }

    private void Reserve(int rays, int capacity)
    {
        long samples = (long)rays * capacity;
        long outputs = (channels + 2L) * rays;
        arguments.Origins = New<float>(3L * rays).Address;
        arguments.Directions = New<float>(3L * rays).Address;
        arguments.Nearest = New<float>(rays).Address;
        arguments.Farthest = New<float>(rays).Address;
        arguments.Start = New<float>(3L * rays).Address;
        arguments.Slope = New<float>(3L * rays).Address;
        arguments.FirstDistance = New<float>(rays).Address;
        arguments.Counts = New<int>(rays).Address;
        arguments.Densities = New<float>(samples).Address;
        arguments.Slopes = New<float>(samples).Address;
        arguments.Weights = New<float>(samples).Address;
        arguments.DensityGradients = New<float>(samples).Address;
        arguments.Colors = New<float>(channels * samples).Address;
        arguments.BackgroundColors = New<float>((long)channels * rays).Address;
        arguments.EmptinessSums = New<double>(rays).Address;
        arguments.ScaleGradients = New<double>(rays).Address;

        results = New<float>(HeaderFloats + outputs);
        arguments.Longest = results.Address + (2 * SumParts * sizeof(float));
        arguments.Image = results.Address + (HeaderFloats * sizeof(float));
        arguments.Depth = arguments.Image + (nint)((long)channels * rays * sizeof(float));
        arguments.Transmittance = arguments.Depth + (nint)((long)rays * sizeof(float));
        gradients = New<float>((channels + 1L) * rays);
        arguments.ImageGradient = gradients.Address;
        arguments.DepthGradient = gradients.Address + (nint)((long)channels * rays * sizeof(float));
        pinnedResults = device.AllocatePinned(results.Length * sizeof(float));
        pinnedGradients = device.AllocatePinned(gradients.Length * sizeof(float));
        NativeMemory.Clear((void*)pinnedResults, (nuint)(results.Length * sizeof(float)));
        (arguments.Rays, arguments.Capacity) = (rays, capacity); // last: a tape that got only a part of its memory has no room
    }

    private DeviceArray<T> New<T>(long length)
        where T : unmanaged
    {
        DeviceArray<T> array = new(device, length);
        owned.Add(array);
        return array;
    }

    private void Release()
    {
        owned.ForEach(array => array.Dispose());
        owned.Clear();
        if (pinnedResults != 0)
        {
            device.FreePinned(pinnedResults);
        }

        if (pinnedGradients != 0)
        {
            device.FreePinned(pinnedGradients);
        }

        (pinnedResults, pinnedGradients, results, gradients, hasUpload) = (0, 0, null, null, false);
        (arguments.Rays, arguments.Capacity) = (0, 0);
    }
}
