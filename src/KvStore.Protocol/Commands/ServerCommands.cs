using System.Text;

namespace KvStore.Protocol.Commands;

/// <summary>TIME, DEBUG, CLUSTER, and the help of the containers.</summary>
internal static class ServerCommands
{
    /// <summary>The version whose replies this store gives.</summary>
    public const string RedisVersion = "7.0.15";

    public static void Time(ref CommandContext context)
    {
        var (seconds, micros) = Math.DivRem(context.Facts.NowMicroseconds, 1_000_000);
        context.Reply.Array(2);
        context.Reply.Bulk($"{seconds}");
        context.Reply.Bulk($"{micros}");
    }

    public static void Debug(ref CommandContext context)
    {
        if (context.Count != 2 || !context.Is(1, "DIGEST"u8))
        {
            context.Reply.Error(
                $"ERR unknown subcommand or wrong number of arguments for '{context.Text(1)}'. Try DEBUG HELP.");
            return;
        }
        // 128 bits in the 40 digits that a SHA-1 would take, which is what clients expect.
        context.Reply.Simple(Encoding.ASCII.GetBytes($"{context.Replica.Digest():x40}"));
    }

    public static void ClusterInfo(ref CommandContext context)
    {
        var info = new InfoText();
        info.Field("cluster_enabled", 0);
        info.Field("cluster_state", context.Facts.Loading ? "fail" : "ok");
        info.Field("cluster_known_nodes", context.Facts.Members.Count);
        var index = 0;
        foreach (var member in context.Facts.Members)
        {
            info.Field(
                $"member{index++}",
                $"name={member.Name},address={member.Address},status={member.Status},reachable={(member.IsReachable ? 1 : 0)}");
        }
        context.Reply.Verbatim(Encoding.UTF8.GetBytes(info.ToString()));
    }

    public static void NoCluster(ref CommandContext context) =>
        context.Reply.Error("ERR This instance has cluster support disabled"u8);

    /// <summary>The subcommands of the container, from the table.</summary>
    public static void Help(ref CommandContext context)
    {
        var containerName = context.Spec.Name[..context.Spec.Name.IndexOf('|', StringComparison.Ordinal)];
        var container = CommandTable.Default.All.Single(c => c.Name == containerName);
        var shown = container.Subcommands.Where(static s => s.Summary.Length > 0).ToList();
        context.Reply.Array(1 + (2 * shown.Count));
        context.Reply.Simple(Encoding.ASCII.GetBytes(
            $"{containerName.ToUpperInvariant()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
        foreach (var subcommand in shown)
        {
            var name = subcommand.Name[(containerName.Length + 1)..].ToUpperInvariant();
            context.Reply.Simple(Encoding.ASCII.GetBytes($"{name} {subcommand.Syntax}".TrimEnd()));
            context.Reply.Simple(Encoding.ASCII.GetBytes($"    {subcommand.Summary}."));
        }
    }

    /// <summary>Executes a container without a subcommand that says so itself; the arity check answers before.</summary>
    public static void Container(ref CommandContext context) => context.Reply.Error(Errors.WrongArity(context.Spec));
}
