using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.Serialization;
using KvStore.Actors.Event;

namespace KvStore.Actors.Serialization;

/// <summary>
/// Finds the serializer for a type, and the one for a number. Types are bound in the configuration or by
/// <see cref="AddSerializationMap"/>; a binding holds for derived types too, and the most specific one wins. There is no
/// fallback by reflection: what is not bound is refused.
/// </summary>
public class Serialization
{
    private readonly ConcurrentDictionary<int, Serializer> _byIdentifier = new();
    private readonly ConcurrentDictionary<Type, Serializer?> _found = new();
    private readonly Lock _gate = new();

    // In the order of binding, so that two unrelated interfaces of one type give the same serializer in every run.
    private readonly List<(Type Type, Serializer Serializer)> _bindings = [];
    private readonly Dictionary<string, Serializer> _byName = new(StringComparer.Ordinal);

    /// <summary>Creates the built-in serializers and those of the configuration.</summary>
    /// <exception cref="ConfigurationException">A type is missing, or two serializers have one number.</exception>
    public Serialization(ExtendedActorSystem system)
    {
        System = system;
        AddBuiltIn();
        AddConfigured();
    }

    /// <summary>The system it works for.</summary>
    public ExtendedActorSystem System { get; }

    /// <summary>What goes over the wire beside the bytes so that they can be read; empty where nothing is needed.</summary>
    public static string ManifestFor(Serializer s, object msg) => s switch
    {
        SerializerWithStringManifest named => named.Manifest(msg),
        { IncludeManifest: true } => $"{msg.GetType().FullName}, {msg.GetType().Assembly.GetName().Name}",
        _ => "",
    };

    /// <summary>The path under which other systems reach an actor.</summary>
    public static string SerializedActorPath(IActorRef actorRef)
    {
        if (actorRef is null or Nobody)
            return "";
        return actorRef is ActorRefBase known ? known.SerializedPath : actorRef.Path.ToSerializationFormat();
    }

    /// <summary>Adds a serializer under a name that bindings can use.</summary>
    /// <exception cref="ConfigurationException">Its number is taken by another.</exception>
    public void AddSerializer(string name, Serializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        var holder = _byIdentifier.GetOrAdd(serializer.Identifier, serializer);
        if (!ReferenceEquals(holder, serializer))
            throw new ConfigurationException($"Serializer identifier {serializer.Identifier} of {serializer.GetType()} is taken by {holder.GetType()}.");
        lock (_gate)
        {
            _byName[name] = serializer;
        }
    }

    /// <summary>Binds a type, and those derived from it, to a serializer; a later binding of the same type wins.</summary>
    public void AddSerializationMap(Type type, Serializer serializer)
    {
        lock (_gate)
        {
            _bindings.RemoveAll(binding => binding.Type == type);
            _bindings.Add((type, serializer));
            _found.Clear();
        }
    }

    /// <summary>The bytes of a message.</summary>
    /// <exception cref="SerializationException">Nothing is bound to its type.</exception>
    public byte[] Serialize(object o) => FindSerializerFor(o).ToBinary(o);

    /// <summary>The message in the bytes.</summary>
    /// <exception cref="SerializationException">The number is unknown, or the bytes are not such a message.</exception>
    public object Deserialize(byte[] bytes, int serializerId, Type type) => ByIdentifier(serializerId).FromBinary(bytes, type);

    /// <summary>The message in the bytes.</summary>
    /// <exception cref="SerializationException">The number or the manifest is unknown, or the bytes are not such a message.</exception>
    public object Deserialize(byte[] bytes, int serializerId, string manifest)
    {
        var serializer = ByIdentifier(serializerId);
        if (serializer is SerializerWithStringManifest named)
            return named.FromBinary(bytes, manifest);
        return manifest.Length == 0
            ? serializer.FromBinary(bytes, typeof(object))
            : throw new SerializationException($"Serializer {serializerId} takes no manifest, but '{manifest}' came with the message.");
    }

    /// <summary>The serializer for a message.</summary>
    /// <exception cref="SerializationException">Nothing is bound to its type.</exception>
    public Serializer FindSerializerFor(object obj, string? defaultSerializerName = null)
    {
        ArgumentNullException.ThrowIfNull(obj);
        return FindSerializerForType(obj.GetType(), defaultSerializerName);
    }

