using KvStore.Simulator.Clients;

namespace KvStore.Simulator.Checks;

/// <summary>
/// An error that does not leave open whether anything was changed means that nothing was: no mutation, before the error or after it, has a
/// value that was refused. (That none is read, or found in a table, is a matter of <see cref="NothingOutOfThinAir"/>.) And no
/// command, however wrong, gets the error of a command that threw.
/// </summary>
internal sealed class TruthfulErrors(RunView view) : Invariant(view)
{
    public override string Name => "truthful errors";

    public override void OnAccepted(Written written)
    {
        if (ValueText.LastNumber(written.Value) is { } number && View.Values.WriterOf(number) is { Outcome: Outcome.Failed } writer)
            Fail($"{written} was accepted, and its writer had been told that nothing was changed: {writer}");
    }

    public override void OnReturned(Operation operation)
    {
        if (operation.Outcome != Outcome.Failed)
            return;
        if (operation.Reply!.ToString() is "ERR internal error")
            Fail($"a command has thrown: {operation}");
        var refused = 0;
        foreach (var (_, value) in Writes.Of(operation))
        {
            refused++;
            if (ValueText.LastNumber(value) is { } number && View.Values.MutationOf(number) is { } written)
                Fail($"{written} was accepted, and its writer is told that nothing was changed: {operation}");
        }
        if (refused > 0)
            View.Coverage.Hit("check writes that were refused and have left nothing");
    }
}
