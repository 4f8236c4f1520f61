namespace KvStore.Actors;

/// <summary>Something of which every system has one, created on first use.</summary>
public interface IExtension;

/// <summary>Names an extension and creates it.</summary>
public interface IExtensionId
{
    /// <summary>The extension's type.</summary>
    Type ExtensionType { get; }

    /// <summary>The system's extension, created on first use.</summary>
    object Apply(ActorSystem system);

    /// <summary>Makes the extension; called by the system, once.</summary>
    object CreateExtension(ExtendedActorSystem system);
}

/// <summary>Names an extension of type <typeparamref name="T"/> and creates it.</summary>
public abstract class ExtensionIdProvider<T> : IExtensionId
    where T : class, IExtension
{
    /// <inheritdoc/>
    public Type ExtensionType => typeof(T);

    /// <summary>The system's extension, created on first use.</summary>
    public T Apply(ActorSystem system) => (T)system.RegisterExtension(this);

    /// <summary>The system's extension, created on first use.</summary>
    public T Get(ActorSystem system) => Apply(system);

    /// <summary>Makes the extension.</summary>
    public abstract T CreateExtension(ExtendedActorSystem system);

    object IExtensionId.Apply(ActorSystem system) => Apply(system);

    object IExtensionId.CreateExtension(ExtendedActorSystem system) => CreateExtension(system);
}

/// <summary>Short forms for extensions.</summary>
public static class ActorSystemExtensions
{
    /// <summary>The system's <typeparamref name="T"/>, made by <typeparamref name="TI"/> on first use.</summary>
    public static T WithExtension<T, TI>(this ActorSystem system)
        where T : class, IExtension
        where TI : IExtensionId, new() => (T)system.RegisterExtension(new TI());

    /// <summary>The system's <typeparamref name="T"/>, made by a provider of type <paramref name="extensionId"/> on first use.</summary>
    public static T WithExtension<T>(this ActorSystem system, Type extensionId)
        where T : class, IExtension => (T)system.RegisterExtension((IExtensionId)Activator.CreateInstance(extensionId)!);
}
