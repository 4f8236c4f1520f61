using System.Collections.Immutable;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.Membership;

/// <summary>
/// The gossip as bytes. Incarnations occur in it again and again, so they stand in a table first and are then named by their place
/// in it; the members come first in the table.
/// <code>
/// gossip := u16 nodes | node* | u16 members | (u8 status | i32 up number | roles)*
///         | u16 seen | u16 index*
///         | u16 observers | (u16 index | i64 version | u16 verdicts | (u16 index | u8 verdict)*)*
///         | u16 authors | (u16 index | i64 counter)*
///         | u16 tombstones | (u16 index | i64 age in ms)*
/// </code>
/// </summary>
internal static class GossipCodec
{
    /// <summary>Members, and those that only versions and tombstones still name: far beyond the clusters this engine is for.</summary>
    public const int MaxNodes = 4096;

    private const int MinMemberBytes = sizeof(byte) + sizeof(int) + sizeof(ushort);
    private const int MinRowBytes = sizeof(ushort) + sizeof(long) + sizeof(ushort);
    private const int VerdictBytes = sizeof(ushort) + sizeof(byte);
    private const int CounterBytes = sizeof(ushort) + sizeof(long);

    public static void Write(WireWriter writer, Gossip gossip)
    {
        var table = new Dictionary<UniqueAddress, int>();
        foreach (var member in gossip.Members)
            table.TryAdd(member.UniqueAddress, table.Count);
        foreach (var node in gossip.Version.Counters.Keys.Concat(gossip.Tombstones.Keys))
            table.TryAdd(node, table.Count);

        writer.Count(table.Count, MaxNodes, "nodes");
        foreach (var (node, _) in table.OrderBy(static entry => entry.Value))
            MembershipCodec.WriteNode(writer, node);
        writer.Count(gossip.Members.Count, MaxNodes, "members");
        foreach (var member in gossip.Members)
        {
            writer.Byte((byte)member.Status);
            writer.Int32(member.UpNumber);
            MembershipCodec.WriteRoles(writer, member.Roles);
            MembershipCodec.WriteAppVersion(writer, member.AppVersion);
        }
        writer.Count(gossip.Seen.Count, MaxNodes, "nodes that have seen it");
        foreach (var node in gossip.Seen)
            writer.UInt16(table[node], "place");
        WriteReachability(writer, gossip.Reachability, table);
        WriteNumbers(writer, gossip.Version.Counters, table);
        WriteNumbers(writer, gossip.Tombstones, table);
    }

    public static Gossip Read(ref WireReader reader)
    {
        var nodes = new UniqueAddress[reader.Count(MaxNodes, MembershipCodec.MinNodeBytes, "nodes")];
        for (var i = 0; i < nodes.Length; i++)
            nodes[i] = MembershipCodec.ReadNode(ref reader);

        var memberCount = reader.Count(nodes.Length, MinMemberBytes, "members");
        var members = Gossip.NoMembers.ToBuilder();
        for (var i = 0; i < memberCount; i++)
        {
            if (!members.Add(ReadMember(ref reader, nodes[i])))
                WireReader.Throw($"{nodes[i]} is a member twice.");
        }
        var known = nodes.AsSpan(0, memberCount);
        var seen = ReadSeen(ref reader, known);
        var reachability = ReadReachability(ref reader, known);
        var version = new VectorClock(ReadNumbers(ref reader, nodes, MaxNodes, "authors"));
        var tombstones = ReadNumbers(ref reader, nodes, Gossip.MaxTombstones, "tombstones");
        foreach (var node in known)
        {
            if (tombstones.ContainsKey(node))
                WireReader.Throw($"{node} is a member and removed at once.");
        }
        return new Gossip(members.ToImmutable(), seen, reachability, version, tombstones);
    }

