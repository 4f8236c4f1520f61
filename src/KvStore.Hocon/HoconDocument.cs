using System.Text;
using KvStore.Hocon.Parsing;

namespace KvStore.Hocon;

/// <summary>
/// Reads HOCON (<see href="https://github.com/lightbend/config/blob/main/HOCON.md"/>): strictly, with every mistake
/// reported by line and column, and fully resolved.
/// </summary>
public static class HoconDocument
{
    /// <summary>Reads a text and resolves its includes and substitutions.</summary>
    /// <param name="text">The text; empty is an empty object.</param>
    /// <param name="sourceName">The name that errors print, and that includes are relative to: a file's path if it is one.</param>
    /// <param name="options">Where files and environment variables come from.</param>
    /// <exception cref="HoconException">The text, or one that it includes, is not what it should be.</exception>
    public static HoconObject Parse(string text, string sourceName = "<text>", HoconOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(sourceName);
        options ??= HoconOptions.Default;
        var tree = new HoconParser(new HoconSource(sourceName, text), options).ParseRoot();
        return new Resolver(tree, options.Environment).Resolve();
    }

    /// <summary>Reads a file as UTF-8, as <see cref="Parse"/> does.</summary>
    /// <exception cref="HoconException">The file cannot be read or is not what it should be.</exception>
    public static HoconObject Load(string path, HoconOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        HoconSource source;
        try
        {
            source = HoconOptions.ReadFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException or ArgumentException)
        {
            throw new HoconException(new SourcePosition(path, 1, 1), $"the file cannot be read: {e.Message}", e);
        }
        return Parse(source.Text, source.Name, options);
    }
}
