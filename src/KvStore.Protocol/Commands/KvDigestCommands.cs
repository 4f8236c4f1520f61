using System.Text;
using KvStore.Core.Storage;
using KvStore.Core.Versioning;
using KvStore.Protocol.Resp;
using KvStore.Protocol.Text;

namespace KvStore.Protocol.Commands;

/// <summary>
/// KVDATA DIGEST: what two nodes compare to find where they differ, from the whole down to single keys.
/// <code>
/// DIGEST                    = map: name, gateway, ready (boolean), keys, entries, floor, digest (32 hex digits), vector
/// DIGEST PARTITIONS         = array of 64 digests; with the floor they make up the one of the whole
/// DIGEST SLOTS partition    = array of 256 digests, of slots 256 × partition and up
/// DIGEST KEYS slot [cursor] = array: next cursor ("0" at the end), array of array: key, version, kind, hash (16 hex digits)
/// </code>
/// A page of keys may be empty before the end, as SCAN's may: the keys of a slot lie among those of its partition. In the text format
/// each field and each key is a line.
/// </summary>
internal static class KvDigestCommands
{
    private const int SlotsPerPartition = Slot.Count / Table.Partitions;

    /// <summary>Keys of one page, give or take a bucket: a page is a few kilobytes, and a slot has seldom more.</summary>
    private const int KeysPerPage = 100;

    /// <summary>Bytes of keys of one page: keys may be long.</summary>
    private const int KeyBytesPerPage = 256 * 1024;

    /// <summary>Entries that one call passes, at well under a millisecond: other clients wait meanwhile.</summary>
    private const int EntriesPerCall = 4096;

    private const int EntriesPerStep = 64;

    public static void Digest(ref CommandContext context)
    {
        if (context.Count == 2)
            Whole(ref context);
        else if (context.Count == 3 && context.Is(2, "PARTITIONS"u8))
            Partitions(ref context);
        else if (context.Count == 4 && context.Is(2, "SLOTS"u8))
            Slots(ref context);
        else if (context.Count is 4 or 5 && context.Is(2, "KEYS"u8))
            Keys(ref context);
        else
            context.Reply.Error(Errors.Syntax);
    }

    private static void Whole(ref CommandContext context)
    {
        var replica = context.Replica;
        var reply = context.Reply;
        if (reply.Format == ReplyFormat.Text)
        {
            reply.Array(8);
            reply.Line($"name: {context.Facts.NodeName}");
            reply.Line($"gateway: {context.Facts.Data.Gateway}");
            reply.Line($"ready: {(context.Facts.Loading ? "no" : "yes")}");
            reply.Line($"keys: {replica.Count}");
            reply.Line($"entries: {replica.EntryCount}");
            reply.Line($"floor: {replica.Floor}");
            reply.Line($"digest: {Hex(replica.Digest())}");
            reply.Line($"vector: {replica.Vector()}");
            return;
        }
        reply.Map(8);
        reply.Field("name", context.Facts.NodeName);
        reply.Field("gateway", context.Facts.Data.Gateway);
        reply.Field("ready", !context.Facts.Loading);
        reply.Field("keys", replica.Count);
        reply.Field("entries", replica.EntryCount);
        reply.Field("floor", replica.Floor.ToString());
        reply.Field("digest", Hex(replica.Digest()));
        reply.Field("vector", replica.Vector().ToString());
    }

    private static void Partitions(ref CommandContext context)
    {
        context.Reply.Array(Table.Partitions);
        for (var partition = 0; partition < Table.Partitions; partition++)
            context.Reply.Bulk(Hex(context.Replica.PartitionDigest(partition)));
    }

    private static void Slots(ref CommandContext context)
    {
        if (!TryNumber(ref context, 3, Table.Partitions, "partition", out var partition))
            return;
        context.Reply.Array(SlotsPerPartition);
        for (var slot = 0; slot < SlotsPerPartition; slot++)
            context.Reply.Bulk(Hex(context.Replica.SlotDigest((partition * SlotsPerPartition) + slot)));
    }

    private static void Keys(ref CommandContext context)
    {
        if (!TryNumber(ref context, 3, Slot.Count, "slot", out var slot))
            return;
        var cursor = 0UL;
        if (context.Count == 5 && !KeyCommands.TryCursor(context[4], out cursor))
        {
            context.Reply.Error(Errors.InvalidCursor);
            return;
        }
        var page = new Page();
        var passed = 0;
        do
        {
            cursor = context.Replica.ScanSlot(slot, cursor, EntriesPerStep, ref page);
            passed += EntriesPerStep;
        }
        while (cursor != 0 && passed < EntriesPerCall && page.Entries.Count < KeysPerPage && page.KeyBytes < KeyBytesPerPage);
        Write(context.Reply, cursor, page.Entries);
    }

    private static void Write(ReplyWriter reply, ulong cursor, List<Found> entries)
    {
        var isText = reply.Format == ReplyFormat.Text;
        reply.Array(isText ? entries.Count + 1 : 2);
        reply.Bulk($"{cursor}");
        if (!isText)
            reply.Array(entries.Count);
        foreach (var (key, version, kind, hash) in entries)
        {
            var kindName = kind.ToString().ToLowerInvariant();
            if (isText)
            {
                reply.Simple([.. Encoding.ASCII.GetBytes($"{version} {kindName} {hash:x16} "), .. Quoted(key)]);
                continue;
            }
            reply.Array(4);
            reply.Bulk(key);
            reply.Bulk(version.ToString());
            reply.Bulk(kindName);
            reply.Bulk($"{hash:x16}");
        }
    }

    private static bool TryNumber(ref CommandContext context, int index, int end, string what, out int number)
    {
        number = 0;
        if (!context.TryInteger(index, out var value))
            return false;
        if (value < 0 || value >= end)
        {
            context.Reply.Error($"ERR there is no {what} {value}: they are 0 to {end - 1}");
            return false;
        }
        number = (int)value;
        return true;
    }

    private static string Hex(UInt128 digest) => $"{digest:x32}";

    private static byte[] Quoted(byte[] key)
    {
        if (!TextQuoting.IsNeeded(key))
            return key;
        var quoted = new byte[TextQuoting.MaxLength(key.Length)];
        return quoted[..TextQuoting.Write(quoted, key)];
    }

    /// <summary>What a digest's term is made of, and the key as it was when the walk came by.</summary>
    private readonly record struct Found(byte[] Key, VersionStamp Version, EntryKind Kind, ulong Hash);

    /// <summary>Copies what a walk finds: the reply's head says how many there are.</summary>
    private sealed class Page : IEntryVisitor
    {
        public List<Found> Entries { get; } = [];

        public int KeyBytes { get; private set; }

        public void Visit(ReadOnlySpan<byte> key, in EntryView entry)
        {
            Entries.Add(new Found(key.ToArray(), entry.Version, entry.Kind, ContentHash.OfEntry(entry)));
            KeyBytes += key.Length;
        }
    }
}
