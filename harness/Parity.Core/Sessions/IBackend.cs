namespace Parity.Core;

/// <summary>Something that runs models: ONNX Runtime, the emulator, a board agent.</summary>
public interface IBackend
{
    /// <summary>As written in suites and on the command line, such as <c>onnxruntime-cpu</c>.</summary>
    string Name { get; }

    Availability Availability { get; }

    /// <exception cref="FaultException">The model cannot be loaded, its input does not fit the contract, or a tap names no tensor.</exception>
    ISession Open(SessionRequest request);
}
