using System.Net;

namespace KvStore.Node;

/// <summary>Where a node listens. Written once each while the node starts; read by anyone.</summary>
public sealed class NodeEndpoints
{
    private IPEndPoint? _gateway;

    /// <summary>The gateway; null until it is bound, and where there is none.</summary>
    public IPEndPoint? Gateway
    {
        get => Volatile.Read(ref _gateway);
        internal set => Volatile.Write(ref _gateway, value);
    }

    /// <summary>The remoting address, <c>host:port</c>.</summary>
    public string Remoting { get; internal set; } = "";
}
