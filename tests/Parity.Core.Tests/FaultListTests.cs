namespace Parity.Core.Tests;

public sealed class FaultListTests
{
    [Fact]
    public void All_faults_are_thrown_at_once_in_their_order()
    {
        var faults = new FaultList();
        faults.ThrowIfAny();
        faults.Add("a is wrong", "here", "Mend it.");
        faults.Catch<string>(() => throw new FaultException([new("b", "there", "Go."), new("c", "there", "Go.")])).Should().BeNull();
        faults.Catch(() => "sound").Should().Be("sound");

        var thrown = new Action(faults.ThrowIfAny).Should().Throw<FaultException>().Which;

        thrown.Faults.Select(f => f.What).Should().Equal("a is wrong", "b", "c");
        thrown.Message.Should().StartWith("here: a is wrong. Mend it.").And.Contain("there: b. Go.").And.Contain("there: c. Go.");
    }

    [Fact]
    public void A_bug_is_not_taken_for_a_fault() =>
        new Action(() => new FaultList().Catch<string>(() => throw new InvalidOperationException("bug"))).Should().Throw<InvalidOperationException>();
}
