using System.Text;
using KvStore.Node.Store;
using KvStore.Protocol.Commands;
using KvStore.Protocol.Resp;

namespace KvStore.MultiNode.Tests;

/// <summary>A client without a socket: it Tells the store the batches that a connection would.</summary>
internal sealed class SpecClient(ActorSystem system)
{
    private static readonly RequestLimits Limits = RequestLimits.Default;

    /// <summary>The replies to some lines of text, as <c>nc</c> would print them.</summary>
    public async Task<string> TalkAsync(string lines)
    {
        var batch = new Batch();
        new RequestParser(Limits).Parse(Encoding.UTF8.GetBytes(lines), batch.Commands);
        system.ActorSelection("/user/node/store").Tell(batch, ActorRefs.NoSender);
        await batch.Executed.WaitAsync(SpecNode.Patience);
        return Encoding.UTF8.GetString(batch.Commands.Output.Written);
    }

    private sealed class Batch() : ClientBatch(Limits)
    {
        private readonly TaskCompletionSource _executed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Executed => _executed.Task;

        public override ClientSession Session { get; } = new(1, "spec", "spec", 0);

        public override void OnExecuted(BatchStatus status, bool mayContinue = false) => _executed.SetResult();
    }
}