    /// <summary>The serializer for messages of a type; without a binding, the one called <paramref name="defaultSerializerName"/>.</summary>
    /// <exception cref="SerializationException">Nothing is bound to the type.</exception>
    public Serializer FindSerializerForType(Type objectType, string? defaultSerializerName = null)
    {
        if (_found.TryGetValue(objectType, out var serializer))
            return serializer ?? ByName(defaultSerializerName) ?? throw Unbound(objectType);
        lock (_gate)
        {
            serializer = MostSpecific(objectType);
            _found[objectType] = serializer;
        }
        serializer ??= ByName(defaultSerializerName);
        if (serializer is not null)
            return serializer;
        // Once per type: whoever sends such messages sends many.
        System.Log.Error("{0}", Unbound(objectType).Message);
        throw Unbound(objectType);
    }

    /// <summary>The reference that <see cref="SerializedActorPath"/> wrote.</summary>
    public IActorRef DeserializeActorRef(string path) => path.Length == 0 ? ActorRefs.Nobody : System.Provider.ResolveActorRef(path);

    internal static int IdentifierOf(Type serializer, ExtendedActorSystem system)
    {
        var name = $"{serializer.FullName}, {serializer.Assembly.GetName().Name}";
        foreach (var (type, identifier) in system.Settings.Config.Texts("akka.actor.serialization-identifiers"))
        {
            if (SameType(type, name) && int.TryParse(identifier, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                return number;
        }
        throw new ConfigurationException($"There is no number for \"{name}\" below akka.actor.serialization-identifiers.");
    }

    // Blanks around the comma are a matter of taste.
    private static bool SameType(string a, string b) =>
        string.Equals(a.Replace(" ", "", StringComparison.Ordinal), b.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);

    private static SerializationException Unbound(Type type) =>
        new($"{type} has no serializer and cannot leave this node; bind one below akka.actor.serialization-bindings.");

    private static Type LoadType(string name, string path) => Type.GetType(name, throwOnError: false)
        ?? throw new ConfigurationException($"{path}: the type '{name}' was not found; it is written as \"Namespace.Type, Assembly\".");

    private void AddBuiltIn()
    {
        var bytes = new ByteArraySerializer(System);
        AddSerializer("bytes", bytes);
        AddSerializationMap(typeof(byte[]), bytes);
        var primitives = new PrimitiveSerializer(System);
        AddSerializer("primitive", primitives);
        foreach (var type in PrimitiveSerializer.Types)
            AddSerializationMap(type, primitives);
        var control = new ControlSerializer(System, this);
        AddSerializer("akka-misc", control);
        foreach (var type in ControlSerializer.Types)
            AddSerializationMap(type, control);
    }

    private void AddConfigured()
    {
        var config = System.Settings.Config;
        foreach (var (name, typeName) in config.Texts("akka.actor.serializers"))
        {
            var type = LoadType(typeName, $"akka.actor.serializers.{name}");
            AddSerializer(name, Activator.CreateInstance(type, System) as Serializer
                ?? throw new ConfigurationException($"akka.actor.serializers.{name}: {typeName} is not a Serializer."));
        }
        foreach (var (typeName, name) in config.Texts("akka.actor.serialization-bindings"))
        {
            var serializer = ByName(name) ?? throw new ConfigurationException($"akka.actor.serialization-bindings: there is no serializer called '{name}'.");
            AddSerializationMap(LoadType(typeName, "akka.actor.serialization-bindings"), serializer);
        }
    }

    private Serializer ByIdentifier(int identifier) => _byIdentifier.TryGetValue(identifier, out var serializer)
        ? serializer
        : throw new SerializationException($"No serializer has the number {identifier}; do all nodes run the same version?");

    private Serializer? ByName(string? name)
    {
        if (name is null)
            return null;
        lock (_gate)
        {
            return _byName.TryGetValue(name, out var serializer) ? serializer : null;
        }
    }

    private Serializer? MostSpecific(Type type)
    {
        (Type Type, Serializer Serializer)? best = null;
        foreach (var binding in _bindings)
        {
            if (binding.Type.IsAssignableFrom(type) && (best is null || best.Value.Type.IsAssignableFrom(binding.Type)))
                best = binding;
        }
        return best?.Serializer;
    }
}
