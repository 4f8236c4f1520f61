using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <summary>What the engine under the store counts, for INFO. Akka.NET keeps no such counters.</summary>
internal static class EngineFacts
{
    public const string Name = "akka";

    public static void Append(ActorSystem system, InfoText info)
    {
    }
}
