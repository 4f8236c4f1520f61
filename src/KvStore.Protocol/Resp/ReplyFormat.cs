namespace KvStore.Protocol.Resp;

/// <summary>How a reply is written. Chosen per command: a text line is answered as text on any connection.</summary>
public enum ReplyFormat
{
    /// <summary>RESP2, which every connection begins with.</summary>
    Resp2,

    /// <summary>RESP3, after <c>HELLO 3</c>.</summary>
    Resp3,

    /// <summary>Lines for people and <c>nc</c>.</summary>
    Text,
}
