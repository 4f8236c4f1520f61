using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>What the engine under the store counts, for INFO. Akka.NET keeps no such counters.</summary>
internal static class EngineFacts
{
    public const string Name = "akka";

    /// <summary>The version that the member joined with.</summary>
    public static string AppVersion(Member member) => member.AppVersion.Version;

    public static void Append(ActorSystem system, InfoText info)
    {
    }
}
