using Xunit.Sdk;

namespace KvStore.Actors.TestKit;

/// <summary>Waiting for what shows in a state rather than in a message, by looking again and again.</summary>
public abstract partial class TestKitBase
{
    /// <summary>How long between two looks: short enough not to be felt, and long enough to leave the processor to the actors.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Asserts until it holds; in the end it fails as it failed last.</summary>
    public void AwaitAssert(Action assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        var deadline = Now + RemainingOrDilated(duration);
        using var never = new ManualResetEventSlim();
        while (!Holds(assertion, deadline))
            never.Wait(interval ?? s_interval, cancellationToken);
    }

    /// <summary>Asserts until it holds; in the end it fails as it failed last.</summary>
    public async Task AwaitAssertAsync(Action assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        var deadline = Now + RemainingOrDilated(duration);
        using var ticks = new PeriodicTimer(interval ?? s_interval, s_clock);
        while (!Holds(assertion, deadline))
            await ticks.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asserts until it holds; in the end it fails as it failed last.</summary>
    public async Task AwaitAssertAsync(Func<Task> assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        var deadline = Now + RemainingOrDilated(duration);
        using var ticks = new PeriodicTimer(interval ?? s_interval, s_clock);
        while (true)
        {
            try
            {
                await assertion().ConfigureAwait(false);
                return;
            }
            catch (Exception) when (Now < deadline)
            {
                await ticks.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits until a condition holds.</summary>
    public void AwaitCondition(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, null, null, null, cancellationToken);

    /// <summary>Waits until a condition holds.</summary>
    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, null, null, cancellationToken);

    /// <summary>Waits until a condition holds.</summary>
    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, string? message, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, null, message, cancellationToken);

    /// <summary>Waits until a condition holds.</summary>
    public void AwaitCondition(
        Func<bool> conditionIsFulfilled, TimeSpan? max, TimeSpan? interval, string? message = null, CancellationToken cancellationToken = default)
    {
        var span = RemainingOrDilated(max);
        AwaitAssert(() => Fulfilled(conditionIsFulfilled(), span, message), span / TestKitSettings.TestTimeFactor, interval, cancellationToken);
    }

    /// <summary>Waits until a condition holds.</summary>
    public Task AwaitConditionAsync(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, null, null, cancellationToken);

    /// <summary>Waits until a condition holds.</summary>
    public Task AwaitConditionAsync(Func<bool> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, max, null, cancellationToken);

    /// <summary>Waits until a condition holds.</summary>
    public Task AwaitConditionAsync(Func<bool> conditionIsFulfilled, TimeSpan? max, string? message, CancellationToken cancellationToken = default)
    {
        var span = RemainingOrDilated(max);
        return AwaitAssertAsync(() => Fulfilled(conditionIsFulfilled(), span, message), Undilated(span), null, cancellationToken);
    }

    /// <summary>Waits until a condition holds.</summary>
    public Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, null, null, cancellationToken);

    /// <summary>Waits until a condition holds.</summary>
    public Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, max, null, cancellationToken);

    /// <summary>Waits until a condition holds.</summary>
    public Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, string? message, CancellationToken cancellationToken = default)
    {
        var span = RemainingOrDilated(max);
        return AwaitAssertAsync(
            async () => Fulfilled(await conditionIsFulfilled().ConfigureAwait(false), span, message), Undilated(span), null, cancellationToken);
    }

    private static bool Holds(Action assertion, TimeSpan deadline)
    {
        try
        {
            assertion();
            return true;
        }
        catch (Exception) when (Now < deadline)
        {
            return false;
        }
    }

    private static void Fulfilled(bool condition, TimeSpan span, string? message)
    {
        if (!condition)
            throw new XunitException($"The condition did not hold within {span}{Hint(message)}.");
    }
}
