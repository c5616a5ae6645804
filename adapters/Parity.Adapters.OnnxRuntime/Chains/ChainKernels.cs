using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>
/// Chains as operators of ONNX Runtime, one type for each: its C interface of custom operators (onnxruntime_c_api.h, OrtCustomOp), with the functions in C#. One input and one output of float32
/// and of the same shape. They must outlive every session that was opened with them.
/// </summary>
internal sealed unsafe class ChainKernels : IDisposable
{
    public const string Domain = "parity.chains";

    private readonly List<nint> _memory = [];
    private readonly List<GCHandle> _handles = [];
    private readonly nint _domain;

    public ChainKernels(ImmutableSortedDictionary<string, Chain> chains)
    {
        _domain = Created();
        foreach (var (type, chain) in chains)
        {
            Operator* op = (Operator*)NativeMemory.AllocZeroed((nuint)sizeof(Operator));
            _memory.Add((nint)op);
            var handle = GCHandle.Alloc(chain);
            _handles.Add(handle);
            nint name = Marshal.StringToCoTaskMemUTF8(type);
            _memory.Add(name);
            *op = Operator.Of(name, GCHandle.ToIntPtr(handle));
            Check(((delegate* unmanaged<nint, Operator*, nint>)Api->CustomOpDomain_Add)(_domain, op));
        }
    }

    private static OrtApi* Api { get; } = (OrtApi*)Unsafe.AsPointer(ref ((delegate* unmanaged<uint, ref OrtApi>)NativeMethodsApi.Base.GetApi)(ApiVersion));

    /// <summary>In-place results and inferred shapes came with 18.</summary>
    private const uint ApiVersion = 18;

    public void Register(SessionOptions options) => Check(((delegate* unmanaged<nint, nint, nint>)Api->AddCustomOpDomain)(options.DangerousGetHandle(), _domain));

    public void Dispose()
    {
        ((delegate* unmanaged<nint, void>)Api->ReleaseCustomOpDomain)(_domain);
        for (int i = 0; i < _memory.Count; i += 2)
        {
            NativeMemory.Free((void*)_memory[i]);
            Marshal.FreeCoTaskMem(_memory[i + 1]);
        }
        foreach (GCHandle handle in _handles)
            handle.Free();
    }

    private static nint Created()
    {
        nint name = Marshal.StringToCoTaskMemUTF8(Domain), domain = 0;
        Check(((delegate* unmanaged<nint, nint*, nint>)Api->CreateCustomOpDomain)(name, &domain));
        Marshal.FreeCoTaskMem(name);
        return domain;
    }

