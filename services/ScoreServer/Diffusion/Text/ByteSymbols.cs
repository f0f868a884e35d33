using System.Text;

namespace Sjc.Diffusion.Text;

/// <summary>The 256 bytes as printable characters, as in the vocabularies of GPT-2 and CLIP: those that are printable stand for themselves, the others follow from U+0100.</summary>
internal static class ByteSymbols
{
    private static readonly char[] SymbolOfByte = new char[256];
    private static readonly Dictionary<char, byte> ByteOfSymbol = [];

    static ByteSymbols()
    {
        int next = 0x100;
        for (int value = 0; value < 256; value++)
        {
            bool isPrintable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            SymbolOfByte[value] = isPrintable ? (char)value : (char)next++;
            ByteOfSymbol[SymbolOfByte[value]] = (byte)value;
        }

        All = [.. SymbolOfByte.Where(symbol => symbol < 0x100).Order(), .. SymbolOfByte.Where(symbol => symbol >= 0x100).Order()];
    }

    /// <summary>All symbols in the order of CLIP's ids.</summary>
    public static IReadOnlyList<char> All { get; }

    /// <summary>The symbols of a text's UTF-8 bytes.</summary>
    public static IEnumerable<string> Of(string text) => Encoding.UTF8.GetBytes(text).Select(value => SymbolOfByte[value].ToString());

    /// <summary>The bytes of symbols; other characters are passed over.</summary>
    public static IEnumerable<byte> ToBytes(string symbols) => symbols.Where(ByteOfSymbol.ContainsKey).Select(symbol => ByteOfSymbol[symbol]);
}
