using System.Globalization;
using System.Text;
using KvStore.Core.Log;

namespace KvStore.Node.Disk;

/// <summary>
/// Whose data folder it is. The file <c>identity</c> is text, so that an operator can read it:
/// <code>
///   kvstore data folder
///   version 1
///   replica 0123456789abcdef
///   crc32c 01234567
/// </code>
/// The checksum, in hexadecimal like the id, is of everything before its line.
/// </summary>
/// <param name="Replica">The replica's id, which every file of the folder carries.</param>
/// <param name="IsNew">True when this start gave it: the folder has never been used.</param>
public sealed record FolderIdentity(ulong Replica, bool IsNew)
{
    /// <summary>Of the folder's layout. A folder of a later one is refused.</summary>
    public const int Version = 1;

    private const string Name = "identity";
    private const string Title = "kvstore data folder";

    /// <summary>What is behind the last line feed is a line too.</summary>
    private const int LineCount = 5;

    /// <summary>An identity is about 80 bytes; a file longer than this is none, and not read to its end.</summary>
    private const int MaxBytes = 4096;

    internal static FolderIdentity ReadOrCreate(FileDisk disk, ulong fresh)
    {
        try
        {
            var path = disk.PathOf(Name);
            if (File.Exists(path))
                return new FolderIdentity(Read(disk.Folder, path), IsNew: false);
            if (disk.Files.FirstOrDefault(static f => LogFormat.TrySegment(f, out _) || LogFormat.TrySnapshot(f, out _)) is { } file)
                throw new DataFolderException($"The data folder {disk.Folder} has {file} but no file 'identity', which says whose it is: restore it from a copy.");
            disk.WriteAtomically(Name, Format(fresh));
            return new FolderIdentity(fresh, IsNew: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The identity of the data folder {disk.Folder} can't be read or written: {error.Message}", error);
        }
    }

    private static ulong Read(string folder, string path)
    {
        if (new FileInfo(path).Length > MaxBytes)
            throw Damaged(folder);
        var lines = File.ReadAllText(path, Encoding.Latin1).Split('\n');
        if (lines.Length < LineCount || lines[0] != Title || !TryValue(lines[1], "version ", out var number) || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw Damaged(folder);
        if (version > Version)
        {
            throw new DataFolderException(
                $"The data folder {folder} has layout version {version}, and this program knows versions up to {Version}: start the later version of the program that wrote it.");
        }
        if (!TryValue(lines[2], "replica ", out var id)
            || !ulong.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var replica)
            || !string.Join('\n', lines).Equals(Encoding.ASCII.GetString(Format(replica)), StringComparison.Ordinal))
        {
            throw Damaged(folder);
        }
        return replica;
    }

    private static bool TryValue(string line, string name, out ReadOnlySpan<char> value)
    {
        value = line.StartsWith(name, StringComparison.Ordinal) ? line.AsSpan(name.Length) : default;
        return !value.IsEmpty;
    }

    private static byte[] Format(ulong replica)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Title}\nversion {Version}\nreplica {replica:x16}\n");
        var crc = Crc32c.End(Crc32c.Add(Crc32c.Start, Encoding.ASCII.GetBytes(text)));
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text}crc32c {crc:x8}\n"));
    }

    private static DataFolderException Damaged(string folder) =>
        new($"The file 'identity' of the data folder {folder} is damaged: restore it from a copy, or remove the folder, and the node joins anew from its peers.");
}