    /// <summary>None of these calls depends on what a user gave, so a refusal is a bug.</summary>
    private static void Check(nint status)
    {
        if (status != 0)
            throw new InvalidOperationException(Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Api->GetErrorMessage)(status)));
    }

    /// <summary>OrtCustomOp of API version 18, then what is ours.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Operator
    {
        private uint _version;
        private delegate* unmanaged<Operator*, nint, nint, nint> _createKernel;
        private delegate* unmanaged<Operator*, nint> _name, _provider;
        private delegate* unmanaged<Operator*, nuint, int> _inputType;
        private delegate* unmanaged<Operator*, nuint> _inputCount;
        private delegate* unmanaged<Operator*, nuint, int> _outputType;
        private delegate* unmanaged<Operator*, nuint> _outputCount;
        private delegate* unmanaged<nint, nint, void> _compute;
        private delegate* unmanaged<nint, void> _destroyKernel;
        private delegate* unmanaged<Operator*, nuint, int> _inputCharacteristic, _outputCharacteristic, _inputMemory;
        private delegate* unmanaged<Operator*, int> _variadicInputs, _alikeInputs, _variadicOutputs, _alikeOutputs;
        private nint _createKernel2, _compute2;
        private delegate* unmanaged<Operator*, nint, nint> _inferShape;
        private delegate* unmanaged<Operator*, int> _startVersion, _endVersion;
        private delegate* unmanaged<int**, int**, nuint> _mayInPlace;
        private delegate* unmanaged<int*, int*, void> _releaseMayInPlace;
        private nint _aliasMap, _releaseAliasMap;
        private nint _ownName, _chain;

        public static Operator Of(nint name, nint chain) => new()
        {
            _version = ApiVersion, _ownName = name, _chain = chain, _createKernel = &CreateKernel, _name = &Name, _provider = &None, _inputType = &Float, _inputCount = &One, _outputType = &Float,
            _outputCount = &One, _compute = &Compute, _destroyKernel = &Destroy, _inputCharacteristic = &Required, _outputCharacteristic = &Required, _inputMemory = &Required,
            _variadicInputs = &First, _alikeInputs = &First, _variadicOutputs = &First, _alikeOutputs = &First, _inferShape = &SameShape, _startVersion = &First, _endVersion = &Any,
            _mayInPlace = &MayInPlace, _releaseMayInPlace = &ReleaseInPlace,
        };

        [UnmanagedCallersOnly]
        private static nint CreateKernel(Operator* op, nint api, nint info) => op->_chain;

        [UnmanagedCallersOnly]
        private static nint Name(Operator* op) => op->_ownName;

        [UnmanagedCallersOnly]
        private static nint None(Operator* op) => 0;

        /// <summary>ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT.</summary>
        [UnmanagedCallersOnly]
        private static int Float(Operator* op, nuint index) => 1;

        [UnmanagedCallersOnly]
        private static nuint One(Operator* op) => 1;

        /// <summary>INPUT_OUTPUT_REQUIRED and OrtMemTypeDefault are both 0.</summary>
        [UnmanagedCallersOnly]
        private static int Required(Operator* op, nuint index) => 0;

        [UnmanagedCallersOnly]
        private static int First(Operator* op) => 1;

        [UnmanagedCallersOnly]
        private static int Any(Operator* op) => int.MaxValue;

        [UnmanagedCallersOnly]
        private static void Destroy(nint kernel)
        {
        }

        [UnmanagedCallersOnly]
        private static nuint MayInPlace(int** inputs, int** outputs)
        {
            *inputs = (int*)NativeMemory.AllocZeroed(sizeof(int));
            *outputs = (int*)NativeMemory.AllocZeroed(sizeof(int));
            return 1;
        }

        [UnmanagedCallersOnly]
        private static void ReleaseInPlace(int* inputs, int* outputs)
        {
            NativeMemory.Free(inputs);
            NativeMemory.Free(outputs);
        }

        [UnmanagedCallersOnly]
        private static nint SameShape(Operator* op, nint context)
        {
            nint shape = 0;
            nuint rank = 0;
            nint status = ((delegate* unmanaged<nint, nuint, nint*, nint>)Api->ShapeInferContext_GetInputTypeShape)(context, 0, &shape);
            if (status == 0)
                status = ((delegate* unmanaged<nint, nuint*, nint>)Api->GetDimensionsCount)(shape, &rank);
            // A shape that is not known looks like a scalar's, and stays unknown.
            return status != 0 || rank == 0 ? status : ((delegate* unmanaged<nint, nuint, nint, nint>)Api->ShapeInferContext_SetOutputTypeShape)(context, 0, shape);
        }

        [UnmanagedCallersOnly]
        private static void Compute(nint kernel, nint context)
        {
            nint input = 0, output = 0, info = 0;
            nuint rank = 0, count = 0;
            Check(((delegate* unmanaged<nint, nuint, nint*, nint>)Api->KernelContext_GetInput)(context, 0, &input));
            Check(((delegate* unmanaged<nint, nint*, nint>)Api->GetTensorTypeAndShape)(input, &info));
            Check(((delegate* unmanaged<nint, nuint*, nint>)Api->GetDimensionsCount)(info, &rank));
            Check(((delegate* unmanaged<nint, nuint*, nint>)Api->GetTensorShapeElementCount)(info, &count));
            long* shape = stackalloc long[(int)rank + 1];
            Check(((delegate* unmanaged<nint, long*, nuint, nint>)Api->GetDimensions)(info, shape, rank));
            ((delegate* unmanaged<nint, void>)Api->ReleaseTensorTypeAndShapeInfo)(info);
            Check(((delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)Api->KernelContext_GetOutput)(context, 0, shape, rank, &output));
            float* values = null, results = null;
            Check(((delegate* unmanaged<nint, float**, nint>)Api->GetTensorMutableData)(input, &values));
            Check(((delegate* unmanaged<nint, float**, nint>)Api->GetTensorMutableData)(output, &results));
            ((Chain)GCHandle.FromIntPtr(kernel).Target!).Run(new ReadOnlySpan<float>(values, checked((int)count)), new Span<float>(results, (int)count));
        }
    }

    private static class NativeMethodsApi
    {
        public static ref OrtApiBase Base => ref *OrtGetApiBase();

        [DllImport("onnxruntime", ExactSpelling = true)]
        private static extern OrtApiBase* OrtGetApiBase();
    }
}
