using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Cuda;

// Mirrors of the structures in Sources/10-types.cu, field by field; pointers are the device's addresses.

/// <summary>A field on the device.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FieldArguments
{
    public nint Voxels;
    public nint Background;
    public nint DensityScale;
    public nint Mask;
    public int GridX;
    public int GridY;
    public int GridZ;
    public int Channels;
    public int BackgroundHeight;
    public int BackgroundWidth;
    public int ColorMode;
    public float DensityShift;
    public float MinX;
    public float MinY;
    public float MinZ;
    public float SizeX;
    public float SizeY;
    public float SizeZ;
}

/// <summary>One view on the device.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TapeArguments
{
    public nint Origins;
    public nint Directions;
    public nint Nearest;
    public nint Farthest;
    public nint Longest;
    public nint Start;
    public nint Slope;
    public nint FirstDistance;
    public nint Counts;
    public nint Densities;
    public nint Slopes;
    public nint Weights;
    public nint DensityGradients;
    public nint Colors;
    public nint Image;
    public nint Depth;
    public nint Transmittance;
    public nint BackgroundColors;
    public nint ImageGradient;
    public nint DepthGradient;
    public nint EmptinessSums;
    public nint ScaleGradients;
    public int Rays;
    public int Capacity;
    public float StepLength;
    public float RayOffset;
    public float WeightThreshold;
    public float EmptinessScale;
    public double EmptinessWeight;
}

/// <summary>Where gradients are added up.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GradientArguments
{
    public nint Voxels;
    public nint FixedVoxels;
    public nint Background;
    public nint Maxima;
    public int VoxelBits;
    public int BackgroundBits;
}

/// <summary>What the kernels of a view take.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ViewArguments
{
    public FieldArguments Field;
    public TapeArguments Tape;
    public GradientArguments Gradient;
}

/// <summary>What makes a camera's rays.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CameraArguments
{
    public TapeArguments Tape;
    public Axes Axes;
    public Triple Eye;
    public Triple BoxMin;
    public Triple BoxMax;
    public double Focal;
    public double CenterX;
    public double CenterY;
    public int Width;

    /// <summary>A camera before a field's box.</summary>
    public static CameraArguments Of(in TapeArguments tape, Camera camera, AxisAlignedBox box)
    {
        CameraArguments arguments = new()
        {
            Tape = tape,
            Focal = camera.Intrinsics.Focal,
            CenterX = camera.Intrinsics.CenterX,
            CenterY = camera.Intrinsics.CenterY,
            Width = camera.Width,
        };
        Set(ref arguments.Eye, camera.Pose.Eye);
        Set(ref arguments.BoxMin, new(box.Min.X, box.Min.Y, box.Min.Z));
        Set(ref arguments.BoxMax, new(box.Max.X, box.Max.Y, box.Max.Z));
        ReadOnlySpan<Vector3D> axes = [camera.Pose.XAxis, camera.Pose.YAxis, camera.Pose.ZAxis];
        for (int i = 0; i < axes.Length; i++)
        {
            (arguments.Axes[3 * i], arguments.Axes[(3 * i) + 1], arguments.Axes[(3 * i) + 2]) = (axes[i].X, axes[i].Y, axes[i].Z);
        }

        return arguments;
    }

    private static void Set(ref Triple triple, Vector3D vector) => (triple[0], triple[1], triple[2]) = (vector.X, vector.Y, vector.Z);
}

/// <summary>x, y and z axis of a camera, one after the other.</summary>
[InlineArray(9)]
internal struct Axes
{
    private double first;
}

/// <summary>Three components.</summary>
[InlineArray(3)]
internal struct Triple
{
    private double first;
}

/// <summary>A sum in parts.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SumArguments
{
    public nint Values;
    public nint Parts;
    public int Count;
    public int PartCount;
}

/// <summary>A step of density and features.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VoxelStepArguments
{
    public nint Parameters;
    public nint Moment;
    public nint Norm;
    public nint Gradient;
    public nint FixedGradient;
    public nint Maximum;
    public long Count;
    public float Rate;
    public int Bits;
}

/// <summary>A step of background and density scale.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SmallStepArguments
{
    public nint Background;
    public nint BackgroundGradient;
    public nint Maximum;
    public nint DensityScale;
    public nint ScaleParts;
    public int Count;
    public int Bits;
    public int PartCount;
    public int MovesBackground;
    public int MovesDensityScale;
    public float BackgroundRate;
    public float ScaleRate;
}

/// <summary>An alpha mask's computation.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AlphaArguments
{
    public FieldArguments Field;
    public nint Alpha;
    public nint Mask;
    public double VoxelLength;
    public float Threshold;
}

/// <summary>A change of the grid's size.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResampleArguments
{
    public FieldArguments Source;
    public FieldArguments Target;
    public nint Mask;
}

/// <summary>Points at which a field is evaluated.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PointsArguments
{
    public FieldArguments Field;
    public nint Positions;
    public nint Densities;
    public nint Colors;
    public int Count;
}
