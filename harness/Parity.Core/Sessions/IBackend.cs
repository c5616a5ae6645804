namespace Parity.Core;

/// <summary>Something that runs models: ONNX Runtime, the emulator, a board agent.</summary>
public interface IBackend
{
    /// <summary>As written in suites and on the command line, such as <c>onnxruntime-cpu</c>.</summary>
    string Name { get; }

    Availability Availability { get; }

    /// <exception cref="FaultException">The model cannot be loaded, its input does not fit the contract, or a tap names no tensor.</exception>
    ISession Open(SessionRequest request);

    /// <summary>The backend that a suite names <c>NAME:address</c>; null where this one takes no address.</summary>
    /// <exception cref="FaultException">The address cannot be read.</exception>
    IBackend? At(string address) => null;
}
