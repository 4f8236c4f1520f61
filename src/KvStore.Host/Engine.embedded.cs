namespace KvStore.Host;

/// <summary>The engine that this build runs on.</summary>
internal static class Engine
{
    public const string Name = "embedded";
}
