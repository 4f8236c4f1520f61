using KvStore.Actors.Remoting;
using KvStore.Simulator.World;

namespace KvStore.Simulator.Network;

/// <summary>
/// The network between machines. What is sent arrives after a time that is drawn, in order on each lane unless the faults say otherwise,
/// or not at all; a way may be cut in one direction or both, or clogged, so that everything on it arrives late and at once.
/// </summary>
internal sealed class SimulatedNetwork(EventQueue queue, Random random, Trace trace)
{
    /// <summary>What may lie in a clogged way from one machine to another before more is refused.</summary>
    private const long MaxUnderWayBytes = 4 * 1024 * 1024;

    /// <summary>Of the messages of the store's own protocol.</summary>
    private const int StoreSerializerId = 6100;

    private readonly Dictionary<string, long> _storeMessages = new(StringComparer.Ordinal);
    private readonly Dictionary<Address, SimulatedTransport> _listening = [];
    private readonly Dictionary<(string From, string To), Way> _ways = [];

    /// <summary>What it does at the moment.</summary>
    public LinkFaults Faults { get; set; } = LinkFaults.None;

    /// <summary>What became of the messages so far.</summary>
    public NetworkCounters Counters { get; } = new();

    /// <summary>Messages that stores have sent each other so far, by their kind.</summary>
    public IReadOnlyDictionary<string, long> StoreMessages() => new Dictionary<string, long>(_storeMessages, StringComparer.Ordinal);

    /// <summary>True while any way is cut.</summary>
    public bool IsCut => _ways.Values.Any(static way => way.IsCut);

    /// <summary>Makes the transport of one process.</summary>
    public ITransport Attach(TransportSettings settings, Lifetime process) => new SimulatedTransport(this, settings, process);

    /// <summary>Nothing that is sent from one host to the other arrives any more, and what is under way is lost.</summary>
    public void Cut(string from, string to) => WayOf(from, to).IsCut = true;

    /// <summary>What is sent from one host to the other arrives again.</summary>
    public void Mend(string from, string to) => WayOf(from, to).IsCut = false;

    /// <summary>What is sent from one host to the other until then arrives only then, as behind a buffer that nobody empties.</summary>
    public void Clog(string from, string to, TimeSpan until) => WayOf(from, to).CloggedUntil = until;

    /// <summary>Every way is open again, and clear.</summary>
    public void MendAll()
    {
        foreach (var way in _ways.Values)
        {
            way.IsCut = false;
            way.CloggedUntil = TimeSpan.Zero;
        }
    }

    /// <summary>A process listens. One that did so before it at that address is not reached any more.</summary>
    internal void Listen(Address address, SimulatedTransport transport) => _listening[address] = transport;

    internal void Close(Address address, SimulatedTransport transport)
    {
        if (_listening.GetValueOrDefault(address) == transport)
            _listening.Remove(address);
    }

    internal WriteResult Send(SimulatedTransport from, SimulatedAssociation association, Frame frame)
    {
        var way = WayOf(from.Self.Address.Host!, association.Remote.Host!);
        if (way.UnderWayBytes > MaxUnderWayBytes)
        {
            Counters.Refused++;
            return WriteResult.BufferFull;
        }
        Counters.Sent++;
        if (frame.SerializerId == StoreSerializerId)
            _storeMessages[frame.Manifest] = _storeMessages.GetValueOrDefault(frame.Manifest) + 1;
        if (random.NextDouble() < Faults.Loss)
        {
            Counters.Lost++;
            return WriteResult.Queued;
        }
        Carry(from, association, frame, way);
        if (frame.Lane == Lane.Data && random.NextDouble() < Faults.Duplication)
        {
            Counters.Duplicated++;
            Carry(from, association, frame, way);
        }
        return WriteResult.Queued;
    }

    private void Carry(SimulatedTransport from, SimulatedAssociation association, Frame frame, Way way)
    {
        var arrival = queue.Now + Delay();
        if (arrival < way.CloggedUntil)
        {
            Counters.Clogged++;
            arrival = way.CloggedUntil;
        }
        ref var last = ref way.LastArrival(frame.Lane);
        if (frame.Lane == Lane.Data && random.NextDouble() < Faults.Reordering)
            Counters.Reordered++;
        else
            last = arrival = arrival > last ? arrival : last;
        way.UnderWayBytes += frame.Payload.Length;
        // Whoever listens there later is not who this connection was to.
        var to = _listening.GetValueOrDefault(association.Remote);
        queue.After(arrival - queue.Now, () =>
        {
            way.UnderWayBytes -= frame.Payload.Length;
            Arrive(from, association, frame, way, to);
        });
    }

    private void Arrive(SimulatedTransport from, SimulatedAssociation association, Frame frame, Way way, SimulatedTransport? to)
    {
        if (way.IsCut)
        {
            Counters.Cut++;
            return;
        }
        if (to is null || _listening.GetValueOrDefault(association.Remote) != to || !to.Process.IsAlive)
        {
            Counters.Unreachable++;
            if (from.Process.IsAlive)
                from.OnUnreachable(association);
            return;
        }
        // A paused process has not read its sockets yet.
        if (to.Process.PausedUntil > queue.Now)
        {
            queue.After(to.Process.PausedUntil - queue.Now, () => to.OnArrived(from, association, frame), to.Process);
            return;
        }
        Counters.Delivered++;
        trace.Note(TraceKind.Frame, from.Self.Uid, to.Self.Uid, frame.Payload.Length);
        if (trace.ShowsFrames)
            trace.Say(to.Self.Address.Host!, $"<- {from.Self.Address.Host} {frame.Describe()}");
        to.OnArrived(from, association, frame);
    }

    private TimeSpan Delay() => Faults.MinDelay + (Faults.MeanDelay * -Math.Log(1 - random.NextDouble()));

    private Way WayOf(string from, string to)
    {
        if (!_ways.TryGetValue((from, to), out var way))
            _ways.Add((from, to), way = new Way());
        return way;
    }

    private sealed class Way
    {
        private TimeSpan _lastData;
        private TimeSpan _lastControl;

        public bool IsCut { get; set; }

        public TimeSpan CloggedUntil { get; set; }

        public long UnderWayBytes { get; set; }

        public ref TimeSpan LastArrival(Lane lane) => ref lane == Lane.Data ? ref _lastData : ref _lastControl;
    }
}

/// <summary>What became of messages.</summary>
internal sealed class NetworkCounters
{
    public long Sent { get; set; }

    public long Delivered { get; set; }

    public long Lost { get; set; }

    public long Duplicated { get; set; }

    public long Reordered { get; set; }

    public long Clogged { get; set; }

    /// <summary>Lost since the way was cut.</summary>
    public long Cut { get; set; }

    /// <summary>Nobody was there to take it.</summary>
    public long Unreachable { get; set; }

    /// <summary>Not taken, since too much was under way.</summary>
    public long Refused { get; set; }
}
