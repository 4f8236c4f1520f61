using KvStore.Core.Replication;
using KvStore.Simulator.Clients;

namespace KvStore.Simulator.Checks;

/// <summary>
/// What is read, by whomever and wherever, was written by somebody: under this key, as a whole, before the read returned. It holds
/// of every history, however many replicas answer it and however late they are. Of a counter, whose values nobody writes as such, it is known that
/// it can't have moved further than all who were to move it would have, since each moves it once at most in the history of any value.
/// </summary>
internal sealed class NothingOutOfThinAir(RunView view) : Invariant(view)
{
    public override string Name => "nothing out of thin air";

    public override void OnReturned(Operation operation)
    {
        foreach (var (key, value) in Reads.Of(operation))
            Look(key, value, operation);
        foreach (var key in Reads.KeysOf(operation))
        {
            if (!View.Values.IsKey(key))
                Fail($"{operation} lists {key}, which nobody has written");
        }
    }

    public override void OnAccepted(Written written)
    {
        if (written.Kind == RecordKind.Value)
            Look(written.Key, written.Value, written);
    }

    public override void AtEnd()
    {
        if (View.Cluster.Running.FirstOrDefault()?.Process?.Replica is not { } replica)
            return;
        foreach (var entry in DigestsTellTheTruth.Contents(replica))
        {
            if (entry.Value.Length > 0)
                Look(entry.Key, entry.Value, entry);
        }
    }

    private void Look(string key, string value, object where)
    {
        var rest = value.AsSpan();
        var count = ValueText.TakeCount(ref rest);
        if (Math.Abs(count) > View.Values.CountedOn(key))
            Fail($"{where}: {key} can't have been counted further than {View.Values.CountedOn(key)}");
        while (!rest.IsEmpty)
        {
            if (!ValueText.TryTake(ref rest, out var piece, out var number))
                Fail($"{where}: {Shown(rest)} of {key} is nothing that clients write");
            if (View.Values.WriterOf(number) is not { } writer)
                Fail($"{where}: nobody has written {Shown(piece)} of {key}");
            else if (!Wrote(writer, key, piece))
                Fail($"{where}: {Shown(piece)} of {key} is not what was written: {writer}");
            else if (writer.Outcome == Outcome.Failed)
                Fail($"{where}: {Shown(piece)} of {key} is there, and its writer was told that nothing was changed: {writer}");
        }
    }

    private static bool Wrote(Operation writer, string key, ReadOnlySpan<char> piece)
    {
        foreach (var (writtenKey, value) in Writes.Of(writer))
        {
            if (writtenKey == key && piece.SequenceEqual(value))
                return true;
        }
        return false;
    }

    private static string Shown(ReadOnlySpan<char> value) => value.Length > 40 ? $"{value[..40]}…" : value.ToString();
}
