namespace KvStore.Host;

/// <summary>What the process's exit says to scripts.</summary>
internal static class ExitCodes
{
    /// <summary>Stopped because it was told to, or left its cluster because that was told to it.</summary>
    public const int Ok = 0;

    /// <summary>A part of the node failed.</summary>
    public const int Failed = 1;

    /// <summary>The configuration or the command line is wrong.</summary>
    public const int Configuration = 2;

    /// <summary>A port is taken, or its interface is not there.</summary>
    public const int Bind = 3;

    /// <summary>The data folder can't be used, or what is in it is damaged.</summary>
    public const int Data = 4;

    /// <summary>The cluster has excluded the node again and again, or it could not begin anew.</summary>
    public const int Excluded = 5;
}
