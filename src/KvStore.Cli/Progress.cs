using System.Text;

namespace KvStore.Cli;

/// <summary>A line on stderr that says how far something is, over and over; nothing where nobody looks. Gone when disposed of.</summary>
internal sealed class Progress(Terminal terminal) : IDisposable
{
    /// <summary>A person does not see more, and a terminal is slow.</summary>
    private const long IntervalMs = 100;

    private long _nextMs;
    private int _length;

    /// <summary>Shows <paramref name="text"/> instead of what was shown, unless that was a moment ago.</summary>
    public void Show(string text)
    {
        if (!terminal.IsInteractive || Environment.TickCount64 < _nextMs)
            return;
        Write(text);
        _nextMs = Environment.TickCount64 + IntervalMs;
    }

    /// <summary>Clears the line, for what is to be printed.</summary>
    public void Clear()
    {
        if (_length > 0)
            Write("");
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private void Write(string text)
    {
        terminal.WriteError(Encoding.UTF8.GetBytes($"\r{text.PadRight(_length)}{(text.Length == 0 ? "\r" : "")}"));
        _length = text.Length;
    }
}
