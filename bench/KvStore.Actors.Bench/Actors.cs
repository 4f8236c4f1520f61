using System.Buffers.Binary;

namespace KvStore.Actors.Bench;

/// <summary>Asks the counters to say when they have that many.</summary>
internal sealed record Expect(long Count, TaskCompletionSource Done) : INoSerializationVerificationNeeded;

/// <summary>Counts whatever comes.</summary>
internal sealed class Counter : UntypedActor
{
    private Expect? _expect;
    private long _count;

    protected override void OnReceive(object message)
    {
        if (message is Expect expect)
        {
            _expect = expect;
            _count = 0;
        }
        else if (++_count == _expect?.Count)
        {
            _expect.Done.TrySetResult();
        }
    }
}

/// <summary>Answers with what came.</summary>
internal sealed class Echo : UntypedActor
{
    protected override void OnReceive(object message) => Sender.Tell(message);
}

/// <summary>
/// Takes messages of mutations in another process, walks over each, and tells the number so far to whoever sent the last one,
/// every so often: that is how the sender knows how much is under way, and that nothing was lost.
/// </summary>
internal sealed class Sink : UntypedActor
{
    private long _mutations;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case byte[] mutations:
                var before = _mutations;
                for (var rest = mutations.AsSpan(); !rest.IsEmpty; rest = rest[(sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(rest))..])
                    _mutations++;
                if (before / Flow.ReportEvery != _mutations / Flow.ReportEvery)
                    Sender.Tell(_mutations);
                break;
            case string:
                // Ready, or the end of a round: what arrived, to the last one.
                Sender.Tell(_mutations);
                break;
        }
    }
}

/// <summary>Subscribes to the topic, and is a sink for what is published there.</summary>
internal sealed class SubscribingSink : UntypedActor
{
    private long _count;

    protected override void PreStart() => DistributedPubSub.Get(Context.System).Mediator.Tell(new Subscribe(Flow.Topic, Self));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case byte[]:
                if (++_count % Flow.ReportEvery == 0)
                    Sender.Tell(_count);
                break;
            case string:
                Sender.Tell(_count);
                break;
        }
    }
}
