using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace KvStore.Actors;

/// <summary>
/// Where an actor lives: <c>protocol://system@host:port/user/parent/name#uid</c>. Two paths are equal when address and
/// elements are; the uid tells one incarnation from the next and is compared by references only.
/// </summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    /// <summary>The characters that a path element may hold beside ASCII letters and digits; <c>$</c> not as the first.</summary>
    public const string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    private int _hash;

    private protected ActorPath(Address address, string name, long uid)
    {
        Address = address;
        Name = name;
        Uid = uid;
    }

    /// <summary>The last element; <c>/</c> for a root.</summary>
    public string Name { get; }

    /// <summary>The system the actor lives in.</summary>
    public Address Address { get; }

    /// <summary>The incarnation, 0 where it is not known.</summary>
    public long Uid { get; }

    /// <summary>The path of the supervisor; a root is its own parent.</summary>
    public abstract ActorPath Parent { get; }

    /// <summary>How many elements stand below the root.</summary>
    public abstract int Depth { get; }

    /// <summary>The path of the system's root.</summary>
    public ActorPath Root => ParentOf(0);

    /// <summary>The names from the root down, without the root.</summary>
    public IReadOnlyList<string> Elements
    {
        get
        {
            var elements = new string[Depth];
            var path = this;
            for (var i = Depth - 1; i >= 0; i--, path = path.Parent)
                elements[i] = path.Name;
            return elements;
        }
    }

    /// <summary>True when <paramref name="s"/> may be an actor's name.</summary>
    public static bool IsValidPathElement(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] == '$')
            return false;
        for (var i = 0; i < s.Length; i++)
        {
            var c = s[i];
            if (char.IsAsciiLetterOrDigit(c) || ValidSymbols.Contains(c, StringComparison.Ordinal))
                continue;
            if (c == '%' && i + 2 < s.Length && char.IsAsciiHexDigit(s[i + 1]) && char.IsAsciiHexDigit(s[i + 2]))
                i += 2;
            else
                return false;
        }
        return true;
    }

    /// <summary>This path with another incarnation.</summary>
    public abstract ActorPath WithUid(long uid);

    /// <summary>The path of a child.</summary>
    public static ActorPath operator /(ActorPath path, string name) => path.Child(name);

    /// <summary>The path of a descendant.</summary>
    public static ActorPath operator /(ActorPath path, IEnumerable<string> name)
    {
        foreach (var element in name)
        {
            if (element.Length > 0)
                path = path.Child(element);
        }
        return path;
    }

    /// <summary>The ancestor at <paramref name="depth"/>; a negative depth counts upwards from this path.</summary>
    public ActorPath ParentOf(int depth)
    {
        var target = depth >= 0 ? depth : Depth + depth;
        var path = this;
        while (path.Depth > target && path.Depth > 0)
            path = path.Parent;
        return path;
    }

    /// <summary>The path of the child <paramref name="childName"/>, which may carry <c>#uid</c>.</summary>
    public ActorPath Child(string childName)
    {
        var hash = childName.IndexOf('#', StringComparison.Ordinal);
        return hash > 0 && long.TryParse(childName.AsSpan(hash + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var uid)
            ? new ChildActorPath(this, childName[..hash], uid)
            : new ChildActorPath(this, childName, 0);
    }

    /// <summary>Parses an absolute path with its address.</summary>
    /// <exception cref="UriFormatException">The text is not an actor path.</exception>
    public static ActorPath Parse(string path) =>
        TryParse(path, out var result) ? result : throw new UriFormatException($"Cannot parse an ActorPath: {path}");

    /// <summary>As <see cref="Parse"/>, with false instead of an exception.</summary>
    public static bool TryParse(string path, [NotNullWhen(true)] out ActorPath? actorPath)
    {
        actorPath = null;
        if (!Address.TryParse(path, out var address))
            return false;
        actorPath = new RootActorPath(address);
        var elements = path.IndexOf('/', path.IndexOf("://", StringComparison.Ordinal) + 3);
        if (elements >= 0)
            actorPath /= path[(elements + 1)..].Split('/');
        return true;
    }

    /// <summary>The elements joined by slashes, with a slash in front.</summary>
    public static string FormatPathElements(IEnumerable<string> pathElements) => "/" + string.Join('/', pathElements);

    /// <summary><c>/user/parent/name</c>.</summary>
    public string ToStringWithoutAddress() => FormatPathElements(Elements);

    /// <summary>The path with its address, without uid.</summary>
    public override string ToString() => ToStringWithAddress();

    /// <summary>The path with its address and, where known, uid.</summary>
    public string ToStringWithUid() => Uid == 0 ? ToStringWithAddress() : $"{ToStringWithAddress()}#{Uid}";

    /// <summary>The path with its address, without uid.</summary>
    public string ToStringWithAddress() => Address + ToStringWithoutAddress();

    /// <summary>The path with its own address if that can be reached from outside, and with <paramref name="address"/> otherwise.</summary>
    public string ToStringWithAddress(Address address) => (Address.HasGlobalScope ? Address : address) + ToStringWithoutAddress();

    /// <summary>What goes over a wire: address, elements and uid.</summary>
    public string ToSerializationFormat() => ToStringWithUid();

    /// <summary>As <see cref="ToSerializationFormat"/>, with <paramref name="address"/> where this path has only a local one.</summary>
    public string ToSerializationFormatWithAddress(Address address) =>
        Uid == 0 ? ToStringWithAddress(address) : $"{ToStringWithAddress(address)}#{Uid}";

    /// <inheritdoc/>
    public bool Equals(ActorPath? other)
    {
        if (other is null || Depth != other.Depth || GetHashCode() != other.GetHashCode())
            return false;
        for (ActorPath a = this, b = other; ; a = a.Parent, b = b.Parent)
        {
            if (ReferenceEquals(a, b))
                return true;
            if (a.Depth == 0)
                return a.Address.Equals(b.Address);
            if (!string.Equals(a.Name, b.Name, StringComparison.Ordinal))
                return false;
        }
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (_hash == 0)
            _hash = Depth == 0 ? HashCode.Combine(Address) | 1 : HashCode.Combine(Parent.GetHashCode(), Name) | 1;
        return _hash;
    }

    /// <inheritdoc/>
    public int CompareTo(ActorPath? other) =>
        other is null ? 1 : string.CompareOrdinal(ToStringWithAddress(), other.ToStringWithAddress());

    /// <summary>Equal in address and elements.</summary>
    public static bool operator ==(ActorPath? left, ActorPath? right) => Equals(left, right);

    /// <summary>Different in address or elements.</summary>
    public static bool operator !=(ActorPath? left, ActorPath? right) => !Equals(left, right);
}

/// <summary>The root of a system's actors.</summary>
public sealed class RootActorPath(Address address) : ActorPath(address, "/", 0)
{
    /// <inheritdoc/>
    public override ActorPath Parent => this;

    /// <inheritdoc/>
    public override int Depth => 0;

    /// <inheritdoc/>
    public override ActorPath WithUid(long uid) => this;
}

/// <summary>A path below a root.</summary>
public sealed class ChildActorPath(ActorPath parentPath, string name, long uid) : ActorPath(parentPath.Address, name, uid)
{
    /// <inheritdoc/>
    public override ActorPath Parent { get; } = parentPath;

    /// <inheritdoc/>
    public override int Depth { get; } = parentPath.Depth + 1;

    /// <inheritdoc/>
    public override ActorPath WithUid(long uid) => new ChildActorPath(Parent, Name, uid);
}
