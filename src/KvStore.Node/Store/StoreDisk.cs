using KvStore.Core.Log;
using KvStore.Core.Replication;

namespace KvStore.Node.Store;

/// <summary>
/// The store's side of the disk: writes the log on the store's turn, has it synced off that turn as the policy says, and knows which
/// replies that allows. By aspect: this file writes and syncs; Recovery begins; Snapshot shortens the log.
/// </summary>
/// <remarks>
/// The items of the log are counted. A batch waits until as many are written as there were when it had been executed, and one more
/// where something is still to become an item: what a flush appends is written together. Under <see cref="FsyncPolicy.Always"/> it
/// waits until so many are synced.
/// </remarks>
internal sealed partial class StoreDisk
{
    /// <summary>How often a log that can't be written is tried again.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    private readonly IDisk _disk;
    private readonly DurabilitySettings _settings;
    private readonly Replica _replica;
    private readonly HeldReplies _held;
    private readonly StoreLog _log;
    private readonly NodeEndpoints _endpoints;
    private readonly TimeProvider _time;
    private readonly IActorRef _store;
    private readonly List<LogItem> _early = [];
    private LogWriter? _writer;
    private long? _syncing;

    // Of how many items the replica knows that they are synced, and of how many the others may.
    private long _synced;
    private long _told;

    // How many items there were with the last one that changed what is read.
    private long _dataItems;

    // The replica goes on when a ceiling or a registry is synced, whatever the policy.
    private bool _isSyncAwaited;
    private long _lastSync;
    private long _lastAttempt;

    public StoreDisk(IDisk disk, DurabilitySettings settings, NodeIdentity identity, Replica replica, HeldReplies held, StoreLog log, NodeEndpoints endpoints, TimeProvider time, IActorRef store)
    {
        _disk = disk;
        _settings = settings;
        _identity = identity;
        _replica = replica;
        _held = held;
        _log = log;
        _endpoints = endpoints;
        _time = time;
        _store = store;
        _replica.IsRecovering = true;
        _disk.Completed = done => _store.Tell(new DiskCompleted(done), ActorRefs.NoSender);
    }

    /// <summary>How many items a batch that was executed now has to wait for.</summary>
    public long Awaited => (_writer?.ItemsAppended ?? 0) + (_replica.HasUnwritten ? 1 : 0);

    /// <summary>Replies that wait for so many items may leave. While the folder is being read nothing is promised.</summary>
    public long Answerable => _writer is not { } writer ? long.MaxValue : _settings.Fsync == FsyncPolicy.Always ? writer.ItemsSynced : writer.ItemsWritten;

    /// <summary>Why clients can't write at the moment; null when they can.</summary>
    public string? Refusal => _writer?.BlockedBy is { } error
        ? $"MISCONF the log can't be written: {error.TrimEnd('.')}. Writes are refused until there is space in {_settings.Folder}; what was sent last may or may not have been applied."
        : null;

    /// <summary>True while the log can't be written, and <see cref="Refusal"/> says why.</summary>
    public bool IsBlocked => _writer is { IsBlocked: true };

    /// <summary>
    /// True while writes are refused and all else is answered: a batch that is executed now adds nothing to the log, and what waits for
    /// it may wait for long. What is read may then be lost with the process, which <see cref="FsyncPolicy.Always"/> rules out: there only
    /// what a read does not show may wait.
    /// </summary>
    public bool AnswersReads => IsBlocked && (_settings.Fsync != FsyncPolicy.Always || (!_replica.HasUnwritten && _writer!.ItemsSynced >= _dataItems));

    /// <summary>Whether what is released is released by the completion of a sync, and so on the disk's thread.</summary>
    public bool AnswersOnItsTurn => _settings.Fsync == FsyncPolicy.Always;

    /// <summary>
    /// True while a flush would gain nothing: under <see cref="FsyncPolicy.Always"/> what is executed during a sync waits for the next one in
    /// any case, and goes into one write before it.
    /// </summary>
    public bool DefersFlush => _syncing is not null && _settings.Fsync == FsyncPolicy.Always;

    private bool IsBehind => _writer is null ? _early.Count > 0 : _writer.BufferedBytes > 0;

