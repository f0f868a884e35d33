namespace Sjc.RadianceField.Meshing;

/// <summary>The triangles of marching cubes (Lorensen and Cline 1987) for every pattern of corners inside, built from the rule that
/// closes the surface.</summary>
/// <remarks>Corner i lies at (i &amp; 1, i >> 1 &amp; 1, i >> 2). On each face the inside corners are cut off, each run of them by its own
/// segment: what a face looks like depends on its corners alone, so neighbours agree and there are no holes. The segments chain into
/// loops around the cube. A loop is cut into triangles by diagonals that lie in no face, so no edge has more than two triangles and the
/// surface is a manifold.</remarks>
internal static class MarchingCubesTable
{
    /// <summary>Corners at the two ends of each of the 12 edges, the lower first; the edge runs along axis log₂(end ^ start).</summary>
    internal static readonly (int Start, int End)[] Edges = BuildEdges();

    private static readonly int[][] Faces = BuildFaces();
    private static readonly int[][] Triangles = [.. Enumerable.Range(0, 256).Select(BuildTriangles)];

    /// <summary>Edge indices of the triangles of a pattern, three each, counter-clockwise seen from outside.</summary>
    /// <param name="pattern">Bit i: corner i is inside.</param>
    internal static ReadOnlySpan<int> TrianglesOf(int pattern) => Triangles[pattern];

    private static (int Start, int End)[] BuildEdges() =>
    [
        .. from start in Enumerable.Range(0, 8)
           from axis in Enumerable.Range(0, 3)
           where (start >> axis & 1) == 0
           select (start, start | (1 << axis)),
    ];

    /// <summary>The corners of each face, counter-clockwise seen from outside.</summary>
    private static int[][] BuildFaces()
    {
        List<int[]> faces = [];
        for (int axis = 0; axis < 3; axis++)
        {
            int u = 1 << ((axis + 1) % 3);
            int v = 1 << ((axis + 2) % 3);
            int far = 1 << axis;
            faces.Add([0, v, u | v, u]);
            faces.Add([far, far | u, far | u | v, far | v]);
        }

        return [.. faces];
    }

    private static int[] BuildTriangles(int pattern)
    {
        List<int> triangles = [];
        Dictionary<int, int> next = BuildSegments(pattern);
        while (next.Count > 0)
        {
            int first = next.Keys.Min();
            List<int> loop = [];
            for (int edge = first; next.Remove(edge, out int following); edge = following)
            {
                loop.Add(edge);
            }

            if (!Cut(loop, triangles))
            {
                throw new InvalidOperationException($"Pattern {pattern} must be cut without diagonals in faces, but cannot.");
            }
        }

        return [.. triangles];
    }

    /// <summary>The segments on all faces, from the edge where a walk around the face goes inside to the edge where it leaves.</summary>
    private static Dictionary<int, int> BuildSegments(int pattern)
    {
        Dictionary<int, int> next = [];
        foreach (int[] face in Faces)
        {
            for (int i = 0; i < 4; i++)
            {
                int before = face[(i + 3) % 4];
                if (IsInside(pattern, before) || !IsInside(pattern, face[i]))
                {
                    continue;
                }

                int last = i;
                while (IsInside(pattern, face[(last + 1) % 4]))
                {
                    last++;
                }

                next.Add(EdgeOf(before, face[i]), EdgeOf(face[last % 4], face[(last + 1) % 4]));
            }
        }

        return next;
    }

    /// <summary>Cuts a polygon: picks the third corner of the triangle on its last side so that the rest can be cut too.</summary>
    private static bool Cut(List<int> loop, List<int> triangles)
    {
        if (loop.Count < 3)
        {
            return true;
        }

        int last = loop.Count - 1;
        int kept = triangles.Count;
        for (int apex = 1; apex < last; apex++)
        {
            bool allowed = (apex == 1 || !ShareFace(loop[0], loop[apex])) && (apex == last - 1 || !ShareFace(loop[apex], loop[last]));
            if (allowed && Cut(loop[..(apex + 1)], triangles) && Cut(loop[apex..], triangles))
            {
                triangles.AddRange([loop[0], loop[apex], loop[last]]);
                return true;
            }

            triangles.RemoveRange(kept, triangles.Count - kept);
        }

        return false;
    }

    private static bool IsInside(int pattern, int corner) => (pattern >> corner & 1) != 0;

    private static int EdgeOf(int a, int b) => Array.IndexOf(Edges, (Math.Min(a, b), Math.Max(a, b)));

    private static bool ShareFace(int edge, int other) =>
        Faces.Any(face => Lies(Edges[edge], face) && Lies(Edges[other], face));

    private static bool Lies((int Start, int End) edge, int[] face) => face.Contains(edge.Start) && face.Contains(edge.End);
}
