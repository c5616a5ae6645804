using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>A loaded model. Not thread-safe.</summary>
public interface ISession : IDisposable
{
    InputContract Input { get; }

    /// <summary>The model's outputs, without taps.</summary>
    ImmutableArray<TensorPort> Outputs { get; }

    Arithmetic Arithmetic { get; }

    /// <summary>
    /// Runs one input. The result holds outputs and taps by name. A tap in front of a QuantizeLinear is read after it
    /// (convention 13): its tensor holds the codes, which know the real values they stand for.
    /// </summary>
    IReadOnlyDictionary<string, Tensor> Run(Tensor input);

    /// <summary>As <see cref="Run(Tensor)"/>, for sessions that need to know whose input it is because they compute nothing: recorded ones.</summary>
    /// <param name="place">Of the sample in its dataset, from 0.</param>
    IReadOnlyDictionary<string, Tensor> Run(Tensor input, Sample sample, int place) => Run(input);
}
