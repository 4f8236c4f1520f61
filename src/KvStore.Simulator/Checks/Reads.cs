using System.Text;
using KvStore.Protocol.Client;
using KvStore.Simulator.Clients;

namespace KvStore.Simulator.Checks;

/// <summary>What an operation was shown: values under their keys.</summary>
internal static class Reads
{
    /// <summary>Every value that the reply shows.</summary>
    public static IEnumerable<(string Key, string Value)> Of(Operation operation)
    {
        if (operation is not { Outcome: Outcome.Ok, Reply: { } reply })
            yield break;
        var arguments = operation.Arguments;
        switch (operation.Command)
        {
            case "GET" or "GETSET" or "GETDEL" or "SET" when reply.Kind == ReplyKind.Bulk:
                yield return (arguments[1], Text(reply));
                break;
            case "MGET":
                for (var i = 0; i < reply.Items.Count; i++)
                {
                    if (reply.Items[i].Kind == ReplyKind.Bulk)
                        yield return (arguments[i + 1], Text(reply.Items[i]));
                }
                break;
            default:
                break;
        }
    }

    /// <summary>Every key that the reply lists.</summary>
    public static IEnumerable<string> KeysOf(Operation operation) => operation switch
    {
        { Outcome: Outcome.Ok, Command: "KEYS", Reply: { } all } => all.Items.Select(Text),
        { Outcome: Outcome.Ok, Command: "SCAN", Reply: { Items.Count: 2 } page } => page.Items[1].Items.Select(Text),
        _ => [],
    };

    private static string Text(Reply reply) => Encoding.UTF8.GetString(reply.Bytes.Span);
}
