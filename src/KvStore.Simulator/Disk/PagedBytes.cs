namespace KvStore.Simulator.Disk;

/// <summary>Bytes in pages, each of which is there once something was written to it; all others are zeros, without end.</summary>
internal sealed class PagedBytes
{
    private const int PageBytes = 4096;

    private byte[]?[] _pages;

    /// <summary>Zeros.</summary>
    public PagedBytes() => _pages = [];

    private PagedBytes(byte[]?[] pages) => _pages = pages;

    /// <summary>Reads as many bytes as fit in <paramref name="destination"/>.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var at = (int)(offset % PageBytes);
            var part = destination[..Math.Min(PageBytes - at, destination.Length)];
            var number = offset / PageBytes;
            if (number < _pages.Length && _pages[number] is { } page)
                page.AsSpan(at, part.Length).CopyTo(part);
            else
                part.Clear();
            offset += part.Length;
            destination = destination[part.Length..];
        }
    }

    /// <summary>Writes all of <paramref name="bytes"/>.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var at = (int)(offset % PageBytes);
            var count = Math.Min(PageBytes - at, bytes.Length);
            bytes[..count].CopyTo(Page(offset / PageBytes).AsSpan(at));
            offset += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Makes everything from an offset on zeros.</summary>
    public void Clear(long offset)
    {
        for (var number = offset / PageBytes; number < _pages.Length; number++)
        {
            var at = (int)(offset - (number * PageBytes));
            if (at > 0)
                _pages[number]?.AsSpan(at).Clear();
            else
                _pages[number] = null;
            offset = Math.Max(offset, (number + 1) * PageBytes);
        }
    }

    /// <summary>Behind the last byte that is not zero; 0 when all are.</summary>
    public long EndOfData()
    {
        for (var number = _pages.Length - 1; number >= 0; number--)
        {
            var last = _pages[number].AsSpan().LastIndexOfAnyExcept((byte)0);
            if (last >= 0)
                return ((long)number * PageBytes) + last + 1;
        }
        return 0;
    }

    /// <summary>A copy of its own.</summary>
    public PagedBytes Clone() => new(Array.ConvertAll(_pages, static page => page?.AsSpan().ToArray()));

    private byte[] Page(long number)
    {
        if (number >= _pages.Length)
            Array.Resize(ref _pages, (int)Math.Max(number + 1, _pages.Length * 2L));
        return _pages[number] ??= new byte[PageBytes];
    }
}
