using System.Net;

namespace KvStore.Node.Gateway;

/// <summary>Asks the gateway where it listens; answered with <see cref="GatewayBound"/>, or a failure, when that is known.</summary>
internal sealed record GetGateway : INoSerializationVerificationNeeded
{
    public static readonly GetGateway Instance = new();
}

/// <summary>The gateway listens here.</summary>
internal sealed record GatewayBound(IPEndPoint EndPoint) : INoSerializationVerificationNeeded;

/// <summary>The gateway's timer, once a second. A late one only delays a time-out.</summary>
internal sealed record SweepConnections : INoSerializationVerificationNeeded
{
    public static readonly SweepConnections Instance = new();
}
