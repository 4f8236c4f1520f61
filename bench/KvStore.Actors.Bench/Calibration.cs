using System.Diagnostics;

namespace KvStore.Actors.Bench;

/// <summary>
/// What the machine can do at this moment: two threads that pass a number back and forth through one cache line. Two virtual CPUs
/// may be near each other or far apart, by a factor of four and changing from minute to minute, and whatever crosses threads
/// follows. So it is measured beside every figure, and only ratios to it compare between runs. The best of a few short slices
/// counts: in the others somebody else had the CPU.
/// </summary>
internal static class Calibration
{
    private const int Slices = 5;
    private const int Ended = -1;

    /// <summary>Trips between two looks at the clock.</summary>
    private const int Stretch = 256;

    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(20);

    private static int s_ball;

    /// <summary>Round trips a second.</summary>
    internal static double Measure()
    {
        s_ball = 0;
        var partner = new Thread(static () =>
        {
            while (TryPass(side: 1))
            {
                // The other side decides when it ends.
            }
        })
        { IsBackground = true };
        partner.Start();
        var best = 0.0;
        for (var slice = 0; slice < Slices; slice++)
        {
            var trips = 0L;
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < s_slice)
            {
                for (var i = 0; i < Stretch; i++)
                    TryPass(side: 0);
                trips += Stretch;
            }
            best = Math.Max(best, trips / clock.Elapsed.TotalSeconds);
        }
        Volatile.Write(ref s_ball, Ended);
        partner.Join();
        return best;
    }

    /// <summary>Waits for the number on this side and passes it to the other; false when the game has ended.</summary>
    private static bool TryPass(int side)
    {
        var spins = 0;
        while (true)
        {
            var found = Interlocked.CompareExchange(ref s_ball, 1 - side, side);
            if (found == side)
                return true;
            if (found == Ended)
                return false;
            // With one CPU for both, the other side needs this one's turn.
            if (++spins > 5_000)
            {
                Thread.Yield();
                spins = 0;
            }
        }
    }
}
