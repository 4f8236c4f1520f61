using System.Net.Sockets;
using KvStore.Hocon;
using KvStore.Host.Configuration;
using KvStore.Node;
using KvStore.Node.Disk;

namespace KvStore.Host;

/// <summary>
/// A node process: its configuration, and the lives of its node until it is told to stop, fails, or has been excluded too often.
/// </summary>
internal static class NodeProcess
{
    public static async Task<int> RunAsync(NodeArguments arguments, bool isChild)
    {
        try
        {
            var settings = HostConfiguration.Load(arguments, Environment.GetEnvironmentVariables());
            using var stop = new StopSignal(isChild);
            return await LiveAsync(settings, arguments, stop.Requested);
        }
        catch (Exception error) when (Explain(error, arguments) is { } explanation)
        {
            return await SayAsync(explanation);
        }
    }

    private static async Task<int> LiveAsync(string settings, NodeArguments arguments, Task stopRequested)
    {
        var restarts = new Restarts();
        WayBack? way = null;
        while (true)
        {
            var life = new NodeLife(way is null ? settings : settings + way.Settings(ConfigurationFactory.ParseString(settings)));
            var why = "the cluster has excluded this node";
            var isWaiting = false;
            try
            {
                if (await life.RunAsync(stopRequested) is { } end)
                    return end.Text is { } text ? await SayAsync((text, end.ExitCode)) : end.ExitCode;
                isWaiting = !life.HasJoined;
                if (isWaiting)
                    why = "none of the nodes that it asks has let it in";
            }
            catch (Exception error) when (way is not null && Explain(error, arguments) is { ExitCode: ExitCodes.Bind } explanation)
            {
                // The ports were this node's a moment ago: the process that has one now may have it only for a moment.
                why = explanation.Text;
            }
            way = WayBack.Latest(way, life.WayBack);
            // A node that no other has let in waits without end: the others may not have been started yet.
            if ((isWaiting ? Restarts.FirstPause : restarts.Next(life.Served)) is not { } pause)
                return await SayAsync(($"giving up after {Restarts.MaxInARow} restarts in a row: {why}", ExitCodes.Excluded));
            var count = isWaiting ? "" : $", {restarts.Count} of at most {Restarts.MaxInARow} in a row";
            await Console.Out.WriteLineAsync($"beginning anew in {pause.TotalSeconds} s{count}: {why}");
            if (await Task.WhenAny(stopRequested, Task.Delay(pause)) == stopRequested)
                return ExitCodes.Ok;
        }
    }

    private static async Task<int> SayAsync((string Text, int ExitCode) end)
    {
        await Console.Error.WriteLineAsync($"kvstore: {end.Text}");
        return end.ExitCode;
    }

    private static (string Text, int ExitCode)? Explain(Exception error, NodeArguments arguments)
    {
        // Their messages only repeat those of what is in them.
        while (error is AggregateException { InnerException: { } inner })
            error = inner;
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case HoconException or NodeSettingsException or ConfigurationException:
                    return (cause.Message, ExitCodes.Configuration);
                case DataFolderException:
                    return (cause.Message, ExitCodes.Data);
                case FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException:
                    return ($"can't read {arguments.ConfigFile}: {cause.Message}", ExitCodes.Configuration);
                case SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } or Microsoft.AspNetCore.Connections.AddressInUseException:
                    return ($"a port is taken: {error.Message} Choose another with --gateway-port or --remoting-port, or 0 for any free one.", ExitCodes.Bind);
                case SocketException socket:
                    return ($"can't listen: {socket.Message}", ExitCodes.Bind);
            }
        }
        return null;
    }
}
