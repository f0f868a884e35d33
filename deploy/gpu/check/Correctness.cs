using Sjc.RadianceField.Rendering.Cuda;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.GpuCheck;

/// <summary>The GPU's pictures and gradients against the processor's.</summary>
internal static class Correctness
{
    /// <summary>Voxels, channels and pixels of what is compared; the second has three channels and an activation of colours.</summary>
    private static readonly (int Grid, int Channels, int Image)[] Sizes = [(12, 4, 16), (33, 3, 40), (64, 4, 64), (16, 9, 24)];

    /// <summary>Left out of a short check.</summary>
    private const int LargeGrid = 64;

    /// <summary>Compares.</summary>
    /// <returns>Whether all agrees.</returns>
    public static bool Run(int device, bool isShort, CheckReport report)
    {
        bool agrees = true;
        foreach ((int grid, int channels, int image) in isShort ? Sizes.Where(size => size.Grid < LargeGrid) : Sizes)
        {
            foreach ((bool deterministic, bool isMasked) in new[] { (false, false), (true, false), (true, true) })
            {
                string name = $"{grid}/{image}/{channels}{(isMasked ? "/masked" : deterministic ? "/deterministic" : "")}";
                IReadOnlyList<(string Name, double Difference)> found = new CudaSelfCheck(grid, channels, image, isMasked).Differences(new CudaDevice(device, KernelCache.Default), deterministic);
                foreach ((string part, double difference) in found)
                {
                    report.Add(name, $"difference of {part}", difference, "relative");
                    agrees &= difference <= CudaSelfCheck.Tolerance;
                }

                (string worst, double greatest) = found.MaxBy(part => double.IsNaN(part.Difference) ? double.PositiveInfinity : part.Difference);
                Console.WriteLine($"{name,-28} {(found.All(part => part.Difference <= CudaSelfCheck.Tolerance) ? "agrees" : "DIFFERS")}: {worst} by {greatest:G2}");
            }
        }

        bool isSame = TimedScene.Fingerprint(device) == TimedScene.Fingerprint(device);
        report.Add("deterministic", "same bits in two runs", isSame ? 1 : 0, "");
        Console.WriteLine($"{"deterministic",-28} {(isSame ? "two runs have the same bits" : "two runs DIFFER")}");
        return agrees && isSame;
    }
}
