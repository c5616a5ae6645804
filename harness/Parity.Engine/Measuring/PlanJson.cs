using System.Text.Json.Serialization;
using Parity.Lowering;

namespace Parity.Engine.Measuring;

/// <summary>A plan with all that its profile says, as text to be hashed.</summary>
[JsonSerializable(typeof(LoweringPlan))]
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed partial class PlanJson : JsonSerializerContext;
