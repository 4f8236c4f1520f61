using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KvStore.EndToEnd.Tests.Processes;

/// <summary>A real process of one of the product's programs, whose output is kept and can be waited for.</summary>
internal class ProductProcess : IAsyncDisposable
{
    /// <summary>Far more than anything here takes; it only ends a test that would hang.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Found)> _waiters = [];

    protected ProductProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program + ".dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => OnLine(e.Data);
        _process.ErrorDataReceived += (_, e) => OnLine(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => string.Join('\n', _lines);

    public StreamWriter Input => _process.StandardInput;

    public static ProductProcess Start(string program, params string[] arguments) => new(program, arguments);

    public async Task<string> WaitForLineAsync(Func<string, bool> matches)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiters)
        {
            if (_lines.FirstOrDefault(matches) is { } line)
                return line;
            _waiters.Add((matches, found));
        }
        try
        {
            return await found.Task.WaitAsync(Patience);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException("The awaited line did not come. Output so far:\n" + Output, error);
        }
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>kill -TERM.</summary>
    public void Terminate() => Signal(_process.Id, 15).ShouldBe(0);

    /// <summary>kill -INT, as Ctrl-C does.</summary>
    public void Interrupt() => Signal(_process.Id, 2).ShouldBe(0);

    /// <summary>kill -STOP: it stands still, as in a long pause of the machine, and its connections stay.</summary>
    public void Freeze() => Signal(_process.Id, 19).ShouldBe(0);

    /// <summary>kill -CONT.</summary>
    public void Thaw() => Signal(_process.Id, 18).ShouldBe(0);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
        GC.SuppressFinalize(this);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int pid, int signal);

    private void OnLine(string? line)
    {
        if (line is null)
            return;
        lock (_waiters)
        {
            _lines.Enqueue(line);
            foreach (var (matches, found) in _waiters)
            {
                if (matches(line))
                    found.TrySetResult(line);
            }
        }
    }
}
