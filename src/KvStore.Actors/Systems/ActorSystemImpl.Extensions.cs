using System.Diagnostics.CodeAnalysis;

namespace KvStore.Actors;

/// <summary>The extensions, each created once however many ask for it at the same time.</summary>
internal sealed partial class ActorSystemImpl
{
    private readonly Dictionary<Type, Lazy<object>> _extensions = [];

    public override object RegisterExtension(IExtensionId extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        Lazy<object>? created;
        lock (_extensions)
        {
            if (!_extensions.TryGetValue(extension.ExtensionType, out created))
            {
                created = new Lazy<object>(() => extension.CreateExtension(this));
                _extensions.Add(extension.ExtensionType, created);
            }
        }
        return created.Value;
    }

    public override object GetExtension(IExtensionId extensionId) => RegisterExtension(extensionId);

    public override T GetExtension<T>() => TryFind(typeof(T), out var found)
        ? (T)found
        : throw new InvalidOperationException($"The extension {typeof(T)} was not registered.");

    public override bool HasExtension<T>() => TryFind(typeof(T), out _);

    private bool TryFind(Type type, [NotNullWhen(true)] out object? extension)
    {
        Lazy<object>? created;
        lock (_extensions)
        {
            _extensions.TryGetValue(type, out created);
        }
        extension = created?.Value;
        return extension is not null;
    }
}
