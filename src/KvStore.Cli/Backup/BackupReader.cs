using System.Buffers.Binary;
using KvStore.Core.Replication;

namespace KvStore.Cli.Backup;

/// <summary>Reads a backup block by block. Anything that is not as it was written ends with an error that says where.</summary>
internal sealed class BackupReader : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private byte[] _records = [];
    private uint _checksum;
    private long _bytes;

    /// <summary>Opens the backup in <paramref name="folder"/>.</summary>
    /// <exception cref="FailedException">There is none, or it is no backup, or one of another version.</exception>
    public BackupReader(string folder)
    {
        _path = Path.Combine(folder, BackupFormat.FileName);
        if (!File.Exists(_path))
            throw new FailedException($"there is no {BackupFormat.FileName} in {folder}");
        _file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        try
        {
            ReadHeader();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>When the backup was begun, by the clock of the node, in unix milliseconds.</summary>
    public long CreatedAtMs { get; private set; }

    /// <summary>How many entries were read.</summary>
    public long Entries { get; private set; }

    /// <summary>Reads the next block; false at the end, if it is one.</summary>
    /// <param name="records">Records that are sound, one by one; good until the next call.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="FailedException">The file is damaged or cut short.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> records, out int count)
    {
        records = default;
        count = 0;
        var at = _file.Position;
        Span<byte> head = stackalloc byte[BackupFormat.BlockHeadBytes];
        Fill(head, at);
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        count = BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
        var isEnd = length == 0;
        var bodyLength = isEnd ? BackupFormat.TotalsBytes : length;
        // A length that was damaged must not become an allocation.
        if (bodyLength < 0 || bodyLength > _file.Length - _file.Position)
            throw Damaged(at, "the block is longer than the rest of the file");
        if (_records.Length < bodyLength)
            _records = new byte[bodyLength];
        var body = _records.AsMemory(0, bodyLength);
        Fill(body.Span, at);
        _checksum = BackupFormat.BlockChecksum(_checksum, length, count, body.Span);
        if (_checksum != BinaryPrimitives.ReadUInt32LittleEndian(head[4..]))
            throw Damaged(at, "the checksum is wrong");
        if (isEnd)
        {
            CheckEnd(body.Span, at);
            return false;
        }
        Check(body.Span, count, at);
        records = body;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void ReadHeader()
    {
        Span<byte> header = stackalloc byte[BackupFormat.HeaderBytes];
        if (_file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.StartsWith(BackupFormat.Magic))
            throw new FailedException($"{_path} is not a backup");
        _checksum = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        if (_checksum != BackupFormat.HeaderChecksum(header[..20]))
            throw Damaged(0, "the checksum is wrong");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (version != BackupFormat.Version)
            throw new FailedException($"{_path} is a backup of format {version}; this kv reads {BackupFormat.Version}");
        CreatedAtMs = BinaryPrimitives.ReadInt64LittleEndian(header[12..]);
    }

    private void Check(ReadOnlySpan<byte> records, int count, long at)
    {
        try
        {
            EntryRecord.Validate(records, count);
        }
        catch (FormatException error)
        {
            throw Damaged(at, error.Message);
        }
        Entries += count;
        _bytes += records.Length;
    }

    private void CheckEnd(ReadOnlySpan<byte> totals, long at)
    {
        if (BinaryPrimitives.ReadInt64LittleEndian(totals) != Entries || BinaryPrimitives.ReadInt64LittleEndian(totals[8..]) != _bytes)
            throw Damaged(at, "the totals are not those of the blocks");
        if (_file.Position != _file.Length)
            throw Damaged(_file.Position, "there are bytes behind the end");
    }

    private void Fill(Span<byte> destination, long at)
    {
        if (_file.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length)
            throw Damaged(at, "the file is cut short");
    }

    private FailedException Damaged(long at, string what) => new($"{_path} is damaged at byte {at}: {what}");
}
