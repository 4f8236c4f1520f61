using System.Globalization;
using KvStore.Sessions.Bench;

// What a periodic session costs: bytes on the wire, and bytes of the entries that differed when it began. Two replicas in one
// process and in simulated time, the real codec; the same figures every time.
//   dotnet run -c Release --project bench/KvStore.Sessions.Bench [-- KEYS WRITES_PER_SECOND]
var keys = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
var writes = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5_000;
Console.WriteLine($"{keys} keys of 16 + 64 bytes, {writes} writes/s, uniform, half of them at each replica");
Console.WriteLine($"{"one way ms",-12}{"stream ms",-12}{"lost writes",-12}{"differing",12}{"bytes of them",15}{"session bytes",15}{"ratio",8}{"entries",10}{"listed",10}");
using var pair = new Pair(keys);
foreach (var (wayMs, streamMs, lost) in new[] { (1, 1, 0), (20, 20, 0), (1, 100, 0), (1, 1, 10_000), (1, 1, 50_000), (1, 1_000, 0) })
{
    foreach (var session in pair.Measure(writes, wayMs, streamMs, lost))
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{wayMs,-12}{streamMs,-12}{lost,-12}{session.Differing,12}{session.DifferingBytes,15}{session.Bytes,15}{(double)session.Bytes / Math.Max(1, session.DifferingBytes),8:F1}{session.Entries,10}{session.Listed,10}"));
    }
}
