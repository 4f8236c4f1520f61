using KvStore.Actors.Configuration;
using Xunit.Abstractions;

namespace KvStore.Actors.TestKit;

/// <summary>
/// The base of a class of tests for xunit 2: a system of its own for each test, a <see cref="TestKitBase.TestActor"/> that is
/// the sender of what the test tells, and expectations about what it receives.
/// </summary>
public class TestKit : TestKitBase, IDisposable
{
    private bool _isDisposed;

    /// <summary>Tests <paramref name="system"/>, or a new system with the defaults.</summary>
    public TestKit(ActorSystem? system = null, ITestOutputHelper? output = null)
        : base(system, ActorSystemSetup.Empty, null, output) => Output = output;

    /// <summary>Tests a new system.</summary>
    public TestKit(ActorSystemSetup config, string? actorSystemName = null, ITestOutputHelper? output = null)
        : base(null, config, actorSystemName, output) => Output = output;

    /// <summary>Tests a new system with this configuration, and the TestKit's where it says nothing.</summary>
    public TestKit(Config config, string? actorSystemName = null, ITestOutputHelper? output = null)
        : this(BootstrapSetup.Create().WithConfig(config), actorSystemName, output)
    {
    }

    /// <summary>Tests a new system with this HOCON, and the TestKit's where it says nothing.</summary>
    public TestKit(string config, ITestOutputHelper? output = null)
        : this(ConfigurationFactory.ParseString(config), null, output)
    {
    }

    /// <summary>Where the log of the system goes; null drops it.</summary>
    protected ITestOutputHelper? Output { get; }

    /// <summary>Called after the test, before the system is shut down for good.</summary>
    protected virtual void AfterAll() => Shutdown();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the test.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (_isDisposed || !disposing)
            return;
        _isDisposed = true;
        try
        {
            AfterAll();
        }
        finally
        {
            Leave();
        }
    }
}
