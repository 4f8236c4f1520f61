namespace KvStore.Protocol.Commands;

/// <summary>One member of the cluster, as <c>CLUSTER INFO</c> lists it.</summary>
/// <param name="Name">The node's configured name.</param>
/// <param name="Address">Where its peers reach it, <c>host:port</c>.</param>
/// <param name="Status">Its membership status, in lower case (<c>up</c>, <c>leaving</c>, …).</param>
/// <param name="IsReachable">False while the failure detector of this node has given it up.</param>
public sealed record MemberFacts(string Name, string Address, string Status, bool IsReachable);

/// <summary>
/// What commands ask about the process around the replica. Called on the store's turn only, so an implementation
/// owned by the store needs no lock; what other threads keep (clients, members) it hands out as a snapshot.
/// </summary>
public interface IServerFacts
{
    /// <summary>True until the data set is complete: most commands answer <c>LOADING</c>.</summary>
    bool Loading { get; }

    /// <summary>
    /// Why commands that may change the data are refused, as a whole error line with its code (<c>MISCONF …</c>); null while they are not.
    /// Reads go on. Asked once for each batch.
    /// </summary>
    string? WriteRefusal { get; }

    /// <summary>The version of this program.</summary>
    string Version { get; }

    /// <summary>40 hexadecimal digits, random per process start.</summary>
    string RunId { get; }

    /// <summary>The node's configured name.</summary>
    string NodeName { get; }

    /// <summary>The port that clients connect to.</summary>
    int TcpPort { get; }

    /// <summary>The process id.</summary>
    int ProcessId { get; }

    /// <summary>When the process started, in unix milliseconds.</summary>
    long StartedAtMs { get; }

    /// <summary>Now, in unix microseconds: <c>TIME</c>.</summary>
    long NowMicroseconds { get; }

    /// <summary>Memory in use, in bytes.</summary>
    long UsedMemoryBytes { get; }

    /// <summary>Connections accepted since the start.</summary>
    long ConnectionsReceived { get; }

    /// <summary>The connections there are.</summary>
    IReadOnlyCollection<ClientSession> Clients { get; }

    /// <summary>The members of the cluster, this node included.</summary>
    IReadOnlyCollection<MemberFacts> Members { get; }

    /// <summary>The cluster as those who run it see and change it.</summary>
    IClusterAdministration Cluster { get; }

    /// <summary>The data as those who look after it see it.</summary>
    IDataAdministration Data { get; }

    /// <summary>
    /// Settings under the names that Redis gives them, for <c>CONFIG GET</c>; what is missing here comes from
    /// <see cref="ConfigDefaults"/>.
    /// </summary>
    IReadOnlyDictionary<string, string> Configuration { get; }

    /// <summary>Called at the end of each section of INFO, in lower case, to add fields of the node's own.</summary>
    void AppendInfo(string section, InfoText info);

    /// <summary>An executor threw. The client got <c>ERR internal error</c>; this is the place to log why.</summary>
    void OnExecutorFailure(string command, Exception error);
}
