namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>How a slab's density gradients lie in memory while samples are added.</summary>
internal unsafe interface IDensityFaces
{
    /// <summary>Floats of a record.</summary>
    static abstract int Floats { get; }

    /// <summary>Adds the corners of a face.</summary>
    /// <param name="corner">The record at y₀x₀.</param>
    /// <param name="row">From it to the record at y₁x₀, in bytes.</param>
    /// <param name="face">y₀x₀, y₁x₀, y₀x₁, y₁x₁.</param>
    static abstract void Add(float* corner, nint row, float* face);
}
