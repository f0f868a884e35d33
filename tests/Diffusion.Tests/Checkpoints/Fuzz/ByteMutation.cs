using Sjc.Numerics;

namespace Sjc.Diffusion.Tests.Checkpoints.Fuzz;

/// <summary>Seeded edits of bytes: flips, replacements, insertions, deletions, repetitions, cuts, and numbers that parsers stumble over.</summary>
internal static class ByteMutation
{
    private static readonly byte[][] Fragments =
    [
        [0], [0xFF], [0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0, 0, 0, 0, 0x80],
        [.. "-1"u8], [.. "9223372036854775807"u8], [.. "1e999"u8], [.. "null"u8], [.. "[]"u8], [.. "{}"u8], [.. "\""u8], [.. "[["u8], [.. "\\ud800"u8], [.. "\"F64\""u8], [.. "../"u8],
        [.. "cposix\nsystem\n"u8], [.. "("u8], [.. "tR"u8], [.. "]"u8], [.. "}"u8], [.. "Q"u8], [.. "h\0"u8], [.. "2"u8], [.. "s"u8], [.. "u"u8], [.. "\u008a\u0008"u8],
    ];

    /// <summary>One to four edits.</summary>
    /// <param name="valid">Left as it is.</param>
    /// <param name="key">Its variates choose the edits.</param>
    public static byte[] Apply(byte[] valid, RandomKey key)
    {
        List<byte> bytes = [.. valid];
        int edits = 1 + key.UniformInteger(0, 4);
        for (uint edit = 0; edit < edits; edit++)
        {
            int Draw(uint which, int bound) => key.UniformInteger(1 + (4 * edit) + which, Math.Max(1, bound));
            int position = Draw(0, bytes.Count);
            int length = Math.Min(1 + Draw(1, 16), bytes.Count - position);
            byte[] fragment = Fragments[Draw(2, Fragments.Length)];
            switch (Draw(3, 8))
            {
                case 0 when length > 0: bytes[position] ^= (byte)(1 << (length & 7)); break;
                case 1 when length > 0: bytes[position] = fragment[0]; break;
                case 2: bytes.InsertRange(position, fragment); break;
                case 3: bytes.RemoveRange(position, length); break;
                case 4: bytes.InsertRange(position, bytes.GetRange(position, length)); break;
                case 5 when (length & 3) == 0: bytes.RemoveRange(position, bytes.Count - position); break;
                default: Overwrite(bytes, position, fragment); break;
            }
        }

        return [.. bytes];
    }

    private static void Overwrite(List<byte> bytes, int position, byte[] fragment)
    {
        for (int i = 0; i < fragment.Length && position + i < bytes.Count; i++)
        {
            bytes[position + i] = fragment[i];
        }
    }
}
