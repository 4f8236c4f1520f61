using System.Text;

namespace KvStore.Protocol.Commands;

/// <summary>
/// The text of INFO and CLUSTER INFO: <c>{ "# " Section CRLF { field ":" value CRLF } CRLF }</c>.
/// </summary>
public sealed class InfoText
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds one field. Line ends in the value become blanks.</summary>
    public void Field(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _text.Append(name).Append(':').Append(value.ReplaceLineEndings(" ")).Append("\r\n");
    }

    /// <summary>Adds one field.</summary>
    public void Field(string name, long value) => _text.Append(name).Append(':').Append(value).Append("\r\n");

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    internal void Section(string title)
    {
        if (_text.Length > 0)
            _text.Append("\r\n");
        _text.Append("# ").Append(title).Append("\r\n");
    }
}
