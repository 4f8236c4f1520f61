using System.Buffers.Binary;

namespace KvStore.Cli.Backup;

/// <summary>
/// Writes a backup beside where it belongs, and moves it there when all of it is on disk: under its own name there is a whole backup
/// or none. One that is not completed is removed.
/// </summary>
internal sealed class BackupWriter : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private uint _checksum;
    private long _bytes;
    private bool _isComplete;

    /// <summary>Begins the file in <paramref name="folder"/>, which is created if need be.</summary>
    /// <exception cref="FailedException">There is a backup already.</exception>
    public BackupWriter(string folder, long createdAtMs)
    {
        _path = Path.Combine(folder, BackupFormat.FileName);
        if (File.Exists(_path))
            throw Exists();
        Directory.CreateDirectory(folder);
        _file = new FileStream(_path + ".tmp", FileMode.Create, FileAccess.Write, FileShare.None);
        Span<byte> header = stackalloc byte[BackupFormat.HeaderBytes];
        BackupFormat.Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], BackupFormat.Version);
        BinaryPrimitives.WriteInt64LittleEndian(header[12..], createdAtMs);
        _checksum = BackupFormat.HeaderChecksum(header[..20]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], _checksum);
        _file.Write(header);
    }

    /// <summary>Where the backup will be.</summary>
    public string FileName => _path;

    /// <summary>How many entries were written.</summary>
    public long Entries { get; private set; }

    /// <summary>How long the file is.</summary>
    public long Length => _file.Position;

    /// <summary>Writes a block of <paramref name="count"/> records.</summary>
    public void Write(ReadOnlySpan<byte> records, int count)
    {
        if (count == 0)
            return;
        WriteBlock(records.Length, count, records);
        Entries += count;
        _bytes += records.Length;
    }

    /// <summary>Ends the file and gives it its name.</summary>
    /// <exception cref="FailedException">There is a backup already, which was not there before.</exception>
    public void Complete()
    {
        Span<byte> totals = stackalloc byte[BackupFormat.TotalsBytes];
        BinaryPrimitives.WriteInt64LittleEndian(totals, Entries);
        BinaryPrimitives.WriteInt64LittleEndian(totals[8..], _bytes);
        WriteBlock(0, 0, totals);
        _file.Flush(flushToDisk: true);
        if (File.Exists(_path))
            throw Exists();
        File.Move(_file.Name, _path, overwrite: false);
        _isComplete = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isComplete)
            File.Delete(_file.Name);
        _file.Dispose();
    }

    private void WriteBlock(int length, int count, ReadOnlySpan<byte> body)
    {
        _checksum = BackupFormat.BlockChecksum(_checksum, length, count, body);
        Span<byte> head = stackalloc byte[BackupFormat.BlockHeadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head, length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], _checksum);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], count);
        _file.Write(head);
        _file.Write(body);
    }

    private FailedException Exists() => new($"{_path} is there already: choose another folder, or remove it");
}
