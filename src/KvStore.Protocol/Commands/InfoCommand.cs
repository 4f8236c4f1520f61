using System.Runtime.InteropServices;
using System.Text;

namespace KvStore.Protocol.Commands;

/// <summary>INFO: fields under the names that Redis's monitoring reads, and the store's own beside them.</summary>
internal static class InfoCommand
{
    private delegate void SectionMethod(ref readonly CommandContext context, InfoText info);

    private static readonly (string Title, SectionMethod Write)[] Sections =
    [
        ("Server", Server),
        ("Clients", Clients),
        ("Memory", Memory),
        ("Persistence", Persistence),
        ("Stats", Stats),
        ("Replication", Replication),
        ("Cluster", Cluster),
        ("Keyspace", Keyspace),
    ];

    public static void Info(ref CommandContext context)
    {
        var info = new InfoText();
        foreach (var (title, write) in Sections)
        {
            if (!IsWanted(in context, title))
                continue;
            info.Section(title);
            write(in context, info);
            context.Facts.AppendInfo(title.ToLowerInvariant(), info);
        }
        context.Reply.Verbatim(Encoding.UTF8.GetBytes(info.ToString()));
    }

    private static bool IsWanted(ref readonly CommandContext context, string title)
    {
        if (context.Count == 1)
            return true;
        Span<byte> name = stackalloc byte[title.Length];
        Encoding.ASCII.GetBytes(title, name);
        for (var i = 1; i < context.Count; i++)
        {
            if (context.Is(i, name) || context.Is(i, "all"u8) || context.Is(i, "default"u8) || context.Is(i, "everything"u8))
                return true;
        }
        return false;
    }

    private static void Server(ref readonly CommandContext context, InfoText info)
    {
        var facts = context.Facts;
        var uptimeSeconds = (facts.NowMicroseconds - (facts.StartedAtMs * 1000)) / 1_000_000;
        info.Field("redis_version", ServerCommands.RedisVersion);
        info.Field("kvstore_version", facts.Version);
        info.Field("redis_mode", "standalone");
        info.Field("os", RuntimeInformation.OSDescription);
        info.Field("arch_bits", 64);
        info.Field("process_id", facts.ProcessId);
        info.Field("run_id", facts.RunId);
        info.Field("node_name", facts.NodeName);
        info.Field("tcp_port", facts.TcpPort);
        info.Field("server_time_usec", facts.NowMicroseconds);
        info.Field("uptime_in_seconds", uptimeSeconds);
        info.Field("uptime_in_days", uptimeSeconds / 86400);
    }

    private static void Clients(ref readonly CommandContext context, InfoText info)
    {
        info.Field("connected_clients", context.Facts.Clients.Count);
        info.Field("blocked_clients", context.Facts.Clients.Count(static c => c.Waiting is not null));
    }

    private static void Memory(ref readonly CommandContext context, InfoText info)
    {
        info.Field("used_memory", context.Facts.UsedMemoryBytes);
        info.Field("used_memory_dataset", context.Replica.MemoryBytes);
        info.Field("maxmemory", ConfigCommands.Value(context.Facts, "maxmemory"));
        info.Field("maxmemory_policy", ConfigCommands.Value(context.Facts, "maxmemory-policy"));
    }

    // Redis's names: its rdb is the snapshot, its aof the log.
    private static void Persistence(ref readonly CommandContext context, InfoText info)
    {
        var data = context.Facts.Data;
        var facts = data.Persistence;
        info.Field("loading", context.Facts.Loading ? 1 : 0);
        info.Field("async_loading", 0);
        info.Field("rdb_changes_since_last_save", facts.ChangesSinceSnapshot);
        info.Field("rdb_bgsave_in_progress", data.IsSnapshotRunning ? 1 : 0);
        info.Field("rdb_last_save_time", data.LastSavedAtMs / 1000);
        info.Field("rdb_last_bgsave_status", data.SnapshotFailure is null ? "ok" : "err");
        info.Field("rdb_last_bgsave_time_sec", Seconds(facts.LastSnapshotMs));
        info.Field("rdb_current_bgsave_time_sec", Seconds(facts.RunningSnapshotMs));
        info.Field("rdb_saves", data.SnapshotsCompleted);
        info.Field("aof_enabled", facts.HasLog ? 1 : 0);
        info.Field("aof_last_write_status", facts.LogFailure is null ? "ok" : "err");
        if (facts.HasLog)
            info.Field("aof_current_size", facts.LogBytes);
    }

    private static long Seconds(long? ms) => ms is { } known ? known / 1000 : -1;

    private static void Stats(ref readonly CommandContext context, InfoText info)
    {
        var counters = context.Counters;
        info.Field("total_connections_received", context.Facts.ConnectionsReceived);
        info.Field("total_commands_processed", counters.Processed);
        info.Field("keyspace_hits", counters.Hits);
        info.Field("keyspace_misses", counters.Misses);
        info.Field("evicted_keys", context.Replica.Counters.Evicted);
        info.Field("rejected_commands", counters.Rejected);
        info.Field("internal_errors", counters.Failed);
    }

    private static void Replication(ref readonly CommandContext context, InfoText info)
    {
        var counters = context.Replica.Counters;
        info.Field("role", "master");
        // Replicas here are peers, none of which is the slave of another.
        info.Field("connected_slaves", 0);
        info.Field("mutations_published", counters.Published);
        info.Field("mutations_received", counters.Received);
        info.Field("mutations_applied", counters.Applied);
        info.Field("digest_mismatches", counters.DigestMismatches);
        info.Field("suspect_slots", context.Replica.SuspectSlots.Count);
        info.Field("suspect_slots_repaired", counters.SuspectSlotsRepaired);
        info.Field("rotten_entries", counters.RottenEntries);
        info.Field("conflicts", counters.Conflicts);
        info.Field("possible_conflicts", counters.PossibleConflicts);
        info.Field("tombstones", context.Replica.Tombstones);
        info.Field("tombstones_collected", counters.Collected);
        info.Field("entries_refused_as_collected", counters.Refused);
        info.Field("origins_awaited_for_collection", context.Replica.OpenOrigins.Count);
        info.Field("replicas_awaited_for_collection", string.Join(',', context.Replica.AwaitedForCollection.Select(static r => $"{r.Name}={r.AwayMs / 1000}")));
        info.Field("discards", counters.Discards);
        info.Field("mutations_lost_in_discards", counters.Lost);
        info.Field("writes_refused_because", context.Replica.Refusal ?? "");
    }

    private static void Cluster(ref readonly CommandContext context, InfoText info)
    {
        info.Field("cluster_enabled", 0);
        info.Field("kvstore_members", context.Facts.Members.Count);
        info.Field("kvstore_members_reachable", context.Facts.Members.Count(static m => m.IsReachable));
    }

    private static void Keyspace(ref readonly CommandContext context, InfoText info)
    {
        if (context.Replica.Count > 0)
            info.Field("db0", $"keys={context.Replica.Count},expires={context.Replica.ExpiringCount},avg_ttl=0");
    }
}
