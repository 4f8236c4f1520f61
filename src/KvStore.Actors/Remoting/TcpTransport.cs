using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace KvStore.Actors.Remoting;

/// <summary>
/// The transport over TCP. Each node dials each other on two lanes, so a pair of nodes has four connections: data and control in
/// each direction. This is where tasks and awaits end; nothing above the <see cref="ITransport"/> has any.
/// </summary>
internal sealed class TcpTransport : ITransport, IAsyncDisposable
{
    private const int Backlog = 128;

    // VSTHRD003 fears deadlocks with a synchronization context; these processes have none.
    private const string NoContext = "No synchronization context.";

    private readonly Lock _gate = new();
    private readonly Dictionary<Address, TcpAssociation> _associations = [];
    private readonly Dictionary<(Address, Lane), TcpInbound> _established = [];
    private readonly HashSet<TcpInbound> _inbound = [];
    private readonly CancellationTokenSource _closing = new();
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private Task? _closed;
    private PeerIdentity? _self;
    private ITransportHandler? _handler;

    public TcpTransport(TransportSettings settings, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(time);
        if (settings.MaxFrameBytes < Frames.MinMaxFrameBytes)
            throw new ArgumentException($"maximum-frame-size is {settings.MaxFrameBytes}, and must be at least {Frames.MinMaxFrameBytes}.", nameof(settings));
        if (Math.Min(settings.DataBufferBytes, settings.ControlBufferBytes) < settings.MaxFrameBytes)
            throw new ArgumentException($"The send buffers must hold at least one frame of {settings.MaxFrameBytes} bytes.", nameof(settings));
        Settings = settings;
        Time = time;
        Reassembly = new ReassemblyBudget(settings.MaxReassemblyBytes);
        Counters.Reassembly = Reassembly;
    }

    public TransportSettings Settings { get; }

    public TimeProvider Time { get; }

    public TransportCounters Counters { get; } = new();

    public ReassemblyBudget Reassembly { get; }

    public PeerIdentity Self => _self ?? throw new InvalidOperationException("The transport does not listen yet.");

    public ITransportHandler Handler => _handler ?? throw new InvalidOperationException("The transport does not listen yet.");

    private bool IsClosing
    {
        get
        {
            lock (_gate)
                return _closed is not null;
        }
    }

    public Address Listen(ITransportHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (_listener is not null)
            throw new InvalidOperationException("The transport listens already.");
        var ip = IPAddress.TryParse(Settings.Hostname, out var parsed) ? parsed : Dns.GetHostAddresses(Settings.Hostname)[0];
        var listener = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(ip, Settings.Port));
            listener.Listen(Backlog);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
        var bound = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var address = new Address(Settings.Protocol, Settings.System, Settings.PublicHostname ?? Settings.Hostname, Settings.PublicPort ?? bound);
        _self = new PeerIdentity(address, Settings.Uid);
        _handler = new GuardedHandler(handler, Counters);
        _listener = listener;
        _accepting = AcceptAsync(listener);
        return address;
    }

    public IAssociation Associate(Address remote)
    {
        ArgumentNullException.ThrowIfNull(remote);
        if (!remote.HasGlobalScope || remote.Port is null)
            throw new ArgumentException($"{remote} has no host and port to connect to.", nameof(remote));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed is not null, this);
            if (!_associations.TryGetValue(remote, out var association))
            {
                association = new TcpAssociation(this, remote);
                _associations.Add(remote, association);
            }
            return association;
        }
    }

    public void Close(Action closed)
    {
        ArgumentNullException.ThrowIfNull(closed);
        _ = CloseAsync().ContinueWith(static (_, action) => ((Action)action!)(), closed, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    /// <summary>Closes once, however often it is asked to.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
            return _closed ??= CloseCoreAsync([.. _associations.Values]);
    }

    /// <summary>
    /// A peer that dials again has lost its older connection, even if this end has not noticed. The older one's frames are
    /// handled to the last before the newer one's first, or the order would break.
    /// </summary>
    [SuppressMessage("Usage", "VSTHRD003", Justification = NoContext)]
    public async Task ReplaceAsync(Hello hello, TcpInbound inbound)
    {
        TcpInbound? older;
        lock (_gate)
        {
            _established.TryGetValue((hello.Sender.Address, hello.Lane), out older);
            _established[(hello.Sender.Address, hello.Lane)] = inbound;
        }
        if (older is null)
            return;
        try
        {
            older.Abort();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself in this moment.
        }
        await older.Completion;
    }

    public void Forget(TcpInbound inbound)
    {
        lock (_gate)
        {
            _inbound.Remove(inbound);
            foreach (var (key, established) in _established)
            {
                if (ReferenceEquals(established, inbound))
                {
                    _established.Remove(key);
                    break;
                }
            }
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_closing.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(_closing.Token);
            }
            catch (SocketException) when (IsClosing)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of handles, or the peer was gone already: neither is a reason to stop listening.
                Handler.OnFailed(remote: null, inbound: true, e.Message);
                await Task.Delay(Settings.ReconnectMin, Time, CancellationToken.None);
                continue;
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            Admit(socket);
        }
    }

    private void Admit(Socket socket)
    {
        TcpInbound? inbound = null;
        lock (_gate)
        {
            if (_closed is null && _inbound.Count < Settings.MaxInboundConnections)
            {
                inbound = new TcpInbound(this, socket, _closing.Token);
                _inbound.Add(inbound);
            }
        }
        if (inbound is null)
        {
            socket.Dispose();
            Counters.AddRefused();
            Handler.OnFailed(remote: null, inbound: true, $"there are {Settings.MaxInboundConnections} connections already, or the node is closing");
            return;
        }
        inbound.Start();
    }

    [SuppressMessage("Usage", "VSTHRD003", Justification = NoContext)]
    private async Task CloseCoreAsync(TcpAssociation[] associations)
    {
        // At once, so that whoever asked for the end can bind the port again.
        _listener?.Dispose();
        await Task.Yield();
        await Task.WhenAll(associations.Select(association => association.CloseAsync(Settings.FlushOnClose)));
        await _closing.CancelAsync();
        await _accepting;
        Task[] inbound;
        lock (_gate)
            inbound = [.. _inbound.Select(static connection => connection.Completion)];
        await Task.WhenAll(inbound);
        _closing.Dispose();
    }
}
