using System.Text;
using KvStore.Core.Log;
using KvStore.Core.Replication;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Core.Tests.Replication;

/// <summary>The cluster that a script plays on, and the commands it knows.</summary>
internal sealed class ScriptStage : IDisposable
{
    private readonly TestCluster _cluster = new(0, new ReplicaSettings { MessageBytes = 1_024, BacklogBytes = 2_048, Durable = true });
    private readonly List<Replica> _named = [];
    private readonly List<(ulong Id, Replica Replica)> _ids = [];
    private readonly HashSet<ulong> _cutOff = [];

    public void Do(string[] words, StringBuilder output)
    {
        switch (words)
        {
            case ["start"]:
                _named.Add(_cluster.Start());
                output.Append($"{Name(_named[^1].StartId)} starts\n");
                break;
            case ["start", "alone"]:
                _named.Add(_cluster.StartUnseen());
                _cluster.Turn(_named[^1], static r => r.MemberUp(r.Member));
                output.Append($"{Name(_named[^1].StartId)} starts, and sees no other\n");
                break;
            case ["meet", var one, var other]:
                _cluster.Introduce(Named(one), Named(other));
                break;
            case ["cut", "off", var name]:
                CutOff(Named(name));
                break;
            case ["return", var name]:
                Return(Named(name));
                break;
            case ["lose", "pieces"]:
                _cluster.Loses = static (_, _, m) => m is TransferChunk or DigestReply;
                break;
            case ["lose", "nothing"]:
                _cluster.Loses = static (_, _, _) => false;
                break;
            case ["forget", var name, "at", var at]:
                _cluster.Turn(Named(at), r => output.Append(r.Forget(Named(name).NameOf(Named(name).StartId)) ?? $"{at} forgets {name}").Append('\n'));
                break;
            case ["crash", var name]:
                var member = Named(name).Member;
                _cluster.Crash(Named(name));
                _cluster.Remove(member);
                break;
            case ["again", var name]:
                var again = _cluster.StartAgain(Named(name).StartId);
                _named.Add(again);
                output.Append($"{Name(again.StartId)} starts with what {name} has left\n");
                _cluster.Join(again);
                break;
            case ["kill", var name]:
                _cluster.Kill(Named(name));
                break;
            case ["run", var ms]:
                _cluster.Run(long.Parse(ms));
                break;
            case ["underway"]:
                foreach (var (from, to, message) in _cluster.UnderWay)
                    output.Append($"{Name(from)} -> {Name(to)}  {Describe(message)}\n");
                break;
            case ["deliver"]:
                _cluster.DeliverAll();
                break;
            case ["deliver", var index]:
                _cluster.Deliver(int.Parse(index));
                break;
            case ["lose", var index]:
                _cluster.UnderWay.RemoveAt(int.Parse(index));
                break;
            case ["lose", "to", var name]:
                _cluster.UnderWay.RemoveAll(m => m.To == Named(name).StartId);
                break;
            case ["show"]:
                foreach (var replica in _cluster.Replicas)
                    Show(replica, output);
                break;
            case [var name, .. var command]:
                _cluster.Turn(Named(name), r => Client(r, command, output));
                break;
        }
    }

    public void Dispose() => _cluster.Dispose();

    private static void Client(Replica replica, string[] command, StringBuilder output)
    {
        var key = command.Length > 1 ? Encoding.UTF8.GetBytes(command[1]) : [];
        switch (command)
        {
            case ["set", _, var value]:
                replica.Set(key, Encoding.UTF8.GetBytes(value));
                break;
            case ["set", _, var value, "px", var ms]:
                replica.Set(key, Encoding.UTF8.GetBytes(value), replica.NowMs + long.Parse(ms));
                break;
            case ["fill", var count, var size]:
                for (var i = 0; i < int.Parse(count); i++)
                    TestCluster.Set(replica, $"key:{i}", new string('v', int.Parse(size)));
                break;
            case ["plant", var planted, var value]:
                Plant(replica, planted, value);
                break;
            case ["repair"]:
                replica.Repair();
                break;
            case ["del", _]:
                output.Append($"{replica.Delete(key)}\n");
                break;
            case ["get", var name]:
                output.Append($"{TestCluster.Get(replica, name) ?? "(nil)"}\n");
                break;
            case ["flushall"]:
                replica.FlushAll();
                break;
            default:
                throw new InvalidOperationException($"no such command: {string.Join(' ', command)}");
        }
    }

    private void Show(Replica replica, StringBuilder output)
    {
        var vector = Show(replica.Vector());
        output.Append($"{Name(replica.StartId)} {(replica.Ready ? "serves" : "loads")} keys={replica.Count} entries={replica.EntryCount} vector=[{vector}]");
        if (replica.Count <= 4)
        {
            var pairs = new Pairs();
            replica.Scan(0, 10_000, ref pairs);
            output.Append($" {{{string.Join(", ", pairs.Found.Order(StringComparer.Ordinal))}}}");
        }
        output.Append('\n');
    }

