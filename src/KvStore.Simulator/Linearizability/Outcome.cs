namespace KvStore.Simulator.Linearizability;

/// <summary>What a client knows of an operation in the end.</summary>
internal enum Outcome
{
    /// <summary>It was answered: it took effect once, between its call and its return, and gave its output.</summary>
    Ok,

    /// <summary>It certainly did not take effect, and never will. It says nothing about the state.</summary>
    Failed,

    /// <summary>No answer, or one that leaves it open: it takes effect once at any time after its call, or never.</summary>
    Unknown,
}
