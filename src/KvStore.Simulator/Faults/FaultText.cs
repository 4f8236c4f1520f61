using System.Globalization;

namespace KvStore.Simulator.Faults;

/// <summary>A fault in words, for whoever reads a plan or a trace.</summary>
internal static class FaultText
{
    /// <summary>Says what is done, to the machines of these indices.</summary>
    public static string Of(Fault fault, int machine, int other)
    {
        var (a, b) = ($"n{machine + 1}", $"n{other + 1}");
        var time = string.Create(CultureInfo.InvariantCulture, $"{fault.Duration.TotalSeconds:0.###} s");
        return fault.Kind switch
        {
            FaultKind.Kill => $"kill {a}, start it after {time}",
            FaultKind.KillInWrite => $"kill {a} in its next write, start it after {time}",
            FaultKind.PowerCut => $"cut the power of {a}, start it after {time}",
            FaultKind.PowerCutOfAll => $"cut the power of all, start them one by one after {time}",
            FaultKind.Pause => $"pause {a} for {time}",
            FaultKind.ClockStep => $"set the clock of {a} {(fault.Value < 0 ? "back" : "forward")} by {Math.Abs((long)fault.Value)} ms",
            FaultKind.Isolate => $"isolate {a} for {time}",
            FaultKind.Halves => $"cut the network into {Sides(fault)} for {time}",
            FaultKind.Bridge => $"cut the network into {Sides(fault)}, {a} reaching both, for {time}",
            FaultKind.OneWay => $"nothing of {a} reaches {b} for {time}",
            FaultKind.Clog => $"what {a} sends {b} arrives after {time}",
            FaultKind.DiskFull => $"the disk of {a} is full for {time}",
            FaultKind.DiskStall => $"the disk of {a} answers nothing for {time}",
            FaultKind.SyncFails => $"the next sync of {a} fails",
            FaultKind.BitRot => $"kill {a} and flip a bit on its disk, start it after {time}",
            FaultKind.BitRotUnnoticed => $"flip a bit on the disk of {a}, unnoticed",
            FaultKind.Leave => $"{a} leaves, start it after {time}",
            FaultKind.Join => "a new machine joins",
            FaultKind.Replace => $"kill {a} and empty its disk, start it after {time}",
            FaultKind.Snapshot => $"have {a} take a snapshot",
            FaultKind.Repair => $"have {a} compare its table",
            FaultKind.Forget => $"have {a} forget a replica that is away",
            _ => $"{fault.Kind} {a} {b} for {time}, {fault.Value}",
        };
    }

    // A run has at most nine machines.
    private static string Sides(Fault fault)
    {
        var machines = Enumerable.Range(0, 9).ToLookup(i => (fault.Value >> i) & 1, static i => $"n{i + 1}");
        return $"[{string.Join(' ', machines[0])}] and [{string.Join(' ', machines[1])}]";
    }
}
