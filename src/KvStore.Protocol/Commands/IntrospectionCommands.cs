using System.Text;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Commands;

/// <summary>COMMAND: the table, as clients read it.</summary>
internal static class IntrospectionCommands
{
    private static readonly (CommandFlags Flag, string Name)[] FlagNames =
    [
        (CommandFlags.Write, "write"),
        (CommandFlags.ReadOnly, "readonly"),
        (CommandFlags.DenyOom, "denyoom"),
        (CommandFlags.Admin, "admin"),
        (CommandFlags.NoScript, "noscript"),
        (CommandFlags.Loading, "loading"),
        (CommandFlags.Stale, "stale"),
        (CommandFlags.Fast, "fast"),
        (CommandFlags.NoAuth, "no_auth"),
        (CommandFlags.NoAsyncLoading, "no_async_loading"),
        (CommandFlags.NoMulti, "no_multi"),
        (CommandFlags.AllowBusy, "allow_busy"),
    ];

    public static void All(ref CommandContext context)
    {
        var all = CommandTable.Default.All;
        context.Reply.Array(all.Length);
        foreach (var spec in all)
            Describe(context.Reply, spec);
    }

    public static void CountAll(ref CommandContext context) => context.Reply.Integer(CommandTable.Default.All.Length);

    public static void Info(ref CommandContext context)
    {
        if (context.Count == 2)
        {
            All(ref context);
            return;
        }
        context.Reply.Array(context.Count - 2);
        for (var i = 2; i < context.Count; i++)
        {
            if (Find(context[i]) is { } spec)
                Describe(context.Reply, spec);
            else
                context.Reply.Null();
        }
    }

    public static void Docs(ref CommandContext context)
    {
        var found = new List<CommandSpec>();
        for (var i = 2; i < context.Count; i++)
        {
            if (Find(context[i]) is { } spec)
                found.Add(spec);
        }
        var shown = context.Count == 2 ? (IReadOnlyList<CommandSpec>)CommandTable.Default.All : found;
        Document(context.Reply, shown);
    }

    /// <summary><c>COMMAND LIST [FILTERBY MODULE name | ACLCAT category | PATTERN glob]</c>.</summary>
    public static void List(ref CommandContext context)
    {
        var isFiltered = context.Count == 5 && context.Is(2, "FILTERBY"u8);
        var isPattern = isFiltered && context.Is(3, "PATTERN"u8);
        var isCategory = isFiltered && context.Is(3, "ACLCAT"u8);
        var isModule = isFiltered && context.Is(3, "MODULE"u8);
        if (context.Count != 2 && !isPattern && !isCategory && !isModule)
        {
            context.Reply.Error(Errors.Syntax);
            return;
        }
        var mark = context.Reply.BeginDeferred();
        var count = 0;
        foreach (var spec in CommandTable.Default.All)
        {
            var isShown = !isFiltered
                || (isPattern && GlobPattern.IsMatch(context[4], spec.LookupName, ignoreCase: true))
                || (isCategory && Categories(spec).Contains("@" + context.Text(4).ToLowerInvariant(), StringComparer.Ordinal));
            if (!isShown)
                continue;
            context.Reply.Bulk(spec.Name);
            count++;
        }
        context.Reply.EndDeferredArray(mark, count);
    }

    /// <summary><c>COMMAND GETKEYS command [argument …]</c>: the keys of a whole command.</summary>
    public static void GetKeys(ref CommandContext context)
    {
        var count = context.Count - 2;
        if (Find(context[2]) is not { } spec)
        {
            context.Reply.Error("ERR Invalid command specified"u8);
        }
        else if (spec.FirstKey == 0)
        {
            context.Reply.Error("ERR The command has no key arguments"u8);
        }
        else if (!spec.Accepts(count))
        {
            context.Reply.Error("ERR Invalid number of arguments specified for command"u8);
        }
        else
        {
            var mark = context.Reply.BeginDeferred();
            var keys = 0;
            for (var i = 0; i < count; i++)
            {
                if (!spec.IsKey(i, count))
                    continue;
                context.Reply.Bulk(context[i + 2]);
                keys++;
            }
            context.Reply.EndDeferredArray(mark, keys);
        }
    }

