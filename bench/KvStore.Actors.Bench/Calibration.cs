using System.Diagnostics;

namespace KvStore.Actors.Bench;

/// <summary>
/// What the machine can do at this moment: two threads that pass a number back and forth through one cache line. Two virtual CPUs
/// may be near each other or far apart, by a factor of four and changing from minute to minute, and whatever crosses threads
/// follows. So it is measured beside every figure, and only ratios to it compare between runs.
/// </summary>
internal static class Calibration
{
    private const int RoundTrips = 200_000;

    private static int s_ball;

    /// <summary>Round trips a second.</summary>
    internal static double Measure()
    {
        s_ball = 0;
        var partner = new Thread(static () => Play(1, RoundTrips)) { IsBackground = true };
        partner.Start();
        var clock = Stopwatch.StartNew();
        Play(0, RoundTrips);
        partner.Join();
        return RoundTrips / clock.Elapsed.TotalSeconds;
    }

    private static void Play(int side, int trips)
    {
        for (var i = 0; i < trips; i++)
        {
            var spins = 0;
            while (Interlocked.CompareExchange(ref s_ball, 1 - side, side) != side)
            {
                // With one CPU for both, the other side needs this one's turn.
                if (++spins > 20_000)
                {
                    Thread.Yield();
                    spins = 0;
                }
            }
        }
    }
}
