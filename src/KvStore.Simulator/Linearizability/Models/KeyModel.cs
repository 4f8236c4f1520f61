using KvStore.Protocol.Client;
using KvStore.Protocol.Resp;

namespace KvStore.Simulator.Linearizability.Models;

/// <summary>A key: its value, and which expiry it is under.</summary>
/// <param name="Value">The bytes, one character each; null when there is no such key.</param>
/// <param name="Deadline">The name of its expiry; 0 when it has none.</param>
internal readonly record struct KeyState(string? Value, int Deadline)
{
    /// <inheritdoc/>
    public override string ToString() =>
        Value is null ? "no value" : Deadline == 0 ? $"\"{Value}\"" : $"\"{Value}\" (expiry #{Deadline})";
}

/// <summary>
/// One key of the store, with the replies of Redis 7.0.15. It knows no time: an expiry has a name, and a
/// <see cref="KeyVerb.Lapse"/> of that name takes the key away if it is still under it.
/// </summary>
internal readonly struct KeyModel : IModel<KeyState, KeyCommand, KeyReply>
{
    private static readonly KeyReply NotAnInteger = KeyReply.Error("ERR value is not an integer or out of range");
    private static readonly KeyReply Overflow = KeyReply.Error("ERR increment or decrement would overflow");

    /// <inheritdoc/>
    public KeyState Initial => default;

    /// <inheritdoc/>
    public KeyReply Step(KeyState state, KeyCommand input, out KeyState next)
    {
        next = state;
        switch (input.Verb)
        {
            case KeyVerb.Get:
                return KeyReply.Of(state.Value);
            case KeyVerb.Exists:
                return KeyReply.Of(state.Value is null ? 0 : 1);
            case KeyVerb.Length:
                return KeyReply.Of(state.Value?.Length ?? 0);
            case KeyVerb.TimeToLive:
                return KeyReply.Of(state.Value is null ? -2 : state.Deadline == 0 ? -1 : 0);
            case KeyVerb.Set:
                return Set(state, input, out next);
            case KeyVerb.Append:
                next = state with { Value = state.Value + input.Argument };
                return KeyReply.Of(next.Value!.Length);
            case KeyVerb.Add:
                return Add(state, input.Amount, out next);
            case KeyVerb.Delete:
                next = default;
                return KeyReply.Of(state.Value is null ? 0 : 1);
            case KeyVerb.GetDelete:
                next = default;
                return KeyReply.Of(state.Value);
            case KeyVerb.Clear:
                next = default;
                return KeyReply.Ok;
            case KeyVerb.Expire:
                if (state.Value is null || !Holds(input.Condition, isPresent: state.Deadline != 0))
                    return KeyReply.Of(0);
                next = state with { Deadline = input.Deadline };
                return KeyReply.Of(1);
            case KeyVerb.Persist:
                next = state with { Deadline = 0 };
                return KeyReply.Of(state.Deadline == 0 ? 0 : 1);
            case KeyVerb.Lapse:
                next = state.Deadline == input.Deadline ? default : state;
                return KeyReply.Ok;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input.Verb, "There is no such verb.");
        }
    }

    /// <summary>What of a reply the model can tell: of a time to live only that there is one, which counts as 0.</summary>
    public static KeyReply Comparable(KeyCommand input, KeyReply reply) =>
        input.Verb == KeyVerb.TimeToLive && reply is { Kind: ReplyKind.Integer, Integer: > 0 } ? KeyReply.Of(0) : reply;

    /// <inheritdoc/>
    public bool IsObservation(KeyCommand input, KeyReply output) => input.Verb switch
    {
        KeyVerb.Get or KeyVerb.Exists or KeyVerb.Length or KeyVerb.TimeToLive => true,
        KeyVerb.Set when input.GivesOld => input.Condition == KeyCondition.None ? false
            : input.Condition == KeyCondition.IfAbsent ? output != KeyReply.Null : output == KeyReply.Null,
        KeyVerb.Set => output == KeyReply.Null || output == KeyReply.Of(0),
        KeyVerb.Add => output.Kind == ReplyKind.Error,
        KeyVerb.Delete or KeyVerb.Expire or KeyVerb.Persist => output == KeyReply.Of(0),
        KeyVerb.GetDelete => output == KeyReply.Null,
        _ => false,
    };

    private static KeyReply Set(KeyState state, KeyCommand input, out KeyState next)
    {
        var isDone = Holds(input.Condition, isPresent: state.Value is not null);
        next = isDone ? new KeyState(input.Argument, input.KeepsExpiry ? state.Deadline : input.Deadline) : state;
        if (input.GivesOld)
            return KeyReply.Of(state.Value);
        if (input.CountsChanges)
            return KeyReply.Of(isDone ? 1 : 0);
        return isDone ? KeyReply.Ok : KeyReply.Null;
    }

    private static KeyReply Add(KeyState state, long amount, out KeyState next)
    {
        next = state;
        var value = 0L;
        if (state.Value is not null && !TryInteger(state.Value, out value))
            return NotAnInteger;
        var sum = unchecked(value + amount);
        if (((value ^ sum) & (amount ^ sum)) < 0)
            return Overflow;
        next = state with { Value = $"{sum}" };
        return KeyReply.Of(sum);
    }

    private static bool TryInteger(string text, out long value)
    {
        value = 0;
        Span<byte> bytes = stackalloc byte[AsciiInteger.MaxLength];
        return text.Length <= bytes.Length
            && System.Text.Encoding.Latin1.TryGetBytes(text, bytes, out var length)
            && AsciiInteger.TryParse(bytes[..length], out value);
    }

    private static bool Holds(KeyCondition condition, bool isPresent) =>
        condition == KeyCondition.None || isPresent == (condition == KeyCondition.IfPresent);
}
