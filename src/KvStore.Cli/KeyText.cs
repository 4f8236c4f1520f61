using System.Text;
using KvStore.Protocol.Text;

namespace KvStore.Cli;

/// <summary>Keys as people are shown them.</summary>
internal static class KeyText
{
    /// <summary>The key, quoted and escaped where it is not plain text.</summary>
    public static string Of(ReadOnlySpan<byte> key)
    {
        if (!TextQuoting.IsNeeded(key))
            return Encoding.UTF8.GetString(key);
        var quoted = new byte[TextQuoting.MaxLength(key.Length)];
        return Encoding.UTF8.GetString(quoted.AsSpan(0, TextQuoting.Write(quoted, key)));
    }
}
