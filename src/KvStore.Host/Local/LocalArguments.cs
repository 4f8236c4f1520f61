namespace KvStore.Host.Local;

/// <summary>The command line of <c>local</c>.</summary>
/// <param name="Nodes">How many node processes.</param>
/// <param name="GatewayPort">The first node's; 0 for any free ones.</param>
/// <param name="RemotingPort">The first node's; 0 for any free ones.</param>
/// <param name="Set">Settings for all of them.</param>
internal sealed record LocalArguments(int Nodes, int GatewayPort, int RemotingPort, IReadOnlyList<string> Set)
{
    /// <summary>A machine holds no useful cluster of more; it keeps a typing error from starting a thousand processes.</summary>
    public const int MaxNodes = 32;
}
