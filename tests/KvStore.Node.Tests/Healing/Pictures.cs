using KvStore.Node.Healing;

namespace KvStore.Node.Tests.Healing;

/// <summary>Clusters in a few characters: members by letter, each with the replica of its letter.</summary>
internal static class Pictures
{
    public const int Anyone = 1;

    public static ClusterPicture Of(string members, long sinceMs = 1000, bool isSettled = true, int uid = Anyone, params ClusterPicture[] sees) => new(
        [.. members.Select(name => new PicturedMember($"akka.tcp://kv@{name}:1", uid))],
        isSettled,
        [.. members.Select(static name => (ulong)name)],
        sinceMs,
        [.. sees.Select(static other => other.Id)]);
}
