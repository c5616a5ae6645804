using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parity.Adapters.Remote;

/// <summary>GET v2.</summary>
internal sealed record ServerMetadata(string Name, string? Version = null, string[]? Extensions = null);

/// <summary>GET v2/models/{m}, and the answer to a load.</summary>
internal sealed record ModelMetadata(
    string Name, TensorHeader[] Inputs, TensorHeader[] Outputs, string[]? Versions = null, string? Platform = null, Dictionary<string, JsonElement>? Parameters = null);

/// <summary>The JSON part of an infer request, an infer response or a load.</summary>
internal sealed record Message(
    string? ModelName = null, string? Id = null, Dictionary<string, JsonElement>? Parameters = null, TensorHeader[]? Inputs = null, TensorHeader[]? Outputs = null);

/// <param name="Data">Values as JSON: known, so that a server sending them can be told to send bytes.</param>
internal sealed record TensorHeader(string Name, string? Datatype = null, long[]? Shape = null, Dictionary<string, JsonElement>? Parameters = null, JsonElement? Data = null);

/// <summary>Any HTTP 4xx or 5xx.</summary>
/// <param name="Faults">Parity's addition: what is wrong, where, and what to do about it, one by one.</param>
internal sealed record ErrorBody(string Error, FaultBody[]? Faults = null);

internal sealed record FaultBody(string What, string Where, string Remedy);

internal sealed record Liveness(bool? Live = null, bool? Ready = null, string? Name = null);

internal sealed record IndexEntry(string Name, string State);

/// <summary>A name twice in one object, a missing name or null where something must be are JsonExceptions: a server that sends them is not guessed at.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false, MaxDepth = 16)]
[JsonSerializable(typeof(ServerMetadata))]
[JsonSerializable(typeof(ModelMetadata))]
[JsonSerializable(typeof(Message))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(Liveness))]
[JsonSerializable(typeof(IndexEntry[]))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
internal sealed partial class Json : JsonSerializerContext;
