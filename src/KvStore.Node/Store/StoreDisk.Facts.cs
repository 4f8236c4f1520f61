using KvStore.Protocol.Commands;

namespace KvStore.Node.Store;

/// <content>What INFO tells of log, snapshots and the last recovery.</content>
internal sealed partial class StoreDisk
{
    public PersistenceFacts Facts => new()
    {
        HasLog = true,
        LogFailure = _writer?.BlockedBy,
        LogBytes = _writer is null ? 0 : LogBytes,
        ChangesSinceSnapshot = _replica.LastNumber - _numberAtSnapshot,
        LastSnapshotMs = SnapshotsEnded == 0 ? null : (long)_lastSnapshotTook.TotalMilliseconds,
        RunningSnapshotMs = _claims is null ? null : (long)_time.GetElapsedTime(_snapshotStarted).TotalMilliseconds,
    };

    public void AppendInfo(InfoText info)
    {
        info.Field("data_folder", _settings.Folder);
        info.Field("log_fsync", _settings.Fsync.ToString().ToLowerInvariant());
        if (_writer is { } writer)
        {
            info.Field("log_segments", writer.Segments);
            info.Field("log_written", writer.Written.ToString());
            info.Field("log_synced", writer.Synced.ToString());
            info.Field("log_buffered_bytes", writer.BufferedBytes);
            info.Field("log_written_bytes", writer.Counters.BytesWritten);
            info.Field("log_writes", writer.Counters.Records);
            info.Field("log_failed_writes", writer.Counters.FailedWrites);
            info.Field("log_syncs", writer.Counters.Syncs);
            info.Field("snapshots_published", writer.Counters.Snapshots);
            info.Field("snapshots_failed", writer.Counters.SnapshotsFailed);
            info.Field("snapshot_longest_slice_us", (long)_longestSlice.TotalMicroseconds);
            info.Field("snapshot_last_bytes", writer.Counters.LastSnapshotBytes);
        }
        info.Field("replies_held", _held.Count);
        if (_recovery is { } recovery)
        {
            info.Field("loading_total_bytes", recovery.BytesTotal);
            info.Field("loading_loaded_bytes", recovery.BytesDone);
            info.Field("loading_loaded_perc", recovery.BytesDone * 100 / Math.Max(recovery.BytesTotal, 1));
        }
        if (Recovered is not { } report)
            return;
        info.Field("recovery_snapshot", report.Snapshot ?? "none");
        info.Field("recovery_segments", report.Segments);
        info.Field("recovery_entries", report.Entries);
        info.Field("recovery_mutations", report.Mutations);
        info.Field("recovery_bytes", report.Bytes);
        info.Field("recovery_ms", (long)RecoveryTime.TotalMilliseconds);
        info.Field("recovery_highest_version", _recoveredClock);
        info.Field("recovery_stopped_cleanly", report.StoppedCleanly ? 1 : 0);
        for (var i = 0; i < report.Cuts.Count; i++)
            info.Field($"recovery_cut{i}", report.Cuts[i]);
    }
}
