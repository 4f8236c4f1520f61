using KvStore.Core.Log;
using KvStore.Core.Replication;

namespace KvStore.Core.Tests.Replication;

/// <content>The disks of its replicas.</content>
internal sealed partial class TestCluster
{
    /// <summary>What a process has written, how much of it a power cut leaves, and what it has said of that.</summary>
    private sealed class Disk
    {
        public List<LogItem> Items { get; init; } = [];

        public int Synced { get; set; }

        public int? Syncing { get; set; }

        public IReadOnlyList<LogItem>? Claims { get; set; }

        public List<LogItem> Slices { get; set; } = [];

        public int Begin { get; set; }

        public ulong Cursor;

        public OriginVector Reported { get; set; } = OriginVector.Empty;

        public void Add(LogItem item)
        {
            Items.Add(item);
            if (item is ResetItem or IdentityItem { GivesUp: true })
                Reported = OriginVector.Empty;
        }
    }
}
