using System.Text.Json;
using System.Text.Json.Serialization;

namespace KvStore.Simulator.Faults;

/// <summary>
/// A plan as a file: JSON with the names of <see cref="RunPlan"/>, so that a plan that was cut down, or written by hand, is run when
/// nobody draws it from its seed any more. A file with a name that is not known, or without one that is needed, is no plan.
/// </summary>
internal static class PlanFile
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    /// <summary>Writes it, over what is there.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public static void Write(RunPlan plan, string path) => File.WriteAllText(path, ToText(plan) + "\n");

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidDataException">It is no plan.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static RunPlan Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} is no plan: {error.Message}", error);
        }
    }

    /// <summary>The plan as JSON.</summary>
    public static string ToText(RunPlan plan) => JsonSerializer.Serialize(plan, s_options);

    /// <summary>The plan in a JSON text.</summary>
    /// <exception cref="JsonException">It is no plan.</exception>
    public static RunPlan Parse(string text) => JsonSerializer.Deserialize<RunPlan>(text, s_options) ?? throw new JsonException("It is null.");
}
