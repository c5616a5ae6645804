using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

public class ReadyModelTests
{
    private static OnnxModel Ready() =>
        new Net(13, 1, 3, 8, 8).Conv("x", "c", 3, 8).Node("Relu", "c", "r").Conv("r", "y", 8, 4, 1).Output("y").Lower("tensorrt").Model;

    [Fact]
    public void A_ready_model_is_taken_byte_for_byte_with_its_own_scales()
    {
        var ready = Ready();
        var before = ready.ToBytes();
        var result = Lowerer.TakeReady(ready, TargetProfiles.Named("tensorrt", ""));
        result.Model.ToBytes().Should().Equal(before);
        result.QuantizedMacShare.Should().Be(1);
        result.Notes.Should().BeEmpty();
        result.Qdq.Select(q => q.Kind).Should().BeEquivalentTo("activation", "weight", "activation", "weight");
    }

    [Fact]
    public void Its_layer_map_leads_from_the_float_twin_to_it()
    {
        var ready = Ready();
        var map = Lowerer.TakeReady(ready, TargetProfiles.Named("tensorrt", "")).Map;
        var twin = FloatTwin.Of(ready);
        map.Rows.SelectMany(r => r.Reference).Should().OnlyContain(t => twin.Graph.Has(t));
        map.Rows.SelectMany(r => r.Target).Should().OnlyContain(t => ready.Graph.Has(t));
        map.Rows.Should().ContainSingle(r => r.Reference[0] == "r" && r.Transform == TensorTransform.Dequantization);
        map.Unmatched.Should().BeEmpty();
    }

    [Fact]
    public void An_open_batch_does_not_hide_the_quantized_share()
    {
        var net = new Net(13, 1, 3, 8, 8).Conv("x", "c", 3, 8).Node("Relu", "c", "r").Conv("r", "y", 8, 4, 1).Output("y");
        var closed = net.Lower("tensorrt", "Conv_y").Model;
        var open = OnnxModel.Create(13);
        open.Graph.AddInput("x", TensorType.Float32, -1, 3, 8, 8);
        foreach (string name in closed.Graph.Initializers)
            open.Graph.SetInitializer(name, closed.Graph.Initializer(name)!);
        foreach (var node in closed.Graph.Nodes)
            open.Graph.Add(node.CopyWith(node.Inputs, node.Outputs, node.Name));
        open.Graph.AddOutput("y", TensorType.Float32);
        Lowerer.TakeReady(open, TargetProfiles.Named("tensorrt", "")).QuantizedMacShare.Should().BeApproximately(27.0 / 31, 1e-12);
    }

    [Fact]
    public void What_the_target_would_do_otherwise_is_noted()
    {
        var notes = Lowerer.TakeReady(Ready(), TargetProfiles.Named("rk1808", "")).Notes;
        notes.Should().Contain("2 of 2 activation pairs are not UInt8, unlike rk1808: first x");
        notes.Should().Contain("2 of 2 weight pairs have scales per channel, unlike rk1808: first c_w/dq");
    }

    [Fact]
    public void A_float_model_is_no_ready_model_and_a_ready_one_is_not_lowered_again()
    {
        var net = new Net(13, 1, 2).Node("Relu", "x", "y").Output("y");
        FluentActions.Invoking(() => Lowerer.TakeReady(net.Model, TargetProfiles.Named("tensorrt", ""))).Should().Throw<FaultException>().WithMessage("*no Q/DQ pairs*");
        var plan = new LoweringPlan(TargetProfiles.Named("tensorrt", ""), "min-max", 0, []);
        FluentActions.Invoking(() => Lowerer.Lower(Ready(), plan, net.Stream())).Should().Throw<FaultException>().WithMessage("*Q/DQ nodes already*");
    }
}
