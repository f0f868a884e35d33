using Sjc.Contracts.Field.V1;
using Sjc.FieldOptimizer.Jobs;
using Sjc.Numerics;

namespace Sjc.Services.Tests.FieldOptimizer.Jobs;

public sealed class JobTransitionsTests
{
    // Rows: a job's status (state, and after a colon what it was asked for). Columns: commands. Cells: the status after; -: refused.
    private const string Table = """
        status   start    pause    resume   cancel   stop     fail     succeed
        queued   running  paused   queued   cancel'd -        failed   -
        running  -        running: running  running; queued   failed   success
        running: -        running: running  running; paused   failed   success
        running; -        -        -        running; cancel'd cancel'd success
        paused   -        paused   queued   cancel'd -        -        -
        success  -        -        -        -        -        -        -
        failed   -        -        queued   cancel'd -        -        -
        cancel'd -        -        -        cancel'd -        -        -
        """;

    private static readonly JobCommand[] Commands =
    [
        new JobCommand.Start(), new JobCommand.Pause(), new JobCommand.Resume(), new JobCommand.Cancel(),
        new JobCommand.Stop(), new JobCommand.Fail("broken"), new JobCommand.Succeed("ab12"),
    ];

    public static TheoryData<string, int, string> Cells()
    {
        TheoryData<string, int, string> cells = [];
        foreach (string line in Table.Split('\n').Skip(1))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (int column = 0; column < Commands.Length; column++)
            {
                cells.Add(words[0], column, words[column + 1]);
            }
        }

        return cells;
    }

    [Fact]
    public void Table_AllStates_HasEachStateOnce()
    {
        IEnumerable<JobState> states = Cells().Select(cell => Status(cell.Data.Item1).State).Distinct().Order();

        Assert.Equal(Enum.GetValues<JobState>().Where(state => state != JobState.Unspecified).Order(), states);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void TryApply_EveryStatusAndCommand_IsAsInTheTable(string status, int command, string expected)
    {
        bool accepted = JobTransitions.TryApply(Status(status), Commands[command], out JobStatus? next);

        Assert.Equal(expected != "-", accepted);
        Assert.Equal(expected == "-" ? null : Status(expected), next);
    }

    [Fact]
    public void TryApply_AnySequence_KeepsIntentErrorAndHashToTheirStates()
    {
        RandomKey random = new(7, RandomStream.Training);
        JobStatus status = JobStatus.Created;
        for (uint step = 0; step < 5000; step++)
        {
            JobCommand command = Commands[random.UniformInteger(step, Commands.Length)];
            status = JobTransitions.TryApply(status, command, out JobStatus? next) ? next : status;

            Assert.True(status.Intent == StopIntent.None || status.State == JobState.Running);
            Assert.Equal(status.State == JobState.Failed, status.Error.Length > 0);
            Assert.Equal(status.State == JobState.Succeeded, status.FieldSha256.Length > 0);
            if (status.State is JobState.Succeeded or JobState.Cancelled)
            {
                status = JobStatus.Created;
            }
        }
    }

    private static JobStatus Status(string word) => word switch
    {
        "queued" => JobStatus.Created,
        "running" => JobStatus.Created with { State = JobState.Running },
        "running:" => JobStatus.Created with { State = JobState.Running, Intent = StopIntent.Pause },
        "running;" => JobStatus.Created with { State = JobState.Running, Intent = StopIntent.Cancel },
        "paused" => JobStatus.Created with { State = JobState.Paused },
        "success" => JobStatus.Created with { State = JobState.Succeeded, FieldSha256 = "ab12" },
        "failed" => JobStatus.Created with { State = JobState.Failed, Error = "broken" },
        "cancel'd" => JobStatus.Created with { State = JobState.Cancelled },
        _ => throw new ArgumentException($"word must be a status of the table, but is {word}.", nameof(word)),
    };
}
