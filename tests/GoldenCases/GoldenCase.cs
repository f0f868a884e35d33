using System.Globalization;
using Sjc.Numerics.Safetensors;

namespace Sjc.Golden;

/// <summary>One golden file with its configuration, tolerances and tensors.</summary>
public sealed class GoldenCase
{
    private readonly SafetensorsFile file;

    private GoldenCase(string name, SafetensorsFile file)
    {
        Name = name;
        this.file = file;
    }

    /// <summary>The file's name.</summary>
    public string Name { get; }

    /// <summary>Metadata strings; structured values are JSON text.</summary>
    public IReadOnlyDictionary<string, string> Metadata => file.Metadata;

    /// <summary>The file behind the case.</summary>
    public SafetensorsFile File => file;

    /// <summary>Opens a case found by <see cref="GoldenFolder.Find"/>. For <see cref="GoldenFolder.NoCase"/> calls
    /// <paramref name="skip"/> with a reason (SJC_GOLDEN names another folder) or throws (the default folder must hold every kind).</summary>
    public static GoldenCase Open(string subfolder, string name, Action<string> skip)
    {
        if (name == GoldenFolder.NoCase)
        {
            string reason = $"{Path.Combine(GoldenFolder.Root, subfolder)} holds no case of this kind.";
            if (!GoldenFolder.IsDefault)
            {
                skip(reason);
            }

            throw new FileNotFoundException(reason);
        }

        return new GoldenCase(name, SafetensorsFile.Read(Path.Combine(GoldenFolder.Root, subfolder, name)));
    }

    /// <summary>Whether a tensor of this name is there.</summary>
    public bool Has(string tensor) => file.Contains(tensor);

    /// <summary>A tensor's extents.</summary>
    public int[] Shape(string tensor) => [.. file.Entry(tensor).Shape.Select(extent => (int)extent)];

    /// <summary>A tensor as float32.</summary>
    public float[] Floats(string tensor) => file.Floats(tensor);

    /// <summary>A tensor as float64.</summary>
    public double[] Doubles(string tensor) => file.Doubles(tensor);

    /// <summary>A tensor as int64.</summary>
    public long[] Integers(string tensor) => file.Integers(tensor);

    /// <summary>A number from the metadata, such as <c>tol.rgb</c>; null where there is none.</summary>
    public double? Number(string key) => Metadata.TryGetValue(key, out string? text) ? double.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
