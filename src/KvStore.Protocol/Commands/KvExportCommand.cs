using System.Buffers;
using KvStore.Core.Replication;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;

namespace KvStore.Protocol.Commands;

/// <summary>
/// KVDATA EXPORT: the live entries page by page, for <c>kv backup</c>.
/// <code>EXPORT cursor = array: next cursor ("0" at the end), records (as many <see cref="EntryRecord"/>s without origin), count</code>
/// An entry that is there from the first page to the last is in one of them at least; one that is written meanwhile may be in two, the
/// later page with the later value. A page may be empty before the end.
/// </summary>
internal static class KvExportCommand
{
    /// <summary>Where a page ends, but for the bucket that it is in: enough to amortise a round trip, and a fraction of a millisecond to copy.</summary>
    private const int PageBytes = 256 * 1024;

    /// <summary>Entries, tombstones included, that one call passes without filling a page: other clients wait meanwhile.</summary>
    private const int EntriesPerCall = 16 * 1024;

    public static void Export(ref CommandContext context)
    {
        if (!KeyCommands.TryCursor(context[2], out var cursor))
        {
            context.Reply.Error(Errors.InvalidCursor);
            return;
        }
        var page = new Page();
        try
        {
            var steps = 0;
            do
                cursor = context.Replica.Scan(cursor, budget: 1, ref page);
            while (cursor != 0 && page.Length < PageBytes && ++steps < EntriesPerCall);
            context.Reply.Array(3);
            context.Reply.Bulk($"{cursor}");
            context.Reply.Bulk(page.Records);
            context.Reply.Integer(page.Count);
        }
        finally
        {
            page.Dispose();
        }
    }

    private sealed class Page : IEntryVisitor, IDisposable
    {
        private byte[] _records = ArrayPool<byte>.Shared.Rent(2 * PageBytes);

        public int Length { get; private set; }

        public int Count { get; private set; }

        public ReadOnlySpan<byte> Records => _records.AsSpan(0, Length);

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry)
        {
            var needed = Length + EntryRecord.MaxSize(key.Length, entry.Value.Length);
            if (needed > _records.Length)
                Grow(needed);
            var record = new EntryRecord(RecordKind.Value, entry.Version, VersionStamp.None, entry.ExpiresAtMs, key, entry.Value);
            Length += record.Write(_records.AsSpan(Length), origin: 0);
            Count++;
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(_records);

        private void Grow(int needed)
        {
            var grown = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _records.Length * 2));
            Records.CopyTo(grown);
            Dispose();
            _records = grown;
        }
    }
}
