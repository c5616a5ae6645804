using System.Security.Cryptography;
using System.Text;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.Remote.Tests;

/// <summary>Whatever a server does wrong is a fault that says what, where and what to do; nothing of it becomes a value.</summary>
public sealed class LyingServerTests : IDisposable
{
    private static readonly InputContract Contract = new(ElementType.Float32, TensorLayout.Nchw, ColorOrder.Bgr, 2, 2, 1, [0, 0, 0], [1, 1, 1]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parity-lies-");
    private readonly string _model;
    private readonly LyingServer _server;

    public LyingServerTests()
    {
        _model = Path.Combine(_folder.FullName, "squares.onnx");
        OnnxModel model = OnnxModel.Create(17);
        model.Graph.AddInput("images", TensorType.Float32, 1, 3, 2, 2);
        model.Graph.Add(new Node("Relu", ["images"], ["y"]));
        model.Graph.AddOutput("y", TensorType.Float32, [1, 2]);
        model.Save(_model);
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_model)));
        _server = new LyingServer(Sha256);
    }

    private string Sha256 { get; }

    [Fact]
    public void An_honest_answer_is_taken_bit_for_bit_and_NaN_comes_through_for_the_run_to_flag()
    {
        _server.AnswerInfer(LyingServer.Infer(LyingServer.Output("y", "FP32", "[1,2]", 8), LyingServer.Floats(float.NaN, 2)));
        using ISession session = Open();

        float[] values = session.Run(Input())["y"].Span<float>().ToArray();

        values[0].Should().Be(float.NaN);
        values[1].Should().Be(2);
        session.Arithmetic.Name.Should().Be("device");
        session.Arithmetic.Detail.Should().Contain("does not say its arithmetic");
    }

    public static TheoryData<string, string> Lies { get; } = new()
    {
        { "wrong shape", "has shape [2,1], the model's is y Float32 [1,2]" },
        { "negative shape", "has shape [-1,2]" },
        { "wrong type", "is INT32, the model's is FP32" },
        { "unknown type", "is FP33, the model's is FP32" },
        { "wrong count", "of 8 bytes by its type and shape is sent as 4" },
        { "overflowing count", "has shape [4294967296,4294967296]" },
        { "more bytes than promised", "8 bytes of tensors are promised and 12 sent" },
        { "fewer bytes than promised", "8 bytes of tensors are promised and 4 sent" },
        { "twice", "output 'y' comes twice" },
        { "not asked for", "output 'z' was not asked for" },
        { "missing", "output 'y' is missing" },
        { "other model", "it is of model 'circles'" },
        { "values as JSON", "does not come as bytes" },
        { "no header length", "has no Inference-Header-Content-Length" },
        { "huge header", "its header is said to have 999999999 bytes" },
        { "header beyond the end", "bytes, the whole answer" },
        { "key twice", "is not the JSON of KServe v2" },
        { "no JSON", "is not the JSON of KServe v2" },
        { "no HTTP", "broke off or is no HTTP" },
        { "cut short", "broke off or is no HTTP" },
        { "huge HTTP header", "broke off or is no HTTP" },
        { "error", "HTTP 500: out of memory" },
        { "error page", "the server refuses with HTTP 502" },
        { "redirect", "the server refuses with HTTP 302" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_lie_in_an_answer_is_a_fault_that_says_which(string lie, string said)
    {
        string y = LyingServer.Output("y", "FP32", "[1,2]", 8);
        byte[] two = LyingServer.Floats(1, 2);
        _server.AnswerInfer(lie switch
        {
            "wrong shape" => LyingServer.Infer(LyingServer.Output("y", "FP32", "[2,1]", 8), two),
            "negative shape" => LyingServer.Infer(LyingServer.Output("y", "FP32", "[-1,2]", 8), two),
            "wrong type" => LyingServer.Infer(LyingServer.Output("y", "INT32", "[1,2]", 8), two),
            "unknown type" => LyingServer.Infer(LyingServer.Output("y", "FP33", "[1,2]", 8), two),
            "wrong count" => LyingServer.Infer(LyingServer.Output("y", "FP32", "[1,2]", 4), two),
            "overflowing count" => LyingServer.Infer(LyingServer.Output("y", "FP32", "[4294967296,4294967296]", 0), []),
            "more bytes than promised" => LyingServer.Infer(y, LyingServer.Floats(1, 2, 3)),
            "fewer bytes than promised" => LyingServer.Infer(y, LyingServer.Floats(1)),
            "twice" => LyingServer.Infer($"{y},{y}", [.. two, .. two]),
            "not asked for" => LyingServer.Infer($"{y},{LyingServer.Output("z", "FP32", "[1,2]", 8)}", [.. two, .. two]),
            "missing" => LyingServer.Infer("", []),
            "other model" => LyingServer.Infer(y, two, model: "circles"),
            "values as JSON" => LyingServer.Infer("""{"name":"y","datatype":"FP32","shape":[1,2],"data":[1,2]}""", []),
            "no header length" => LyingServer.Json("{}"),
            "huge header" => LyingServer.Infer(y, two, headerBytes: 999_999_999),
            "header beyond the end" => LyingServer.Infer(y, two, headerBytes: 5000),
            "key twice" => LyingServer.Infer("""{"name":"y","name":"y","datatype":"FP32","shape":[1,2]}""", two),
            "no JSON" => LyingServer.Infer("{", two),
            "no HTTP" => "SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray(),
            "cut short" => LyingServer.Infer(y, LyingServer.Floats(1), length: Encoding.UTF8.GetByteCount($$"""{"model_name":"squares","outputs":[{{y}}]}""") + 8),
            "huge HTTP header" => LyingServer.Http("200 OK", [], $"X-Long: {new string('x', 200_000)}\r\n"),
            "error" => LyingServer.Json("""{"error":"out of memory"}""", "500 Internal Server Error"),
            "error page" => LyingServer.Json("<html>", "502 Bad Gateway"),
            "redirect" => LyingServer.Http("302 Found", [], "Location: http://127.0.0.1:1/\r\n"),
            _ => throw new ArgumentOutOfRangeException(nameof(lie)),
        });
        using ISession session = Open();

        Fault fault = FaultOf(() => session.Run(Input()));

        fault.What.Should().Contain(said);
        fault.Where.Should().StartWith(_server.Address);
        fault.Remedy.Should().NotBeEmpty();
    }

    [Fact]
    public void A_server_that_says_nothing_is_given_up_after_the_time_that_the_address_sets()
    {
        _server.AnswerInfer(null);
        using ISession session = Open("?infer-seconds=0.3");

        FaultOf(() => session.Run(Input())).Should().Match<Fault>(f => f.What == "no whole answer within 0.3 seconds" && f.Remedy.Contains("infer-seconds"));
    }

    [Fact]
    public void A_server_that_stops_in_the_middle_of_an_answer_but_stays_connected_is_given_up_too()
    {
        using var stalling = new StallingServer(LyingServer.Infer(LyingServer.Output("y", "FP32", "[1,2]", 8), LyingServer.Floats(1, 2))[..^4]);
        using var connection = new ServerConnection(RemoteAddress.Parse($"http://127.0.0.1:{stalling.Port}?infer-seconds=0.3"));
        using var session = new RemoteSession(connection, RemoteAddress.Parse($"http://127.0.0.1:{stalling.Port}?infer-seconds=0.3"), "squares", "images", Contract,
            [new TensorPort("y", ElementType.Float32, [1, 2])], [], new Arithmetic("device", "", null), reuses: false, unload: false);

        FaultOf(() => session.Run(Input())).What.Should().Be("no whole answer within 0.3 seconds");
    }

    [Fact]
    public void A_server_that_died_is_a_fault_and_not_ready()
    {
        using ISession session = Open();
        _server.Dispose();

        FaultOf(() => session.Run(Input())).Where.Should().StartWith(_server.Address);
    }

    [Fact]
    public void Nothing_listening_is_not_ready_with_the_reason_and_what_to_do()
    {
        Availability availability = new RemoteBackend().At("http://127.0.0.1:1").Availability;

        availability.IsReady.Should().BeFalse();
        availability.Reason.Should().Contain("no server answers there");
        availability.Remedy.Should().Contain("parity serve-model");
    }

    [Theory]
    [InlineData("""{"ready":false}""", "says that it is not ready")]
    [InlineData("ready", "is not the JSON of KServe v2")]
    public void A_server_that_does_not_say_it_is_ready_is_not(string health, string reason)
    {
        _server.Answer("/v2/health/ready", LyingServer.Json(health));

        new RemoteBackend().At(_server.Address).Availability.Should().Match<Availability>(a => !a.IsReady && a.Reason!.Contains(reason));
    }

    [Fact]
    public void Another_model_than_the_one_measured_is_refused_before_it_runs()
    {
        _server.Answer($"/v2/models/{LyingServer.Model}", LyingServer.Json(LyingServer.Metadata(new string('0', 64))));

        FaultOf(() => Open()).What.Should().Contain("the server has another model").And.Contain(Sha256);
    }

    [Theory]
    [InlineData("""{"name":"y","datatype":"FP32","shape":[1,2]},{"name":"y","datatype":"FP32","shape":[1,2]}""", "two outputs are called 'y'")]
    [InlineData("""{"name":"y","datatype":"BYTES","shape":[1,2]}""", "is BYTES [1,2], which is not read")]
    [InlineData("""{"name":"y","datatype":"FP32","shape":[-5]}""", "is FP32 [-5], which is not read")]
    [InlineData("", "the model has no outputs")]
    [InlineData("""{"datatype":"FP32"}""", "is not the JSON of KServe v2")]
    public void Outputs_that_no_model_has_are_refused_before_it_runs(string outputs, string said)
    {
        _server.Answer($"/v2/models/{LyingServer.Model}", LyingServer.Json(LyingServer.Metadata(Sha256, outputs)));

        FaultOf(() => Open()).What.Should().Contain(said);
    }

    [Theory]
    [InlineData("[]", "does not have the extension binary_tensor_data")]
    [InlineData("""["binary_tensor_data"]""", "does not have the extension parity.layer_dump")]
    public void A_server_without_an_extension_that_is_needed_is_refused(string extensions, string said)
    {
        _server.Answer("/v2", LyingServer.Json($$"""{"name":"plain","extensions":{{extensions}}}"""));

        FaultOf(() => new RemoteBackend().At(_server.Address).Open(new SessionRequest(_model, Contract, ["y"]))).What.Should().Contain(said);
    }

    [Theory]
    [InlineData("http://h:1?infer-seconds=0", "'infer-seconds=0' is no time")]
    [InlineData("http://h:1?wait=1", "unknown setting 'wait'")]
    [InlineData("http://h:1/v1/models/x", "is no path to a model")]
    [InlineData("h:1", "is no address of a server")]
    public void An_address_that_cannot_be_read_says_what_to_write(string address, string said) =>
        FaultOf(() => new RemoteBackend().At(address)).What.Should().Contain(said);

    public void Dispose()
    {
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    private ISession Open(string settings = "") => new RemoteBackend().At(_server.Address + settings).Open(new SessionRequest(_model, Contract, []));

    private static Tensor Input() => Tensor.Create(new float[12], 1, 3, 2, 2);

    private static Fault FaultOf(Action action) => action.Should().Throw<FaultException>().Which.Faults[0];
}
