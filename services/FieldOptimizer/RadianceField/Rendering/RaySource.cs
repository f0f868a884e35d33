using System.Numerics;
using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering;

/// <summary>What <see cref="RayPackets"/> are filled from: a caller's rays, held in place meanwhile, and how they lie in the grid.</summary>
internal unsafe struct RaySource
{
    /// <summary>[rays, 3], world units.</summary>
    public float* Origins;

    /// <summary>[rays, 3], unit length.</summary>
    public float* Directions;

    /// <summary>[rays], where a ray enters the box.</summary>
    public float* Near;

    /// <summary>[rays], where it leaves.</summary>
    public float* Far;

    /// <summary>The box's lower corner.</summary>
    public Vector3 Min;

    /// <summary>Voxels per world unit.</summary>
    public Vector3D Scale;

    /// <summary>The voxels.</summary>
    public GridSize Grid;

    /// <summary>Distance between samples, world units.</summary>
    public float StepLength;

    /// <summary>Of sample 0 from where a ray enters the box, in steps.</summary>
    public float Offset;

    /// <summary>Most samples of a ray.</summary>
    public int Longest;
}
