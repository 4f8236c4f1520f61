using System.Diagnostics.CodeAnalysis;

namespace KvStore.Hocon;

/// <summary>
/// A configuration that cannot be read or does not hold what was asked for. The message is
/// <c>file.conf:12:7: sentence</c>, so that whoever wrote the file needs nothing else to find the mistake.
/// </summary>
[SuppressMessage("Roslynator", "RCS1194:Implement exception constructors", Justification = "An error without a position helps nobody.")]
public sealed class HoconException : Exception
{
    /// <summary>Creates the error; <paramref name="line"/> and <paramref name="column"/> count from 1.</summary>
    public HoconException(string source, int line, int column, string message)
        : this(new SourcePosition(source, line, column), message)
    {
    }

    /// <summary>Creates the error at a position, with what lay beneath it if anything did.</summary>
    public HoconException(SourcePosition position, string message, Exception? innerException = null)
        : base($"{position}: {message}", innerException)
    {
        Position = position;
        Reason = message;
    }

    /// <summary>Where the mistake stands.</summary>
    public SourcePosition Position { get; }

    /// <summary>The line of the mistake, from 1.</summary>
    public int Line => Position.Line;

    /// <summary>The column of the mistake, from 1.</summary>
    public int Column => Position.Column;

    /// <summary>The sentence alone, without the position in front of it.</summary>
    public string Reason { get; }
}
