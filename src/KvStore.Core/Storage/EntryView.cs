using KvStore.Core.Versioning;

namespace KvStore.Core.Storage;

/// <summary>
/// One entry, without its key. Read from a <see cref="Table"/> the span points into the table and is good until the next
/// change; as an argument it may point anywhere, into the table too.
/// </summary>
public readonly ref struct EntryView
{
    /// <summary>Creates a view.</summary>
    public EntryView(VersionStamp version, EntryKind kind, long expiresAtMs, ReadOnlySpan<byte> value)
    {
        Version = version;
        Kind = kind;
        ExpiresAtMs = expiresAtMs;
        Value = value;
    }

    /// <summary>Who wrote it and when.</summary>
    public VersionStamp Version { get; }

    /// <summary>Value or tombstone.</summary>
    public EntryKind Kind { get; }

    /// <summary>Unix milliseconds from which the key reads as absent; 0 for never.</summary>
    public long ExpiresAtMs { get; }

    /// <summary>The value; empty for a deletion; 8 bytes of value hash for <see cref="EntryKind.Expired"/>.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>True when a client sees the key at <paramref name="nowMs"/>.</summary>
    public bool IsLive(long nowMs) => Kind == EntryKind.Value && (ExpiresAtMs == 0 || ExpiresAtMs > nowMs);
}

/// <summary>Receives entries from a walk over the table. It must not change the table meanwhile.</summary>
public interface IEntryVisitor
{
    /// <summary>Called once for each entry; the spans are good during the call.</summary>
    void Visit(ReadOnlySpan<byte> key, in EntryView entry);
}
