namespace KvStore.Cli;

/// <summary>What <c>kv</c> tells the shell.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>
    /// The server answered with an error (of several piped commands, any did), or what was asked for is not so or can't be done:
    /// nodes differ, a file is damaged or there already.
    /// </summary>
    public const int ErrorReply = 1;

    /// <summary>There is no connection, or no answer in time.</summary>
    public const int NoConnection = 2;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 3;
}
