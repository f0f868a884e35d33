namespace Sjc.Diffusion.Checkpoints.Elements;

/// <summary>The stored elements of one tensor, row-major, a run at a time.</summary>
internal interface IElementSource
{
    /// <summary>Whether several threads may read at a time.</summary>
    bool IsConcurrent { get; }

    /// <summary>The little-endian bytes of elements <paramref name="first"/> up to <paramref name="first"/> + <paramref name="count"/>; good until the next call.</summary>
    ReadOnlySpan<byte> Read(long first, int count);

    /// <summary>Says that elements will not be read again, so that their pages need not stay.</summary>
    void Release(long first, long count);
}
