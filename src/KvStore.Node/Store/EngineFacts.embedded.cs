using KvStore.Actors.Remoting;
using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>What the engine under the store counts, for INFO. The embedded one counts what its remoting sends, drops and refuses.</summary>
internal static class EngineFacts
{
    public const string Name = "embedded";

    /// <summary>What the member said that it runs.</summary>
    public static string AppVersion(Member member) => member.AppVersion.Version;

    public static void Append(ActorSystem system, InfoText info)
    {
        var remoting = RemotingCounters.Of(system);
        info.Field("remoting_messages_in", remoting.MessagesIn);
        info.Field("remoting_messages_out", remoting.MessagesOut);
        info.Field("remoting_bytes_in", remoting.BytesIn);
        info.Field("remoting_bytes_out", remoting.BytesOut);
        info.Field("remoting_dropped", remoting.Dropped);
        info.Field("remoting_too_large", remoting.TooLarge);
        info.Field("remoting_undeliverable", remoting.Unserializable + remoting.Undeserializable);
        info.Field("remoting_malformed_peers", remoting.Malformed);
        info.Field("remoting_refused_peers", remoting.Refused + remoting.HandshakeTimeouts);
        info.Field("remoting_reconnects", remoting.Reconnects);
    }
}
