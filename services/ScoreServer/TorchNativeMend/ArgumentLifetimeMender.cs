using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Sjc.TorchNativeMend;

/// <summary>Makes TorchSharp's methods keep their arguments alive until they return.</summary>
/// <remarks>TorchSharp 0.107 hands libtorch the bare addresses of its scalars (<c>x * 0.5</c>, and the factor 1 of every <c>a + b</c>). Optimised code
/// no longer holds the object then, so that a collection at this moment frees what libtorch is about to read: calls fail, or compute with what lies there by
/// then. Code that is not optimised holds its arguments to the end of the method. The edit is the assembly's own word for that: its
/// <c>DebuggableAttribute</c> asks the compiler not to optimise, four bytes that move nothing. The wrappers are thin; what they call is as fast as before.</remarks>
public static class ArgumentLifetimeMender
{
    private const string AttributeName = "DebuggableAttribute";

    // DebuggingModes.Default | DebuggingModes.DisableOptimizations.
    private const int Unoptimised = 0x101;

    // A custom attribute with one enumeration argument: prolog 0x0001, the value, and no named arguments.
    private const int ValueOffset = 2;
    private const int BlobLength = 8;

    /// <summary>Mends the file at <paramref name="path"/> unless it is mended. Replaces the file atomically, keeps its modification time, and leaves
    /// other hard links to it (the package cache) as they are.</summary>
    /// <exception cref="InvalidDataException">The file is no assembly with a DebuggableAttribute of one argument.</exception>
    public static MendOutcome Mend(string path)
    {
        byte[] image = File.ReadAllBytes(path);
        if (!TryMend(image))
        {
            return MendOutcome.AlreadyMended;
        }

        FileReplacement.Write(path, image);
        return MendOutcome.Mended;
    }

    /// <summary>Edits an assembly's image in place.</summary>
    /// <returns>False where it asks for code without optimisation already, and nothing was changed.</returns>
    /// <exception cref="InvalidDataException">The image is no assembly with a DebuggableAttribute of one argument.</exception>
    public static bool TryMend(byte[] image)
    {
        int offset = FindModes(image);
        Span<byte> value = image.AsSpan(offset, sizeof(int));
        int modes = BinaryPrimitives.ReadInt32LittleEndian(value);
        if ((modes & Unoptimised) == Unoptimised)
        {
            return false;
        }

        BinaryPrimitives.WriteInt32LittleEndian(value, modes | Unoptimised);
        return true;
    }

    private static int FindModes(byte[] image)
    {
        try
        {
            using PEReader file = new(new MemoryStream(image));
            MetadataReader metadata = file.GetMetadataReader();
            foreach (CustomAttributeHandle handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
            {
                CustomAttribute attribute = metadata.GetCustomAttribute(handle);
                if (IsDebuggable(metadata, attribute) && metadata.GetBlobReader(attribute.Value).Length == BlobLength)
                {
                    int start = file.PEHeaders.MetadataStartOffset + metadata.GetHeapMetadataOffset(HeapIndex.Blob);
                    return start + MetadataTokens.GetHeapOffset(attribute.Value) + 1 + ValueOffset; // after the blob's length, one byte
                }
            }
        }
        catch (Exception exception) when (exception is BadImageFormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"The file must be a .NET assembly, but is not: {exception.Message}", exception);
        }

        throw new InvalidDataException($"The assembly must have a {AttributeName} of one argument, but has none.");
    }

    private static bool IsDebuggable(MetadataReader metadata, CustomAttribute attribute) =>
        attribute.Constructor.Kind == HandleKind.MemberReference
        && metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
        && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)parent).Name) == AttributeName;
}
