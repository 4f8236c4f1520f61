using System.Globalization;

namespace KvStore.Simulator.World;

/// <summary>
/// What happened, in order: a hash of all of it, by which two runs are compared, and the text where somebody reads it. The hash is
/// of the numbers that a line is made of and not of the line, so that it costs nothing to keep, and is the same whatever is printed.
/// </summary>
internal sealed class Trace(EventQueue queue, TextWriter? output, TraceDetail detail = TraceDetail.Script)
{
    private const ulong Prime = 0x100000001B3;

    private ulong _hash = 0xCBF29CE484222325;

    /// <summary>True when text is wanted: then, and only then, is <see cref="Say"/> worth a string.</summary>
    public bool IsRead => output is not null;

    /// <summary>True when every message between nodes is wanted too.</summary>
    public bool ShowsFrames => IsRead && detail.HasFlag(TraceDetail.Frames);

    /// <summary>True when everything that nodes log is wanted, and not warnings and errors alone.</summary>
    public bool ShowsLogs => IsRead && detail.HasFlag(TraceDetail.Logs);

    /// <summary>The hash of everything so far.</summary>
    public ulong Hash => _hash;

    /// <summary>Takes a number into the hash.</summary>
    public void Note(ulong value) => _hash = (_hash ^ value) * Prime ^ (_hash >> 29);

    /// <summary>Takes an event into the hash.</summary>
    public void Note(TraceKind kind, long first, long second = 0, long third = 0)
    {
        Note((ulong)queue.Now.Ticks);
        Note(((ulong)kind << 56) ^ (ulong)first);
        Note((ulong)second);
        Note((ulong)third);
    }

    /// <summary>Takes bytes into the hash.</summary>
    public void Note(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
            Note(value);
    }

    /// <summary>Takes a text into the hash.</summary>
    public void Note(ReadOnlySpan<char> text)
    {
        foreach (var value in text)
            Note(value);
    }

    /// <summary>Prints a line, if anybody reads.</summary>
    public void Say(string who, string what) =>
        output?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{queue.Now.TotalSeconds,11:F6}  {who,-9} {what}"));
}

/// <summary>What is printed beside the script: faults, starts and ends, calls and returns, and what nodes warn of.</summary>
[Flags]
internal enum TraceDetail
{
    Script = 0,

    /// <summary>All that nodes log.</summary>
    Logs = 1,

    /// <summary>The messages between nodes, as they arrive.</summary>
    Frames = 2,
}

/// <summary>What an entry of the trace is about.</summary>
internal enum TraceKind : byte
{
    Fault = 1,
    Start,
    End,
    Frame,
    Call,
    Return,
    Log,
    Check,
    Disk,
}
