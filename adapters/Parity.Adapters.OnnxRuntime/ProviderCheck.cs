using Microsoft.ML.OnnxRuntime;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>Execution providers: their options, and whether the library here has them and finds a device.</summary>
internal static class ProviderCheck
{
    public static string Version => Environment().GetVersionString();

    public static string RuntimeName(ExecutionProvider provider) => provider switch
    {
        ExecutionProvider.Cpu => "CPUExecutionProvider",
        ExecutionProvider.Cuda => "CUDAExecutionProvider",
        ExecutionProvider.TensorRt => "TensorrtExecutionProvider",
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, null),
    };

    /// <summary>Asks the library for its list, then for a session that must run on the provider.</summary>
    public static Availability Check(ExecutionProvider provider)
    {
        string name = RuntimeName(provider);
        try
        {
            string[] built = Environment().GetAvailableProviders();
            if (!built.Contains(name))
            {
                return Availability.NotRun(
                    $"this ONNX Runtime {Version} has no {name}, only {string.Join(", ", built)}",
                    $"Install ONNX Runtime's GPU build (NuGet Microsoft.ML.OnnxRuntime.Gpu, or npm com.github.asus4.onnxruntime.linux-x64-gpu) on a machine with {Needs(provider)}.");
            }
            if (provider == ExecutionProvider.Cpu)
                return Availability.Ready;

            using SessionOptions options = Options(provider);
            options.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1");
            new InferenceSession(SmallestModel(), options).Dispose();
            return Availability.Ready;
        }
        catch (OnnxRuntimeException e)
        {
            return Availability.NotRun($"{name} does not start: {RuntimeFault.Sentence(e)}", $"Check that this machine has {Needs(provider)}.");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException })
        {
            return Availability.NotRun(
                "ONNX Runtime's native library cannot be loaded", "Run `npm ci --ignore-scripts` in the repository's root and build again; the library is for x64 Linux and Windows and arm64 macOS.");
        }
    }

    /// <summary>Options that every session of the provider has: errors only, repeatable results, no thread that spins while it waits.</summary>
    public static SessionOptions Options(ExecutionProvider provider)
    {
        Environment();
        var options = new SessionOptions
        {
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
        };
        options.AddSessionConfigEntry("session.use_deterministic_compute", "1");
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        // On x64 int8 Q/DQ is otherwise rewritten to uint8 in part: see UnsignedActivations, which does it as a whole or not at all.
        options.AddSessionConfigEntry("session.qdqisint8allowed", "1");
        if (provider == ExecutionProvider.TensorRt)
        {
            using var tensorRt = new OrtTensorRTProviderOptions();
            tensorRt.UpdateOptions(new Dictionary<string, string> { ["device_id"] = "0", ["trt_int8_enable"] = "1", ["trt_fp16_enable"] = "0" });
            options.AppendExecutionProvider_Tensorrt(tensorRt);
        }
        if (provider is ExecutionProvider.Cuda or ExecutionProvider.TensorRt)
        {
            using var cuda = new OrtCUDAProviderOptions();
            // The default search times algorithms, so two runs may choose differently; TF32 would round float32 to 10 bits.
            cuda.UpdateOptions(new Dictionary<string, string> { ["device_id"] = "0", ["cudnn_conv_algo_search"] = "DEFAULT", ["use_tf32"] = "0" });
            options.AppendExecutionProvider_CUDA(cuda);
        }
        return options;
    }

    private static OrtEnv Environment()
    {
        OrtEnv environment = OrtEnv.Instance();
        environment.EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
        return environment;
    }

    private static string Needs(ExecutionProvider provider) => provider switch
    {
        ExecutionProvider.Cpu => "an x64 or arm64 processor",
        ExecutionProvider.Cuda => "an NVIDIA GPU, its driver, CUDA and cuDNN",
        _ => "an NVIDIA GPU, its driver, CUDA, cuDNN and TensorRT",
    };

    private static byte[] SmallestModel()
    {
        OnnxModel model = OnnxModel.Create(13);
        model.Graph.AddInput("x", TensorType.Float32, 1, 3, 8, 8);
        model.Graph.Add(new Node("Relu", ["x"], ["y"]));
        model.Graph.AddOutput("y", TensorType.Float32, [1, 3, 8, 8]);
        return model.ToBytes();
    }
}
