using System.Buffers.Binary;
using System.Globalization;
using KvStore.Core.Replication;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;
using KvStore.Protocol.Peer;

namespace KvStore.Sessions.Bench;

/// <summary>What one session cost.</summary>
/// <param name="Differing">Keys that differed when it began.</param>
/// <param name="DifferingBytes">The newer entry of each, as it travels.</param>
/// <param name="Bytes">All messages of the session, both ways.</param>
/// <param name="Entries">Entries that travelled in them.</param>
/// <param name="Listed">Entries that were listed in them.</param>
internal sealed record SessionCost(long Differing, long DifferingBytes, long Bytes, long Entries, long Listed);

/// <summary>Two replicas under writes, a constant time apart.</summary>
internal sealed class Pair : IDisposable
{
    private const int TickMs = 100;
    private const int IntervalMs = 20_000;

    private readonly Replica[] _replicas = new Replica[2];
    private readonly Queue<(long AtMs, int To, PeerMessage Message)> _stream = new();
    private readonly Queue<(long AtMs, int To, PeerMessage Message)> _others = new();
    private readonly Random _random = new(1);
    private readonly byte[] _value = new byte[64];
    private readonly int _keys;
    private int _wayMs = 1;
    private int _streamMs = 1;
    private long _nowMs = 1_000_000;
    private long _sessionBytes;
    private long _listed;
    private int _lose;

    public Pair(int keys)
    {
        _keys = keys;
        for (var i = 0; i < 2; i++)
        {
            var settings = new ReplicaSettings { Name = $"n{i}", AntiEntropyIntervalMs = IntervalMs, BacklogBytes = 1 << 20 };
            _replicas[i] = new Replica(settings, (ulong)i + 1, (ulong)(i + 1) * 77, Member(i));
            _replicas[i].Advance(_nowMs);
        }
        foreach (var replica in _replicas)
        {
            replica.MemberUp(Member(0));
            replica.MemberUp(Member(1));
        }
        Run(3_000, writes: 0);
        // Fast: what is stored is what counts, not how it came there.
        for (var i = 0; i < keys; i++)
        {
            Set(_replicas[i & 1], i);
            if (i % 1_000 == 999)
                Run(1, writes: 0);
        }
        Run(5_000, writes: 0);
    }

    public IEnumerable<SessionCost> Measure(int writes, int wayMs, int streamMs, int lost)
    {
        (_wayMs, _streamMs) = (wayMs, streamMs);
        Run(3_000, writes);
        for (var i = 0; i < 2; i++)
        {
            while (IsBusy)
                Step(writes);
            _lose = lost;
            while (!IsBusy || _lose > 0)
                Step(writes);
            // It has just sent its first request.
            var (differing, bytes) = Differences();
            var (before, listed, entries, done) = (_sessionBytes, _listed, Entries, Done);
            while (Done == done)
                Step(writes);
            yield return new SessionCost(differing, bytes, _sessionBytes - before, Entries - entries, _listed - listed);
        }
    }

    public void Dispose()
    {
        foreach (var replica in _replicas)
            replica.Dispose();
    }

    private bool IsBusy => _replicas.Any(static r => r.CurrentSession is not null);

    private long Done => _replicas.Sum(static r => r.Counters.SessionsCompleted + r.Counters.SessionsFailed);

    private long Entries => _replicas.Sum(static r => r.Counters.EntriesSent);

    private static string Member(int i) => $"kv://bench@node{i}:1#{i + 1}";

    private void Run(int ms, int writes)
    {
        for (var i = 0; i < ms; i++)
            Step(writes);
    }

    /// <summary>A millisecond passes.</summary>
    private void Step(int writes)
    {
        _nowMs++;
        var now = (int)(_nowMs % 1_000);
        var due = (int)((long)writes * (now + 1) / 1_000) - (int)((long)writes * now / 1_000);
        foreach (var replica in _replicas)
            replica.Advance(_nowMs);
        for (var i = 0; i < due; i++)
            Set(_replicas[_random.Next(2)], _random.Next(_keys));
        Deliver(_stream);
        Deliver(_others);
        for (var i = 0; i < 2; i++)
        {
            if (_nowMs % TickMs == 0)
                _replicas[i].Tick();
            Drain(i);
        }
    }

    private void Deliver(Queue<(long AtMs, int To, PeerMessage Message)> queue)
    {
        while (queue.TryPeek(out var next) && next.AtMs <= _nowMs)
        {
            queue.Dequeue();
            _replicas[next.To].Receive(next.Message);
            Drain(next.To);
        }
    }

    private void Drain(int from)
    {
        var replica = _replicas[from];
        replica.Flush();
        foreach (var effect in replica.Outbox.Effects)
        {
            var bytes = PeerCodec.Encode(effect.Message);
            var manifest = PeerCodec.Manifest(effect.Message);
            if (manifest is "D" or "G" or "T" or "C" or "I" or "N")
                _sessionBytes += bytes.Length;
            if (effect.Message is TransferChunk chunk && bytes.Length > 0)
                _listed += Listed(chunk);
            if (effect.Message is Mutations mutations && _lose > 0)
            {
                // To the other replica, and from every backlog: only a session brings it.
                _lose -= mutations.Count;
                continue;
            }
            var queue = effect.Message is Mutations ? _stream : _others;
            queue.Enqueue((_nowMs + (effect.Message is Mutations ? _streamMs : _wayMs), 1 - from, PeerCodec.Decode(bytes, manifest)));
        }
        replica.Outbox.Clear();
    }

    private static long Listed(TransferChunk chunk) => chunk.Step == TransferStep.List ? chunk.Count : 0;

    private void Set(Replica replica, int key)
    {
        Span<byte> name = stackalloc byte[16];
        "key:"u8.CopyTo(name);
        key.TryFormat(name[4..], out _, "D12");
        BinaryPrimitives.WriteInt64LittleEndian(_value, _random.NextInt64());
        replica.Set(name, _value);
    }

    private (long Count, long Bytes) Differences()
    {
        var seen = new Versions(new Dictionary<int, VersionStamp>(_keys));
        for (ulong cursor = 0; ;)
        {
            cursor = _replicas[0].Scan(cursor, 10_000, ref seen);
            if (cursor == 0)
                break;
        }
        var compared = new Comparison(seen.Found);
        for (ulong cursor = 0; ;)
        {
            cursor = _replicas[1].Scan(cursor, 10_000, ref compared);
            if (cursor == 0)
                break;
        }
        // A record of a transfer: head, version, and a byte of length for key and value.
        return (compared.Differing, compared.Differing * (1 + 16 + 1 + 16 + 1 + 64));
    }

    private static int Number(ReadOnlySpan<byte> key) => int.Parse(key[4..], CultureInfo.InvariantCulture);

    private readonly struct Versions(Dictionary<int, VersionStamp> found) : IEntryVisitor
    {
        public Dictionary<int, VersionStamp> Found => found;

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry) => found[Number(key)] = entry.Version;
    }

    private struct Comparison(Dictionary<int, VersionStamp> versions) : IEntryVisitor
    {
        public long Differing { get; private set; }

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry)
        {
            if (versions.GetValueOrDefault(Number(key)) != entry.Version)
                Differing++;
        }
    }
}
