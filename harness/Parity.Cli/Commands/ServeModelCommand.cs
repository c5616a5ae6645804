using System.CommandLine;
using System.Net;
using System.Reflection;
using Parity.Adapters.Remote;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Cli.Commands;

/// <summary>`parity serve-model`: a local session for other processes and hosts, until stopped.</summary>
public static class ServeModelCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "ONNX file to have ready; suites may load others" };
        var backend = new Option<string>("--backend") { Description = $"What runs it: {string.Join(", ", Composition.Backends.Select(b => b.Name))}", DefaultValueFactory = _ => Composition.Backends[0].Name };
        var host = new Option<string>("--host") { Description = "Address to listen on. Anything but loopback lets everyone who reaches the port load and run models: there is no password", DefaultValueFactory = _ => "127.0.0.1" };
        var port = new Option<int>("--port") { Description = "0 takes a free one", DefaultValueFactory = _ => 8000 };
        var suite = new Option<string?>("--suite") { Description = "Suite whose 'preprocessing' the model wants (default: type and size from the model; colour and normalisation are then not told)" };
        var threads = new Option<int>("--threads") { Description = "Threads within one model run", DefaultValueFactory = _ => 1 };
        port.Validators.Add(r =>
        {
            if (r.Tokens is [{ Value: var text }] && int.TryParse(text, out int number) && number is < 0 or > 65535)
                r.AddError("--port needs a number from 0 to 65535");
        });
        threads.Validators.Add(r =>
        {
            if (r.Tokens is [{ Value: var text }] && int.TryParse(text, out int number) && number is < 1 or > 64)
                r.AddError("--threads needs a number from 1 to 64");
        });
        var command = new Command("serve-model", "Serve a session by KServe v2 over HTTP with binary tensors, on loopback unless --host says otherwise") { model, backend, host, port, suite, threads };
        command.SetAction((parsed, stop) => Serve(
            parsed.GetValue(model)!, parsed.GetValue(backend)!, parsed.GetValue(host)!, parsed.GetValue(port), parsed.GetValue(suite), parsed.GetValue(threads), stop));
        return command;
    }

    private static async Task<int> Serve(string path, string backendName, string host, int port, string? suite, int threads, CancellationToken stop)
    {
        IBackend backend = BackendNames.Find(Composition.Backends, backendName, "--backend");
        if (!IPAddress.TryParse(host == "localhost" ? "127.0.0.1" : host, out IPAddress? address))
            throw new FaultException($"'{host}' is no address", "--host", "Write an IP address, such as 127.0.0.1, or 0.0.0.0 for all.");
        if (!backend.Availability.IsReady)
        {
            Console.Error.WriteLine($"parity: {backend.Name} cannot run: {backend.Availability.Reason}. {backend.Availability.Remedy}");
            return ExitCode.CouldNotRun;
        }
        InputContract contract = suite is null ? ModelPreprocessing.Guess(OnnxModel.Load(path), path) : ModelPreprocessing.Of(suite).Contract;
        string version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        await using ModelServer server = await ModelServer.Start(backend, address, port, version);
        string name = Path.GetFileNameWithoutExtension(path);
        server.Serve(name, path, contract, knowsPreprocessing: suite is not null, threads);
        if (!IPAddress.IsLoopback(address))
            Console.Error.WriteLine($"warning: {address} is not loopback: everyone who reaches the port may load and run models, without password or encryption");
        Console.WriteLine($"serving {name} by {backend.Name}: {server.Url}v2/models/{Uri.EscapeDataString(name)}");
        Console.WriteLine($"in a suite: backend: remote:{server.Url.GetLeftPart(UriPartial.Authority)}");
        try
        {
            await Task.Delay(Timeout.Infinite, stop);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how a server ends.
        }
        return ExitCode.Pass;
    }
}
