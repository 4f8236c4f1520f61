using System.Text;

namespace KvStore.Hocon;

/// <summary>A text to read and the name by which errors and include cycles know it.</summary>
/// <param name="Name">The name: for a file its path.</param>
/// <param name="Text">The whole text.</param>
public sealed record HoconSource(string Name, string Text);

/// <summary>What the reader needs from outside: files and environment variables come in as functions.</summary>
public sealed class HoconOptions
{
    /// <summary>Files relative to the including file, and the environment of this process.</summary>
    public static HoconOptions Default { get; } = new();

    /// <summary>
    /// Finds an included text: (name as written, name of the including source) to a source, or null when there is none.
    /// The default reads a file relative to the including file (relative to the working directory when that is no file),
    /// and tries the name with <c>.conf</c> behind it too. IO errors become a <see cref="HoconException"/> at the include.
    /// </summary>
    public Func<string, string, HoconSource?> Include { get; init; } = IncludeFile;

    /// <summary>
    /// The value of an environment variable, or null. <c>${NAME}</c> asks it when the document has no such path. The
    /// default is <see cref="Environment.GetEnvironmentVariable(string)"/>.
    /// </summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    internal static HoconSource? IncludeFile(string name, string includingSource)
    {
        var path = name;
        if (!Path.IsPathRooted(name) && File.Exists(includingSource))
            path = Path.GetFullPath(name, Path.GetDirectoryName(Path.GetFullPath(includingSource))!);
        if (!File.Exists(path))
            path += ".conf";
        return File.Exists(path) ? ReadFile(path) : null;
    }

    /// <summary>Reads a file, unless it is longer than any configuration.</summary>
    /// <exception cref="IOException">The file cannot be read, or is longer than any configuration.</exception>
    /// <exception cref="DecoderFallbackException">The file is not UTF-8.</exception>
    internal static HoconSource ReadFile(string path)
    {
        var sizeBytes = new FileInfo(path).Length;
        if (sizeBytes > HoconLimits.MaxTextLength * 3L)
            throw new IOException($"the file has {sizeBytes} bytes, more than a configuration may have");
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        return new HoconSource(path, File.ReadAllText(path, strict));
    }
}
