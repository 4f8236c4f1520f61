using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using KvStore.Node.Store;
using KvStore.Protocol.Commands;
using KvStore.Protocol.Resp;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace KvStore.Node.Gateway;

/// <summary>
/// Kestrel without HTTP: it accepts connections, hands their pipes to <see cref="ClientConnection"/>, and drains them at the end.
/// </summary>
internal sealed class GatewayServer
{
    private static readonly byte[] TooManyClients = "-ERR max number of clients reached\r\n"u8.ToArray();

    private readonly GatewaySettings _settings;
    private readonly RequestLimits _limits;
    private readonly IActorRef _store;
    private readonly ClientRegistry _clients;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log;
    private readonly ConcurrentDictionary<long, ClientConnection> _connections = new();
    private readonly KestrelServer _server;
    private ListenOptions? _listen;

    public GatewayServer(GatewaySettings settings, RequestLimits limits, IActorRef store, ClientRegistry clients, TimeProvider time, ILoggingAdapter log)
    {
        _settings = settings;
        _limits = limits;
        _store = store;
        _clients = clients;
        _time = time;
        _log = log;
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Listen(EndPointOf(settings), listen =>
        {
            _listen = listen;
            listen.Run(ServeAsync);
        });
        // With the store run on the caller, a read, its commands and the write of their replies are one stack on one thread.
        var sockets = new SocketTransportOptions { UnsafePreferInlineScheduling = true, NoDelay = true };
        _server = new KestrelServer(
            Options.Create(options),
            new SocketTransportFactory(Options.Create(sockets), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
    }

    /// <summary>Binds; the endpoint says which port that was.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public async Task<IPEndPoint> StartAsync()
    {
        await _server.StartAsync(new NoHttp(), CancellationToken.None);
        return _listen?.IPEndPoint ?? throw new InvalidOperationException("Kestrel started without its endpoint.");
    }

    /// <summary>Stops accepting, lets batches that are under way finish, and closes the connections.</summary>
    public Task StopAsync(CancellationToken cancellation) => _server.StopAsync(cancellation);

    /// <summary>Ends connections that have waited for too long.</summary>
    public void CheckTimeouts()
    {
        foreach (var connection in _connections.Values)
            connection.CheckTimeouts(_settings);
    }

    /// <summary>Closes what is left, at once. Does not wait.</summary>
    public void Abort() => _ = _server.StopAsync(new CancellationToken(canceled: true));

    private static IPEndPoint EndPointOf(GatewaySettings settings)
    {
        if (string.Equals(settings.Host, "localhost", StringComparison.OrdinalIgnoreCase))
            return new IPEndPoint(IPAddress.Loopback, settings.Port);
        return IPAddress.TryParse(settings.Host, out var address)
            ? new IPEndPoint(address, settings.Port)
            : throw new ArgumentException($"kv.gateway.host is '{settings.Host}'; it is an IP address (0.0.0.0 for all) or localhost.", nameof(settings));
    }

    private async Task ServeAsync(ConnectionContext transport)
    {
        if (!_clients.TryEnter(_settings.MaxClients, out var id))
        {
            await transport.Transport.Output.WriteAsync(TooManyClients);
            return;
        }
        var session = new ClientSession(
            id,
            transport.RemoteEndPoint?.ToString() ?? "",
            transport.LocalEndPoint?.ToString() ?? "",
            _time.GetUtcNow().ToUnixTimeMilliseconds());
        var connection = new ClientConnection(transport, session, _limits, _store, _time);
        _clients.Add(session);
        _connections[id] = connection;
        try
        {
            await using var drain = DrainOnStop(transport);
            await connection.RunAsync();
        }
        catch (Exception error) when (error is IOException or ConnectionAbortedException or SocketException)
        {
            // The client is gone; there is nobody left to tell.
        }
        catch (Exception error)
        {
            _log.Error(error, "the connection of {0} failed and is closed", session.Address);
        }
        finally
        {
            _connections.TryRemove(id, out _);
            _clients.Leave(id);
        }
    }

    private static CancellationTokenRegistration DrainOnStop(ConnectionContext transport) =>
        transport.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested.UnsafeRegister(
            static input => ((PipeReader)input!).CancelPendingRead(),
            transport.Transport.Input) ?? default;

    /// <summary>Kestrel wants an HTTP application; no endpoint here speaks HTTP.</summary>
    private sealed class NoHttp : IHttpApplication<IFeatureCollection>
    {
        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public Task ProcessRequestAsync(IFeatureCollection context) => Task.CompletedTask;

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
        }
    }
}
