using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Lowering;
using Parity.Onnx;
using static Parity.Benchmarks.Diagnosing.PlantSites;

namespace Parity.Benchmarks.Diagnosing;

/// <summary>A kind of fault.</summary>
/// <param name="Rule">That must find it.</param>
/// <param name="Sites">Every place of a sound model where it can be planted.</param>
internal sealed record Plant(string Kind, string Rule, string Profile, Func<PlantedBase, IEnumerable<Func<Planted>>> Sites);

/// <summary>The kinds of fault that are planted.</summary>
internal static class Plants
{
    private const string Trt = "tensorrt", Rk = "rk1808";

    public static ImmutableArray<Plant> All { get; } =
    [
        new("range cut to 1/8, int8", "range-clipped", Trt, b => Scaled(b, 1 / 8f)),
        new("range cut to 1/8, u8", "range-clipped", Rk, b => Scaled(b, 1 / 8f)),
        new("range 16 x too wide, int8", "range-too-wide", Trt, b => Scaled(b, 16)),
        new("range 16 x too wide, u8", "range-too-wide", Rk, b => Scaled(b, 16)),
        new("weights' range 16 x too wide", "range-too-wide", Trt, WeightsTooWide),
        new("scale left at 1", "uncalibrated", Trt, b => Each(b, q => Math.Abs(Math.Log2(q.Pair.Scales[0])) > 2.5 && q.Reach > 0, (q, g) => GraphDamage.Scale(g, q, _ => 1))),
        new("one scale everywhere", "uncalibrated", Trt, b => b.Quantizers.Select(one => (Func<Planted>)(() => b.Edit(null, g =>
        {
            foreach (SeenQuantizer q in b.Quantizers)
                GraphDamage.Scale(g, q, _ => (float)one.Pair.Scales[0]);
        })))),
        new("weights' scale left at 1", "uncalibrated", Rk, WeightScaleOne),
        new("calibration state: no Q/DQ acts", "equal-to-float", Trt, b => [() => new Planted(new LoweringResult(b.Float, b.Lowered.Map, [], b.Lowered.Cost, [], []), b.Float, null)]),
        new("the float model itself", "equal-to-float", Trt, b => [() => new Planted(new LoweringResult(b.Float, b.Lowered.Map, [], new CostRecord(null, null, []), [], []), b.Float, null)]),
        new("zero point of activations", "zero-point-forbidden", Trt, b => Each(b, _ => true, (q, g) => GraphDamage.ZeroPoint(g, q.Pair.Quantize, 20))),
        new("zero point of weights", "zero-point-forbidden", Trt, b => b.Lowered.Qdq.Where(p => p.Kind == "weight").Select(p => (Func<Planted>)(() => b.Edit(p.Consumers[0], g => GraphDamage.ZeroPoint(g, p.Dequantize, 3))))),
        new("Q/DQ before a fused activation", "unfused", Rk, BeforeActivation),
        new("batch norm left behind its Conv", "unfused", Trt, b => Convs(b, b.Lowered.Model.Graph).Select(c => (Func<Planted>)(() => b.Edit(c.Outputs[0], g => BatchNorm(b, g, c.Outputs[0]))))),
        new("two operators share one observer", "reused-operator", Rk, SharedObserver),
        new("bias code at the end of int32", "bias-overflow", Rk, b => b.Lowered.Qdq.Where(p => p.Kind == "bias").Select(p => (Func<Planted>)(() => b.Edit(p.Consumers[0], g =>
        {
            string codes = g.NodeNamed(p.Dequantize)!.Input(0);
            int[] values = g.Constant(codes)!.Span<int>().ToArray();
            values[0] = int.MaxValue;
            g.SetInput(g.NodeNamed(p.Dequantize)!, 0, GraphDamage.Store(g, $"{codes}/planted", Tensor.Create(values, values.Length)));
        })))),
        new("NaN in a bias", "non-finite", Trt, b => Convs(b, b.Lowered.Model.Graph).Where(c => b.Lowered.Model.Graph.Constant(c.Input(2)) is { Type: ElementType.Float32 }).Select(c => (Func<Planted>)(() => b.Edit(c.Name, g =>
        {
            float[] values = g.Constant(c.Input(2))!.Span<float>().ToArray();
            values[0] = float.NaN;
            g.SetInput(g.NodeNamed(c.Name)!, 2, GraphDamage.Store(g, $"{c.Name}/planted", Tensor.Create(values, values.Length)));
        })))),
        new("overflow to infinity", "non-finite", Trt, b => Mapped(b, _ => true).Select(t => (Func<Planted>)(() => b.Edit(t, g => GraphDamage.Behind(g, t, inner =>
        {
            string huge = GraphDamage.Store(g, "planted/huge", Tensor.Create(new[] { 3e38f }));
            return [new Node("Mul", [inner, huge], ["planted/m"], "planted/Mul"), new Node("Mul", ["planted/m", huge], ["planted/n"], "planted/Mul2")];
        }))))),
        new("height and width swapped", "layout-swapped", Trt, b => Mapped(b, s => s is [1, > 1, > 2, _] && s[2] == s[3]).Select(t => (Func<Planted>)(() => b.Edit(t, g => GraphDamage.Behind(g, t, inner =>
            [new Node("Transpose", [inner], ["planted/t"], "planted/Transpose").Set("perm", [0L, 1, 3, 2])]))))),
        new("channels in another order", "layout-swapped", Trt, b => Mapped(b, s => s is [1, > 7, > 1, > 1]).Select(t => (Func<Planted>)(() => b.Edit(t, g => GraphDamage.Behind(g, t, inner =>
        {
            int channels = b.Shapes.ShapeOf(t)!.Value[1];
            string order = GraphDamage.Store(g, "planted/order", Tensor.Create([.. Enumerable.Range(0, channels).Select(c => (long)((c + channels / 2) % channels))], channels));
            return [new Node("Gather", [inner, order], ["planted/g"], "planted/Gather").Set("axis", 1L)];
        }))))),
        new("NCHW read as NHWC", "layout-swapped", Trt, b => Mapped(b, s => s is [1, > 3, > 1, > 1]).Select(t => (Func<Planted>)(() => b.Edit(t, g => GraphDamage.Behind(g, t, inner =>
        {
            long[] extents = [.. b.Shapes.ShapeOf(t)!.Value.Select(e => (long)e)];
            return [new Node("Transpose", [inner], ["planted/t"], "planted/Transpose").Set("perm", [0L, 2, 3, 1]), new Node("Reshape", ["planted/t", GraphDamage.Store(g, "planted/shape", Tensor.Create(extents, 4))], ["planted/r"], "planted/Reshape")];
        }))))),
        new("mean of the batch", "batch-dependent", Trt, b => Mapped(b, s => s.Length == 4).Select(t => (Func<Planted>)(() => b.Edit(t, g => GraphDamage.Behind(g, t, inner =>
        {
            string axes = GraphDamage.Store(g, "planted/axes", Tensor.Create(new[] { 0L }, 1));
            var mean = b.Lowered.Model.OpsetVersion >= 18
                ? new Node("ReduceMean", [inner, axes], ["planted/mean"], "planted/ReduceMean")
                : new Node("ReduceMean", [inner], ["planted/mean"], "planted/ReduceMean").Set("axes", [0L]);
            return [mean, new Node("Max", [inner, "planted/mean"], ["planted/max"], "planted/Max")];
        })) with { Place = "planted/ReduceMean" }))),
        new("output rounded", "output-quantized", Trt, b => OutputTensors(b).Select(t => (Func<Planted>)(() => b.Edit(t.Maker, g => Round(g, t.Tensor, t.Reach))))),
        new("narrow parts of the output", "parts-of-unlike-range", Rk, b => OutputConvs(b).Select(c => (Func<Planted>)(() => b.EditFloat(c.Outputs[0], g =>
            GraphDamage.Channels(g, c, channel => channel % 2 == 0 ? 1e-3f : 1), b.Lowered.KeptFloat.Remove(c.Name))))),
        new("boxes and scores quantized together", "parts-of-unlike-range", Rk, b => b.Lowered.KeptFloat.Select(n => (Func<Planted>)(() => new Planted(b.Lower(b.Float, keepFloat: b.Lowered.KeptFloat.Remove(n)), b.Float, n)))),
        new("a narrow branch of a Concat", "unlike-scales", Rk, b => Branches(b).Select(t => (Func<Planted>)(() => b.EditFloat(t, g =>
            GraphDamage.Behind(g, t, inner => [new Node("Mul", [inner, GraphDamage.Store(g, "planted/small", Tensor.Create(new[] { 1e-3f }))], ["planted/m"], "planted/Mul")])) with { Place = b.Float.Graph.ConsumersOf(t)[0].Name }))),
        new("one input of an Add 32 x too wide", "unlike-scales", Rk, b => AddInputs(b).Select(q => (Func<Planted>)(() => b.Edit(q.Tensor, g => GraphDamage.Scale(g, q, s => s * 32))))),
        new("one filter 100 x the others", "channel-spread", Rk, b => Convs(b, b.Float.Graph).Where(c => b.Float.Graph.Constant(c.Input(1))!.Shape[0] >= 8).Select(c => (Func<Planted>)(() =>
            b.EditFloat(c.Name, g => GraphDamage.Channels(g, c, channel => channel == 1 ? 100 : 1))))),
        new("one pixel 200 x the others", "activation-outliers", Trt, b => Outliers(b)),
        new("calibrated on dark images", "calibration-unlike", Trt, b => Enumerable.Range(0, 20).Select(i => 0.08f + 0.01f * i).Select(gain => (Func<Planted>)(() => new Planted(b.Lower(b.Float, gain), b.Float, null)))),
        new("calibrated on glaring images", "calibration-unlike", Trt, b => Enumerable.Range(0, 20).Select(i => 4 + 0.4f * i).Select(gain => (Func<Planted>)(() => new Planted(b.Lower(b.Float, gain), b.Float, null)))),
        new("TopK with another limit", "contract-differs", Trt, b => TopKs(b)),
        new("engine layer in float32", "effective-precision", Trt, b => Convs(b, b.Lowered.Model.Graph).Select(c => (Func<Planted>)(() => new Planted(b.Lowered, b.Float, c.Name) { EngineLayers = [.. EngineLayers(b, c.Name)] }))),
    ];
}
