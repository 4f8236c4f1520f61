namespace KvStore.Simulator.Linearizability.Models;

/// <summary>What a command does with its key, whatever its name.</summary>
internal enum KeyVerb
{
    /// <summary>GET.</summary>
    Get,

    /// <summary>EXISTS of one key.</summary>
    Exists,

    /// <summary>STRLEN.</summary>
    Length,

    /// <summary>TTL, PTTL, EXPIRETIME, PEXPIRETIME: whether the key is there, and whether it expires. Not when.</summary>
    TimeToLive,

    /// <summary>SET with all its options, PUT, SETNX, GETSET.</summary>
    Set,

    /// <summary>APPEND.</summary>
    Append,

    /// <summary>INCR, DECR, INCRBY, DECRBY.</summary>
    Add,

    /// <summary>DEL of one key.</summary>
    Delete,

    /// <summary>GETDEL.</summary>
    GetDelete,

    /// <summary>FLUSHALL, FLUSHDB: what one of them does to one key.</summary>
    Clear,

    /// <summary>EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT.</summary>
    Expire,

    /// <summary>PERSIST.</summary>
    Persist,

    /// <summary>No command: the key goes because its time has come. See <see cref="StoreHistory"/>.</summary>
    Lapse,
}

/// <summary>Under which condition a command does anything.</summary>
internal enum KeyCondition
{
    /// <summary>Always.</summary>
    None,

    /// <summary>NX: of a SET, when there is no value; of an EXPIRE, when there is no expiry.</summary>
    IfAbsent,

    /// <summary>XX: the opposite.</summary>
    IfPresent,
}

/// <summary>When a command wants its key to expire.</summary>
/// <param name="Ms">Milliseconds: from when it is executed, or since 1970.</param>
/// <param name="IsAbsolute">Which of both.</param>
internal readonly record struct KeyExpiry(long Ms, bool IsAbsolute);

/// <summary>
/// A command on one key, without that key. Byte strings are texts of one character a byte (Latin-1), so that any bytes
/// are compared exactly. What reaches several keys at once is recorded as one command for each of them.
/// </summary>
/// <param name="Verb">What it does.</param>
/// <param name="Argument">The value of a SET, the suffix of an APPEND.</param>
internal sealed record KeyCommand(KeyVerb Verb, string Argument = "")
{
    /// <summary>What an <see cref="KeyVerb.Add"/> adds.</summary>
    public long Amount { get; init; }

    /// <summary>Of a SET or an EXPIRE.</summary>
    public KeyCondition Condition { get; init; }

    /// <summary>SET … GET, GETSET: the reply is the value before.</summary>
    public bool GivesOld { get; init; }

    /// <summary>SET … KEEPTTL.</summary>
    public bool KeepsExpiry { get; init; }

    /// <summary>SETNX: the reply is 1 or 0.</summary>
    public bool CountsChanges { get; init; }

    /// <summary>The expiry that it asks for; null when none.</summary>
    public KeyExpiry? Expiry { get; init; }

    /// <summary>Names the expiry within its history: what this command sets, or what lapses. 0 when there is none.</summary>
    public int Deadline { get; init; }

