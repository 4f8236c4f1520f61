using System.Runtime.CompilerServices;

namespace KvStore.Actors;

/// <summary>
/// A user queue, a system queue and one flag that says whether somebody runs the actor. Who turns the flag from idle to
/// busy owns the actor until it turns it back; everybody else only enqueues. After going idle the owner looks again,
/// because a producer may have linked a message while the flag was still busy.
/// </summary>
internal sealed class Mailbox : IThreadPoolWorkItem
{
    /// <summary>Actors that run each other on one stack: beyond this the next goes to the thread pool, before the stack ends.</summary>
    private const int MaxNestedRuns = 32;

    private const int Idle = 0;
    private const int Busy = 1;

    [ThreadStatic]
    private static int t_nestedRuns;

    private readonly ActorCell _cell;
    private readonly MessageDispatcher _dispatcher;
    private readonly int _throughput;
    private readonly bool _runsOnCaller;
    private MailboxQueue _user = new(new MailboxNode(null, null));
    private MailboxQueue _system = new(new MailboxNode(null, null));

    // Written by whoever changes it with a CAS; everything below it by the owner of the flag only.
    private int _status;
    private int _suspensions;
    private LinkedList<Envelope>? _front;

    internal Mailbox(ActorCell cell, MessageDispatcher dispatcher)
    {
        _cell = cell;
        _dispatcher = dispatcher;
        _throughput = dispatcher.Throughput;
        _runsOnCaller = dispatcher.RunsOnCaller;
    }

    /// <summary>True when nobody runs the actor and nobody is about to.</summary>
    internal bool IsIdle => Volatile.Read(ref _status) == Idle;

    private bool IsSuspended => Volatile.Read(ref _suspensions) > 0;

    /// <summary>Called from any thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Post(object message, IActorRef? sender)
    {
        if (_runsOnCaller && TryRunOnCaller(message, sender))
            return;
        _user.Enqueue(new MailboxNode(message, sender));
        Wake();
    }

    /// <summary>Called from any thread. System messages never run on the caller, so that a stop does not nest.</summary>
    internal void PostSystem(SystemMessage message)
    {
        _system.Enqueue(new MailboxNode(message, null));
        Wake();
    }

    /// <summary>Puts messages before all others, in their order; called by the running actor only.</summary>
    internal void Prepend(IReadOnlyList<Envelope> envelopes)
    {
        _front ??= new LinkedList<Envelope>();
        for (var i = envelopes.Count - 1; i >= 0; i--)
            _front.AddFirst(envelopes[i]);
    }

    /// <summary>Called by the running actor only.</summary>
    internal void Suspend() => _suspensions++;

    /// <summary>Called by the running actor only; true when user messages flow again.</summary>
    internal bool Resume()
    {
        if (_suspensions > 0)
            _suspensions--;
        return _suspensions == 0;
    }

    /// <summary>Lets everything through, to dead letters: the actor has stopped.</summary>
    internal void ResumeForGood() => _suspensions = 0;

    void IThreadPoolWorkItem.Execute() => Run(null, null);

    private void Wake()
    {
        // The link above must be visible before the flag is read, or the owner's last look and ours miss each other.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _status) == Idle && Interlocked.CompareExchange(ref _status, Busy, Idle) == Idle)
            _dispatcher.Schedule(this);
    }

    /// <summary>True when the message has been handled or enqueued.</summary>
    private bool TryRunOnCaller(object message, IActorRef? sender)
    {
        if (Volatile.Read(ref _status) != Idle
            || t_nestedRuns >= MaxNestedRuns
            || Interlocked.CompareExchange(ref _status, Busy, Idle) != Idle)
        {
            return false;
        }
        if (_user.IsUntouched && _system.IsUntouched && !IsSuspended && _front is not { Count: > 0 })
        {
            Run(message, sender);
        }
        else
        {
            _user.Enqueue(new MailboxNode(message, sender));
            Run(null, null);
        }
        return true;
    }

    private void Run(object? message, IActorRef? sender)
    {
        var outer = ActorCell.Current;
        ActorCell.Current = _cell;
        t_nestedRuns++;
        var again = false;
        try
        {
            var left = _throughput;
            if (message is not null)
            {
                left--;
                _cell.Invoke(message, sender);
            }
            do
            {
                again = HandleUpTo(left);
                if (again)
                    break;
                Volatile.Write(ref _status, Idle);
                Interlocked.MemoryBarrier();
            }
            while ((_system.HasItems || (!IsSuspended && _user.HasItems))
                && Interlocked.CompareExchange(ref _status, Busy, Idle) == Idle);
        }
        finally
        {
            t_nestedRuns--;
            ActorCell.Current = outer;
        }
        if (again)
            _dispatcher.Schedule(this);
    }

    /// <summary>True when messages are left over because the turn is used up; the flag then stays busy.</summary>
    private bool HandleUpTo(int left)
    {
        while (true)
        {
            while (_system.TryDequeue(out var system, out _))
                _cell.InvokeSystem((SystemMessage)system);
            if (IsSuspended)
                return false;
            if (left-- <= 0)
                return _user.HasItems || _front is { Count: > 0 };
            if (!TryTake(out var message, out var sender))
                return false;
            _cell.Invoke(message, sender);
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out object? message, out IActorRef? sender)
    {
        if (_front is not { First: { } first })
            return _user.TryDequeue(out message, out sender);
        _front.RemoveFirst();
        message = first.Value.Message;
        sender = first.Value.Sender;
        return true;
    }
}