    /// <summary>Appends the items and writes them, if the log can be written now. False when something still waits.</summary>
    public bool Write(IReadOnlyList<LogItem> items)
    {
        if (_writer is not { } writer)
        {
            _early.AddRange(items);
            return _early.Count == 0;
        }
        foreach (var item in items)
        {
            Append(writer, item);
            _isSyncAwaited |= item is CeilingItem or RegistryItem;
        }
        if (writer.IsBlocked && _time.GetElapsedTime(_lastAttempt) < RetryInterval)
            return !IsBehind;
        _lastAttempt = writer.IsBlocked ? _time.GetTimestamp() : 0;
        if (IsBehind || writer.IsBlocked)
            writer.Write();
        return !IsBehind;
    }

    /// <summary>Begins to sync when the policy asks for it, or the replica waits for it, and everything so far is written.</summary>
    public void SyncIfDue()
    {
        if (_syncing is not null || _writer is not { } writer || IsBehind || _replica.HasUnwritten || !IsSyncDue(writer))
            return;
        _replica.SyncStarting();
        _isSyncAwaited = false;
        _lastSync = _time.GetTimestamp();
        _syncing = writer.ItemsWritten;
        if (_settings.Fsync != FsyncPolicy.Always)
            writer.WriteClaim();
        writer.BeginSync();
        CompleteSync(writer);
    }

    /// <summary>Whether a peer's message can be taken in: what it brings must be logged.</summary>
    public bool MayReceive(PeerMessage message) => message is ReplicaStatus || (_writer is { IsFull: false });

    /// <summary>Takes a message of the disk, or one to itself; false for any other.</summary>
    public bool Receive(object message)
    {
        switch (message)
        {
            case DiskCompleted completed:
                OnDone(completed.Done);
                return true;
            case RecoverStep:
                OnRecoverStep();
                return true;
            case SnapshotStep:
                OnSnapshotStep();
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// Writes the rest, marks the log as complete, and has the disk sync that and give the folder back, which is not waited for: who
    /// opened the disk disposes it.
    /// </summary>
    public void Stop()
    {
        // A log that failed is not marked, and not synced again: what it holds is found out at the next start.
        if (_writer is { Failure: null } writer)
        {
            _replica.Flush();
            Write(_replica.Outbox.Items);
            if (writer.WriteCleanStop())
                writer.BeginSync();
        }
        _disk.Completed = static _ => { };
        _disk.Close();
    }

    private void Append(LogWriter writer, LogItem item)
    {
        writer.Append(item);
        if (item is MutationsItem or EntriesItem or FloorItem or ResetItem)
            _dataItems = writer.ItemsAppended;
    }

    private bool IsSyncDue(LogWriter writer)
    {
        if (_told == writer.ItemsWritten)
            return false;
        return _isSyncAwaited || _settings.Fsync switch
        {
            FsyncPolicy.Always => true,
            FsyncPolicy.Interval => _time.GetElapsedTime(_lastSync) >= _settings.FsyncInterval,
            // Only a claim, and only where no write is about to bring it: no write is to cost a sync.
            _ => _synced == writer.ItemsWritten && _time.GetElapsedTime(_lastSync) >= _settings.FsyncInterval,
        };
    }

    private void OnDone(DiskDone done)
    {
        if (_writer is not { } writer || (!writer.OnDone(done) && !OnSnapshotDone(done)))
            return;
        if (writer.Failure is { } failure)
            throw new DiskFailedException($"Syncing the log in {_settings.Folder} failed: {failure.Message.TrimEnd('.')}. What was not synced before may be lost, so nothing more is acknowledged.", failure);
        CompleteSync(writer);
    }

    private void CompleteSync(LogWriter writer)
    {
        TellClaimed(writer);
        if (_syncing is not { } items)
            return;
        if (writer.ItemsSynced < items)
        {
            // The writer was in the middle of a sync of its own.
            writer.BeginSync();
            return;
        }
        (_syncing, _synced) = (null, items);
        _replica.SyncDone();
        TellClaimed(writer);
    }

    // What others are told of as synced, a start must know of, or it could take damage of it for what a power cut has left. Under Always
    // a reply tells it in any case, and no start takes it for that.
    private void TellClaimed(LogWriter writer)
    {
        if (_told == _synced || (_settings.Fsync == FsyncPolicy.Always ? writer.ItemsSynced : writer.ItemsClaimed) < _synced)
            return;
        _told = _synced;
        _replica.SyncClaimed();
    }
}

/// <summary>The disk said that it could not keep what it had been given. The node stops: only the disk knows what it holds.</summary>
public sealed class DiskFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DiskFailedException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public DiskFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public DiskFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
