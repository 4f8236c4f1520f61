using System.Text;
using KvStore.Protocol.Text;

namespace KvStore.Protocol.Tests.Commands;

/// <summary>
/// Runs a script against one store: <c>&gt; command</c>, sent as RESP, then a line with the reply's bytes, where CR and
/// LF are written <c>\r</c> and <c>\n</c>.
/// </summary>
internal sealed class CommandScript
{
    public void Run(string script)
    {
        using var store = new TestStore();
        var lines = script.Split('\n');
        for (var i = 0; i + 1 < lines.Length; i += 2)
        {
            lines[i].ShouldStartWith("> ");
            TextLine.TrySplit(Encoding.Latin1.GetBytes(lines[i][2..]), out var arguments).ShouldBeTrue();
            var reply = store.Resp([.. arguments.Select(Encoding.Latin1.GetString)]);
            Escape(reply).ShouldBe(lines[i + 1], $"in the {(i / 2) + 1}. step: {lines[i]}");
        }
    }

    private static string Escape(string reply) =>
        reply.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
}
