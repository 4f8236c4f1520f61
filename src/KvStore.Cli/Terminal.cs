using System.Text;

namespace KvStore.Cli;

/// <summary>What the program reads from and writes to. Bytes, not text: values need not be UTF-8.</summary>
internal sealed class Terminal(Stream input, Stream output, Stream error)
{
    public Stream Input { get; } = input;

    public Stream Output { get; } = output;

    public Stream Error { get; } = error;

    /// <summary>
    /// Makes the source of lines of a person at a prompt; null for a pipe. Made only when there is no command to run: a prompt
    /// changes the terminal's modes, which shows in the output.
    /// </summary>
    public Func<ILineSource>? Prompt { get; init; }

    /// <summary>True for a person at a prompt: to be asked, and to be shown how far something is.</summary>
    public bool IsInteractive => Prompt is not null;

    /// <summary>How long it takes until the next look at something that changes; a test does not wait.</summary>
    public Func<TimeSpan, Task> Pause { get; init; } = Task.Delay;

    public void WriteLine(string line) => WriteOutput(Encoding.UTF8.GetBytes(line + "\n"));

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
