using System.Buffers;

namespace KvStore.Protocol.Text;

/// <summary>
/// Values as the text protocol prints them: bare, or in double quotes where a bare one could be taken for something
/// else. Every quoted value reads back, by <see cref="TextTokenizer"/>, as the same bytes.
/// <code>quoted = '"' { byte | "\n" | "\r" | "\t" | "\b" | "\a" | "\\" | '\"' | "\x" hex hex } '"'</code>
/// </summary>
public static class TextQuoting
{
    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(static i => (byte)i), 127]);

    /// <summary>True for what is empty, begins like another reply, or holds control bytes. Bytes above 127 stay as they are.</summary>
    public static bool IsNeeded(ReadOnlySpan<byte> value) =>
        value.IsEmpty
        || value[0] is (byte)'(' or (byte)'"'
        || value.StartsWith("ERR "u8)
        || value.ContainsAny(Controls);

    /// <summary>The most bytes that a value of <paramref name="length"/> takes when quoted.</summary>
    public static int MaxLength(int length) => checked((length * 4) + 2);

    /// <summary>Writes <paramref name="value"/> quoted and escaped; returns how many bytes that took.</summary>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> value)
    {
        var at = 0;
        destination[at++] = (byte)'"';
        foreach (var b in value)
            at += WriteByte(destination[at..], b);
        destination[at++] = (byte)'"';
        return at;
    }

    private static int WriteByte(Span<byte> destination, byte b)
    {
        var letter = b switch
        {
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            (byte)'\b' => (byte)'b',
            (byte)'\a' => (byte)'a',
            (byte)'\\' or (byte)'"' => b,
            _ => (byte)0,
        };
        if (letter != 0)
        {
            destination[0] = (byte)'\\';
            destination[1] = letter;
            return 2;
        }
        if (b is >= 32 and not 127)
        {
            destination[0] = b;
            return 1;
        }
        "\\x"u8.CopyTo(destination);
        destination[2] = HexDigit(b >> 4);
        destination[3] = HexDigit(b & 15);
        return 4;
    }

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
