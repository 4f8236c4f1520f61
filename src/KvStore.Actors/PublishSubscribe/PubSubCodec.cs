using System.Collections.Immutable;
using System.Text;
using KvStore.Actors.Membership;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.PublishSubscribe;

/// <summary>
/// The registry's messages as bytes, little-endian; node and text as in <see cref="MembershipCodec"/>:
/// <code>
/// message := u8 version | u8 kind | node from | body
/// Status  := u8 is reply | u16 count | (node owner | i64 version | i64 pruned below)*
/// Delta   := u16 count | bucket*
/// bucket  := node owner | i64 base | i64 upto | i64 pruned below | u8 flags | u16 count | change*      ; flags: 1 full, 2 has more
/// change  := u8 kind of key | text name | text group | i64 version | u8 is present
/// </code>
/// </summary>
/// <remarks>Reading throws <see cref="MalformedFrameException"/>, and nothing else, whatever the bytes.</remarks>
internal static class PubSubCodec
{
    public const byte Version = 1;

    /// <summary>As many as there can be members.</summary>
    public const int MaxBuckets = 4096;

    /// <summary>A delta's elements are bounded by a setting, and by this.</summary>
    public const int MaxChanges = ushort.MaxValue;

    private const int MinDigestBytes = MembershipCodec.MinNodeBytes + (2 * sizeof(long));
    private const int MinChangeBytes = 1 + sizeof(ushort) + sizeof(ushort) + sizeof(long) + 1;
    private const int MinBucketBytes = MembershipCodec.MinNodeBytes + (3 * sizeof(long)) + 1 + sizeof(ushort);
    private const byte KindStatus = 1;
    private const byte KindDelta = 2;
    private const byte FlagFull = 1;
    private const byte FlagMore = 2;

    public static byte[] Encode(IPubSubMessage message)
    {
        var writer = new WireWriter();
        Write(writer, message);
        return writer.ToArray();
    }

    public static void Write(WireWriter writer, IPubSubMessage message)
    {
        writer.Byte(Version);
        switch (message)
        {
            case PubSubStatus status:
                writer.Byte(KindStatus);
                MembershipCodec.WriteNode(writer, status.From);
                writer.Byte(status.IsReply ? (byte)1 : (byte)0);
                writer.Count(status.Digests.Length, MaxBuckets, "buckets");
                foreach (var digest in status.Digests)
                {
                    MembershipCodec.WriteNode(writer, digest.Owner);
                    writer.Int64(digest.Version);
                    writer.Int64(digest.PrunedBelow);
                }
                break;
            case PubSubDelta delta:
                writer.Byte(KindDelta);
                MembershipCodec.WriteNode(writer, delta.From);
                writer.Count(delta.Buckets.Length, MaxBuckets, "buckets");
                foreach (var bucket in delta.Buckets)
                    WriteBucket(writer, bucket);
                break;
            default:
                throw new ArgumentException($"There is no encoding of {message.GetType().Name}.", nameof(message));
        }
    }

    public static IPubSubMessage Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var version = reader.Byte();
        if (version != Version)
            WireReader.Throw($"A registry message of the version {version}; this node speaks {Version}.");
        var kind = reader.Byte();
        var from = MembershipCodec.ReadNode(ref reader);
        IPubSubMessage message = kind switch
        {
            KindStatus => ReadStatus(ref reader, from),
            KindDelta => ReadDelta(ref reader, from),
            _ => throw new MalformedFrameException($"{kind} is no kind of registry message."),
        };
        reader.End();
        return message;
    }

    /// <summary>An upper bound on what a change of that key takes.</summary>
    internal static int MaxBytesOf(RegistryKey key) => MinChangeBytes + (3 * (key.Name.Length + key.Group.Length));

    internal static void ThrowIfTooLong(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) > RegistryKey.MaxNameBytes)
            throw new ArgumentException($"A topic, group or path of more than {RegistryKey.MaxNameBytes} bytes cannot be announced.", nameof(name));
    }

    private static void WriteBucket(WireWriter writer, BucketDelta bucket)
    {
        MembershipCodec.WriteNode(writer, bucket.Owner);
        writer.Int64(bucket.Base);
        writer.Int64(bucket.Upto);
        writer.Int64(bucket.PrunedBelow);
        writer.Byte((byte)((bucket.IsFull ? FlagFull : 0) | (bucket.HasMore ? FlagMore : 0)));
        writer.Count(bucket.Changes.Length, MaxChanges, "changes");
        foreach (var change in bucket.Changes)
        {
            writer.Byte((byte)change.Key.Kind);
            writer.Text(change.Key.Name, RegistryKey.MaxNameBytes, "name");
            writer.Text(change.Key.Group, RegistryKey.MaxNameBytes, "group");
            writer.Int64(change.Version);
            writer.Byte(change.IsPresent ? (byte)1 : (byte)0);
        }
    }

    private static PubSubStatus ReadStatus(ref WireReader reader, UniqueAddress from)
    {
        var isReply = ReadFlag(ref reader);
        var count = reader.Count(MaxBuckets, MinDigestBytes, "buckets");
        var digests = ImmutableArray.CreateBuilder<BucketDigest>(count);
        for (var i = 0; i < count; i++)
            digests.Add(new BucketDigest(MembershipCodec.ReadNode(ref reader), reader.Count64(), reader.Count64()));
        return new PubSubStatus(from, digests.MoveToImmutable(), isReply);
    }

    private static PubSubDelta ReadDelta(ref WireReader reader, UniqueAddress from)
    {
        var count = reader.Count(MaxBuckets, MinBucketBytes, "buckets");
        var buckets = ImmutableArray.CreateBuilder<BucketDelta>(count);
        for (var i = 0; i < count; i++)
            buckets.Add(ReadBucket(ref reader));
        return new PubSubDelta(from, buckets.MoveToImmutable());
    }

    private static BucketDelta ReadBucket(ref WireReader reader)
    {
        var owner = MembershipCodec.ReadNode(ref reader);
        var from = reader.Count64();
        var upto = reader.Count64();
        var prunedBelow = reader.Count64();
        var flags = reader.Byte();
        if (flags > (FlagFull | FlagMore))
            WireReader.Throw($"The flags {flags} mean nothing.");
        var count = reader.Count(MaxChanges, MinChangeBytes, "changes");
        var changes = ImmutableArray.CreateBuilder<BucketChange>(count);
        for (var i = 0; i < count; i++)
            changes.Add(ReadChange(ref reader, from, upto));
        return new BucketDelta(owner, from, upto, prunedBelow, (flags & FlagFull) != 0, (flags & FlagMore) != 0, changes.MoveToImmutable());
    }

    private static BucketChange ReadChange(ref WireReader reader, long from, long upto)
    {
        var kind = (RegistryKeyKind)reader.Byte();
        if (kind is not (RegistryKeyKind.Topic or RegistryKeyKind.Group or RegistryKeyKind.Path))
            WireReader.Throw($"{(byte)kind} is no kind of key.");
        var name = reader.Text(RegistryKey.MaxNameBytes, "name");
        var group = reader.Text(RegistryKey.MaxNameBytes, "group");
        var version = reader.Count64();
        if (version <= from || version > upto)
            WireReader.Throw($"The change {version} in a delta of those after {from} up to {upto}.");
        return new BucketChange(new RegistryKey(kind, name, group), version, ReadFlag(ref reader));
    }

    private static bool ReadFlag(ref WireReader reader)
    {
        var flag = reader.Byte();
        if (flag > 1)
            WireReader.Throw($"{flag} is neither yes nor no.");
        return flag == 1;
    }
}
