namespace KvStore.Actors.Membership;

/// <summary>The version of the program that a member runs, for people who upgrade a cluster node by node. Only carried and shown.</summary>
public sealed record AppVersion
{
    /// <summary>What a member has that was told none.</summary>
    public static readonly AppVersion Zero = new("0.0.0");

    private AppVersion(string version) => Version = version;

    /// <summary>The text, as it was configured.</summary>
    public string Version { get; }

    /// <summary>Takes any text.</summary>
    public static AppVersion Create(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return new AppVersion(version);
    }

    /// <inheritdoc/>
    public override string ToString() => Version;
}
