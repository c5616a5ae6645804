using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Onnx;

/// <summary>Kahn's algorithm, always taking the earliest node that is ready: a list already in order stays as it is.</summary>
internal static class TopologicalOrder
{
    /// <exception cref="FaultException">The nodes form a cycle; it is named.</exception>
    public static List<Node> Sort(IReadOnlyList<Node> nodes, IReadOnlyDictionary<string, Node> producers, string where)
    {
        var position = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < nodes.Count; i++)
            position[nodes[i]] = i;
        var waiting = new int[nodes.Count];
        var followers = new List<int>?[nodes.Count];
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (string input in nodes[i].Inputs.Concat(nodes[i].Captured).Distinct())
            {
                if (!producers.TryGetValue(input, out var producer))
                    continue;
                (followers[position[producer]] ??= []).Add(i);
                waiting[i]++;
            }
        }
        var ready = new PriorityQueue<int, int>();
        for (int i = 0; i < nodes.Count; i++)
            if (waiting[i] == 0)
                ready.Enqueue(i, i);
        var sorted = new List<Node>(nodes.Count);
        while (ready.TryDequeue(out int i, out _))
        {
            sorted.Add(nodes[i]);
            foreach (int follower in followers[i] ?? [])
                if (--waiting[follower] == 0)
                    ready.Enqueue(follower, follower);
        }
        if (sorted.Count < nodes.Count)
            throw new FaultException($"the nodes form a cycle: {Cycle(nodes, waiting, producers, position)}", where, "A model must be acyclic: repair the tool that wrote it.");
        return sorted;
    }

    private static string Cycle(IReadOnlyList<Node> nodes, int[] waiting, IReadOnlyDictionary<string, Node> producers, Dictionary<Node, int> position)
    {
        // Every node still waiting has a producer still waiting, so walking up must come back to a node seen before.
        var path = new List<int>();
        int at = Array.FindIndex(waiting, w => w > 0);
        while (!path.Contains(at))
        {
            path.Add(at);
            at = nodes[at].Inputs.Concat(nodes[at].Captured)
                .Where(producers.ContainsKey).Select(name => position[producers[name]]).First(i => waiting[i] > 0);
        }
        var cycle = path.SkipWhile(i => i != at).Reverse().Select(i => nodes[i].Name).ToImmutableArray();
        return string.Join(" -> ", cycle.Add(cycle[0]));
    }
}
