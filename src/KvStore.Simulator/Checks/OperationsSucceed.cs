using System.Buffers;
using System.Globalization;
using System.Text;
using KvStore.Protocol.Client;
using KvStore.Simulator.Clients;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>When everything has come to rest, every node takes a write and a deletion, and answers both within a bound.</summary>
internal sealed class OperationsSucceed(RunView view) : Invariant(view)
{
    /// <summary>A node that serves has no reason left to refuse for longer than a few of its intervals.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Delay = TimeSpan.FromMicroseconds(100);

    /// <summary>A number that no other client has, and values that none writes.</summary>
    private const int Client = 99;

    private const long FirstValue = 1_000_000_000;

    private readonly SortedDictionary<int, Probe> _probes = [];
    private long _values;
    private TimeSpan? _began;

    public override string Name => "operations succeed";

    public override string? WhatIsUnsettled()
    {
        _began ??= View.Now;
        string? open = null;
        foreach (var machine in View.Cluster.Running)
        {
            if (!_probes.TryGetValue(machine.Index, out var probe) || probe.IsSpent)
                _probes[machine.Index] = probe = Send(machine);
            if (probe.IsDone)
                continue;
            open = $"{machine} has not carried out a write and a deletion: {string.Join(", ", probe.Replies)}";
            if (View.Now - _began > Limit)
                Fail($"{open}, within {Limit.TotalSeconds} s after everything had come to rest");
        }
        return open;
    }

    // They are in the history as a client's are, since whatever is in a table must have been written by somebody.
    private Probe Send(Machine machine)
    {
        var key = $"probe:{machine.Index}";
        string[][] commands = [["SET", key, string.Create(CultureInfo.InvariantCulture, $"v{Client}.{FirstValue + _values++}")], ["DEL", key]];
        var waiting = new Queue<Operation>(commands.Select(command => View.History.Call(Client, machine, command)));
        var probe = new Probe();
        var connection = new Connection(View.Queue, machine.Process!, View.History.NextConnection(), machine.Clock.NowMs, static () => Delay)
        {
            Replied = reply =>
            {
                probe.Replies.Add(reply);
                View.History.Return(waiting.Dequeue(), machine, reply);
            },
            Broken = () =>
            {
                probe.IsBroken = true;
                while (waiting.TryDequeue(out var operation))
                    View.History.Return(operation, machine, reply: null);
            },
        };
        var output = new ArrayBufferWriter<byte>();
        foreach (var command in commands)
            RequestWriter.Write(output, [.. command.Select(Encoding.UTF8.GetBytes)]);
        connection.Send(output.WrittenMemory);
        return probe;
    }

    /// <summary>The two operations at one node.</summary>
    private sealed class Probe
    {
        public List<Reply> Replies { get; } = [];

        public bool IsBroken { get; set; }

        // With too little memory a node may refuse what needs more, and never a deletion.
        public bool IsDone => Replies.Count == 2 && Replies.TrueForAll(static r => !r.IsError || r.ToString().Contains("OOM", StringComparison.Ordinal)) && !Replies[1].IsError;

        public bool IsSpent => !IsDone && (IsBroken || Replies.Count == 2);
    }
}
