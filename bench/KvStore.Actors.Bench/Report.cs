using System.Globalization;

namespace KvStore.Actors.Bench;

/// <summary>One measurement: what was done a second, beside what the machine could do then and what Akka.NET did.</summary>
internal sealed record Figure(string Work, double PerSecond, double CpuNs, double Calibration, double FarReference, double NearReference);

/// <summary>Measures in rounds, and prints the medians.</summary>
internal sealed class Report(bool isShort)
{
    /// <summary>Far apart they make 3 to 4 million round trips a second, near each other 10 to 20.</summary>
    private const double NearRoundTrips = 7e6;

    private readonly int _warmUps = isShort ? 1 : 2;
    private readonly int _rounds = isShort ? 3 : 7;
    private readonly List<string> _losses = [];

    internal bool IsShort => isShort;

    internal bool HasLosses => _losses.Count > 0;

    internal static void Header()
    {
        Console.WriteLine("Each figure is the median of its rounds. Calibration: round trips of a number between two threads, measured before each round.");
        Console.WriteLine("CPU: nanoseconds of this process for one, which a busy machine changes least. Of several processes it is the sender's.");
        Console.WriteLine("CPUs: two virtual ones are near (a shared core) or far, which decides the speed of all work across threads; compared is like with like.");
        Console.WriteLine("Reference: Akka.NET 1.5.30 with default settings, built from source, on a machine of this kind but in another run: a hint, no race.");
        Console.WriteLine();
        Console.WriteLine($"{"work",-46}{"per second",12}{"CPU ns",9}{"round trips/s",15}{"CPUs",6}{"ratio",8}{"Akka.NET",12}{"x Akka.NET",12}");
    }

    /// <summary>Runs warm-ups and rounds of <paramref name="count"/> operations. A round says how many it did not see arrive.</summary>
    internal async Task Measure(string work, long count, double farReference, double nearReference, Func<long, Task<(TimeSpan Time, long Lost)>> round)
    {
        if (isShort)
            count = Math.Max(1, count / 10);
        var rates = new List<double>();
        var calibrations = new List<double>();
        var cpus = new List<double>();
        for (var i = 0; i < _warmUps + _rounds; i++)
        {
            var calibration = Calibration.Measure();
            var cpu = Environment.CpuUsage.TotalTime;
            var (time, lost) = await round(count);
            cpu = Environment.CpuUsage.TotalTime - cpu;
            if (lost != 0)
                _losses.Add($"{work}: {lost} of {count} lost");
            if (i < _warmUps)
                continue;
            rates.Add(count / time.TotalSeconds);
            calibrations.Add(calibration);
            cpus.Add(cpu.TotalNanoseconds / count);
        }
        Print(new Figure(work, Median(rates), Median(cpus), Median(calibrations), farReference, nearReference));
    }

    internal int End()
    {
        Console.WriteLine();
        foreach (var loss in _losses)
            Console.WriteLine($"LOST  {loss}");
        Console.WriteLine(_losses.Count == 0 ? "no message was lost" : "messages were lost");
        return _losses.Count == 0 ? 0 : 1;
    }

    private static void Print(Figure figure)
    {
        var isNear = figure.Calibration >= NearRoundTrips;
        var reference = isNear ? figure.NearReference : figure.FarReference;
        var (known, against) = reference > 0 ? (Short(reference), Ratio(figure.PerSecond / reference)) : ("-", "-");
        Console.WriteLine($"{figure.Work,-46}{Short(figure.PerSecond),12}{figure.CpuNs.ToString("0", CultureInfo.InvariantCulture),9}{Short(figure.Calibration),15}{(isNear ? "near" : "far"),6}{Ratio(figure.PerSecond / figure.Calibration),8}{known,12}{against,12}");
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static string Short(double value) => value >= 1e6
        ? (value / 1e6).ToString("0.00", CultureInfo.InvariantCulture) + " M"
        : (value / 1e3).ToString("0", CultureInfo.InvariantCulture) + " k";

    private static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
