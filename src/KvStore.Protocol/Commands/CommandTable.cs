using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace KvStore.Protocol.Commands;

/// <summary>
/// The one table that drives lookup, arity, gates, key positions, help and introspection. A new command is one entry
/// (in the file of its family) and one method.
/// </summary>
public sealed partial class CommandTable
{
    private const ulong UpperCase = 0xDFDF_DFDF_DFDF_DFDF;

    private readonly Bucket[] _buckets;
    private readonly int _mask;

    private CommandTable(ImmutableArray<CommandSpec> commands, IReadOnlyList<(string Alias, string Name)> aliases)
    {
        All = commands;
        var size = 8 * (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(commands.Length + aliases.Count));
        _buckets = new Bucket[size];
        _mask = size - 1;
        foreach (var command in commands)
            Add(command.LookupName, command);
        foreach (var (alias, name) in aliases)
            Add(Encoding.ASCII.GetBytes(alias), commands.Single(c => c.Name == name));
    }

    /// <summary>All commands of the store.</summary>
    public static CommandTable Default { get; } = Create();

    /// <summary>The commands, in the order of the table.</summary>
    public ImmutableArray<CommandSpec> All { get; }

    /// <summary>The command of this name or alias, in any case; null when there is none.</summary>
    public CommandSpec? Find(ReadOnlySpan<byte> name)
    {
        var prefix = Prefix(name);
        for (var at = Hash(prefix, name.Length); ; at++)
        {
            ref var bucket = ref _buckets[at & _mask];
            if (bucket.Spec is null)
                return null;
            if (bucket.Prefix == prefix && bucket.Name.Length == name.Length
                && (name.Length <= 8 || Ascii.EqualsIgnoreCase(bucket.Name, name)))
                return bucket.Spec;
        }
    }

    private static CommandTable Create()
    {
        CommandSpec[][] families = [Strings(), Keys(), Connection(), Server()];
        return new CommandTable([.. families.SelectMany(static f => f)], [("delete", "del"), ("exit", "quit")]);
    }

    // The first eight bytes, letters folded to upper case. Names of up to eight bytes are letters only, and a byte
    // folds to a letter only if it is one, so for them an equal prefix and length mean an equal name.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Prefix(ReadOnlySpan<byte> name)
    {
        ref var first = ref MemoryMarshal.GetReference(name);
        if (name.Length >= 8)
            return Unsafe.ReadUnaligned<ulong>(ref first) & UpperCase;
        var prefix = 0UL;
        for (var i = 0; i < name.Length; i++)
            prefix |= (ulong)Unsafe.Add(ref first, i) << (8 * i);
        return prefix & UpperCase;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(ulong prefix, int length) =>
        (int)(((prefix ^ (ulong)length) * 0x9E37_79B9_7F4A_7C15) >> 40);

    private void Add(byte[] name, CommandSpec spec)
    {
        if (name.Length <= 8 && !name.All(static b => b is >= (byte)'a' and <= (byte)'z'))
            throw new InvalidOperationException($"'{spec.Name}': a command name of up to eight bytes consists of letters.");
        var at = Hash(Prefix(name), name.Length);
        while (_buckets[at & _mask].Spec is not null)
            at++;
        _buckets[at & _mask] = new Bucket(Prefix(name), name, spec);
    }

    private readonly record struct Bucket(ulong Prefix, byte[] Name, CommandSpec? Spec);
}