    /// <summary>Reads a command as a client sends it: its name, its key, its arguments.</summary>
    /// <exception cref="NotSupportedException">The model does not know the command, or not with these arguments.</exception>
    public static KeyCommand Parse(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (arguments.Count < 2)
            throw Unknown(arguments);
        try
        {
            return Parse(arguments[0].ToUpperInvariant(), [.. arguments.Skip(2)]);
        }
        catch (OverflowException)
        {
            throw Unknown(arguments);
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = Verb.ToString().ToLowerInvariant();
        if (Verb is KeyVerb.Set or KeyVerb.Append)
            text += $" \"{Argument}\"";
        if (Verb == KeyVerb.Add)
            text += $" {Amount}";
        if (Condition != KeyCondition.None)
            text += Condition == KeyCondition.IfAbsent ? " NX" : " XX";
        if (GivesOld)
            text += " GET";
        if (KeepsExpiry)
            text += " KEEPTTL";
        if (Expiry is { } expiry)
            text += expiry.IsAbsolute ? $" PXAT {expiry.Ms}" : $" PX {expiry.Ms}";
        return Deadline == 0 ? text : $"{text} (expiry #{Deadline})";
    }

    private static KeyCommand Parse(string name, string[] rest) => (name, rest) switch
    {
        ("GET", []) => new(KeyVerb.Get),
        ("EXISTS", []) => new(KeyVerb.Exists),
        ("STRLEN", []) => new(KeyVerb.Length),
        ("TTL" or "PTTL" or "EXPIRETIME" or "PEXPIRETIME", []) => new(KeyVerb.TimeToLive),
        ("SET", [var value, .. var options]) => Set(value, options),
        ("PUT", [var value]) => new(KeyVerb.Set, value),
        ("SETNX", [var value]) => new(KeyVerb.Set, value) { Condition = KeyCondition.IfAbsent, CountsChanges = true },
        ("GETSET", [var value]) => new(KeyVerb.Set, value) { GivesOld = true },
        ("APPEND", [var value]) => new(KeyVerb.Append, value),
        ("INCR", []) => new(KeyVerb.Add) { Amount = 1 },
        ("DECR", []) => new(KeyVerb.Add) { Amount = -1 },
        ("INCRBY", [var amount]) => new(KeyVerb.Add) { Amount = Number(amount) },
        ("DECRBY", [var amount]) => new(KeyVerb.Add) { Amount = checked(-Number(amount)) },
        ("DEL", []) => new(KeyVerb.Delete),
        ("FLUSHALL" or "FLUSHDB", []) => new(KeyVerb.Clear),
        ("GETDEL", []) => new(KeyVerb.GetDelete),
        ("EXPIRE", [var time, .. var options]) => Expire(new(checked(Number(time) * 1000), IsAbsolute: false), options),
        ("PEXPIRE", [var time, .. var options]) => Expire(new(Number(time), IsAbsolute: false), options),
        ("EXPIREAT", [var time, .. var options]) => Expire(new(checked(Number(time) * 1000), IsAbsolute: true), options),
        ("PEXPIREAT", [var time, .. var options]) => Expire(new(Number(time), IsAbsolute: true), options),
        ("PERSIST", []) => new(KeyVerb.Persist),
        _ => throw Unknown([name, .. rest]),
    };

    private static KeyCommand Expire(KeyExpiry expiry, string[] options) => new(KeyVerb.Expire)
    {
        Expiry = expiry,
        Condition = options switch
        {
            [] => KeyCondition.None,
            [var one] when Is(one, "NX") => KeyCondition.IfAbsent,
            [var one] when Is(one, "XX") => KeyCondition.IfPresent,
            _ => throw Unknown(["EXPIRE", .. options]),
        },
    };

    private static KeyCommand Set(string value, string[] options)
    {
        var command = new KeyCommand(KeyVerb.Set, value);
        for (var i = 0; i < options.Length; i++)
        {
            command = options[i].ToUpperInvariant() switch
            {
                "NX" => command with { Condition = KeyCondition.IfAbsent },
                "XX" => command with { Condition = KeyCondition.IfPresent },
                "GET" => command with { GivesOld = true },
                "KEEPTTL" => command with { KeepsExpiry = true },
                "EX" when i + 1 < options.Length => command with { Expiry = After(options[++i], 1000, isAbsolute: false) },
                "PX" when i + 1 < options.Length => command with { Expiry = After(options[++i], 1, isAbsolute: false) },
                "EXAT" when i + 1 < options.Length => command with { Expiry = After(options[++i], 1000, isAbsolute: true) },
                "PXAT" when i + 1 < options.Length => command with { Expiry = After(options[++i], 1, isAbsolute: true) },
                _ => throw Unknown(["SET", value, .. options]),
            };
        }
        return command;
    }

    // A SET refuses times that are not positive, whatever the state: nothing is to be learned from it.
    private static KeyExpiry After(string text, int unitMs, bool isAbsolute) =>
        Number(text) is > 0 and var number ? new(checked(number * unitMs), isAbsolute) : throw Unknown(["SET", text]);

    private static long Number(string text) => long.TryParse(text, out var number) ? number : throw Unknown([text]);

    private static bool Is(string text, string option) => string.Equals(text, option, StringComparison.OrdinalIgnoreCase);

    private static NotSupportedException Unknown(IReadOnlyList<string> arguments) =>
        new($"No model of '{string.Join(' ', arguments)}': its replies can't be checked.");
}
