namespace KvStore.Protocol.Commands;

/// <summary>What a command is like, as <c>COMMAND INFO</c> reports it and the executor's gates use it.</summary>
[Flags]
public enum CommandFlags
{
    /// <summary>Nothing particular.</summary>
    None = 0,

    /// <summary>May change the data.</summary>
    Write = 1,

    /// <summary>Reads the data and changes nothing.</summary>
    ReadOnly = 2,

    /// <summary>May make the data grow.</summary>
    DenyOom = 4,

    /// <summary>For operators.</summary>
    Admin = 8,

    /// <summary>Not for scripts (of which there are none; clients ask).</summary>
    NoScript = 16,

    /// <summary>Answered while the data set is being loaded.</summary>
    Loading = 32,

    /// <summary>Answered while the replica is stale.</summary>
    Stale = 64,

    /// <summary>Constant or logarithmic time.</summary>
    Fast = 128,

    /// <summary>Answered before authentication.</summary>
    NoAuth = 256,

    /// <summary>Answered while a script runs.</summary>
    AllowBusy = 512,

    /// <summary>Not for a busy production server.</summary>
    Dangerous = 1024,

    /// <summary>Of the store's own, unknown to Redis.</summary>
    Extension = 2048,

    /// <summary>Not while a data set is loaded beside the one that serves (which never happens here; clients ask).</summary>
    NoAsyncLoading = 4096,

    /// <summary>Not in a transaction (of which there are none; clients ask).</summary>
    NoMulti = 8192,
}
