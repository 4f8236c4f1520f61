using System.Text;

namespace KvStore.Protocol.Client;

/// <summary>What a reply is, in the terms of RESP3; RESP2 knows the first six.</summary>
public enum ReplyKind
{
    /// <summary>A status line.</summary>
    Simple,

    /// <summary>An error, beginning with its code.</summary>
    Error,

    /// <summary>An integer.</summary>
    Integer,

    /// <summary>A byte string.</summary>
    Bulk,

    /// <summary>No value.</summary>
    Null,

    /// <summary>Values in order.</summary>
    Array,

    /// <summary>Keys and values in turn.</summary>
    Map,

    /// <summary>Values without an order.</summary>
    Set,

    /// <summary>Values that answer no request.</summary>
    Push,

    /// <summary>Text meant for people; its three-letter format is cut off.</summary>
    Verbatim,

    /// <summary>A floating point number, as it was spelled.</summary>
    Double,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An integer of any size, as it was spelled.</summary>
    BigNumber,
}

/// <summary>One reply, as a small tree: what <see cref="ReplyReader"/> makes of the bytes.</summary>
public sealed class Reply
{
    internal Reply(ReplyKind kind, byte[] bytes)
    {
        Kind = kind;
        Bytes = bytes;
    }

    internal Reply(ReplyKind kind, long integer)
    {
        Kind = kind;
        Integer = integer;
    }

    internal Reply(ReplyKind kind, IReadOnlyList<Reply> items)
    {
        Kind = kind;
        Items = items;
    }

    /// <summary>What it is.</summary>
    public ReplyKind Kind { get; }

    /// <summary>The bytes of anything but integers, booleans and aggregates.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The number of an integer; 0 or 1 of a boolean.</summary>
    public long Integer { get; }

    /// <summary>The values of an aggregate; of a map, keys and values in turn.</summary>
    public IReadOnlyList<Reply> Items { get; } = [];

    /// <summary>True for an error reply.</summary>
    public bool IsError => Kind == ReplyKind.Error;

    internal static Reply Null { get; } = new(ReplyKind.Null, 0);

    /// <summary>The bytes as UTF-8; for looking at, not for storing.</summary>
    public override string ToString() => Kind switch
    {
        ReplyKind.Integer or ReplyKind.Boolean => $"{Integer}",
        ReplyKind.Null => "(nil)",
        ReplyKind.Array or ReplyKind.Map or ReplyKind.Set or ReplyKind.Push => $"[{string.Join(", ", Items)}]",
        _ => Encoding.UTF8.GetString(Bytes.Span),
    };
}
