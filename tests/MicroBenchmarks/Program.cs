using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Sjc.MicroBenchmarks;

// Such as: dotnet run -c Release --project tests/MicroBenchmarks -- --filter '*'
BenchmarkSwitcher.FromTypes([typeof(TrainingIterationBenchmark)])
    .Run(args, DefaultConfig.Instance.AddJob(
        Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance).WithMinIterationTime(TimeInterval.FromMilliseconds(250)).WithMinInvokeCount(64)));
