using KvStore.Actors.Configuration;
using KvStore.Actors.Event;

namespace KvStore.Actors;

/// <summary>A hierarchy of actors with its dispatchers, clock, log and extensions. Heavy: one per process, as a rule.</summary>
public abstract class ActorSystem : IActorRefFactory, IDisposable
{
    /// <summary>The configuration.</summary>
    public abstract Settings Settings { get; }

    /// <summary>The name, which is part of every path.</summary>
    public abstract string Name { get; }

    /// <summary>Turns messages into bytes and back.</summary>
    public abstract Serialization.Serialization Serialization { get; }

    /// <summary>Publishes events inside the system.</summary>
    public abstract EventStream EventStream { get; }

    /// <summary>Takes what nobody else can.</summary>
    public abstract IActorRef DeadLetters { get; }

    /// <summary>Sends messages later.</summary>
    public abstract IScheduler Scheduler { get; }

    /// <summary>The system's own log.</summary>
    public abstract ILoggingAdapter Log { get; }

    /// <summary>How long ago the system was created.</summary>
    public abstract TimeSpan Uptime { get; }

    /// <summary>Completes when every actor has stopped.</summary>
    public abstract Task WhenTerminated { get; }

    /// <summary>Creates a system without settings.</summary>
    public static ActorSystem Create(string name) => Create(name, ActorSystemSetup.Empty);

    /// <summary>Creates a system.</summary>
    public static ActorSystem Create(string name, Config config) => Create(name, BootstrapSetup.Create().WithConfig(config));

    /// <summary>Creates a system.</summary>
    public static ActorSystem Create(string name, BootstrapSetup setup) => Create(name, ActorSystemSetup.Empty.And(setup));

    /// <summary>Creates a system.</summary>
    /// <exception cref="ArgumentException">The name holds anything but letters, digits, <c>-</c> and <c>_</c>.</exception>
    /// <exception cref="ConfigurationException">The configuration asks for what the engine does not have.</exception>
    /// <exception cref="Remoting.RemoteTransportException">The port is taken, or the host name is not this host's.</exception>
    public static ActorSystem Create(string name, ActorSystemSetup setup)
    {
        var system = new ActorSystemImpl(name, setup);
        try
        {
            system.Start();
        }
        catch
        {
            system.Abort();
            throw;
        }
        return system;
    }

    /// <summary>The extension, created on first use.</summary>
    public abstract object GetExtension(IExtensionId extensionId);

    /// <summary>The extension of that type, which must have been created.</summary>
    public abstract T GetExtension<T>()
        where T : class, IExtension;

    /// <summary>True when an extension of that type was created.</summary>
    public abstract bool HasExtension<T>()
        where T : class, IExtension;

    /// <summary>Creates the extension unless it was before, and returns it.</summary>
    public abstract object RegisterExtension(IExtensionId extension);

    /// <summary>Runs <paramref name="code"/> when every actor has stopped.</summary>
    public abstract void RegisterOnTermination(Action code);

    /// <summary>Runs the coordinated shutdown, or just stops every actor if the configuration says so.</summary>
    public abstract Task Terminate();

    /// <summary>Stops an actor after its current message.</summary>
    public abstract void Stop(IActorRef actor);

    /// <inheritdoc/>
    public abstract IActorRef ActorOf(Props props, string? name = null);

    /// <inheritdoc/>
    public abstract ActorSelection ActorSelection(ActorPath actorPath);

    /// <inheritdoc/>
    public abstract ActorSelection ActorSelection(string actorPath);

    /// <summary>Terminates without waiting.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Terminates without waiting.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            _ = Terminate();
    }
}

/// <summary>What extensions and serializers may use beyond <see cref="ActorSystem"/>.</summary>
public abstract class ExtendedActorSystem : ActorSystem
{
    /// <summary>Resolves references, and knows the system's address.</summary>
    public abstract IActorRefProvider Provider { get; }

    /// <summary>Starts an actor below <c>/system</c>, which outlives those below <c>/user</c>.</summary>
    public abstract IActorRef SystemActorOf(Props props, string? name = null);

    /// <summary>Stops every actor without the coordinated shutdown.</summary>
    public abstract void Abort();
}

/// <summary>A system's configuration.</summary>
public sealed class Settings
{
    internal Settings(ActorSystem system, Config config)
    {
        System = system;
        Config = config;
        LogLevel = config.GetString("akka.loglevel", "INFO")!;
        StdoutLogLevel = config.GetString("akka.stdout-loglevel", LogLevel)!;
    }

    /// <summary>Whose settings.</summary>
    public ActorSystem System { get; }

    /// <summary>All of them.</summary>
    public Config Config { get; }

    /// <summary>What is published on the event stream: <c>akka.loglevel</c>.</summary>
    public string LogLevel { get; }

    /// <summary>What is written as well: <c>akka.stdout-loglevel</c>, by default all that is published.</summary>
    public string StdoutLogLevel { get; }
}
