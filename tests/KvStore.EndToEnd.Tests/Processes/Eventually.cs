using System.Diagnostics;

namespace KvStore.EndToEnd.Tests.Processes;

/// <summary>Waits for a condition of another process, which can only be asked for.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static async Task<TimeSpan> AreTrueAsync(Func<Task<bool>> condition, Func<string> otherwise, TimeSpan? patience = null, TimeSpan? interval = null)
    {
        var waited = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(interval ?? Interval);
        while (!await condition())
        {
            if (waited.Elapsed > (patience ?? ProductProcess.Patience))
                throw new TimeoutException(otherwise());
            await timer.WaitForNextTickAsync();
        }
        return waited.Elapsed;
    }
}
