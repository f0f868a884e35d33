namespace Sjc.Numerics.Safetensors;

/// <summary>Element types of the safetensors format; the names are the format's own.</summary>
public enum SafetensorsDataType
{
    /// <summary>IEEE binary32.</summary>
    F32,

    /// <summary>IEEE binary64.</summary>
    F64,

    /// <summary>IEEE binary16.</summary>
    F16,

    /// <summary>bfloat16.</summary>
    BF16,

    /// <summary>Signed 8 bits.</summary>
    I8,

    /// <summary>Signed 16 bits.</summary>
    I16,

    /// <summary>Signed 32 bits.</summary>
    I32,

    /// <summary>Signed 64 bits.</summary>
    I64,

    /// <summary>Unsigned 8 bits.</summary>
    U8,

    /// <summary>One byte, 0 or 1.</summary>
    BOOL,
}
