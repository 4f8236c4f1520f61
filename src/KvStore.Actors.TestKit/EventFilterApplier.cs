using Xunit.Sdk;

namespace KvStore.Actors.TestKit;

/// <summary>How many events of a kind an action causes.</summary>
public interface IEventFilterApplier
{
    /// <summary>The action causes one.</summary>
    void ExpectOne(Action action, CancellationToken cancellationToken = default);

    /// <summary>The action causes one.</summary>
    Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default);

    /// <summary>The action causes that many, and no more that come before them.</summary>
    void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default);

    /// <summary>The action causes that many, and no more that come before them.</summary>
    Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default);
}

/// <summary>Counts on a probe that hears the kind's channel and ignores the others.</summary>
internal sealed class EventFilterApplier : IEventFilterApplier
{
    private readonly TestKitBase _kit;
    private readonly ActorSystem _system;
    private readonly string _what;
    private readonly Type _channel;
    private readonly Func<object, bool> _isMatch;

    public EventFilterApplier(TestKitBase kit, ActorSystem system, string what, Type channel, Func<object, bool> isMatch)
    {
        _kit = kit;
        _system = system;
        _what = what;
        _channel = channel;
        _isMatch = isMatch;
    }

    public void ExpectOne(Action action, CancellationToken cancellationToken = default) => Expect(1, action, cancellationToken);

    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default) => ExpectAsync(1, actionAsync, cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default)
    {
        var probe = Listen();
        try
        {
            action();
            for (var found = 0; found < expectedCount; found++)
                _ = probe.ReceiveOne(_kit.TestKitSettings.TestEventFilterLeeway, cancellationToken) ?? throw TooFew(found, expectedCount);
            CheckNoMore(probe, expectedCount);
        }
        finally
        {
            _system.Stop(probe.Ref);
        }
    }

    public async Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default)
    {
        var probe = Listen();
        try
        {
            await actionAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            for (var found = 0; found < expectedCount; found++)
                _ = await probe.ReceiveOneAsync(_kit.TestKitSettings.TestEventFilterLeeway, cancellationToken).ConfigureAwait(false) ?? throw TooFew(found, expectedCount);
            CheckNoMore(probe, expectedCount);
        }
        finally
        {
            _system.Stop(probe.Ref);
        }
    }

    private TestProbe Listen()
    {
        var probe = _kit.CreateTestProbe(_system);
        probe.IgnoreMessages(message => !_isMatch(message));
        _system.EventStream.Subscribe(probe.Ref, _channel);
        return probe;
    }

    private void CheckNoMore(TestProbe probe, int expected)
    {
        if (probe.HasMessages)
            throw new XunitException($"Expected {expected} of {_what}, and more came: {probe.ReceiveOne(TimeSpan.Zero)}.");
    }

    private XunitException TooFew(int found, int expected) =>
        new($"Expected {expected} of {_what}, and {found} came within {_kit.TestKitSettings.TestEventFilterLeeway} after the action.");
}
