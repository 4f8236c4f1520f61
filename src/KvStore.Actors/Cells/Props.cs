using System.Linq.Expressions;
using System.Reflection;

namespace KvStore.Actors;

/// <summary>How to make an actor: its type, its arguments, where it runs and how it supervises. Immutable.</summary>
public class Props
{
    /// <summary>Makes an actor that handles nothing.</summary>
    public static readonly Props None = new(typeof(EmptyActor));

    private const BindingFlags AnyConstructor =
        BindingFlags.CreateInstance | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DoNotWrapExceptions;

    private readonly ConstructorInfo? _constructor;

    /// <summary>Makes an actor of <paramref name="type"/> with the constructor that takes <paramref name="args"/>.</summary>
    public Props(Type type, object?[]? args = null)
        : this(type, null, args ?? [])
    {
    }

    private Props(Type type, ConstructorInfo? constructor, object?[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!typeof(ActorBase).IsAssignableFrom(type) || type.IsAbstract)
            throw new ArgumentException($"{type} is not an actor that can be created.", nameof(type));
        Type = type;
        Arguments = args;
        _constructor = constructor;
    }

    private Props(Props other)
        : this(other.Type, other._constructor, other.Arguments)
    {
        DispatcherOrNull = other.DispatcherOrNull;
        SupervisorStrategy = other.SupervisorStrategy;
    }

    /// <summary>The actor's type.</summary>
    public Type Type { get; }

    /// <summary>The full name of the actor's type.</summary>
    public string TypeName => Type.AssemblyQualifiedName ?? Type.Name;

    /// <summary>What the constructor gets, at the start and at every restart.</summary>
    public object?[] Arguments { get; }

    /// <summary>The dispatcher asked for, or the default one.</summary>
    public string Dispatcher => DispatcherOrNull ?? Dispatchers.DefaultId;

    /// <summary>Overrides the actor's own strategy.</summary>
    public SupervisorStrategy? SupervisorStrategy { get; private set; }

    internal string? DispatcherOrNull { get; private set; }

    /// <summary>
    /// Makes what <paramref name="factory"/> makes: an expression <c>() =&gt; new X(a, b)</c>. The arguments are evaluated here,
    /// once, and used again at every restart.
    /// </summary>
    /// <exception cref="ArgumentException">The expression is not a <c>new</c>.</exception>
    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy? supervisorStrategy = null)
        where TActor : ActorBase
    {
        if (factory.Body is not NewExpression creation)
            throw new ArgumentException("The create function must be a 'new T (args)' expression", nameof(factory));
        var arguments = creation.Arguments.Select(Evaluate).ToArray();
        return new Props(creation.Type, creation.Constructor, arguments) { SupervisorStrategy = supervisorStrategy };
    }

    /// <summary>Makes a <typeparamref name="TActor"/> with the constructor that takes <paramref name="args"/>.</summary>
    public static Props Create<TActor>(params object?[] args)
        where TActor : ActorBase => new(typeof(TActor), args);

    /// <summary>Makes a <typeparamref name="TActor"/> that supervises as told.</summary>
    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase, new() => new(typeof(TActor)) { SupervisorStrategy = supervisorStrategy };

    /// <summary>Makes an actor of <paramref name="type"/> with the constructor that takes <paramref name="args"/>.</summary>
    public static Props Create(Type type, params object?[] args) => new(type, args);

    /// <summary>The same on another dispatcher, by its path in the configuration. A deployment in the configuration wins.</summary>
    public Props WithDispatcher(string dispatcher) => new(this) { DispatcherOrNull = dispatcher };

    /// <summary>The same with another strategy for its children.</summary>
    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(this) { SupervisorStrategy = supervisorStrategy };

    /// <summary>Makes a new instance; called by the cell.</summary>
    public virtual ActorBase NewActor() =>
        (ActorBase)(_constructor is null
            ? Activator.CreateInstance(Type, AnyConstructor, binder: null, Arguments, culture: null)!
            : _constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, Arguments, culture: null));

    private static object? Evaluate(Expression argument) => argument is ConstantExpression constant
        ? constant.Value
        : Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)();

    private sealed class EmptyActor : ActorBase
    {
        protected override bool Receive(object message) => false;
    }
}
