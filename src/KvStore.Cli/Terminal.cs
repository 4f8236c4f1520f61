using System.Text;

namespace KvStore.Cli;

/// <summary>What the program reads from and writes to. Bytes, not text: values need not be UTF-8.</summary>
internal sealed class Terminal(Stream input, Stream output, Stream error)
{
    public Stream Input { get; } = input;

    public Stream Output { get; } = output;

    public Stream Error { get; } = error;

    /// <summary>Where a person types; null when the input is piped.</summary>
    public ILineSource? Lines { get; init; }

    public void WriteOutput(ReadOnlySpan<byte> bytes)
    {
        Output.Write(bytes);
        Output.Flush();
    }

    public void WriteError(string line) => WriteError(Encoding.UTF8.GetBytes(line + "\n"));

    public void WriteError(ReadOnlySpan<byte> bytes)
    {
        Error.Write(bytes);
        Error.Flush();
    }
}
