using System.Globalization;
using KvStore.Simulator.Faults;

namespace KvStore.Simulator.Clients;

/// <summary>
/// What commands are made of. Every value is written once, so that whoever reads it knows which write it saw: <c>v</c>, the client,
/// a dot, a number that no other value has, and dots up to a length. No value of one has the <c>v</c> in its middle, so a text of several
/// comes apart again.
/// </summary>
internal sealed class Ingredients(WorkloadPlan plan, Random random)
{
    private const int MaxTimeToLiveMs = 5_000;

    private long _values;

    /// <summary>Who writes.</summary>
    public int Client { get; set; }

    /// <summary>The time, in Unix milliseconds.</summary>
    public long NowMs { get; set; }

    /// <summary>True when commands that the model of a single key does not know are left out.</summary>
    public bool IsModelled => plan.OneNode;

    /// <summary>A number from 0 to below <paramref name="limit"/>.</summary>
    public int Below(int limit) => random.Next(limit);

    /// <summary>A key for whole values.</summary>
    public string Key() => Named("key:");

    /// <summary>A key that is counted with.</summary>
    public string CounterKey() => Named("counter:");

    /// <summary>A key that is appended to.</summary>
    public string TextKey() => Named("text:");

    /// <summary>A key of any kind, those of whole values most of the time.</summary>
    public string AnyKey() => random.Next(8) switch
    {
        0 => CounterKey(),
        1 => TextKey(),
        _ => Key(),
    };

    /// <summary>A value.</summary>
    public string Value() => $"v{Client}.{++_values}".PadRight(random.Next(plan.MaxValueBytes), '.');

    /// <summary>A time to live in milliseconds, short ones as often as long ones.</summary>
    public string Milliseconds() => Text(random.Next(1, random.Next(2) == 0 ? 200 : MaxTimeToLiveMs));

    /// <summary>A time to live in seconds.</summary>
    public string Seconds() => Text(random.Next(1, (MaxTimeToLiveMs / 1000) + 1));

    /// <summary>A time in Unix milliseconds: most of the time ahead.</summary>
    public string AtMillisecond() => Text(NowMs + random.Next(-MaxTimeToLiveMs / 10, MaxTimeToLiveMs));

    /// <summary>A time in Unix seconds: most of the time ahead.</summary>
    public string AtSecond() => Text((NowMs / 1000) + random.Next(-1, MaxTimeToLiveMs / 1000));

    /// <summary>A number, as text.</summary>
    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private string Named(string kind) => kind + Text(random.Next(plan.Keys));
}
