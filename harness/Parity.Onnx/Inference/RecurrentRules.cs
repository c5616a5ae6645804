namespace Parity.Onnx;

/// <summary>LSTM, GRU and RNN. Layout 0: data is [steps, batch, features]; layout 1 swaps the first two.</summary>
internal static class RecurrentRules
{
    public static void Recurrent(InferenceNode node)
    {
        bool batchFirst = node.Node.Int("layout", 0) == 1;
        int steps = node.Shape(0)?[batchFirst ? 1 : 0] ?? -1;
        int batch = node.Shape(0)?[batchFirst ? 0 : 1] ?? -1;
        int directions = node.Node.Text("direction", "forward") == "bidirectional" ? 2 : 1;
        int hidden = (int)node.Node.Int("hidden_size", node.Shape(2)?[2] ?? -1);
        int[] last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
        node.Set(0, node.Type(0), batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden]);
        node.Set(1, node.Type(0), last);
        node.Set(2, node.Type(0), last);
    }
}
