using System.Diagnostics;
using System.Reflection;

namespace KvStore.Actors.Bench;

/// <summary>
/// This program once more, as another node. It says where it is in one line, and ends when its input does, so that none outlives
/// the one that started it.
/// </summary>
internal sealed class Child : IAsyncDisposable
{
    private const string Announcement = "listening ";

    private readonly Process _process;

    private Child(Process process, Address address)
    {
        _process = process;
        Address = address;
    }

    internal Address Address { get; }

    internal static async Task<Child> Start(params string[] arguments)
    {
        var program = Environment.ProcessPath!;
        var info = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            info.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        foreach (var argument in arguments)
            info.ArgumentList.Add(argument);
        var process = Process.Start(info) ?? throw new InvalidOperationException($"{program} did not start.");
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Announcement, StringComparison.Ordinal))
                return new Child(process, Address.Parse(line[Announcement.Length..]));
        }
        throw new InvalidOperationException("The other process ended before it listened.");
    }

    /// <summary>What the other process does.</summary>
    internal static async Task<int> Run(string role, string? seed)
    {
        var system = Nodes.Create(role == nameof(Sink) ? "remote" : "cluster");
        var props = role == nameof(Sink) ? Props.Create<Sink>() : Props.Create<SubscribingSink>();
        if (seed is not null)
            Nodes.Join(system, Address.Parse(seed));
        system.ActorOf(props, Nodes.SinkName);
        await Console.Out.WriteLineAsync(Announcement + Nodes.AddressOf(system));
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Nothing is said; the end is what is waited for.
        }
        await system.Terminate();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }
        _process.Dispose();
    }
}
