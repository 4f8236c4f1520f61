namespace KvStore.Protocol.Commands;

/// <summary>SAVE, BGSAVE and LASTSAVE. A snapshot is written slice by slice between batches: SAVE makes only its own client wait.</summary>
internal static class PersistenceCommands
{
    private static ReadOnlySpan<byte> InProgress => "ERR Background save already in progress"u8;

    /// <summary>Answers when the snapshot that it began is published, or with why it is not.</summary>
    public static void Save(ref CommandContext context)
    {
        var data = context.Facts.Data;
        if (context.Session.Waiting is not SnapshotWait wait)
        {
            wait = new SnapshotWait(data.SnapshotsCompleted + 1);
            if (!TryStart(ref context))
                return;
        }
        if (data.SnapshotsCompleted < wait.Completed)
            context.Suspend(wait);
        else if (data.SnapshotFailure is { } failure)
            context.Reply.Error("ERR " + failure);
        else
            context.Reply.Ok();
    }

    /// <summary><c>BGSAVE [SCHEDULE]</c>. There is nothing to schedule behind, so the word changes nothing.</summary>
    public static void BackgroundSave(ref CommandContext context)
    {
        if (context.Count > 2 || (context.Count == 2 && !context.Is(1, "SCHEDULE"u8)))
            context.Reply.Error(Errors.Syntax);
        else if (TryStart(ref context))
            context.Reply.Simple("Background saving started"u8);
    }

    public static void LastSave(ref CommandContext context) => context.Reply.Integer(context.Facts.Data.LastSavedAtMs / 1000);

    private static bool TryStart(ref CommandContext context)
    {
        var data = context.Facts.Data;
        if (data.IsSnapshotRunning)
        {
            context.Reply.Error(InProgress);
            return false;
        }
        if (data.StartSnapshot() is not { } refusal)
            return true;
        context.Reply.Error("ERR " + refusal);
        return false;
    }

    /// <summary>SAVE waits until this many snapshots have ended.</summary>
    private sealed record SnapshotWait(long Completed);
}
