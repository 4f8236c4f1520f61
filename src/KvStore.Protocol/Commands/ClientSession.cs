using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Commands;

/// <summary>
/// What the store knows about one connection. Created by the gateway; from then on read and written on the store's
/// turn alone, but for <see cref="Closing"/>, which the connection reads once it has its batch back.
/// </summary>
public sealed class ClientSession
{
    /// <summary>Creates the session of a connection that was just accepted.</summary>
    /// <param name="id">Unique in the process, and growing.</param>
    /// <param name="address">The client's <c>ip:port</c>.</param>
    /// <param name="localAddress">The <c>ip:port</c> that it connected to.</param>
    /// <param name="connectedAtMs">When, in unix milliseconds.</param>
    public ClientSession(long id, string address, string localAddress, long connectedAtMs)
    {
        Id = id;
        Address = address;
        LocalAddress = localAddress;
        ConnectedAtMs = connectedAtMs;
        LastActiveAtMs = connectedAtMs;
    }

    /// <summary>Unique in the process: <c>CLIENT ID</c>.</summary>
    public long Id { get; }

    /// <summary>The client's <c>ip:port</c>.</summary>
    public string Address { get; }

    /// <summary>The <c>ip:port</c> that it connected to.</summary>
    public string LocalAddress { get; }

    /// <summary>When it connected, in unix milliseconds.</summary>
    public long ConnectedAtMs { get; }

    /// <summary>When its last batch was executed, in unix milliseconds.</summary>
    public long LastActiveAtMs { get; internal set; }

    /// <summary>The name it gave itself; empty without one.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>The client library, as it said with <c>CLIENT SETINFO</c>.</summary>
    public string LibraryName { get; internal set; } = "";

    /// <summary>The library's version.</summary>
    public string LibraryVersion { get; internal set; } = "";

    /// <summary>2, or 3 after <c>HELLO 3</c>.</summary>
    public int RespVersion { get; internal set; } = 2;

    /// <summary>The command it sent last.</summary>
    public CommandSpec? LastCommand { get; internal set; }

    /// <summary>
    /// What the connection's next command waits for since it was suspended, in that command's own terms; null when none waits.
    /// Goes by itself when the command has answered.
    /// </summary>
    public object? Waiting { get; internal set; }

    /// <summary>True once the connection is to be closed, after its replies were sent.</summary>
    public bool Closing { get; internal set; }

    internal ReplyFormat Format => RespVersion == 3 ? ReplyFormat.Resp3 : ReplyFormat.Resp2;
}
