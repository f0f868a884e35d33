using System.Globalization;
using System.Text;

namespace Sjc.Diffusion.Text;

/// <summary>Unicode's normalisation form C (UAX #15).</summary>
/// <remarks>The base library's own does nothing in programs with invariant globalisation, as this one is: they need no ICU on the machine.</remarks>
public static class CanonicalComposition
{
    // No code point below composes with anything before it or decomposes for good.
    private const int FirstThatMayChange = 0x300;

    // Hangul: Unicode Standard, section 3.12.
    private const int SyllableBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int SyllableCount = LeadCount * VowelCount * TrailCount;

    private static readonly Dictionary<int, int[]> Decompositions = [];
    private static readonly Dictionary<(int First, int Second), int> Compositions = [];
    private static readonly Dictionary<int, byte> Classes = [];

    static CanonicalComposition()
    {
        using Stream resource = typeof(CanonicalComposition).Assembly.GetManifestResourceStream("CanonicalMappings.txt")!;
        using StreamReader reader = new(resource);
        while (reader.ReadLine() is { } line)
        {
            Read(line);
        }
    }

    /// <summary>The text in form C; unpaired surrogates become U+FFFD.</summary>
    public static string Normalize(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange((char)FirstThatMayChange, char.MaxValue))
        {
            return text;
        }

        List<int> points = [];
        foreach (Rune rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, points);
        }

        Order(points);
        Compose(points);
        StringBuilder result = new(text.Length);
        foreach (int point in points)
        {
            result.Append(new Rune(point).ToString());
        }

        return result.ToString();
    }

    private static void Read(string line)
    {
        if (line.StartsWith('#'))
        {
            return;
        }

        string[] parts = line.TrimStart('!').Split(' ');
        if (parts[0].Split('-') is [string from, string to])
        {
            for (int point = Hex(from); point <= Hex(to); point++)
            {
                Classes[point] = byte.Parse(parts[1], CultureInfo.InvariantCulture);
            }

            return;
        }

        int[] mapped = [.. parts.Skip(1).Select(Hex)];
        Decompositions[Hex(parts[0])] = mapped;
        if (!line.StartsWith('!'))
        {
            Compositions[(mapped[0], mapped[1])] = Hex(parts[0]);
        }
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static int ClassOf(int point) => Classes.GetValueOrDefault(point);

    private static void Decompose(int point, List<int> points)
    {
        int syllable = point - SyllableBase;
        if (syllable is >= 0 and < SyllableCount)
        {
            points.Add(LeadBase + (syllable / (VowelCount * TrailCount)));
            points.Add(VowelBase + (syllable % (VowelCount * TrailCount) / TrailCount));
            if (syllable % TrailCount > 0)
            {
                points.Add(TrailBase + (syllable % TrailCount));
            }
        }
        else if (Decompositions.TryGetValue(point, out int[]? parts))
        {
            foreach (int part in parts)
            {
                Decompose(part, points);
            }
        }
        else
        {
            points.Add(point);
        }
    }

    /// <summary>Sorts each run of combining marks by class, and keeps the order of equals.</summary>
    private static void Order(List<int> points)
    {
        int start = 0;
        while (start < points.Count)
        {
            int end = start;
            while (end < points.Count && ClassOf(points[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                int[] sorted = [.. points.GetRange(start, end - start).OrderBy(ClassOf)];
                for (int i = 0; i < sorted.Length; i++)
                {
                    points[start + i] = sorted[i];
                }
            }

            start = end + 1;
        }
    }

    private static void Compose(List<int> points)
    {
        int written = 0;
        int starter = -1;
        int lastClass = 0;
        foreach (int point in points.ToArray())
        {
            int current = ClassOf(point);
            bool isBlocked = starter < 0 || (written - 1 > starter && lastClass >= current);
            if (!isBlocked && Composed(points[starter], point) is int composed)
            {
                points[starter] = composed;
                continue;
            }

            if (current == 0)
            {
                starter = written;
            }

            lastClass = current;
            points[written++] = point;
        }

        points.RemoveRange(written, points.Count - written);
    }

    private static int? Composed(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + LeadCount && second is >= VowelBase and < VowelBase + VowelCount)
        {
            return SyllableBase + ((((first - LeadBase) * VowelCount) + second - VowelBase) * TrailCount);
        }

        int syllable = first - SyllableBase;
        if (syllable is >= 0 and < SyllableCount && syllable % TrailCount == 0 && second is > TrailBase and < TrailBase + TrailCount)
        {
            return first + second - TrailBase;
        }

        return Compositions.TryGetValue((first, second), out int composed) ? composed : null;
    }
}
