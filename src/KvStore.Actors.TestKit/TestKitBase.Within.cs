using Xunit.Sdk;

namespace KvStore.Actors.TestKit;

/// <summary>How long things may take.</summary>
public abstract partial class TestKitBase
{
    private static readonly TimeProvider s_clock = TimeProvider.System;
    private static readonly long s_start = s_clock.GetTimestamp();

    private TimeSpan? _end;
    private bool _lastWasNothing;

    /// <summary>The time since some fixed point.</summary>
    public static TimeSpan Now => s_clock.GetElapsedTime(s_start);

    /// <summary>What is left of the innermost block of <c>Within</c>, or the usual time outside one.</summary>
    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(TestKitSettings.SingleExpectDefault));

    /// <summary>What is left of the innermost block of <c>Within</c>.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public TimeSpan Remaining => _end is { } end ? end - Now : throw new InvalidOperationException("Remaining may not be called outside of \"Within\"");

    /// <summary>That time, or what is left of the innermost block of <c>Within</c>, or the usual time.</summary>
    public TimeSpan RemainingOrDilated(TimeSpan? duration) => duration is { } span ? Dilated(span) : RemainingOrDefault;

    /// <summary>What is left of the innermost block of <c>Within</c>, or <paramref name="duration"/> outside one.</summary>
    protected TimeSpan RemainingOr(TimeSpan duration) => _end is { } end ? end - Now : duration;

    /// <summary>The action takes at most <paramref name="max"/>, and the expectations in it wait no longer.</summary>
    public void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    /// <summary>The action takes between <paramref name="min"/> and <paramref name="max"/>, and the expectations in it wait no longer.</summary>
    public void Within(
        TimeSpan min, TimeSpan max, Action action, string? hint = null, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
    {
        _ = Within(
            min,
            max,
            () =>
            {
                action();
                return true;
            },
            hint,
            epsilonValue,
            cancellationToken);
    }

    /// <summary>The function takes at most <paramref name="max"/>, and the expectations in it wait no longer.</summary>
    public T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <summary>The function takes between <paramref name="min"/> and <paramref name="max"/>, and the expectations in it wait no longer.</summary>
    public T Within<T>(
        TimeSpan min, TimeSpan max, Func<T> function, string? hint = null, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var block = Enter(max);
        try
        {
            var result = function();
            Check(block, min, hint, epsilonValue);
            return result;
        }
        finally
        {
            _end = block.OuterEnd;
        }
    }

    /// <summary>The action takes at most <paramref name="max"/>, and the expectations in it wait no longer.</summary>
    public Task WithinAsync(TimeSpan max, Func<Task> actionAsync, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, actionAsync, null, epsilonValue, cancellationToken);

    /// <summary>The action takes between <paramref name="min"/> and <paramref name="max"/>, and the expectations in it wait no longer.</summary>
    public async Task WithinAsync(
        TimeSpan min, TimeSpan max, Func<Task> actionAsync, string? hint = null, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
    {
        var block = Enter(max);
        try
        {
            await actionAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            Check(block, min, hint, epsilonValue);
        }
        finally
        {
            _end = block.OuterEnd;
        }
    }

    private Block Enter(TimeSpan max)
    {
        var start = Now;
        var block = new Block(start, Dilated(max), _end);
        _lastWasNothing = false;
        _end = _end is { } outer && outer < start + block.Max ? outer : start + block.Max;
        return block;
    }

    // An expectation that nothing comes uses up the whole time, and the block would then always be a little late.
    private void Check(Block block, TimeSpan min, string? hint, TimeSpan? epsilon)
    {
        var took = Now - block.Start;
        if (took < min)
            throw new XunitException($"The block took {took}, and should have taken at least {min}{Hint(hint)}.");
        if (!_lastWasNothing && took > block.Max + (epsilon ?? TimeSpan.Zero))
            throw new XunitException($"The block took {took}, and should have taken at most {block.Max}{Hint(hint)}.");
    }

    private readonly record struct Block(TimeSpan Start, TimeSpan Max, TimeSpan? OuterEnd);
}
