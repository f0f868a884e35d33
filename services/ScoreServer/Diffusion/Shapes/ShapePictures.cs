using System.Numerics;
using Sjc.Numerics;

namespace Sjc.Diffusion.Shapes;

/// <summary>A fixed, seeded set of captioned pictures of the catalogue's objects, held as bytes.</summary>
public sealed class ShapePictures
{
    private readonly byte[] bytes;
    private readonly short[] captions;
    private readonly List<string> captionTexts = [];

    /// <summary>Renders the set on several threads; the result does not depend on their number.</summary>
    /// <param name="objects">Picture p shows object p mod the number of objects.</param>
    /// <param name="count">Pictures.</param>
    /// <param name="size">Pixels across and down.</param>
    /// <param name="seed">Of views and jitter.</param>
    /// <param name="threads">At most so many at once.</param>
    /// <param name="cancellationToken">Stops the rendering.</param>
    public ShapePictures(IReadOnlyList<ShapeObject> objects, int count, int size, ulong seed, int threads, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(objects);
        Count = count;
        Size = size;
        bytes = new byte[(long)count * ElementCount];
        captions = new short[count];
        foreach (ShapeObject shape in objects)
        {
            captionTexts.AddRange(ShapeViewWords.All.Select(words => ShapeViewWords.Wording.Compose(words, shape.Prompt)));
        }

        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.For(0, count, options, () => new float[ElementCount], (picture, _, buffer) =>
        {
            int which = picture % objects.Count;
            ShapeView view = Render(objects[which], seed, picture, size, buffer);
            captions[picture] = (short)((which * ShapeViewWords.All.Count) + ShapeViewWords.IndexOf(view.AzimuthDegrees, view.ElevationDegrees));
            Quantize(buffer, bytes.AsSpan(picture * ElementCount, ElementCount));
            return buffer;
        }, _ => { });
    }

    /// <summary>Pictures in the set.</summary>
    public int Count { get; }

    /// <summary>Pixels across and down.</summary>
    public int Size { get; }

    /// <summary>Values of one picture, [3, size, size].</summary>
    public int ElementCount => 3 * Size * Size;

    /// <summary>Every caption that occurs, by <see cref="CaptionIndex"/>.</summary>
    public IReadOnlyList<string> Captions => captionTexts;

    /// <summary>Which of <see cref="Captions"/> a picture has.</summary>
    public int CaptionIndex(int picture) => captions[picture];

    /// <summary>Copies a picture, [3, size, size] in [−1, 1].</summary>
    public void CopyTo(int picture, Span<float> values)
    {
        ReadOnlySpan<byte> source = bytes.AsSpan(picture * ElementCount, ElementCount);
        for (int i = 0; i < source.Length; i++)
        {
            values[i] = (source[i] * (2f / 255)) - 1;
        }
    }

    /// <summary>Draws view and jitter (±2 % in size and in each colour channel) of a picture and renders it.</summary>
    /// <returns>The view that was drawn.</returns>
    public static ShapeView Render(ShapeObject shape, ulong seed, int picture, int size, Span<float> rgb)
    {
        RandomKey key = new(seed, RandomStream.Pictures, (uint)picture);
        ShapeView view = ShapeView.Draw(key);
        Vector3 tint = new(Jitter(key, 4), Jitter(key, 5), Jitter(key, 6));
        ShapeRenderer.Render(shape, view.Camera, size, rgb, [], Jitter(key, 3), tint);
        return view;
    }

    private static float Jitter(RandomKey key, uint position) => (float)(0.98 + (0.04 * key.UniformDouble(position)));

    private static void Quantize(ReadOnlySpan<float> values, Span<byte> target)
    {
        for (int i = 0; i < values.Length; i++)
        {
            target[i] = (byte)Math.Clamp((int)MathF.Round((values[i] + 1) * 127.5f), 0, 255);
        }
    }
}
