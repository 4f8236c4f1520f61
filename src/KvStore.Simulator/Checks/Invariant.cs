using System.Diagnostics.CodeAnalysis;
using KvStore.Core.Replication;
using KvStore.Simulator.Clients;
using KvStore.Simulator.Cluster;

namespace KvStore.Simulator.Checks;

/// <summary>Something that must hold, looked at where it can break. What it is not interested in it does not override.</summary>
internal abstract class Invariant(RunView view)
{
    /// <summary>What it is called in a violation.</summary>
    public abstract string Name { get; }

    /// <summary>The run.</summary>
    protected RunView View => view;

    /// <summary>A mutation was accepted somewhere; called once for each.</summary>
    public virtual void OnAccepted(Written written)
    {
    }

    /// <summary>A mutation was published that is another than was accepted under its number.</summary>
    public virtual void OnContradicted(Written known, Written published)
    {
    }

    /// <summary>A process was started. Its data folder has not been read yet.</summary>
    public virtual void OnStarted(Machine machine)
    {
    }

    /// <summary>A process has read its data folder, and not yet done anything else.</summary>
    public virtual void OnRecovered(Machine machine)
    {
    }

    /// <summary>A process is about to end by a crash; what it holds can be read for the last time.</summary>
    public virtual void OnEnding(Machine machine)
    {
    }

    /// <summary>A replica has given up what it had, to join anew.</summary>
    public virtual void OnDiscarded(Machine machine)
    {
    }

    /// <summary>Something else than a process has recovered what a crash would leave at this moment.</summary>
    /// <param name="what">After what crash, and of which machine.</param>
    /// <param name="machine">The machine, which goes on.</param>
    /// <param name="left">What was recovered; to be read during the call.</param>
    public virtual void OnLeft(string what, Machine machine, Replica left)
    {
    }

    /// <summary>An operation was answered, or given up.</summary>
    public virtual void OnReturned(Operation operation)
    {
    }

    /// <summary>A second has passed; called for each machine with a process whose store is there and has recovered.</summary>
    public virtual void AtCheckpoint(Machine machine)
    {
    }

    /// <summary>What is still to come to rest, in words; null when nothing is. Asked once a second when the faults are over.</summary>
    public virtual string? WhatIsUnsettled() => null;

    /// <summary>The faults are long over, and everything has come to rest.</summary>
    public virtual void AtEnd()
    {
    }

    /// <summary>Ends the run.</summary>
    [DoesNotReturn]
    protected void Fail(string message) => throw new InvariantViolationException(new Violation(Name, message));
}
