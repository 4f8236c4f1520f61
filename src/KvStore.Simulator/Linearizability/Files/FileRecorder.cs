namespace KvStore.Simulator.Linearizability.Files;

/// <summary>
/// Makes a history of a file's events, whose times are its lines. Each process has one operation open at a time; one whose
/// outcome is unknown stays so, and the process goes on.
/// </summary>
internal sealed class FileRecorder<TIn, TOut>(string file)
{
    private readonly Dictionary<int, (int Ticket, string Key, TIn Input)> _open = [];

    /// <summary>What was recorded.</summary>
    public History<TIn, TOut> History { get; } = new();

    /// <summary>The line at hand, from 1.</summary>
    public long Line { get; set; }

    /// <summary>An error at the line at hand.</summary>
    public HistoryFormatException Error(string what) => new(file, Line, what);

    /// <summary>A process calls.</summary>
    public void Invoke(int process, string key, TIn input)
    {
        if (_open.TryGetValue(process, out var open))
            throw Error($"process {process} calls {input} before its {open.Input} has ended");
        _open.Add(process, (History.Call(process, key, input, Line), key, input));
    }

    /// <summary>A process's operation ends: the operation, and its ticket.</summary>
    public (int Ticket, string Key, TIn Input) End(int process) =>
        _open.Remove(process, out var open) ? open : throw Error($"process {process} has not called what ends here");

    /// <summary>An operation ends without an answer: <c>:fail</c> did not happen, <c>:info</c> is of unknown outcome.</summary>
    public void EndUnanswered(int ticket, string? type)
    {
        if (type == ":fail")
            History.Fail(ticket);
        else if (type == ":info")
            History.Lose(ticket);
        else
            throw Error($"'{type}' is no type of an event");
    }

    /// <summary>The number of a process.</summary>
    public int Process(string? text) =>
        int.TryParse(text, out var process) && process >= 0 ? process : throw Error($"'{text}' is no process");

    /// <summary>The whole history, which is not empty.</summary>
    public History<TIn, TOut> Complete() => History.Count > 0 ? History : throw Error("the file ends without an operation");
}
