using System.Text;
using KvStore.Protocol.Client;

namespace KvStore.Cli;

/// <summary>The fields of a map that a node answered. RESP2 gives a map as an array of keys and values in turn, so both read alike.</summary>
internal static class ReplyFields
{
    /// <summary>The value under <paramref name="name"/>.</summary>
    /// <exception cref="NoConnectionException">There is none: something else answered.</exception>
    public static Reply Field(this Reply map, string name) =>
        map.FindField(name) ?? throw new NoConnectionException($"the node's answer has no field '{name}': is it a KvStore node of this version?");

    /// <summary>The value under <paramref name="name"/>; null for none.</summary>
    public static Reply? FindField(this Reply map, string name)
    {
        for (var i = 0; i + 1 < map.Items.Count; i += 2)
        {
            if (map.Items[i].ToString() == name)
                return map.Items[i + 1];
        }
        return null;
    }

    /// <summary>The text under <paramref name="name"/>.</summary>
    public static string Text(this Reply map, string name) => map.Field(name).ToString();

    /// <summary>The number, or boolean as 0 or 1, under <paramref name="name"/>.</summary>
    public static long Number(this Reply map, string name) => map.Field(name).Integer;

    /// <summary>The items of an array of <paramref name="count"/>.</summary>
    /// <exception cref="NoConnectionException">It is none: something else answered.</exception>
    public static IReadOnlyList<Reply> Array(this Reply reply, int count) => reply.Items.Count == count
        ? reply.Items
        : throw new NoConnectionException($"the node's answer has {reply.Items.Count} parts and not {count}: is it a KvStore node of this version?");

    /// <summary>Sends a command that is text.</summary>
    public static Task<Reply> SendAsync(this KvConnection connection, params string[] words) =>
        connection.SendAsync([.. words.Select(Encoding.UTF8.GetBytes)]);

    /// <summary>Sends a command that is text, and throws what the node refuses.</summary>
    /// <exception cref="RefusedException">The node answered with an error.</exception>
    public static async Task<Reply> AskAsync(this KvConnection connection, params string[] words)
    {
        var reply = await connection.SendAsync(words);
        return reply.IsError ? throw new RefusedException(reply) : reply;
    }
}

/// <summary>The node answered with an error, which is what is to be printed.</summary>
internal sealed class RefusedException(Reply reply) : Exception(reply.ToString())
{
    public Reply Reply { get; } = reply;
}

/// <summary>What was asked for can't be done here; the message is a line for the person in front of it.</summary>
internal sealed class FailedException(string message) : Exception(message);
