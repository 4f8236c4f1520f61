namespace KvStore.EndToEnd.Tests.Processes;

/// <summary>
/// Folders for the data of nodes under test, all of which are deleted when this process ends; where it was ended before it could, when the
/// next one begins.
/// </summary>
internal static class DataFolders
{
    private const string Prefix = "kvstore-tests-";

    // Held as long as the process lives.
    private const string LockName = "lock";

    private static readonly Lazy<string> Root = new(static () =>
    {
        foreach (var left in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
            DeleteUnlessHeld(left);
        var root = Directory.CreateTempSubdirectory(Prefix).FullName;
        var held = Hold(root);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            Directory.Delete(root, recursive: true);
            held.Dispose();
        };
        return root;
    });

    private static int _count;

    public static string Next() => Directory.CreateDirectory(Path.Combine(Root.Value, $"{Interlocked.Increment(ref _count)}")).FullName;

    private static FileStream Hold(string root) => new(Path.Combine(root, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void DeleteUnlessHeld(string root)
    {
        try
        {
            using (Hold(root))
                Directory.Delete(root, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another run is at it.
        }
    }
}
