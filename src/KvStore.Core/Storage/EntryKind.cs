namespace KvStore.Core.Storage;

/// <summary>What an entry says of its key. The byte is part of the record format.</summary>
public enum EntryKind : byte
{
    /// <summary>The key has a value, until its expiry where it has one.</summary>
    Value = 0,

    /// <summary>A tombstone: the key was deleted.</summary>
    Deleted = 1,

    /// <summary>
    /// A tombstone of a value whose expiry has passed. It keeps version, expiry and the hash of the value (8 bytes, in the
    /// value's place), so that it compares and digests as the value did: expiry is not a new write.
    /// </summary>
    Expired = 2,
}
