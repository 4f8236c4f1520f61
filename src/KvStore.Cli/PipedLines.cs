namespace KvStore.Cli;

/// <summary>The lines of a stream, as bytes. The last one may lack its newline.</summary>
internal sealed class PipedLines(Stream input) : ILineSource
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <inheritdoc/>
    public async Task<byte[]?> ReadAsync(string prompt)
    {
        var searched = 0;
        while (true)
        {
            var newline = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var line = _buffer.AsSpan(_start, searched + newline).ToArray();
                _start += line.Length + 1;
                return line;
            }
            searched = _end - _start;
            MakeRoom();
            var count = await input.ReadAsync(_buffer.AsMemory(_end));
            _end += count;
            if (count > 0)
                continue;
            var last = _buffer.AsSpan(_start, _end - _start).ToArray();
            _start = _end;
            return last.Length > 0 ? last : null;
        }
    }

    private void MakeRoom()
    {
        var held = _end - _start;
        var target = held * 2 > _buffer.Length ? new byte[_buffer.Length * 2] : _buffer;
        Buffer.BlockCopy(_buffer, _start, target, 0, held);
        _buffer = target;
        _start = 0;
        _end = held;
    }
}
