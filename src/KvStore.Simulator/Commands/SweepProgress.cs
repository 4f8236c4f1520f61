using System.Globalization;

namespace KvStore.Simulator.Commands;

/// <summary>How far a sweep is: a bar on a terminal, and elsewhere a line from time to time.</summary>
/// <param name="output">Where it is shown.</param>
/// <param name="isTerminal">Whether a line can be written over.</param>
/// <param name="settings">What is run.</param>
internal sealed class SweepProgress(TextWriter output, bool isTerminal, SweepSettings settings)
{
    private const int Width = 30;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(100);

    private TimeSpan _next = isTerminal ? TimeSpan.Zero : Interval;
    private int _length;

    /// <summary>Shows it, unless that was a moment ago.</summary>
    public void Show(SweepSummary summary)
    {
        if (summary.Wall < _next)
            return;
        _next = summary.Wall + (isTerminal ? BarInterval : Interval);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Seeds}{(settings.Count is { } count ? $" of {count}" : "")} seeds, {summary.Simulated.TotalHours:F2} simulated hours, {summary.Speed:F0} cluster-minutes a minute and core, {summary.Failed} failed");
        if (isTerminal)
            Overwrite($"[{Bar(Share(summary))}] {text}");
        else
            output.WriteLine(text);
    }

    /// <summary>Clears the bar, for what is to be printed.</summary>
    public void Clear()
    {
        if (_length == 0)
            return;
        Overwrite("");
        output.Write('\r');
    }

    private static string Bar(double share)
    {
        var done = (int)(Math.Clamp(share, 0, 1) * Width);
        return new string('#', done) + new string('.', Width - done);
    }

    // Of that limit which is nearer.
    private double Share(SweepSummary summary) => Math.Max(
        settings.Count is { } count ? (double)summary.Seeds / count : 0,
        settings.Limit is { } limit ? summary.Wall / limit : 0);

    private void Overwrite(string text)
    {
        output.Write('\r' + text.PadRight(_length));
        _length = text.Length;
    }
}
