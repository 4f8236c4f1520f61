namespace KvStore.Actors.Remoting;

/// <summary>
/// The one large message that is arriving on a connection. It grows only as bytes come, so who announces much and sends little holds
/// little, and what all connections hold together is bounded by the <see cref="ReassemblyBudget"/>: a message for which there is
/// no room is read past, and the connection goes on. Not thread-safe: a connection's frames are handled one after the other.
/// </summary>
internal sealed class ChunkAssembly(int maxMessageBytes, ReassemblyBudget budget)
{
    /// <summary>What a message begins with; it doubles from there.</summary>
    private const int InitialBytes = 64 * 1024;

    private byte[] _bytes = [];
    private int _filled;
    private int _total;
    private bool _isSkipping;
    private WireName _recipient = WireName.Empty;
    private WireName? _sender;
    private WireName _manifest = WireName.Empty;
    private int _serializerId;

    /// <summary>A message has begun, and was not closed.</summary>
    internal bool IsOpen => _total > 0;

    /// <summary>All parts have come.</summary>
    internal bool IsWhole => IsOpen && _filled == _total;

    /// <summary>Some of the message has come, and some has not.</summary>
    internal bool IsMissingParts => _filled < _total;

    internal void Begin(int totalBytes, WireName recipient, WireName? sender, int serializerId, WireName manifest, ReadOnlySpan<byte> first)
    {
        if (totalBytes <= first.Length || totalBytes > maxMessageBytes)
            WireReader.Throw($"A message of {totalBytes} bytes in parts, where {first.Length + 1} to {maxMessageBytes} are allowed.");
        _total = totalBytes;
        (_recipient, _sender, _serializerId, _manifest) = (recipient, sender, serializerId, manifest);
        Append(first);
    }

    /// <summary>True when that was the last part.</summary>
    internal bool Continue(ReadOnlySpan<byte> part)
    {
        if (!IsOpen)
            WireReader.Throw("A part of a message that never began.");
        if (part.Length == 0 || part.Length > _total - _filled)
            WireReader.Throw($"A part of {part.Length} bytes, where {_total - _filled} are missing.");
        Append(part);
        return _filled == _total;
    }

    /// <summary>After the last part: the message, unless it was read past. It lives until <see cref="Close"/>.</summary>
    internal bool TryTake(out InboundFrame message)
    {
        message = new InboundFrame(_recipient, _sender, _serializerId, _manifest, _isSkipping ? [] : _bytes.AsSpan(0, _total));
        return !_isSkipping;
    }

    /// <summary>Gives back what the message holds, whole or not.</summary>
    internal void Close()
    {
        budget.Release(_bytes.Length);
        _bytes = [];
        _total = _filled = 0;
        _isSkipping = false;
        (_recipient, _sender, _manifest) = (WireName.Empty, null, WireName.Empty);
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        if (!_isSkipping && _filled + part.Length > _bytes.Length && !TryGrow(_filled + part.Length))
        {
            budget.Release(_bytes.Length);
            _bytes = [];
            _isSkipping = true;
        }
        if (!_isSkipping)
            part.CopyTo(_bytes.AsSpan(_filled));
        _filled += part.Length;
    }

    private bool TryGrow(int needed)
    {
        var size = (int)Math.Min(_total, Math.Max(Math.Max(needed, InitialBytes), _bytes.Length * 2L));
        // The old array is garbage a moment later, so only the difference is claimed.
        if (!budget.TryClaim(size - _bytes.Length))
            return false;
        Array.Resize(ref _bytes, size);
        return true;
    }
}

/// <summary>The bytes that half-arrived messages of all connections may hold. Any thread.</summary>
internal sealed class ReassemblyBudget(long maxBytes)
{
    private long _held;

    internal long HeldBytes => Interlocked.Read(ref _held);

    internal bool TryClaim(int bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= maxBytes)
            return true;
        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    internal void Release(int bytes) => Interlocked.Add(ref _held, -bytes);
}