    /// <summary>An entry that came by no stream: nothing but a comparison finds it.</summary>
    private static void Plant(Replica replica, string key, string value)
    {
        var bytes = new byte[EntryRecord.MaxSize(key.Length, value.Length)];
        var version = new VersionStamp((ulong)replica.NowMs << HybridClock.CounterBits, 7);
        var record = new EntryRecord(RecordKind.Value, version, default, 0, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value));
        replica.Restore(new EntriesItem(1, bytes.AsMemory(0, record.Write(bytes, origin: 0))));
    }

    private string Describe(PeerMessage message) => message switch
    {
        Mutations m => $"mutations {Name(m.Origin)}:{m.First}-{m.Last}",
        Acknowledge m => $"acknowledges up to {m.Applied}",
        ReplicaStatus m => $"status {(m.Ready ? "serves" : "loads")} [{Show(m.Applied)}]",
        RegistryUpdate m => $"knows of {m.Registry.Entries.Count} replicas",
        RefillRequest m => $"asks for {Name(m.Origin)} from {m.From}",
        RefillEnd m => $"sent {m.Sent} of {Name(m.Origin)}, holds up to {m.Applied}",
        DigestRequest { Partition: DigestRequest.Root } => "asks for its digests",
        DigestRequest { Slots.IsFull: false } m => $"asks once more for the digests of {m.Slots.Count} slots of partition {m.Partition}",
        DigestRequest m => $"asks for the digests of partition {m.Partition}",
        DigestReply m => $"{m.Digests.Length} digests [{Show(m.Vector)}]",
        TransferRequest { Slots.IsFull: true } m => $"asks for partitions {m.Cursor & 63}-{m.Last}{(m.Cursor < 64 ? "" : ", next piece")}",
        TransferRequest { Step: TransferStep.News } m => $"asks for what is news of {m.Slots.Count} slots of partition {m.Last}",
        TransferRequest { Step: TransferStep.List } m => $"asks for a list of {m.Slots.Count} slots of partition {m.Last}",
        TransferRequest { Step: TransferStep.Wanted } m => $"asks for {m.Wanted.Count} entries of partition {m.Last}",
        TransferRequest m => $"asks for {m.Slots.Count} slots of partition {m.Last}{(m.Cursor < 64 ? "" : ", next piece")}",
        RepairInvite => "holds what you lack",
        TransferChunk { Step: TransferStep.List } m => $"a list of {m.Count} entries",
        TransferChunk m => $"{m.Count} entries, part {m.Part}{(m.More || m.Next != 0 ? "" : ", the last")}",
        _ => message.GetType().Name,
    };

    private string Show(OriginVector vector) =>
        string.Join(' ', vector.Where(static v => v.Value.Number > 0 || v.Value.IsClosed).Select(v => $"{Name(v.Key)}:{v.Value.Number}{(v.Value.IsClosed ? " closed" : "")}"));

    private Replica Named(string name) => _named[int.Parse(name.AsSpan(1)) - 1];

    /// <summary>n1; and n1', n1'' when it goes on as another.</summary>
    private string Name(ulong id)
    {
        foreach (var replica in _named.Where(r => !_ids.Contains((r.StartId, r))))
            _ids.Add((replica.StartId, replica));
        var owner = _ids.First(i => i.Id == id).Replica;
        var earlier = _ids.Where(i => i.Replica == owner).TakeWhile(i => i.Id != id).Count();
        return $"n{_named.IndexOf(owner) + 1}{new string('\'', earlier)}";
    }

    /// <summary>It and the others judge each other dead; what is sent between them is lost.</summary>
    private void CutOff(Replica lost)
    {
        _cutOff.Add(lost.StartId);
        _cluster.Loses = (from, to, _) => from != to && (_cutOff.Contains(from) || _cutOff.Contains(to));
        foreach (var other in _cluster.Replicas.Where(r => r != lost).ToList())
        {
            _cluster.Turn(other, r => r.MemberRemoved(lost.Member));
            _cluster.Turn(lost, r => r.MemberRemoved(other.Member));
        }
    }

    private void Return(Replica lost)
    {
        _cutOff.Clear();
        _cluster.Turn(lost, r => r.Rename(r.Member + "1"));
        _cluster.Turn(lost, static r => r.MemberUp(r.Member));
        foreach (var other in _cluster.Replicas.Where(r => r != lost).ToList())
            _cluster.Introduce(lost, other);
    }

    private readonly struct Pairs() : IEntryVisitor
    {
        public List<string> Found { get; } = [];

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry) =>
            Found.Add($"{Encoding.UTF8.GetString(key)}={Encoding.UTF8.GetString(entry.Value)}");
    }
}
