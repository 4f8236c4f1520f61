namespace KvStore.Simulator.Linearizability.Models;

/// <summary>What can be asked of a text.</summary>
internal enum TextVerb
{
    /// <summary>Its value.</summary>
    Get,

    /// <summary>To be a value.</summary>
    Put,

    /// <summary>To end with a value more.</summary>
    Append,
}

/// <summary>A call to a text.</summary>
/// <param name="Verb">What to do.</param>
/// <param name="Value">What to put or append; empty for a get.</param>
internal readonly record struct TextCall(TextVerb Verb, string Value = "")
{
    /// <inheritdoc/>
    public override string ToString() => Verb switch
    {
        TextVerb.Get => "get",
        TextVerb.Put => $"put \"{Value}\"",
        _ => $"append \"{Value}\"",
    };
}

/// <summary>One key of a map of texts, which is empty at first. The reply is what a get found, and null for all else.</summary>
internal readonly struct TextModel : IModel<string, TextCall, string?>
{
    /// <inheritdoc/>
    public string Initial => "";

    /// <inheritdoc/>
    public string? Step(string state, TextCall input, out string next)
    {
        next = input.Verb switch
        {
            TextVerb.Get => state,
            TextVerb.Put => input.Value,
            _ => state + input.Value,
        };
        return input.Verb == TextVerb.Get ? state : null;
    }

    /// <inheritdoc/>
    public bool IsObservation(TextCall input, string? output) => input.Verb == TextVerb.Get;
}
