using System.Diagnostics;
using System.Net;
using System.Reflection;
using KvStore.Host.Configuration;

namespace KvStore.Host.Local;

/// <summary>One node process that <c>local</c> has started, of the same program as this one.</summary>
internal sealed class ChildNode : IDisposable
{
    private const string ListeningPrefix = "listening ";

    private readonly Process _process;
    private readonly TaskCompletionSource<IReadOnlyDictionary<string, string>> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<string> _print;

    private ChildNode(NodeArguments arguments, Action<string> print)
    {
        Arguments = arguments;
        _print = print;
        var (program, prefix) = Self();
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])[.. prefix, .. arguments.ToCommandLine(), Commands.ChildOption])
            start.ArgumentList.Add(argument);
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
    }

    /// <summary>What it was started with; ports that were 0 are filled in once it listens.</summary>
    public NodeArguments Arguments { get; private set; }

    public string Name => Arguments.Name!;

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public IPEndPoint Gateway { get; private set; } = new(IPAddress.Loopback, 0);

    public string Remoting { get; private set; } = "";

    /// <summary>The exact command that starts this node again.</summary>
    public string RestartCommand
    {
        get
        {
            var (program, prefix) = Self();
            return string.Join(' ', ((string[])[program, .. prefix, .. Arguments.ToCommandLine()]).Select(Quote));
        }
    }

    public static ChildNode Start(NodeArguments arguments, Action<string> print)
    {
        var child = new ChildNode(arguments, print);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits until it listens; false when it has exited before.</summary>
    public async Task<bool> WaitUntilListeningAsync(CancellationToken cancellation)
    {
        var exited = _process.WaitForExitAsync(cancellation);
        if (await Task.WhenAny(_listening.Task, exited) == exited)
        {
            await exited;
            return false;
        }
        var endpoints = await _listening.Task;
        Gateway = IPEndPoint.Parse(endpoints["gateway"]);
        Remoting = endpoints["remoting"];
        Arguments = Arguments with
        {
            GatewayPort = Gateway.Port,
            RemotingPort = int.Parse(Remoting.AsSpan(Remoting.LastIndexOf(':') + 1)),
        };
        return true;
    }

    /// <summary>The seeds with which a restart finds the others.</summary>
    public void SetSeeds(IReadOnlyList<string> seeds) => Arguments = Arguments with { Seeds = seeds };

    /// <summary>Asks it to stop; the end of the stream says the same to a child that is past reading words.</summary>
    public void RequestStop()
    {
        try
        {
            _process.StandardInput.WriteLine(StopSignal.Word);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }
    }

    /// <summary>Waits for its end, and kills it when that takes too long.</summary>
    public async Task WaitForExitAsync(CancellationToken patience)
    {
        try
        {
            await _process.WaitForExitAsync(patience);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _process.Dispose();

    private static (string Program, string[] Prefix) Self()
    {
        var program = Environment.ProcessPath!;
        var assembly = Assembly.GetEntryAssembly()!.Location;
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? (program, [assembly]) : (program, []);
    }

    private static string Quote(string argument) =>
        argument.All(static c => char.IsAsciiLetterOrDigit(c) || "/._-:=,@%+".Contains(c, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private void OnLine(string? line)
    {
        if (line is null)
            return;
        if (line.StartsWith(ListeningPrefix, StringComparison.Ordinal))
        {
            _listening.TrySetResult(line[ListeningPrefix.Length..]
                .Split(' ')
                .Select(static pair => pair.Split('=', 2))
                .ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal));
            return;
        }
        _print($"[{Name}] {line}");
    }
}
