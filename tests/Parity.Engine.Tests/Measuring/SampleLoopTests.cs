using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Gating;
using Parity.Engine.Measuring;
using Parity.Engine.Suites;
using Parity.Engine.Tests.Fakes;

namespace Parity.Engine.Tests.Measuring;

public sealed class SampleLoopTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parity-loop-");
    private FakeTask _task = new();
    private readonly Quiet _observer = new();

    [Fact]
    public void Results_come_in_dataset_order_with_a_prediction_of_every_session()
    {
        var results = Run(new FakeDataset(50), x => x, x => x + 1);

        results.Select(r => r.Index).Should().Equal(Enumerable.Range(0, 50));
        results.Select(r => ((FakePrediction)r.Predictions[1]).Value).Should().Equal(Enumerable.Range(0, 50).Select(i => i + 1f));
    }

    [Fact]
    public void A_task_that_names_regions_has_its_model_run_on_each_and_on_none_where_it_names_none()
    {
        _task = new FakeTask { RegionsOf = sample => [.. Enumerable.Range(0, int.Parse(sample.Id)).Select(i => new PictureRegion(10 + i, 0, 1, 1))] };
        var results = Run(new FakeDataset(4), x => x, x => x == 12 ? x + 1 : x);

        results.Select(r => ((FakePrediction)r.Predictions[0]).Value).Should().Equal(0, 10, 10 + 11, 10 + 11 + 12);
        results.Select(r => r.EqualsReference[1]).Should().Equal([true, true, true, false], "one run of three differs");
    }

    [Fact]
    public void Equality_with_the_reference_is_bit_for_bit()
    {
        var results = Run(new FakeDataset(3), x => x, x => x == 1 ? MathF.BitIncrement(x) : x);

        results.Select(r => r.EqualsReference[1]).Should().Equal(true, false, true);
        results.Should().OnlyContain(r => r.EqualsReference[0]);
    }

    [Fact]
    public void A_bad_image_is_listed_and_the_run_goes_on()
    {
        var results = Run(new FakeDataset(5, broken: 2), x => x, x => x);

        results[2].Fault!.What.Should().Contain("truncated");
        results.Where(r => r.Fault is null).Should().HaveCount(4);
        _observer.Notes.Should().ContainSingle().Which.Should().Contain("2.jpg");
    }

    [Fact]
    public void NaN_in_an_output_takes_the_sample_out_for_every_session_and_names_the_session()
    {
        var results = Run(new FakeDataset(4), x => x, x => x == 3 ? float.NaN : x);

        results[3].Predictions.Should().BeEmpty();
        results[3].Fault!.Where.Should().Contain("target").And.Contain("sample 3");
    }

    [Fact]
    public void A_bug_in_a_session_comes_out_as_itself()
    {
        Action run = () => Run(new FakeDataset(20), x => x, x => x == 7 ? throw new InvalidOperationException("bug") : x);

        run.Should().Throw<InvalidOperationException>().WithMessage("bug");
    }

    [Fact]
    public void A_session_that_is_lost_is_named_and_what_all_had_finished_is_kept()
    {
        Action run = () => Run(new FakeDataset(40), x => x, x => x == 20 ? throw new FaultException("no server answers there", "http://far", "Start one.") : x);

        SessionLostException lost = run.Should().Throw<SessionLostException>().Which;
        lost.Session.Should().Be("target");
        lost.Fault.Faults[0].Where.Should().Be("http://far");
        lost.Finished.Select(r => r.Index).Should().Equal(Enumerable.Range(0, lost.Finished.Length)).And.HaveCountLessThanOrEqualTo(20);
        lost.Finished.Should().OnlyContain(r => r.Predictions.Length == 2);
    }

    [Fact]
    public void Stopped_and_resumed_no_finished_sample_is_run_again_and_the_results_are_the_same()
    {
        var dataset = new FakeDataset(40);
        using var stop = new CancellationTokenSource();
        var first = new FakeSession(x =>
        {
            if (x == 15)
                stop.Cancel();
            return x;
        });
        Action interrupted = () => Run(dataset, first, new FakeSession(x => x), resume: false, stop.Token);
        interrupted.Should().Throw<OperationCanceledException>();
        int finished = File.ReadLines(JournalPath).Count() - 1;

        var second = new FakeSession(x => x);
        var resumed = Run(dataset, second, new FakeSession(x => x), resume: true, CancellationToken.None);

        finished.Should().BeInRange(1, 39);
        second.Runs.Should().Be(40 - finished);
        resumed.Select(r => ((FakePrediction)r.Predictions[0]).Value).Should().Equal(Enumerable.Range(0, 40).Select(i => (float)i));
    }

    [Fact]
    public void Half_a_line_left_by_a_kill_is_cut_off_and_its_sample_run_again()
    {
        var dataset = new FakeDataset(6);
        Run(dataset, x => x, x => x);
        string text = File.ReadAllText(JournalPath);
        File.WriteAllText(JournalPath, text[..^9]);
        var session = new FakeSession(x => x);

        var results = Run(dataset, session, new FakeSession(x => x), resume: true, CancellationToken.None);

        session.Runs.Should().Be(1);
        results.Should().HaveCount(6).And.OnlyContain(r => r.Fault == null);
        File.ReadAllText(JournalPath).Should().Be(text);
    }

    [Fact]
    public void A_journal_of_other_inputs_is_not_continued()
    {
        Journal.Open(JournalPath, "one", _task, resume: false).Dispose();

        Action open = () => Journal.Open(JournalPath, "another", _task, resume: true);

        open.Should().Throw<FaultException>().Which.Faults.Should().ContainSingle().Which.Remedy.Should().Contain("--resume");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string JournalPath => Path.Combine(_folder.FullName, "journal.jsonl");

    private ImmutableArray<SampleResult> Run(IDataset dataset, Func<float, float> reference, Func<float, float> target) =>
        Run(dataset, new FakeSession(reference), new FakeSession(target), resume: false, CancellationToken.None);

    private ImmutableArray<SampleResult> Run(IDataset dataset, ISession reference, ISession target, bool resume, CancellationToken stop)
    {
        using Journal journal = Journal.Open(JournalPath, "key", _task, resume);
        var suite = new Suite("fake", "", "00", "m.onnx", "cpu", dataset, null, new FakePreprocessor(), _task, [], new Policy([], 0), new BootstrapRecord(100, 7, 0.95), 0, 0, 1, false);
        return new SampleLoop(suite, [new NamedSession(NamedSession.Reference, reference, suite.Task), new NamedSession("target", target, suite.Task)], journal, _observer).Run(stop);
    }
}
