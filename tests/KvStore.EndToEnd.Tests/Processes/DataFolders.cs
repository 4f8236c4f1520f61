namespace KvStore.EndToEnd.Tests.Processes;

/// <summary>Folders for the data of nodes under test, all of which are deleted when this process ends.</summary>
internal static class DataFolders
{
    private static readonly Lazy<string> Root = new(static () =>
    {
        var root = Directory.CreateTempSubdirectory("kvstore-tests-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(root, recursive: true);
        return root;
    });

    private static int _count;

    public static string Next() => Directory.CreateDirectory(Path.Combine(Root.Value, $"{Interlocked.Increment(ref _count)}")).FullName;
}
