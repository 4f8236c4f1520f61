using System.Runtime.InteropServices;

namespace KvStore.Host;

/// <summary>Completes when the process shall stop: on a signal, or on its parent's word.</summary>
internal sealed class StopSignal : IDisposable
{
    /// <summary>What a parent writes to a child's standard input to stop it.</summary>
    public const string Word = "stop";

    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _signals = [];

    public StopSignal(bool isChild)
    {
        // Ctrl-C reaches the whole process group; a child waits for its parent's word, so that nodes leave in order.
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => OnSignal(signal, stops: !isChild)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => OnSignal(signal, stops: true)));
        if (isChild)
            _ = ReadParentAsync();
    }

    public Task Requested => _requested.Task;

    public bool IsRequested => _requested.Task.IsCompleted;

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
    }

    private void OnSignal(PosixSignalContext signal, bool stops)
    {
        signal.Cancel = true;
        if (stops)
            _requested.TrySetResult();
    }

    private async Task ReadParentAsync()
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync() is { } line)
        {
            if (line == Word)
                break;
        }
        _requested.TrySetResult();
    }
}
