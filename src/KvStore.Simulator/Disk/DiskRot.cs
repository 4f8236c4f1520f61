namespace KvStore.Simulator.Disk;

/// <summary>What the byte with the flipped bit was part of.</summary>
internal enum RotPlace
{
    /// <summary>The file's header.</summary>
    Header,

    /// <summary>What is behind the header, up to the last byte that is not zero.</summary>
    Data,

    /// <summary>The zeros that are reserved behind the data.</summary>
    Reserved,
}

/// <summary>A bit that the medium flipped.</summary>
/// <param name="File">The file's name at the time.</param>
/// <param name="Offset">The byte's offset in it.</param>
/// <param name="Bit">Which bit of the byte, from 0 for the least.</param>
/// <param name="Place">What was hit.</param>
internal sealed record DiskRot(string File, long Offset, int Bit, RotPlace Place);
