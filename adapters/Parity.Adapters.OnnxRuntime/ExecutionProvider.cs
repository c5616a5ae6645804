namespace Parity.Adapters.OnnxRuntime;

/// <summary>Where ONNX Runtime runs a model. Each is a backend of its own: they answer differently.</summary>
public enum ExecutionProvider { Cpu, Cuda, TensorRt }