    private static Member ReadMember(ref WireReader reader, UniqueAddress node)
    {
        var status = (MemberStatus)reader.Byte();
        if (status is < MemberStatus.Joining or > MemberStatus.WeaklyUp or MemberStatus.Removed)
            WireReader.Throw($"{(int)status} is no status of a member.");
        var upNumber = reader.Int32();
        if (upNumber < 0)
            WireReader.Throw($"{upNumber} is no up number.");
        return Member.Create(node, upNumber, status, MembershipCodec.ReadRoles(ref reader), MembershipCodec.ReadAppVersion(ref reader));
    }

    private static ImmutableSortedSet<UniqueAddress> ReadSeen(ref WireReader reader, ReadOnlySpan<UniqueAddress> members)
    {
        var count = reader.Count(members.Length, sizeof(ushort), "nodes that have seen it");
        var seen = ImmutableSortedSet.CreateBuilder<UniqueAddress>();
        for (var i = 0; i < count; i++)
            seen.Add(ReadPlace(ref reader, members));
        return seen.ToImmutable();
    }

    private static void WriteReachability(WireWriter writer, Reachability reachability, Dictionary<UniqueAddress, int> table)
    {
        writer.Count(reachability.Rows.Count, MaxNodes, "observers");
        foreach (var (observer, row) in reachability.Rows)
        {
            writer.UInt16(table[observer], "place");
            writer.Int64(row.Version);
            writer.Count(row.Verdicts.Count, MaxNodes, "verdicts");
            foreach (var (subject, verdict) in row.Verdicts)
            {
                writer.UInt16(table[subject], "place");
                writer.Byte((byte)verdict);
            }
        }
    }

    private static Reachability ReadReachability(ref WireReader reader, ReadOnlySpan<UniqueAddress> members)
    {
        var count = reader.Count(members.Length, MinRowBytes, "observers");
        var rows = ImmutableSortedDictionary.CreateBuilder<UniqueAddress, ObserverRow>();
        for (var i = 0; i < count; i++)
        {
            var observer = ReadPlace(ref reader, members);
            var version = reader.Count64();
            var verdictCount = reader.Count(members.Length, VerdictBytes, "verdicts");
            var verdicts = ImmutableSortedDictionary.CreateBuilder<UniqueAddress, ReachabilityStatus>();
            for (var j = 0; j < verdictCount; j++)
            {
                var subject = ReadPlace(ref reader, members);
                var verdict = (ReachabilityStatus)reader.Byte();
                if (verdict is not (ReachabilityStatus.Unreachable or ReachabilityStatus.Terminated))
                    WireReader.Throw($"{(byte)verdict} is no verdict.");
                verdicts[subject] = verdict;
            }
            rows[observer] = new ObserverRow(version, verdicts.ToImmutable());
        }
        return new Reachability(rows.ToImmutable());
    }

    private static void WriteNumbers(WireWriter writer, ImmutableSortedDictionary<UniqueAddress, long> numbers, Dictionary<UniqueAddress, int> table)
    {
        writer.Count(numbers.Count, MaxNodes, "numbers");
        foreach (var (node, number) in numbers)
        {
            writer.UInt16(table[node], "place");
            writer.Int64(Math.Max(0, number));
        }
    }

    private static ImmutableSortedDictionary<UniqueAddress, long> ReadNumbers(ref WireReader reader, ReadOnlySpan<UniqueAddress> nodes, int max, string what)
    {
        var count = reader.Count(Math.Min(max, nodes.Length), CounterBytes, what);
        var numbers = ImmutableSortedDictionary.CreateBuilder<UniqueAddress, long>();
        for (var i = 0; i < count; i++)
        {
            var node = ReadPlace(ref reader, nodes);
            numbers[node] = reader.Count64();
        }
        return numbers.ToImmutable();
    }

    private static UniqueAddress ReadPlace(ref WireReader reader, ReadOnlySpan<UniqueAddress> table)
    {
        var place = reader.UInt16();
        if (place >= table.Length)
            WireReader.Throw($"Place {place} in a table of {table.Length} nodes.");
        return table[place];
    }
}
