namespace KvStore.Hocon;

/// <summary>
/// Where something stands in a configuration: the source (a file, <c>&lt;text&gt;</c>, a command line argument, an
/// environment variable), and its line and column.
/// </summary>
/// <param name="Source">The name of the source, as errors print it.</param>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Column">The column in UTF-16 code units, counted from 1; a tab is one column.</param>
public readonly record struct SourcePosition(string Source, int Line, int Column)
{
    /// <summary>The form that editors and terminals make clickable: <c>file.conf:12:7</c>.</summary>
    public override string ToString() => $"{Source}:{Line}:{Column}";
}
