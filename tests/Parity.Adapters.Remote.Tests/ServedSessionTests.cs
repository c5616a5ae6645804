using System.Net;
using Parity.Adapters.OnnxRuntime;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.Remote.Tests;

/// <summary>A session across loopback is the session here: same outputs, same taps, same arithmetic, same faults.</summary>
public sealed class ServedSessionTests : IAsyncLifetime
{
    private static readonly OnnxRuntimeBackend Here = new(ExecutionProvider.Cpu);
    private static readonly InputContract Contract = new(ElementType.Float32, TensorLayout.Nchw, ColorOrder.Bgr, 8, 8, 1.0 / 255, [0.1, 0.2, 0.3], [1, 1.5, 2]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parity-served-");
    private ModelServer _server = null!;

    private string Model => Path.Combine(_folder.FullName, "pooled.onnx");

    private IBackend There => new RemoteBackend().At($"http://127.0.0.1:{_server.Url.Port}");

    public async ValueTask InitializeAsync()
    {
        OnnxModel model = OnnxModel.Create(17);
        model.Graph.AddInput("images", TensorType.Float32, 1, 3, 8, 8);
        model.Graph.SetInitializer("scale", Tensor.Create(new[] { 0.05f }));
        model.Graph.SetInitializer("zero", Tensor.Create(new sbyte[] { 3 }));
        model.Graph.Add(new Node("Relu", ["images"], ["relu"]));
        model.Graph.Add(new Node("QuantizeLinear", ["relu", "scale", "zero"], ["codes"]));
        model.Graph.Add(new Node("DequantizeLinear", ["codes", "scale", "zero"], ["values"]));
        model.Graph.Add(new Node("GlobalAveragePool", ["values"], ["y"]));
        model.Graph.Add(new Node("ArgMax", ["values"], ["k"]).Set("axis", 1));
        model.Graph.AddOutput("y", TensorType.Float32, [1, 3, 1, 1]);
        model.Graph.AddOutput("k", TensorType.Int64, [1, 1, 8, 8]);
        model.Save(Model);
        _server = await ModelServer.Start(Here, IPAddress.Loopback, 0, "test");
    }

    [Fact]
    public void Outputs_taps_ports_contract_and_arithmetic_are_those_of_a_session_here()
    {
        var request = new SessionRequest(Model, Contract, ["relu", "values", "y"], Optimize: false, Threads: 2);
        using ISession here = Here.Open(request), there = There.Open(request);
        there.Input.Should().Be(here.Input);
        there.Outputs.Select(o => o.ToString()).Should().Equal(here.Outputs.Select(o => o.ToString()));
        there.Arithmetic.Should().Be(here.Arithmetic);
        for (int seed = 0; seed < 3; seed++)
        {
            Tensor input = Noise(seed);
            IReadOnlyDictionary<string, Tensor> local = here.Run(input), remote = there.Run(input);
            remote.Keys.Should().BeEquivalentTo(local.Keys).And.Contain(["y", "k", "relu", "values"]);
            foreach ((string name, Tensor tap) in local)
            {
                // Codes that know their real values travel as those.
                Tensor tensor = tap.Dequantization is null ? tap : tap.ToFloat32();
                remote[name].ToString().Should().Be(tensor.ToString());
                remote[name].Bytes().SequenceEqual(tensor.Bytes()).Should().BeTrue(name);
            }
        }
    }

    [Fact]
    public void Two_sessions_of_one_model_do_not_end_each_other()
    {
        var request = new SessionRequest(Model, Contract, []);
        using ISession first = There.Open(request);
        There.Open(request).Dispose();

        first.Run(Noise(1))["y"].Count.Should().Be(3);
    }

    [Fact]
    public void An_unloaded_model_is_gone()
    {
        var request = new SessionRequest(Model, Contract, []);
        ISession session = There.Open(request), again = There.Open(request);
        session.Dispose();
        again.Dispose();

        using ISession fresh = There.Open(request with { Threads = 2 });
        fresh.Run(Noise(1)).Should().ContainKey("y");
        FaultOf(() => new RemoteBackend().At($"http://127.0.0.1:{_server.Url.Port}/v2/models/pooled").Open(request)).What.Should().Contain("HTTP 404").And.Contain("no model 'pooled' is loaded");
    }

    [Fact]
    public void A_model_that_is_there_is_used_by_its_name_and_checked_by_its_hash()
    {
        _server.Serve("pooled", Model, Contract, knowsPreprocessing: true, threads: 1);
        IBackend named = new RemoteBackend().At($"http://127.0.0.1:{_server.Url.Port}/v2/models/pooled");
        using (ISession session = named.Open(new SessionRequest(Model, Contract, ["relu"])))
            session.Run(Noise(2)).Should().ContainKeys("y", "k", "relu");

        string other = Path.Combine(_folder.FullName, "other.onnx");
        OnnxModel changed = OnnxModel.Load(Model);
        changed.SetMetadata("changed", "yes");
        changed.Save(other);
        FaultOf(() => named.Open(new SessionRequest(other, Contract, []))).What.Should().Contain("the server has another model");
    }

    [Theory]
    [InlineData("reluu", "there is no tensor 'reluu' to tap", "'relu'")]
    public void A_tap_that_names_no_tensor_is_the_same_fault_as_here(string tap, string what, string remedy)
    {
        Fault fault = FaultOf(() => There.Open(new SessionRequest(Model, Contract, [tap])));

        fault.What.Should().Be(what);
        fault.Where.Should().EndWith(", pooled.onnx", "a path of the server's means nothing here");
        fault.Remedy.Should().Contain(remedy);
    }

    [Fact]
    public void An_input_of_another_size_is_the_far_backends_fault_told_here() =>
        FaultOf(() => There.Open(new SessionRequest(Model, Contract with { Width = 4 }, []))).What.Should().Contain("the size differs");

    [Fact]
    public async Task A_request_that_is_not_understood_is_HTTP_400_with_an_error_and_the_server_lives_on()
    {
        _server.Serve("pooled", Model, Contract, knowsPreprocessing: false, threads: 1);
        using var client = new HttpClient { BaseAddress = _server.Url };
        foreach ((string header, string body, string said) in new[]
        {
            ("", "{}", "has no Inference-Header-Content-Length"),
            ("2", "{}", "Send 'images' and nothing else"),
            ("1", "{", "is not the JSON of KServe v2"),
            ("90", "{}", "shorter than it says"),
            ("999999999", "{}", "has no Inference-Header-Content-Length of 1 to"),
        })
        {
            using var content = new StringContent(body);
            if (header.Length > 0)
                content.Headers.Add("Inference-Header-Content-Length", header);
            HttpResponseMessage answer = await client.PostAsync("v2/models/pooled/infer", content, TestContext.Current.CancellationToken);
            answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
            (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().StartWith("{\"error\":").And.Contain(said.Replace("'", "\\u0027"));
        }
        (await client.GetStringAsync("v2/models/pooled/versions/1", TestContext.Current.CancellationToken)).Should().Contain("\"layout\":\"nchw\"").And.NotContain("\"color\"", "colour is not known of a model alone");
    }

    [Fact]
    public void Bytes_that_are_not_of_the_hash_are_refused()
    {
        using var connection = new ServerConnection(RemoteAddress.Parse($"http://127.0.0.1:{_server.Url.Port}"));
        var message = new Message(null, null, new() { [Parameters.Sha256] = Parameters.Value(new string('a', 64)), [Parameters.BinaryDataSize] = Parameters.Value(4L) },
            [Parameters.Of("", Contract, complete: true)], null);

        FaultOf(() => connection.Post("v2/repository/models/m/load", Frame.Of(message, new byte[4]), Json.Default.ModelMetadata, 10)).What.Should().StartWith("the bytes have SHA-256 ");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static Tensor Noise(int seed)
    {
        var random = new Random(seed);
        return Tensor.Create([.. Enumerable.Range(0, 192).Select(_ => (random.NextSingle() * 8) - 4)], 1, 3, 8, 8);
    }

    private static Fault FaultOf(Action action) => action.Should().Throw<FaultException>().Which.Faults[0];
}
