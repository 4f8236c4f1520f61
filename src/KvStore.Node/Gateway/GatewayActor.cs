using KvStore.Node.Store;
using KvStore.Protocol.Resp;

namespace KvStore.Node.Gateway;

/// <summary>
/// Owns the gateway: binds it, says where it listens, ends connections that wait for too long, and drains it when the node stops. The
/// bytes of clients do not pass through here: connections Tell the store themselves.
/// </summary>
internal sealed class GatewayActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(3);

    private readonly GatewayServer _server;
    private readonly NodeEndpoints _endpoints;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<IActorRef> _askers = [];
    private object? _outcome;

    public GatewayActor(GatewaySettings settings, RequestLimits limits, IActorRef store, ClientRegistry clients, TimeProvider time, NodeEndpoints endpoints)
    {
        _endpoints = endpoints;
        _server = new GatewayServer(settings, limits, store, clients, time, _log);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _ = _server.StartAsync().PipeTo(Self, success: static endPoint => new GatewayBound(endPoint));
        Timers.StartPeriodicTimer(SweepConnections.Instance, SweepConnections.Instance, SweepInterval);
        var server = _server;
        CoordinatedShutdown.Get(Context.System).AddTask(CoordinatedShutdown.PhaseServiceUnbind, "stop-gateway", async () =>
        {
            using var patience = new CancellationTokenSource(DrainPatience);
            await server.StopAsync(patience.Token);
            return Done.Instance;
        });
    }

    protected override void PostStop() => _server.Abort();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SweepConnections:
                _server.CheckTimeouts();
                break;
            case GetGateway:
                _askers.Add(Sender);
                Answer();
                break;
            case GatewayBound bound:
                _endpoints.Gateway = bound.EndPoint;
                _log.Info("gateway listens on {0}", bound.EndPoint);
                _outcome = bound;
                Answer();
                break;
            case Status.Failure failure:
                _outcome = failure;
                Answer();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Answer()
    {
        if (_outcome is null)
            return;
        foreach (var asker in _askers)
            asker.Tell(_outcome);
        _askers.Clear();
    }
}
