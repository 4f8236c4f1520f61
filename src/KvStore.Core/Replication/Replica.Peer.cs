namespace KvStore.Core.Replication;

/// <content>What is known of one other replica.</content>
public sealed partial class Replica
{
    private sealed class Peer(ulong replica, string member)
    {
        public ulong Replica { get; } = replica;

        public string Member { get; set; } = member;

        public string Name { get; private set; } = "";

        public string Gateway { get; private set; } = "";

        public bool Ready { get; private set; }

        public long Entries { get; private set; }

        public long Acknowledged { get; set; }

        public long HeardMs { get; set; }

        /// <summary>Its table has served, before its restart perhaps.</summary>
        public bool Complete { get; private set; }

        /// <summary>Why a session is to be had with it; none when none is.</summary>
        public SessionReason Wanted { get; set; }

        /// <summary>What the last session with it that somebody asked for came to; null before the first.</summary>
        public RepairView? Repair { get; set; }

        /// <summary>Entries that were sent to it in sessions.</summary>
        public long EntriesSent { get; set; }

        /// <summary>The last session with it that was completed.</summary>
        public ulong LastSession { get; set; }

        /// <summary>The registry that both knew when the last session with it began that was completed: what it held then is held here.</summary>
        public ulong GatheredUnder { get; set; }

        /// <summary>Not before: a session with it has just failed.</summary>
        public long RetryMs { get; set; }

        /// <summary>Sessions with it that were given up: one that does not answer is not asked for ever while another might.</summary>
        public int FailedTransfers { get; set; }

        /// <summary>Since when it serves and is not registered, as this replica knows it; null where it does not.</summary>
        public long? UnregisteredSinceMs { get; set; }

        public OriginVector Vector { get; private set; } = OriginVector.Empty;

        public ulong Store { get; private set; }

        /// <summary>The generation of its registry; 0 while it knows none.</summary>
        public ulong Generation { get; private set; }

        /// <summary>Its process's start by its own clock; by this the earlier of two is found.</summary>
        public long StartedMs { get; set; }

        /// <summary>Its wall clock in the status that was heard last, and how far it was ahead of this one.</summary>
        public long ClockMs { get; set; }

        public long AheadMs { get; set; }

        /// <summary>When a status was first heard that was sent under this replica's name or store; 0 for never.</summary>
        public long TwinSinceMs { get; set; }

        public bool IsTwin { get; set; }

        /// <summary>What it lets its clients write.</summary>
        public WriteLimits Limits { get; private set; }

        public void Note(ReplicaStatus status)
        {
            // The same process may come under another member: it was downed, and has joined again.
            (Member, Name, Gateway) = (status.Member, status.Name, status.Gateway);
            (Ready, Complete, Entries) = (status.Ready, status.Complete, status.Entries);
            (Vector, Store, Generation, Limits) = (status.Applied, status.Store, status.Generation, status.Limits);
        }
    }
}