    private static CommandSpec? Find(ReadOnlySpan<byte> name)
    {
        var bar = name.IndexOf((byte)'|');
        return bar < 0 ? CommandTable.Default.Find(name) : CommandTable.Default.Find(name[..bar])?.FindSubcommand(name[(bar + 1)..]);
    }

    private static void Describe(ReplyWriter reply, CommandSpec spec)
    {
        reply.Array(10);
        reply.Bulk(spec.Name);
        reply.Integer(spec.Arity);
        Names(reply, [.. FlagNames.Where(f => spec.Flags.HasFlag(f.Flag)).Select(static f => f.Name)]);
        reply.Integer(spec.FirstKey);
        reply.Integer(spec.LastKey);
        reply.Integer(spec.KeyStep);
        Names(reply, Categories(spec));
        reply.Array(0);
        DescribeKeys(reply, spec);
        reply.Array(spec.Subcommands.Count);
        foreach (var subcommand in spec.Subcommands)
            Describe(reply, subcommand);
    }

    private static void DescribeKeys(ReplyWriter reply, CommandSpec spec)
    {
        if (spec.FirstKey == 0)
        {
            reply.Array(0);
            return;
        }
        reply.Array(1);
        reply.Map(3);
        reply.Bulk("flags"u8);
        Names(reply, spec.Flags.HasFlag(CommandFlags.Write) ? ["RW", "access", "update"] : ["RO", "access"]);
        reply.Bulk("begin_search"u8);
        reply.Map(2);
        reply.Bulk("type"u8);
        reply.Bulk("index"u8);
        reply.Bulk("spec"u8);
        reply.Map(1);
        reply.Bulk("index"u8);
        reply.Integer(spec.FirstKey);
        reply.Bulk("find_keys"u8);
        reply.Map(2);
        reply.Bulk("type"u8);
        reply.Bulk("range"u8);
        reply.Bulk("spec"u8);
        reply.Map(3);
        reply.Bulk("lastkey"u8);
        // Relative to the first key here, unlike in the array above.
        reply.Integer(spec.LastKey < 0 ? spec.LastKey : spec.LastKey - spec.FirstKey);
        reply.Bulk("keystep"u8);
        reply.Integer(spec.KeyStep);
        reply.Bulk("limit"u8);
        reply.Integer(0);
    }

    private static void Document(ReplyWriter reply, IReadOnlyList<CommandSpec> specs)
    {
        reply.Map(specs.Count);
        foreach (var spec in specs)
        {
            reply.Bulk(spec.Name);
            reply.Map(spec.Subcommands.Count > 0 ? 5 : 4);
            reply.Bulk("summary"u8);
            reply.Bulk(spec.Summary);
            reply.Bulk("since"u8);
            reply.Bulk(spec.Since);
            reply.Bulk("group"u8);
            reply.Bulk(spec.Group);
            reply.Bulk("complexity"u8);
            reply.Bulk(spec.Complexity);
            if (spec.Subcommands.Count == 0)
                continue;
            reply.Bulk("subcommands"u8);
            Document(reply, spec.Subcommands);
        }
    }

    private static string[] Categories(CommandSpec spec)
    {
        var names = new List<string>();
        if (spec.Group == "generic" || spec.Name is "dbsize" or "flushall" or "flushdb")
            names.Add("@keyspace");
        if (spec.Flags.HasFlag(CommandFlags.Write))
            names.Add("@write");
        if (spec.Flags.HasFlag(CommandFlags.ReadOnly))
            names.Add("@read");
        if (spec.Group == "string")
            names.Add("@string");
        if (spec.Flags.HasFlag(CommandFlags.Admin))
            names.Add("@admin");
        names.Add(spec.Flags.HasFlag(CommandFlags.Fast) ? "@fast" : "@slow");
        if (spec.Flags.HasFlag(CommandFlags.Admin) || spec.Flags.HasFlag(CommandFlags.Dangerous))
            names.Add("@dangerous");
        if (spec.Group == "connection" || spec.Name.StartsWith("command", StringComparison.Ordinal))
            names.Add("@connection");
        return [.. names];
    }

    private static void Names(ReplyWriter reply, string[] names)
    {
        reply.Set(names.Length);
        foreach (var name in names)
            reply.Simple(Encoding.ASCII.GetBytes(name));
    }
}
