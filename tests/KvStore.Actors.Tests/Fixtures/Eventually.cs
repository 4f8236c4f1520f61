using System.Runtime.CompilerServices;

namespace KvStore.Actors.Tests.Fixtures;

/// <summary>Waits for what another thread will make true, and says what did not come true.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public static async Task Holds(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        using var patience = new CancellationTokenSource(s_patience);
        using var timer = new PeriodicTimer(s_interval);
        try
        {
            while (!condition())
                await timer.WaitForNextTickAsync(patience.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"It did not come true within {s_patience.TotalSeconds} s: {what}", late);
        }
    }
}
