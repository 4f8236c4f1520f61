using System.Diagnostics;

namespace KvStore.EndToEnd.Tests.Processes;

/// <summary>A file system of its own in memory: it can be small, and it can become read-only. Mounting needs root.</summary>
internal sealed class MountedFolder : IAsyncDisposable
{
    private MountedFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>True where this process may mount; tests that need it are skipped elsewhere, and say so.</summary>
    public static bool IsPermitted { get; } = OperatingSystem.IsLinux() && Probe();

    public static async Task<MountedFolder> CreateAsync(string options)
    {
        var path = DataFolders.Next();
        await RunAsync("mount", "-t", "tmpfs", "-o", options, "tmpfs", path);
        return new MountedFolder(path);
    }

    public Task RemountAsync(string options) => RunAsync("mount", "-o", $"remount,{options}", Path);

    public async ValueTask DisposeAsync() => await RunAsync("umount", Path);

    private static bool Probe()
    {
        var path = DataFolders.Next();
        if (Run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path]) is not { } mount)
            return false;
        using (mount)
        {
            mount.WaitForExit();
            if (mount.ExitCode != 0)
                return false;
        }
        using var unmount = Run("umount", [path]);
        unmount?.WaitForExit();
        return true;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Run(program, arguments) ?? throw new InvalidOperationException($"there is no {program}");
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(ProductProcess.Patience);
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {error}");
    }

    private static Process? Run(string program, string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

/// <summary>A test that needs a file system of its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    internal const string Reason = "mounting a small tmpfs is not permitted here: run as root on Linux, in a container with --cap-add SYS_ADMIN";

    public MountFactAttribute()
    {
        if (!MountedFolder.IsPermitted)
            Skip = Reason;
    }
}

/// <summary>The same, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountTheoryAttribute : TheoryAttribute
{
    public MountTheoryAttribute()
    {
        if (!MountedFolder.IsPermitted)
            Skip = MountFactAttribute.Reason;
    }
}
