using System.Runtime.InteropServices;

namespace KvStore.Actors;

/// <summary>One message in a queue, with who sent it.</summary>
internal sealed class MailboxNode(object? message, IActorRef? sender)
{
    internal object? Message = message;
    internal IActorRef? Sender = sender;
    internal MailboxNode? Next;
}

/// <summary>
/// Dmitry Vyukov's linked queue for many producers and one consumer: a producer swaps the head and then links, so
/// producers never wait for each other. Between the two steps the queue looks empty to the consumer; that producer wakes
/// the consumer afterwards. The node taken last stays as the stub.
/// </summary>
internal struct MailboxQueue
{
    private Ends _ends;

    internal MailboxQueue(MailboxNode stub)
    {
        _ends.Head = stub;
        _ends.Tail = stub;
    }

    /// <summary>Read by the consumer only: a linked message is waiting.</summary>
    internal readonly bool HasItems => Volatile.Read(ref _ends.Tail.Next) is not null;

    /// <summary>Read by the consumer only: no producer has even begun to add a message.</summary>
    internal bool IsUntouched => ReferenceEquals(_ends.Tail, Volatile.Read(ref _ends.Head));

    internal void Enqueue(MailboxNode node)
    {
        var previous = Interlocked.Exchange(ref _ends.Head, node);
        Volatile.Write(ref previous.Next, node);
    }

    internal bool TryDequeue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out object? message, out IActorRef? sender)
    {
        var next = Volatile.Read(ref _ends.Tail.Next);
        if (next is null)
        {
            message = null;
            sender = null;
            return false;
        }
        _ends.Tail = next;
        message = next.Message!;
        sender = next.Sender;
        next.Message = null;
        next.Sender = null;
        return true;
    }

    /// <summary>Producers write the head, the consumer the tail: each has a cache line of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Ends
    {
        [FieldOffset(64)]
        internal MailboxNode Head;

        [FieldOffset(128)]
        internal MailboxNode Tail;
    }
}
