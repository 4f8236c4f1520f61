using System.Text;

namespace KvStore.Protocol.Commands;

/// <summary>Executes one command: reads its arguments from the context and writes exactly one reply.</summary>
public delegate void CommandMethod(ref CommandContext context);

/// <summary>
/// One entry of the command table: everything that is known about a command, and the method that executes it.
/// Name lookup, arity check, gates, key positions, help and introspection all read it here.
/// </summary>
public sealed class CommandSpec
{
    /// <summary>Creates an entry. <paramref name="name"/> is in lower case, as Redis reports it.</summary>
    /// <param name="name">The name; a subcommand's is <c>container|sub</c>.</param>
    /// <param name="arity">The number of arguments, the name included; negative for at least so many.</param>
    /// <param name="flags">What it is like.</param>
    /// <param name="group">Where the documentation lists it.</param>
    /// <param name="syntax">Its arguments as help prints them.</param>
    /// <param name="summary">What it does, in a line.</param>
    /// <param name="method">What executes it.</param>
    public CommandSpec(string name, int arity, CommandFlags flags, string group, string syntax, string summary, CommandMethod method)
    {
        Name = name;
        Arity = arity;
        Flags = flags;
        Group = group;
        Syntax = syntax;
        Summary = summary;
        Method = method;
        var bar = name.IndexOf('|', StringComparison.Ordinal);
        LookupName = Encoding.ASCII.GetBytes(bar < 0 ? name : name[(bar + 1)..]);
    }

    /// <summary>The name in lower case; <c>container|sub</c> for a subcommand.</summary>
    public string Name { get; }

    /// <summary>The number of arguments, the name included; negative for at least so many.</summary>
    public int Arity { get; }

    /// <summary>What the command is like.</summary>
    public CommandFlags Flags { get; }

    /// <summary>Where the documentation lists it: string, generic, connection, server or cluster.</summary>
    public string Group { get; }

    /// <summary>Its arguments as help prints them.</summary>
    public string Syntax { get; }

    /// <summary>What it does, in a line.</summary>
    public string Summary { get; }

    /// <summary>The version of Redis that brought it; of this store for its own commands.</summary>
    public string Since { get; init; } = "1.0.0";

    /// <summary>What it costs.</summary>
    public string Complexity { get; init; } = "O(1)";

    /// <summary>The position of the first key; 0 when the command takes none.</summary>
    public int FirstKey { get; init; }

    /// <summary>The position of the last key; negative counts from the end.</summary>
    public int LastKey { get; init; }

    /// <summary>The distance from one key to the next.</summary>
    public int KeyStep { get; init; }

    /// <summary>The subcommands of a container; empty otherwise.</summary>
    public IReadOnlyList<CommandSpec> Subcommands { get; init; } = [];

    internal CommandMethod Method { get; }

    internal bool IsAnsweredWhileLoading => (Flags & CommandFlags.Loading) != CommandFlags.None;

    internal bool IsWrite => (Flags & CommandFlags.Write) != CommandFlags.None;

    internal bool NeedsRoom => (Flags & CommandFlags.DenyOom) != CommandFlags.None;

    internal byte[] LookupName { get; }

    /// <summary>True when <paramref name="count"/> arguments, the name included, satisfy the arity.</summary>
    public bool Accepts(int count) => Arity >= 0 ? count == Arity : count >= -Arity;

    /// <summary>True when argument <paramref name="index"/> of <paramref name="count"/> is a key.</summary>
    public bool IsKey(int index, int count)
    {
        if (FirstKey == 0 || index < FirstKey)
            return false;
        var last = LastKey < 0 ? count + LastKey : LastKey;
        return index <= last && (index - FirstKey) % KeyStep == 0;
    }

    internal CommandSpec? FindSubcommand(ReadOnlySpan<byte> name)
    {
        foreach (var subcommand in Subcommands)
        {
            if (Ascii.EqualsIgnoreCase(subcommand.LookupName, name))
                return subcommand;
        }
        return null;
    }
}
